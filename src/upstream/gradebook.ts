import { createCache } from '../cache.ts';
import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { clearing } from './clearing.ts';
import { is, listUrl, pagesOf } from './listing.ts';
import { type Dressing, dress, FAMILIES, type Family } from './profile.ts';
import { refusal } from './refusals.ts';
import { createResultPages, type ResultPlace } from './result-lists.ts';
import type { Shelf } from './shelf.ts';
import { shelving, type Whole } from './shelving.ts';
import type { Turns } from './turns.ts';
import type { OneRosterAnswer, Upstream } from './upstream.ts';

export interface GradebookParts {
  readonly upstream: Upstream;
  readonly dressing: Dressing;
  readonly turns: Turns;
  /** Where the metadata of a collection is kept when the upstream drops it. */
  readonly shelfOf: (collection: string) => Shelf;
  /** The upstream's name in the configuration. */
  readonly name: string;
}

/** The objects of one collection. */
export interface Objects {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  remove(sourcedId: string, call: Call): Promise<void>;
  alone<Result>(sourcedId: string, call: Call, work: () => Promise<Result>): Promise<Result>;
}

/** Line items as OneRoster keeps them. */
export interface LineItemObjects extends Objects {
  listOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  everOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  recent(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
}

/** Results as OneRoster keeps them. */
export interface ResultObjects extends Objects {
  listOf(place: ResultPlace, call: Call): AsyncIterable<readonly JsonObject[]>;
}

/** How old a line item may be that a score is put against. Milliseconds: a burst of scores, not a teacher's edit. */
export const RECENT = 10_000;
const MOST_RECENT = 5_000;

/** The line items of a family. */
export function createLineItems(family: Family, parts: GradebookParts): LineItemObjects {
  const names = { collection: family, single: FAMILIES[family].lineItem, isStrict: false };
  const { complete, ...objects } = createObjects(names, parts);
  const recent = createCache<{ readonly document: JsonObject | undefined }, Call>({
    max: MOST_RECENT,
    ttl: RECENT,
    load: async (sourcedId, call) => ({ value: { document: await objects.read(sourcedId, call) } }),
  });
  return {
    ...objects,
    write: async (document, call) => {
      try {
        return await objects.write(document, call);
      } finally {
        recent.forget(String(document['sourcedId']));
      }
    },
    remove: async (sourcedId, call) => {
      await objects.remove(sourcedId, call);
      recent.forget(sourcedId);
    },
    recent: async (sourcedId, call) => {
      const found = await recent.get(sourcedId, call);
      // That there is none is not remembered: it may be made in OneRoster, or by another replica, at any moment.
      if (found.document === undefined) recent.drop(sourcedId, found);
      return found.document;
    },
    listOf: (classId, call) =>
      each(pagesOf(lineItemsUrl(family, classId, parts.dressing), { key: family, parts, call }), complete),
    everOf: (classId, call) =>
      each(pagesOf(everUrl(family, classId, parts.dressing), { key: family, parts, call }), complete),
  };
}

/** The results of a family. */
export function createResults(family: Family, parts: GradebookParts): ResultObjects {
  const { results, result } = FAMILIES[family];
  const { complete, ...objects } = createObjects(
    { collection: results, single: result, isStrict: true },
    parts,
  );
  const pages = createResultPages(family, parts);
  return { ...objects, listOf: (place, call) => each(pages(place, call), complete) };
}

type Page = readonly JsonObject[];

async function* each(
  pages: AsyncIterable<Page>,
  complete: (page: Page) => Promise<Page>,
): AsyncGenerator<Page> {
  for await (const page of pages) yield await complete(page);
}

interface CollectionNames {
  readonly collection: string;
  /** The name of one object in its envelope. */
  readonly single: string;
  /** Whether a write that may still arrive keeps later ones waiting: a score can be promised meanwhile, a PUT cannot. */
  readonly isStrict: boolean;
}

/**
 * Objects as a OneRoster 1.2 gradebook keeps them: PUT with our own id, always (it creates and replaces, and is the same
 * twice), never the bulk POSTs.
 */
function createObjects(
  { collection, single, isStrict }: CollectionNames,
  parts: GradebookParts,
): Objects & Pick<Whole, 'complete'> {
  const { upstream, dressing, turns, shelfOf, name } = parts;
  const urlOf = (sourcedId: string): string =>
    `${dressing.services.gradebook}/${collection}/${encodeURIComponent(sourcedId)}`;
  const turnOf = (sourcedId: string): string => `${name}/${collection}/${sourcedId}`;
  const read = async (sourcedId: string, call: Call): Promise<JsonObject | undefined> => {
    const answer = await upstream.call({ method: 'GET', url: urlOf(sourcedId), ...call });
    if (answer.status === 404) return undefined;
    const document = unwrap(answer, single);
    if (document === undefined) throw badAnswer(`no ${single} in the answer`);
    return document;
  };
  const put = async (
    document: JsonObject,
    call: Call,
    { as, open }: { readonly as: JsonObject; readonly open?: (() => void) | undefined },
  ): Promise<JsonObject | undefined> => {
    const sourcedId = String(document['sourcedId']);
    const unsettled = (): void => {
      turns.linger(turnOf(sourcedId));
      open?.();
    };
    const sent = { method: 'PUT', url: urlOf(sourcedId), body: { [single]: as }, isDocument: true } as const;
    const answer = await upstream.call({ ...sent, unsettled, ...call });
    // An object that this one refers to is gone; this one itself would have been made.
    if (answer.status === 404)
      throw refusal({ ...answer, text: '' }, dressing.now(), { ...sent, secrets: [] });
    return unwrap(answer, single);
  };
  const asNull = new Set<string>();
  const whole = shelving(
    {
      read,
      write: (document, call, open) => put(document, call, { as: dress(document, dressing, asNull), open }),
    },
    shelfOf(collection),
  );
  return {
    ...clearing(whole, {
      asNull,
      now: dressing.now,
      nullify: (document, call) =>
        put(document, call, { as: dress(document, dressing, new Set(Object.keys(document))) }),
    }),
    remove: async (sourcedId, call) => {
      await upstream.call({ method: 'DELETE', url: urlOf(sourcedId), ...call });
    },
    alone: (sourcedId, { deadline }, work) =>
      turns.alone({ key: turnOf(sourcedId), deadline, isStrict }, work),
  };
}

/** Line items hang on their class; assessment line items are found by a filter of one hop, which is all that is sure. */
export function lineItemsUrl(family: Family, classId: string, { services }: Dressing): URL {
  const root = services.gradebook;
  return family === 'lineItems'
    ? listUrl(`${root}/classes/${encodeURIComponent(classId)}/lineItems`, ["status='active'"])
    : listUrl(`${root}/${family}`, [is('class.sourcedId', classId), "status='active'"]);
}

/** Without the clause for what is active. */
function everUrl(family: Family, classId: string, { services }: Dressing): URL {
  const root = services.gradebook;
  return family === 'lineItems'
    ? listUrl(`${root}/classes/${encodeURIComponent(classId)}/lineItems`, [])
    : listUrl(`${root}/${family}`, [is('class.sourcedId', classId)]);
}

function unwrap({ body }: OneRosterAnswer, single: string): JsonObject | undefined {
  const document = body && own(body, single);
  return isObject(document) ? document : undefined;
}

function badAnswer(detail: string): GradebridgeError {
  return new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail });
}
