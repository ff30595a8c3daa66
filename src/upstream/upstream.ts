import { setTimeout as sleep } from 'node:timers/promises';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { parseKeeping, stringifyKept } from '../core/numbers.ts';
import type { Recording } from '../core/recording.ts';
import { holdsSecret } from '../core/secrets.ts';
import type { TraceParent } from '../core/trace.ts';
import type { Circuit } from './circuit.ts';
import { recorded } from './recorded.ts';
import { faultError, refusal } from './refusals.ts';
import { nextDelay, type RetryPolicy } from './retry.ts';
import type { Slots } from './slots.ts';
import { type HttpAnswer, type Transport, TransportError } from './transport.ts';
import type { UpstreamWatch } from './watch.ts';

/** One OneRoster request, before credentials. */
export interface OneRosterRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: JsonObject;
  /** Whether the body is a document of a tool, and not one of the gateway's own. */
  readonly isDocument?: boolean;
  /** Milliseconds since 1970 by which the answer must be there. */
  readonly deadline: number;
  readonly requestId: string;
  readonly tool?: string;
  readonly trace?: TraceParent;
  readonly recording?: Recording | undefined;
  /** Is told when it got no answer, or not the service's own: what it asks for may have been done, or be done yet. */
  readonly unsettled?: () => void;
}

/** An answer of OneRoster that is a success, or a 404. */
export interface OneRosterAnswer {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  readonly body?: JsonObject;
}

/** A token as the upstream's token endpoint gave it. */
export interface AccessToken {
  readonly header: string;
}

/** Our credentials at one upstream. */
export interface Credentials {
  /** @throws GradebridgeError UPSTREAM_… when no token can be had before the deadline */
  token(deadline: number): Promise<AccessToken>;
  /** The upstream no longer accepts this token. */
  drop(token: AccessToken): void;
}

export interface UpstreamParts {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly circuit: Circuit;
  readonly slots: Slots;
  readonly retry: RetryPolicy;
  /** Milliseconds for one exchange. */
  readonly callTimeout: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly watch?: UpstreamWatch | undefined;
  /** What must not leave besides the token in use. */
  readonly secrets?: { readonly own: string; readonly keysOfTools: () => readonly string[] } | undefined;
}

/** One OneRoster service: what it takes to get an answer out of it. */
export interface Upstream {
  /** @throws GradebridgeError UPSTREAM_… of the catalogue; a 404 is an answer */
  call(request: OneRosterRequest): Promise<OneRosterAnswer>;
}

/**
 * Calls with a token, within a deadline, over a bounded number of connections; tries again what may be tried again, and
 * holds back while the circuit is open.
 */
export function createUpstream(parts: UpstreamParts): Upstream {
  const { circuit, retry, clock, random, watch } = parts;
  const attempt = async (request: OneRosterRequest, tries: number): Promise<OneRosterAnswer> => {
    if (!circuit.admit()) {
      watch?.heldBack('circuit');
      throw new GradebridgeError('UPSTREAM_DOWN', { retryAfter: 1 });
    }
    let failed = true;
    try {
      const answer = await inSlot(parts, request, tries);
      failed = false;
      return answer;
    } catch (error) {
      // A refusal is a sign of life; only silence, faults and nonsense count against the upstream.
      failed = !(error instanceof GradebridgeError) || FAILURES.has(error.code);
      throw error;
    } finally {
      circuit.settle(!failed);
    }
  };
  return {
    call: async (request) => {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(request, tries);
        } catch (error) {
          if (!(error instanceof GradebridgeError) || !error.row.retryable || circuit.isOpen) throw error;
          const retryAfter = (error.details.retryAfter ?? 0) * 1000;
          const { deadline } = request;
          const delay = nextDelay(retry, {
            attempt: tries,
            now: clock(),
            deadline,
            retryAfter,
            random: random(),
          });
          if (delay === undefined) throw error;
          await sleep(delay);
        }
      }
    },
  };
}

const FAILURES: ReadonlySet<string> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_FAILED',
  'UPSTREAM_BAD_ANSWER',
]);

