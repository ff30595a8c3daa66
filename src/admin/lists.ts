import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';

/** Which part of a list is wanted. */
export interface Part {
  readonly limit: number;
  /** What the last page has ended with; undefined for the first page. */
  readonly after: readonly Json[] | undefined;
}

export interface PartOptions {
  readonly usual: number;
  readonly most: number;
  /** The types of what a cursor holds. */
  readonly cursor: readonly ('string' | 'number')[];
}

/**
 * `limit` and `after` of a list.
 *
 * @throws GradebridgeError INVALID_QUERY
 * @example partOf(new URLSearchParams('limit=10'), { usual: 50, most: 200, cursor: ['number'] })
 */
export function partOf(query: URLSearchParams, { usual, most, cursor }: PartOptions): Part {
  const text = query.get('limit') ?? String(usual);
  const limit = Number(text);
  if (!/^\d{1,6}$/.test(text) || limit < 1 || limit > most)
    throw invalidQuery('limit', `Must be a whole number from 1 to ${most}.`);
  const after = query.get('after');
  if (after === null) return { limit, after: undefined };
  const values = decode(after);
  if (values?.length !== cursor.length || !cursor.every((type, index) => isOf(type, values[index])))
    throw invalidQuery('after', 'Must be the "next" of an earlier page.');
  return { limit, after: values };
}

/** What PostgreSQL keeps in no text: NUL, and half a surrogate pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what it looks for
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;
/** Characters of a text in a cursor: ids, of which none is longer. */
const LONGEST_TEXT = 2048;

/** Whether a value can have come from a cursor of ours: numbers are times and counts, texts are ids. */
function isOf(type: 'string' | 'number', value: Json | undefined): boolean {
  if (type === 'number') return Number.isSafeInteger(value) && Number(value) >= 0;
  return typeof value === 'string' && value.length <= LONGEST_TEXT && !UNSTORABLE.test(value);
}

/** The cursor behind an item: `cursorOf(17)`. */
export function cursorOf(...values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * A page of what was read one further than wanted, and the cursor of the next page, when there is one.
 *
 * @example cut(rows, 50, ({ at, id }) => cursorOf(at, id))
 */
export function cut<Item>(
  found: readonly Item[],
  limit: number,
  cursor: (last: Item) => string,
): { readonly items: readonly Item[]; readonly next?: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: cursor(last) } : { items };
}

/** @example throw invalidQuery('state', 'Must be a state of deliveries.') */
export function invalidQuery(name: string, message: string): GradebridgeError {
  return new GradebridgeError('INVALID_QUERY', {
    issues: [{ pointer: `?${name}`, code: 'invalid', message }],
  });
}

function decode(cursor: string): readonly Json[] | undefined {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Json;
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
