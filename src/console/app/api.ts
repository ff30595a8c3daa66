/** The admin API, as the pages call it. */

/** What went wrong with a call, in words that a person can act on. */
export class Failure extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** The whole problem document (RFC 9457). */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const text = (name: string): string | undefined =>
      typeof problem[name] === 'string' ? problem[name] : undefined;
    super(text('detail') ?? text('title') ?? `The gateway answered ${status}.`);
    this.status = status;
    this.code = text('code') ?? `HTTP_${status}`;
    this.remedy = text('remedy') ?? 'Try again; if it stays, look into the log of the gateway.';
    this.problem = problem;
  }
}

const UNREACHABLE = {
  code: 'NO_ANSWER',
  detail: 'The gateway does not answer.',
  remedy: 'Look whether it is running and whether you are connected, then try again.',
};

let csrf = '';
let signedOut: () => void = () => undefined;

/** Every change carries this token from now on. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

/** Says what happens when the gateway no longer knows the session. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Whether a 401 is an answer like any other, as it is while signing in. */
  readonly isSignIn?: boolean;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * One call below `/admin/v1`.
 *
 * @returns the JSON of the answer, undefined when it has no body
 * @throws Failure for every answer that is no success, and for none; AbortError when the signal says so
 * @example await call<Overview>('GET', '/overview')
 */
export async function call<Answer>(
  method: Method,
  path: string,
  { body, signal, isSignIn = false }: CallOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrf !== '') headers['x-csrf-token'] = csrf;
  const response = await fetch(`/admin/v1${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Failure(0, UNREACHABLE);
  });
  const document = await response.json().catch(() => undefined);
  if (response.ok) return document as Answer;
  if (response.status === 401 && !isSignIn) signedOut();
  throw new Failure(response.status, isRecord(document) ? document : {});
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A path with its query; what is empty is left out.
 *
 * @example withQuery('/traffic', { search: 'x y', tool: '' }) // '/traffic?search=x+y'
 */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** What any error says to a person. */
export function asFailure(cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new Failure(0, {
    code: 'PAGE_ERROR',
    detail: `The page has met an error of its own: ${detail}`,
    remedy: 'Load the page anew.',
  });
}