async function inSlot(
  parts: UpstreamParts,
  request: OneRosterRequest,
  tries: number,
): Promise<OneRosterAnswer> {
  const { slots, clock, watch } = parts;
  if (!(await slots.take(request.deadline - clock(), request.tool))) {
    watch?.heldBack('slots');
    throw new GradebridgeError('OVERLOADED', { retryAfter: 1 });
  }
  try {
    return await withToken(parts, request, tries);
  } finally {
    slots.free();
  }
}

/** A 401 means that the token has ended early: once, a new one is got. */
async function withToken(
  parts: UpstreamParts,
  request: OneRosterRequest,
  tries: number,
): Promise<OneRosterAnswer> {
  const { credentials } = parts;
  const token = await credentials.token(request.deadline);
  const answer = await exchange(parts, { request, token, tries });
  if (answer.status !== 401) return usable(answer, parts, { request, token });
  credentials.drop(token);
  const renewed = await credentials.token(request.deadline);
  const again = await exchange(parts, { request, token: renewed, tries });
  return usable(again, parts, { request, token: renewed });
}

/** The token as the header has it, without its scheme, and our client secret. */
function ownSecrets({ secrets }: UpstreamParts, { header }: AccessToken): readonly string[] {
  const token = header.slice(header.indexOf(' ') + 1);
  return secrets === undefined ? [token] : [token, secrets.own];
}

function allSecrets(parts: UpstreamParts, token: AccessToken): readonly string[] {
  return [...ownSecrets(parts, token), ...(parts.secrets?.keysOfTools() ?? [])];
}

interface Try {
  readonly request: OneRosterRequest;
  readonly token: AccessToken;
  /** The first is 1. */
  readonly tries: number;
}

async function exchange(parts: UpstreamParts, { request, token, tries }: Try): Promise<HttpAnswer> {
  const { transport, credentials, callTimeout, clock, watch } = parts;
  const { method, url, body, deadline, requestId, trace, recording, unsettled } = request;
  const timeout = Math.min(callTimeout, deadline - clock());
  if (timeout <= 0) throw new GradebridgeError('UPSTREAM_TIMEOUT');
  const watched = watch?.begin({ method, url, tries, trace });
  const headers = {
    authorization: token.header,
    accept: 'application/json',
    'x-request-id': requestId,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...watched?.headers,
  };
  try {
    const text = body === undefined ? {} : { body: stringifyKept(body) };
    const asked = { method, url, headers, timeout, ...text };
    const answer =
      recording === undefined
        ? await transport.exchange(asked)
        : await recorded(asked, { transport, clock, recording, body, secrets: allSecrets(parts, token) });
    watched?.end(answer.status);
    if (OF_A_PROXY.has(answer.status)) unsettled?.();
    return answer;
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    watched?.end(error.fault);
    if (error.wasSent) unsettled?.();
    if (error.isUnsendable) credentials.drop(token);
    throw faultError(error.fault, error);
  }
}

/** What something before the service answers in its place (RFC 9110 §15.6.3, §15.6.5). */
const OF_A_PROXY: ReadonlySet<number> = new Set([502, 504]);

/** Success bodies are not always there: some services answer a write with nothing, or with `{}`. */
function usable(
  answer: HttpAnswer,
  parts: UpstreamParts,
  { request, token }: Pick<Try, 'request' | 'token'>,
): OneRosterAnswer {
  const { status, headers, text } = answer;
  if (status === 404) return { status, headers };
  if (status < 200 || status > 299) {
    const { method, url, isDocument = false } = request;
    const refused = { method, url, isDocument, secrets: allSecrets(parts, token) };
    throw refusal(answer, parts.clock(), refused);
  }
  if (holdsSecret(text, ownSecrets(parts, token))) {
    // A write is done, whatever its answer holds.
    if (request.method !== 'GET') return { status, headers };
    throw new GradebridgeError('UPSTREAM_BAD_ANSWER', {
      detail: `upstream answered ${status} with a credential of this gateway`,
    });
  }
  if (text.trim() === '') return { status, headers };
  const body = parseObject(text);
  if (body === undefined) {
    throw new GradebridgeError('UPSTREAM_BAD_ANSWER', {
      detail: `upstream answered ${status} with a body that is no JSON object`,
    });
  }
  return { status, headers, body };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = parseKeeping(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
