import { type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { type Issue, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { sentence } from '../core/secrets.ts';
import { parseRetryAfter } from './retry.ts';
import type { HttpAnswer, TransportFault } from './transport.ts';

/** What the tool is told when the upstream gives no answer. */
const FAULTS: Readonly<Record<TransportFault, ErrorCode>> = {
  timeout: 'UPSTREAM_TIMEOUT',
  unreachable: 'UPSTREAM_UNREACHABLE',
  tooLarge: 'UPSTREAM_BAD_ANSWER',
};

/** Codes by status; every other status is an answer that cannot be used. */
function codeOf(status: number, { isDocument }: Refused): ErrorCode {
  if (status === 401 || status === 403) return 'UPSTREAM_REFUSED';
  if (status === 404) return 'CONTEXT_UNRESOLVED';
  if (status === 429) return 'UPSTREAM_BUSY';
  if (status === 400 || status === 409 || status === 422)
    return isDocument ? 'UPSTREAM_REJECTED' : 'UPSTREAM_REQUEST_REJECTED';
  return status >= 500 ? 'UPSTREAM_FAILED' : 'UPSTREAM_BAD_ANSWER';
}

/** The error for an exchange without an answer. */
export function faultError(fault: TransportFault, cause: unknown): GradebridgeError {
  return new GradebridgeError(FAULTS[fault], { cause });
}

/** A request that was refused. */
export interface Refused {
  readonly method: string;
  readonly url: string;
  /** Whether it carried a document of a tool: what the upstream says of that is the tool's to know. */
  readonly isDocument: boolean;
  /** Our credentials, which the upstream may have put into its answer. */
  readonly secrets: readonly string[];
}

/**
 * The error for an answer that is no success. Nothing of the upstream's body leaves but its findings about a tool's own
 * document; those about a request of ours are for administrators (docs/decisions/051-what-an-upstream-says.md).
 */
export function refusal(answer: HttpAnswer, now: number, refused: Refused): GradebridgeError {
  const code = codeOf(answer.status, refused);
  const wait = waitOf(answer, now);
  const found =
    code === 'UPSTREAM_REJECTED' || code === 'UPSTREAM_REQUEST_REJECTED' ? findings(answer, refused) : [];
  const isOurs = code === 'UPSTREAM_REQUEST_REJECTED';
  return new GradebridgeError(code, {
    detail: `upstream answered ${answer.status}${isOurs ? ` to ${nameOf(refused)}` : ''}`,
    ...(found.length > 0 && !isOurs && { issues: found }),
    ...(isOurs && { forAdmins: forAdmins(answer, refused, found) }),
    ...(wait !== undefined && { retryAfter: Math.ceil(wait / 1000) }),
  });
}

/** A request as a log may have it: ids in its path, and of its query the names alone, whose values may be of people. */
function nameOf({ method, url }: Refused): string {
  const { pathname, searchParams } = new URL(url);
  const names = [...searchParams].map(([name, value]) =>
    name === 'filter' ? `filter(${fieldsOf(value).join(', ')})` : name,
  );
  return `${method} ${pathname}${names.length > 0 ? ` by ${names.join(', ')}` : ''}`.slice(0, LONGEST);
}

/** The fields of a filter: `fieldsOf("status='active' AND class.sourcedId='c-1'")` are `status` and `class.sourcedId`. */
function fieldsOf(filter: string): readonly string[] {
  return [...filter.replace(/'(?:[^']|'')*'/g, '').matchAll(/([\w.]+)\s*[=~!<>]/g)].map(
    ([, field]) => field ?? '',
  );
}

function forAdmins({ status }: HttpAnswer, refused: Refused, found: readonly Issue[]): JsonObject {
  const said = found.map(({ pointer, message }) => `${pointer} ${message}`.trim());
  return { request: nameOf(refused), status, said };
}

/** The wait that an answer asks for, in milliseconds. */
export function waitOf({ headers }: Pick<HttpAnswer, 'headers'>, now: number): number | undefined {
  const header = headers['retry-after'];
  return parseRetryAfter(Array.isArray(header) ? header[0] : header, now);
}

const MOST_FINDINGS = 20;
const LONGEST = 300;

/** `imsx_error_details` of Timeback: `path` or `field` with `message` or `reason`, the path with the envelope's name. */
function findings({ text }: HttpAnswer, { secrets }: Refused): readonly Issue[] {
  const body = parseQuietly(text);
  const textOf = (value: Json | undefined, ...members: readonly string[]): string | undefined => {
    const texts = members.map((member) => (isObject(value) ? own(value, member) : undefined));
    const said = texts.find((one): one is string => typeof one === 'string' && one !== '');
    return said === undefined ? undefined : sentence(said, { secrets, most: LONGEST });
  };
  const details = isObject(body) ? own(body, 'imsx_error_details') : undefined;
  const issues = Array.isArray(details)
    ? details.slice(0, MOST_FINDINGS).flatMap((detail: Json): Issue[] => {
        const path = textOf(detail, 'path', 'field');
        const message = textOf(detail, 'message', 'reason');
        if (path === undefined && message === undefined) return [];
        return [{ pointer: pointerOf(path ?? ''), code: 'upstream', message: message || 'Not accepted.' }];
      })
    : [];
  const description = textOf(body, 'imsx_description');
  if (issues.length > 0 || !description) return issues;
  return [{ pointer: '', code: 'upstream', message: description }];
}

function pointerOf(path: string): string {
  const steps = path.split(/[./[\]]+/).filter((step) => step !== '');
  const inside = /^(lineItem|assessmentLineItem|result|assessmentResult|category)$/.test(steps[0] ?? '')
    ? steps.slice(1)
    : steps;
  return inside.map((step) => `/${step}`).join('');
}

function parseQuietly(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
