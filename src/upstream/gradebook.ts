import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { type Dressing, dress, FAMILIES, type Family } from './profile.ts';
import { refusal } from './refusals.ts';
import type { Turns } from './turns.ts';
import type { OneRosterAnswer, Upstream } from './upstream.ts';

/** One call's share of the request's time and name. */
interface Call {
  readonly requestId: string;
  readonly deadline: number;
}

export interface GradebookParts {
  readonly upstream: Upstream;
  readonly dressing: Dressing;
  readonly turns: Turns;
  /** The upstream's name in the configuration. */
  readonly name: string;
}

/** The objects of one family of line items at one upstream. */
export interface Gradebook {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  remove(sourcedId: string, call: Call): Promise<void>;
  listOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  alone<Result>(sourcedId: string, work: () => Promise<Result>): Promise<Result>;
}

/**
 * Line items as a OneRoster 1.2 gradebook keeps them: PUT with our own id, always (it creates and replaces, and is the
 * same twice), never the bulk POSTs.
 */
export function createGradebook(
  family: Family,
  { upstream, dressing, turns, name }: GradebookParts,
): Gradebook {
  const { single } = FAMILIES[family];
  const root = dressing.services.gradebook;
  const urlOf = (sourcedId: string): string => `${root}/${family}/${encodeURIComponent(sourcedId)}`;
  return {
    read: async (sourcedId, call) => {
      const answer = await upstream.call({ method: 'GET', url: urlOf(sourcedId), ...call });
      if (answer.status === 404) return undefined;
      const document = unwrap(answer, single);
      if (document === undefined) throw badAnswer(`no ${single} in the answer`);
      return document;
    },
    write: async (document, call) => {
      const url = urlOf(String(document['sourcedId']));
      const body = { [single]: dress(document, dressing) };
      const answer = await upstream.call({ method: 'PUT', url, body, ...call });
      // An object that the line item refers to is gone; the line item itself would have been made.
      if (answer.status === 404) throw refusal({ ...answer, text: '' }, dressing.now());
      return unwrap(answer, single);
    },
    remove: async (sourcedId, call) => {
      await upstream.call({ method: 'DELETE', url: urlOf(sourcedId), ...call });
    },
    listOf: (classId, call) => pagesOf(listUrl(family, classId, root), { family, upstream, dressing, call }),
    alone: (sourcedId, work) => turns.alone(`${name}/${family}/${sourcedId}`, work),
  };
}

/** Line items hang on their class; assessment line items are found by a filter of one hop, which is all that is sure. */
function listUrl(family: Family, classId: string, root: string): URL {
  const isOfClass = family === 'lineItems';
  const url = new URL(
    isOfClass ? `${root}/classes/${encodeURIComponent(classId)}/lineItems` : `${root}/${family}`,
  );
  const ofClass = `class.sourcedId='${classId.replaceAll("'", "''")}' AND status='active'`;
  url.searchParams.set('filter', isOfClass ? "status='active'" : ofClass);
  url.searchParams.set('sort', 'sourcedId');
  url.searchParams.set('orderBy', 'asc');
  return url;
}

interface Listing {
  readonly family: Family;
  readonly upstream: Upstream;
  readonly dressing: Dressing;
  readonly call: Call;
}

async function* pagesOf(
  url: URL,
  { family, upstream, dressing, call }: Listing,
): AsyncGenerator<readonly JsonObject[]> {
  const limit = dressing.profile.pageSize;
  url.searchParams.set('limit', String(limit));
  for (let offset = 0; ; ) {
    url.searchParams.set('offset', String(offset));
    const answer = await upstream.call({ method: 'GET', url: url.href, ...call });
    if (answer.status === 404) throw new GradebridgeError('CONTEXT_UNRESOLVED');
    const documents = answer.body && own(answer.body, family);
    if (!Array.isArray(documents) || !documents.every(isObject))
      throw badAnswer(`no ${family} in the answer`);
    yield documents;
    offset += documents.length;
    if (documents.length === 0 || !hasMore(answer, offset, documents.length === limit)) return;
  }
}

/** The total is in a header by the standard and in the body at Timeback; without either, a full page is not the last. */
function hasMore({ headers, body }: OneRosterAnswer, read: number, isFull: boolean): boolean {
  const counted = Number(headers['x-total-count'] ?? body?.['totalCount'] ?? Number.NaN);
  if (/rel="?next"?/.test(String(headers['link'] ?? ''))) return true;
  return Number.isNaN(counted) ? isFull : read < counted;
}

function unwrap({ body }: OneRosterAnswer, single: string): JsonObject | undefined {
  const document = body && own(body, single);
  return isObject(document) ? document : undefined;
}

function badAnswer(detail: string): GradebridgeError {
  return new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail });
}
