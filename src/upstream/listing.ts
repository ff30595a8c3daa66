import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { Dressing } from './profile.ts';
import type { OneRosterAnswer, Upstream } from './upstream.ts';

/** A clause of a filter; a quote in the value is doubled (OneRoster 1.2, Filtering): `is('title', "it's")`. */
export function is(field: string, value: string): string {
  return `${field}='${value.replaceAll("'", "''")}'`;
}

/** A clause for a text that stands somewhere in a field: `contains('title', 'Math')`. */
export function contains(field: string, value: string): string {
  return `${field}~'${value.replaceAll("'", "''")}'`;
}

/** The URL of a list, sorted by id: rows that are added while one pages would else shift over a boundary. */
export function listUrl(path: string, clauses: readonly string[]): URL {
  const url = new URL(path);
  if (clauses.length > 0) url.searchParams.set('filter', clauses.join(' AND '));
  url.searchParams.set('sort', 'sourcedId');
  url.searchParams.set('orderBy', 'asc');
  return url;
}

export interface Listing {
  /** The name of the list in its envelope. */
  readonly key: string;
  readonly parts: { readonly upstream: Upstream; readonly dressing: Dressing };
  readonly call: Call;
}

/** How often a list is begun anew when it changes while it is read. */
const MOST_RESTARTS = 3;

/**
 * A list, page by page. Each page is asked for from the last row of the one before: when that row is not its first, rows
 * have gone or come in between, and the list is begun anew, so that none is passed over. Rows may come twice.
 *
 * @throws GradebridgeError UPSTREAM_BAD_ANSWER, CONTEXT_UNRESOLVED when the list hangs on something that is gone
 */
export async function* pagesOf(url: URL, listing: Listing): AsyncGenerator<readonly JsonObject[]> {
  const limit = listing.parts.dressing.profile.pageSize;
  url.searchParams.set('limit', String(limit));
  let [offset, restarts] = [0, 0];
  for (let last: Json | undefined; ; ) {
    url.searchParams.set('offset', String(offset));
    const { documents, answer } = await readPage(url, listing);
    const hasMoved = last !== undefined && documents[0]?.['sourcedId'] !== last;
    if (hasMoved && restarts < MOST_RESTARTS) {
      [offset, last] = [0, undefined];
      restarts++;
      continue;
    }
    yield documents;
    const read = offset + documents.length;
    if (documents.length <= 1 || !hasMore(answer, read, documents.length === limit)) return;
    [offset, last] = [read - 1, documents.at(-1)?.['sourcedId']];
  }
}

interface ListPage {
  readonly documents: readonly JsonObject[];
  readonly answer: OneRosterAnswer;
}

async function readPage(url: URL, { key, parts, call }: Listing): Promise<ListPage> {
  const answer = await parts.upstream.call({ method: 'GET', url: url.href, ...call });
  if (answer.status === 404) throw new GradebridgeError('CONTEXT_UNRESOLVED');
  const documents = answer.body && own(answer.body, key);
  if (!Array.isArray(documents) || !documents.every(isObject)) throw badAnswer(`no ${key} in the answer`);
  return { documents, answer };
}

/** The total is in a header by the standard and in the body at Timeback; without either, a full page is not the last. */
function hasMore({ headers, body }: OneRosterAnswer, read: number, isFull: boolean): boolean {
  const counted = Number(headers['x-total-count'] ?? body?.['totalCount'] ?? Number.NaN);
  if (/rel="?next"?/.test(String(headers['link'] ?? ''))) return true;
  return Number.isNaN(counted) ? isFull : read < counted;
}

function badAnswer(detail: string): GradebridgeError {
  return new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail });
}
