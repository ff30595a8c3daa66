import type { AdminRequest, AdminRoute } from '../core/admin.ts';
import type { Call } from '../core/call.ts';
import { canonical, ownerOf, referenceOf, sourcedIdOf, urlOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { json, type Loose } from './answers.ts';
import { cursorOf, cut, invalidQuery, partOf } from './lists.ts';
import type { WatchedContext } from './ports.ts';

export interface LineItemParts {
  readonly contextOf: (key: string) => WatchedContext | undefined;
  /** Whether a tool may use a context: one that may not any more has left its line items behind. */
  readonly isUsing: (tool: string, context: string) => boolean;
  /** The line items URL of a context. */
  readonly lineItemsUrl: (context: string) => string;
  /** Milliseconds for one request. */
  readonly patience: number;
}

/** The line items of a class, as both sides see them. */
export function lineItemRoutes(parts: LineItemParts): readonly AdminRoute[] {
  return [{ method: 'GET', path: '/line-items', role: 'viewer', answer: (request) => list(request, parts) }];
}

/** Each costs a call for its results. */
const PARTS = { usual: 25, most: 100, cursor: ['string'] } as const;
const AT_ONCE = 4;

async function list({ query, requestId, now }: AdminRequest, parts: LineItemParts) {
  const { limit, after } = partOf(query, PARTS);
  const key = query.get('context') ?? '';
  const context = parts.contextOf(key);
  if (context === undefined) throw invalidQuery('context', 'Must be a context of the configuration.');
  const call = { requestId, deadline: now + parts.patience };
  const documents = await readAll(context, call);
  const twins = twinsAmong(documents, context);
  const rest = documents.filter((one) => after === undefined || idOf(one) > String(after[0]));
  const { items, ...more } = cut(rest.slice(0, limit + 1), limit, (last) => cursorOf(idOf(last)));
  const rows: Loose[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE).map(async (document): Promise<Loose> => {
      const owner = ownerOf(document);
      const flags = [
        ...(twins.has(idOf(document)) ? ['duplicate'] : []),
        ...(owner !== undefined && !parts.isUsing(owner, key) ? ['orphan'] : []),
      ];
      const id = `${parts.lineItemsUrl(key)}/${encodeURIComponent(idOf(document))}`;
      return {
        id,
        context: key,
        ...sidesOf(document, context),
        owner,
        results: await countOf(document, context, call),
        flags,
      };
    });
    rows.push(...(await Promise.all(some)));
  }
  return json({ items: rows, ...more });
}

/** Active ones of the class, in the order of their ids; one that moves while it is read comes twice. */
async function readAll(context: WatchedContext, call: Call): Promise<readonly JsonObject[]> {
  const found = new Map<string, JsonObject>();
  for await (const documents of context.lineItemsOf(context.classId, call)) {
    for (const document of documents)
      if (isActive(document) && referenceOf(document, 'class') === context.classId)
        found.set(idOf(document), document);
  }
  return [...found.values()].sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
}

function isActive(document: JsonObject): boolean {
  return (own(document, 'status') ?? 'active') === 'active';
}

function idOf(document: JsonObject): string {
  return sourcedIdOf(document) ?? '';
}

/** By these a tool finds its line item again (AGS §3.2.9 to §3.2.11): two of one tool with the same are one too many. */
const NAMES = ['resourceLinkId', 'resourceId', 'tag'] as const;

function twinsAmong(
  documents: readonly JsonObject[],
  { lens }: Pick<WatchedContext, 'lens'>,
): ReadonlySet<string> {
  const groups = new Map<string, string[]>();
  for (const document of documents) {
    const owner = ownerOf(document);
    const names = NAMES.map((name) => lens.read(document, `/${name}`) ?? null);
    if (owner === undefined || (names[0] === null && names[1] === null)) continue;
    const key = canonical([owner, ...names]);
    groups.set(key, [...(groups.get(key) ?? []), idOf(document)]);
  }
  return new Set([...groups.values()].filter(({ length }) => length > 1).flat());
}

function sidesOf(document: JsonObject, { lens }: WatchedContext): Loose {
  return {
    sourcedId: idOf(document),
    url: urlOf(document),
    status: own(document, 'status'),
    ags: lens.toAgs(document).document,
    oneroster: document,
  };
}

async function countOf(document: JsonObject, context: WatchedContext, call: Call): Promise<number> {
  const ids = new Set<string>();
  const place = { classId: context.classId, lineItemId: idOf(document) };
  for await (const results of context.resultsOf(place, call))
    for (const result of results) if (isActive(result)) ids.add(idOf(result));
  return ids.size;
}
