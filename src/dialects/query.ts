import { GradebridgeError } from '../core/errors.ts';
import { isSafeSourcedId } from '../core/identity.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { LineItemFilter, PageRequest } from '../core/operation.ts';
import { isNameable } from '../core/texts.ts';

/** How a dialect spells the filters of AGS §3.2.4. */
export type FilterNames = Readonly<Record<keyof LineItemFilter, string>>;

/** A part of a list: of line items by a filter, or of the results of a line item. */
export interface ListQuery {
  readonly filter: LineItemFilter;
  readonly userId?: string;
  /** The line item of results. */
  readonly sourcedId?: string;
  readonly page: PageRequest;
}

export interface QueryNames {
  readonly filters: FilterNames;
  readonly userId: string;
  /**
   * Whether a `limit` that is no whole number above 0 is refused, or ignored: AGS does not say, and tools in the field get
   * further when it is ignored.
   */
  readonly limit: 'strict' | 'lenient';
}

/** What a list is asked for, in the words of a dialect; a `page` of a link of ours says it all by itself. */
export function decodeList(query: URLSearchParams, names: QueryNames): ListQuery {
  const cursor = query.get('page');
  if (cursor !== null) return decodeCursor(cursor);
  const named = Object.entries(names.filters).map(([member, name]) => [member, query.get(name)] as const);
  const userId = query.get(names.userId);
  if (userId !== null && !isNameable(userId))
    throw invalid(names.userId, 'Must be an LTI user id without control characters.');
  return {
    // An empty filter filters for nothing, as if it were not there.
    filter: Object.fromEntries(named.filter(([, value]) => value !== null && value !== '')),
    page: decodeLimit(query.get('limit'), names.limit),
    ...(userId !== null && userId !== '' && { userId }),
  };
}

function decodeLimit(limit: string | null, mode: QueryNames['limit']): PageRequest {
  if (limit === null) return {};
  if (/^0*[1-9]\d{0,8}$/.test(limit)) return { limit: Number(limit) };
  if (mode === 'lenient') return {};
  throw invalid('limit', 'Must be a whole number of at least 1.');
}

/** The `page` of a link: hexadecimal, because a client is known to lower-case a link before it follows it. */
export function encodeCursor(list: ListQuery): string {
  return Buffer.from(JSON.stringify(list)).toString('hex');
}

function decodeCursor(cursor: string): ListQuery {
  const list = /^([0-9a-f]{2})+$/i.test(cursor) ? parse(Buffer.from(cursor, 'hex').toString()) : undefined;
  const [filter, page] = [list && own(list, 'filter'), list && own(list, 'page')];
  if (list === undefined || !isObject(filter) || !isObject(page))
    throw invalid('page', 'Must come from a page link.');
  const { limit, after } = page;
  const [userId, sourcedId] = [own(list, 'userId'), own(list, 'sourcedId')];
  const texts = [...Object.values(filter), after, userId].filter((value) => value !== undefined);
  // Whoever has a link can write another one: what it names is no more trusted than a path.
  const areGood =
    texts.every(isText) && isNameable(String(userId)) && (sourcedId === undefined || isId(sourcedId));
  if (!areGood) throw invalid('page', 'Must come from a page link.');
  return {
    filter: Object.fromEntries(
      Object.entries(filter).filter((pair): pair is [string, string] => isText(pair[1])),
    ),
    page: {
      ...(typeof limit === 'number' && Number.isInteger(limit) && limit > 0 && { limit }),
      ...(isText(after) && { after }),
    },
    ...(isText(userId) && { userId }),
    ...(isId(sourcedId) && { sourcedId }),
  };
}

/** What PostgreSQL keeps in no text, and UTF-8 has no form for: NUL, and half a surrogate pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what it looks for
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;
/** Characters of an id or a filter in a link of ours. */
const LONGEST_TEXT = 2048;

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT && !UNSTORABLE.test(value);
}

function isId(value: Json | undefined): value is string {
  return isText(value) && isSafeSourcedId(value);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function invalid(parameter: string, message: string): GradebridgeError {
  return new GradebridgeError('INVALID_QUERY', {
    issues: [{ pointer: `?${parameter}`, code: 'invalid', message }],
  });
}
