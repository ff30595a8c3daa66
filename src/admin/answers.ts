import { GradebridgeError } from '../core/errors.ts';
import type { PlainResponse } from '../core/exchange.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';

/** Nothing of this is for a cache, a browser's included. */
const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };

type EncodeError = (error: GradebridgeError, requestId: string) => PlainResponse;

/** Problems as a dialect says them, which are for a cache as little as anything else here. */
export function problemsBy(encode: EncodeError): EncodeError {
  return (error, requestId) => {
    const { headers, body, ...problem } = encode(error, requestId);
    const { forAdmins } = error.details;
    return {
      ...problem,
      headers: { ...headers, 'cache-control': 'no-store' },
      ...(body !== undefined && {
        body: { ...(body as JsonObject), ...(forAdmins && { upstream: forAdmins }) },
      }),
    };
  };
}

/** Members that are undefined are left out, as JSON does. */
export type Loose = { readonly [member: string]: Json | undefined | Loose | readonly (Json | Loose)[] };

/** @example json({ items: [] }) */
export function json(body: Loose | JsonObject, status = 200): PlainResponse {
  return { status, headers: HEADERS, body: body as JsonObject };
}

/** 204: it is done, and there is nothing to say. */
export function done(headers: Readonly<Record<string, string>> = {}): PlainResponse {
  return { status: 204, headers: { 'cache-control': 'no-store', ...headers } };
}

/** 303 to an address that is ours, or was configured: never one that a request names. */
export function goTo(location: string, headers: Readonly<Record<string, string>> = {}): PlainResponse {
  return { status: 303, headers: { 'cache-control': 'no-store', location, ...headers } };
}

/** An instant as the API tells it: `isoOf(0) === '1970-01-01T00:00:00.000Z'`. */
export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

const LONGEST_TEXT = 500;

/**
 * A member of a body that must be a text.
 *
 * @throws GradebridgeError INVALID_DOCUMENT
 * @example textIn({ reason: 'The teacher is right' }, 'reason')
 */
export function textIn(body: Json | undefined, member: string, longest = LONGEST_TEXT): string {
  const value = isObject(body) ? own(body, member) : undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longest) return value.trim();
  throw invalid(member, `Must be a text of at most ${longest} characters that is not blank.`);
}

/** The same, where it may be left out. */
export function textMaybeIn(body: Json | undefined, member: string): string | undefined {
  return isObject(body) && own(body, member) !== undefined ? textIn(body, member) : undefined;
}

/** @example throw invalid('verb', 'Must be "retry" or "discard".') */
export function invalid(member: string, message: string): GradebridgeError {
  return new GradebridgeError('INVALID_DOCUMENT', {
    issues: [{ pointer: `/${member}`, code: 'invalid', message }],
  });
}

/** The entry of a name, when it is one of its own. @throws GradebridgeError NOT_FOUND */
export function entryOf<Value>(entries: Readonly<Record<string, Value>>, name: string | undefined): Value {
  const value = name !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (value === undefined) throw new GradebridgeError('NOT_FOUND');
  return value;
}
