import { type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { type Issue, isObject, type Json, own } from '../core/json.ts';
import { parseRetryAfter } from './retry.ts';
import type { HttpAnswer, TransportFault } from './transport.ts';

/** What the tool is told when the upstream gives no answer. */
const FAULTS: Readonly<Record<TransportFault, ErrorCode>> = {
  timeout: 'UPSTREAM_TIMEOUT',
  unreachable: 'UPSTREAM_UNREACHABLE',
  tooLarge: 'UPSTREAM_BAD_ANSWER',
};

/** What the tool is told of a status; everything else is an answer that cannot be used. */
function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'UPSTREAM_REFUSED';
  if (status === 404) return 'CONTEXT_UNRESOLVED';
  if (status === 429) return 'UPSTREAM_BUSY';
  if (status === 400 || status === 409 || status === 422) return 'UPSTREAM_REJECTED';
  return status >= 500 ? 'UPSTREAM_FAILED' : 'UPSTREAM_BAD_ANSWER';
}

/** The error for an exchange without an answer. */
export function faultError(fault: TransportFault, cause: unknown): GradebridgeError {
  return new GradebridgeError(FAULTS[fault], { cause });
}

/** The error for an answer that is no success. Nothing of the upstream's body leaves but its findings about the document. */
export function refusal(answer: HttpAnswer, now: number): GradebridgeError {
  const code = codeOf(answer.status);
  const wait = waitOf(answer, now);
  const body = parseQuietly(answer.text);
  const description = textOf(body, 'imsx_description');
  const said = code === 'UPSTREAM_REJECTED' || code === 'CONTEXT_UNRESOLVED';
  const found = said ? findings(body, description) : [];
  return new GradebridgeError(code, {
    detail: `upstream answered ${answer.status}`,
    ...(found.length > 0 && { issues: found }),
    ...(wait !== undefined && { retryAfter: Math.ceil(wait / 1000) }),
  });
}

/** The wait that an answer asks for, in milliseconds. */
export function waitOf({ headers }: Pick<HttpAnswer, 'headers'>, now: number): number | undefined {
  const header = headers['retry-after'];
  return parseRetryAfter(Array.isArray(header) ? header[0] : header, now);
}

const MOST_FINDINGS = 20;
const LONGEST = 300;

/** `imsx_error_details` of Timeback: `path` or `field` with `message` or `reason`, the path with the envelope's name. */
function findings(body: Json | undefined, description: string | undefined): readonly Issue[] {
  const details = isObject(body) ? own(body, 'imsx_error_details') : undefined;
  const issues = Array.isArray(details)
    ? details.slice(0, MOST_FINDINGS).flatMap((detail: Json): Issue[] => {
        const path = textOf(detail, 'path') ?? textOf(detail, 'field');
        const message = textOf(detail, 'message') ?? textOf(detail, 'reason');
        if (path === undefined && message === undefined) return [];
        return [{ pointer: pointerOf(path ?? ''), code: 'upstream', message: message ?? 'Not accepted.' }];
      })
    : [];
  if (issues.length > 0 || description === undefined) return issues;
  return [{ pointer: '', code: 'upstream', message: description }];
}

function pointerOf(path: string): string {
  const steps = path.split(/[./[\]]+/).filter((step) => step !== '');
  const inside = /^(lineItem|assessmentLineItem|result|assessmentResult|category)$/.test(steps[0] ?? '')
    ? steps.slice(1)
    : steps;
  return inside.map((step) => `/${step}`).join('');
}

function textOf(value: Json | undefined, member: string): string | undefined {
  const text = isObject(value) ? own(value, member) : undefined;
  return typeof text === 'string' && text !== '' ? text.slice(0, LONGEST) : undefined;
}

function parseQuietly(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
