import { type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { refusal } from '../upstream/refusals.ts';
import { nextDelay, parseRetryAfter, type RetryPolicy } from '../upstream/retry.ts';
import { type HttpAnswer, type Transport, TransportError } from '../upstream/transport.ts';
import type { AccessToken, Credentials } from '../upstream/upstream.ts';
import type { Exchange } from './exchange.ts';

/** What the probe takes from the outside world. */
export interface DeskParts {
  readonly transport: Pick<Transport, 'exchange'>;
  /** As configured. */
  readonly credentials: Credentials;
  readonly tokenUrl: string;
  readonly retry: RetryPolicy;
  /** Milliseconds for one exchange. */
  readonly callTimeout: number;
  readonly clock: () => number;
  readonly random: () => number;
  /** Resolves after so many milliseconds, or at once when the probe is interrupted. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Whether the probe was interrupted: nothing more is sent then, but what cleans up. */
  readonly isInterrupted: () => boolean;
  readonly newId: () => string;
}

export interface Asked {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: string;
  /** Its envelope and the object that goes into it. */
  readonly body?: { readonly single: string; readonly document: JsonObject };
  /** Credentials in place of those that are configured. */
  readonly credentials?: Credentials;
}

/** Where requests go out and every answer is an {@link Exchange}, a refusal as well. */
export interface Desk {
  /** @throws Stopped when the probe was interrupted or the service is gone */
  send(asked: Asked): Promise<Exchange>;
  /** A token as an exchange with the token endpoint; its value does not show. @throws Stopped */
  token(credentials: Credentials): Promise<Exchange>;
  /** Everything that was sent with the credentials as configured. */
  readonly log: readonly Exchange[];
  /** From here on interruptions and silence stop nothing: what was made must be taken away. */
  beginCleaning(): void;
}

/** The rest of the suite is not tried. */
export class Stopped extends Error {
  readonly wasInterrupted: boolean;
  constructor(reason: string, wasInterrupted = false) {
    super(reason);
    this.name = 'Stopped';
    this.wasInterrupted = wasInterrupted;
  }
}

/** Exchanges in a row without a usable answer after which the service counts as gone. */
const MOST_SILENT = 2;
const MOST_FAILED = 6;

/** @example const desk = createDesk(parts); (await desk.send({ method: 'GET', url })).status // 200 */
export function createDesk(parts: DeskParts): Desk {
  const log: Exchange[] = [];
  let [silent, failed, isCleaning] = [0, 0, false];
  const check = (): void => {
    if (isCleaning) return;
    if (parts.isInterrupted()) throw new Stopped('it was interrupted', true);
    if (silent >= MOST_SILENT || failed >= MOST_FAILED) throw new Stopped('the service stopped answering');
  };
  const note = (exchange: Exchange): Exchange => {
    silent = exchange.status === 0 ? silent + 1 : 0;
    failed = exchange.status >= 500 ? failed + 1 : 0;
    return exchange;
  };
  return {
    log,
    send: async (asked) => {
      check();
      const exchange = note(await untilAnswered(parts, () => once(parts, asked)));
      if (asked.credentials === undefined) log.push(exchange);
      return exchange;
    },
    token: async (credentials) => {
      check();
      return note(await untilAnswered(parts, () => askToken(parts, credentials)));
    },
    beginCleaning: () => {
      isCleaning = true;
    },
  };
}

/** What may pass is tried again, as the gateway does; a PUT or a DELETE twice is the same as once. */
async function untilAnswered(parts: DeskParts, attempt: () => Promise<Exchange>): Promise<Exchange> {
  const { retry, clock, random, pause, isInterrupted } = parts;
  for (let tries = 1; ; tries++) {
    const exchange = await attempt();
    const mayPass = exchange.status === 0 || exchange.status === 429 || exchange.status >= 500;
    if (!mayPass) return exchange;
    const header = exchange.headers['retry-after'];
    const retryAfter = parseRetryAfter(Array.isArray(header) ? header[0] : header, clock());
    const question = {
      attempt: tries,
      now: clock(),
      deadline: clock() + 60_000,
      retryAfter,
      random: random(),
    };
    const delay = nextDelay(retry, question);
    if (delay === undefined || isInterrupted()) return exchange;
    await pause(delay);
  }
}

async function once(parts: DeskParts, asked: Asked): Promise<Exchange> {
  const credentials = asked.credentials ?? parts.credentials;
  const begun = parts.clock();
  try {
    const token = await credentials.token(begun + parts.callTimeout);
    const exchange = await withToken(parts, asked, token);
    if (exchange.status !== 401) return exchange;
    // The token may have ended early: once, a new one is got.
    credentials.drop(token);
    return await withToken(parts, asked, await credentials.token(parts.clock() + parts.callTimeout));
  } catch (error) {
    return { ...shell(asked), at: begun, status: 0, said: reasonOf(error) };
  }
}

async function withToken(parts: DeskParts, asked: Asked, token: AccessToken): Promise<Exchange> {
  const { transport, callTimeout, clock, newId } = parts;
  const { method, url, body } = asked;
  const headers = {
    authorization: token.header,
    accept: 'application/json',
    'x-request-id': newId(),
    ...(body && { 'content-type': 'application/json' }),
  };
  const text = body && JSON.stringify({ [body.single]: body.document });
  const begun = clock();
  const answer = await transport.exchange({
    method,
    url,
    headers,
    timeout: callTimeout,
    ...(text && { body: text }),
  });
  return { ...shell(asked), at: (begun + clock()) / 2, ...read(answer, clock()) };
}

function shell({ method, url, body }: Asked): Pick<Exchange, 'method' | 'url' | 'sent' | 'headers'> {
  return { method, url, headers: {}, ...(body && { sent: body.document }) };
}

function read(answer: HttpAnswer, now: number): Pick<Exchange, 'status' | 'headers' | 'body' | 'said'> {
  const { status, headers, text } = answer;
  const body = parse(text);
  const said = status > 299 ? wordsOf(answer, now) : body === undefined ? notJson(text) : undefined;
  return { status, headers, ...(body !== undefined && { body }), ...(said !== undefined && { said }) };
}

/** What the service says of a document, place by place; of other refusals the status says enough. */
function wordsOf(answer: HttpAnswer, now: number): string | undefined {
  const refused = { method: 'PUT', url: '', isDocument: true, secrets: [] };
  const issues = refusal(answer, now, refused).details.issues ?? [];
  const words = issues.map(({ pointer, message }) => `${pointer} ${message}`.trim().replace(/\.$/, ''));
  return words.length === 0 ? undefined : words.join('; ');
}

function notJson(text: string): string | undefined {
  return text.trim() === '' ? undefined : 'with a body that is no JSON object';
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the token endpoint must have answered for its errors; the exact status stands in their words. */
const TOKEN_STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  UPSTREAM_REFUSED: 400,
  UPSTREAM_BAD_ANSWER: 400,
  UPSTREAM_FAILED: 500,
  UPSTREAM_BUSY: 429,
};

async function askToken(parts: DeskParts, credentials: Credentials): Promise<Exchange> {
  const { clock, callTimeout, tokenUrl: url } = parts;
  const begun = clock();
  const exchange = { method: 'POST', url, headers: {} } as const;
  try {
    await credentials.token(begun + callTimeout);
    return { ...exchange, status: 200, at: (begun + clock()) / 2 };
  } catch (error) {
    const said = reasonOf(error);
    const status = error instanceof GradebridgeError ? (TOKEN_STATUS[error.code] ?? 0) : 0;
    return { ...exchange, status, at: begun, said };
  }
}

/** Our own words; the causes of a transport error can hold a request with its secrets. */
function reasonOf(error: unknown): string {
  if (error instanceof GradebridgeError) return error.message;
  if (error instanceof TransportError) return error.message;
  throw error;
}
