import type { AdminRoute } from '../core/admin.ts';
import { type JsonObject, own } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { type ComparisonParts, compare, type Looked, walk } from '../reconcile/compare.ts';
import type { FindingKind } from '../reconcile/finding.ts';
import { json, type Loose } from './answers.ts';
import { cursorOf, cut, invalidQuery, partOf } from './lists.ts';
import { findingRow } from './reconcile.ts';

export interface LineItemParts {
  /** What is needed to compare a context; undefined when there is no such context. */
  readonly comparisonOf: (context: string) => ComparisonParts | undefined;
  /** The line items URL of a context. */
  readonly lineItemsUrl: (context: string) => string;
}

/** The line items of a class, as both sides see them. */
export function lineItemRoutes(parts: LineItemParts): readonly AdminRoute[] {
  return [{ method: 'GET', path: '/line-items', role: 'viewer', answer: ({ query }) => list(query, parts) }];
}

/** Each costs a call for its results. */
const PARTS = { usual: 25, most: 100, cursor: ['string'] } as const;

async function list(query: URLSearchParams, { comparisonOf, lineItemsUrl }: LineItemParts) {
  const { limit, after } = partOf(query, PARTS);
  const key = query.get('context') ?? '';
  const parts = comparisonOf(key);
  if (parts === undefined) throw invalidQuery('context', 'Must be a context of the configuration.');
  const comparison = await compare(parts);
  const shown = comparison.columns.all.filter(
    ({ stands, owner, told }) => stands === 'active' || owner !== undefined || told.keys.length > 0,
  );
  const rest = shown.filter(({ id }) => after === undefined || id > String(after[0]));
  const { items, ...more } = cut(rest.slice(0, limit + 1), limit, ({ id }) => cursorOf(id));
  const rows: Loose[] = [];
  const ids = items.map(({ id }) => id);
  for await (const looked of walk(comparison, ids)) {
    // What was deleted, and nobody counts on or somebody has decided to leave so, is no line item any more.
    if (looked.column.stands !== 'active' && looked.findings.every(({ isLeft }) => isLeft)) continue;
    const { id } = looked.column;
    rows.push({
      id: `${lineItemsUrl(key)}/${encodeURIComponent(id)}`,
      context: key,
      ...rowOf(looked, parts.context.lens),
    });
  }
  return json({ items: rows, ...more });
}

/** What a finding of a line item is called in the list. */
const FLAGS: Readonly<Partial<Record<FindingKind, string>>> = {
  lineItemGone: 'orphan',
  lineItemOrphaned: 'unowned',
  lineItemChanged: 'edited',
};

function rowOf({ column, results, isTwin, findings }: Looked, lens: Lens): Loose {
  const { id, url, owner, document = {} } = column;
  const flags = findings.flatMap(({ kind }) => FLAGS[kind] ?? []);
  const isOdd = findings.some(({ result, delivery, weight }) => weight === 'wrong' && (result ?? delivery));
  return {
    sourcedId: id,
    url,
    status: statusOf(document),
    ags: column.document === undefined ? {} : lens.toAgs(document).document,
    oneroster: document,
    owner,
    results,
    flags: [...(isTwin ? ['duplicate'] : []), ...flags, ...(isOdd ? ['results'] : [])],
    findings: findings.filter(({ result, delivery }) => (result ?? delivery) === undefined).map(findingRow),
  };
}

function statusOf(document: JsonObject) {
  return own(document, 'status');
}
