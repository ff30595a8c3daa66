import type { Answer, Call } from './call.ts';
import { instant } from './dates.ts';
import { fieldKind } from './fields.ts';
import { compareText, compileFilter } from './predicate.ts';
import { invalid, Problem } from './problem.ts';
import type { Collection, Document, ErrorDetail } from './types.ts';

interface Page {
  limit: number;
  offset: number;
}

/** What a list route lists. */
export interface Listing {
  /** Member of the answer that holds the rows. */
  key: string;
  collection: Collection;
  /** The whole collection if absent. */
  rows?: Iterable<Document>;
}

/**
 * Answers a list: filter, sort, page, select fields, in this order. Throws a Problem: 422 for bad numbers and words,
 * 400 for filters and selections that cannot run.
 *
 * @example list(call, { key: 'lineItems', collection: 'lineItems' })
 */
export function list(call: Call, { key, collection, rows }: Listing): Answer {
  const query = new URLSearchParams(call.query);
  const { profile, store } = call.context;
  const { page, descending } = readParameters(query, profile.limitMax);
  const filter = query.get('filter');
  let selected = filter
    ? filtered(call, filter, { collection, rows })
    : Array.from(rows ?? store.all(collection));
  if (!profile.deletedInLists) selected = selected.filter((row) => row['status'] !== 'tobedeleted');
  const sort = query.get('sort');
  if (sort) selected = sorted(call, selected, { collection, path: sort, descending });
  const shown = selected.slice(page.offset, page.offset + page.limit);
  const body: Document = { [key]: project(call, shown, { collection, fields: query.get('fields') }) };
  if (profile.pagingInBody) Object.assign(body, counters(selected.length, page));
  return {
    status: 200,
    headers: { 'X-Total-Count': String(selected.length), Link: links(call, query, page, selected.length) },
    body,
  };
}

/** Answers one object under its envelope; `fields` is honoured. */
export function single(
  call: Call,
  key: string,
  { collection, document }: { collection: Collection; document: Document },
): Answer {
  const fields = call.query ? new URLSearchParams(call.query).get('fields') : null;
  const [body] = project(call, [document], { collection, fields });
  return { status: 200, body: { [key]: body } };
}

function readParameters(query: URLSearchParams, limitMax: number): { page: Page; descending: boolean } {
  const details: ErrorDetail[] = [];
  const limit = readInteger(query, 'limit', { min: 1, max: limitMax, fallback: 100, details });
  const offset = readInteger(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0, details });
  const orderBy = query.get('orderBy') ?? 'asc';
  if (orderBy !== 'asc' && orderBy !== 'desc') {
    details.push({ path: 'orderBy', message: "Expected one of 'asc', 'desc'" });
  }
  if (details.length > 0) throw invalid(details);
  return { page: { limit, offset }, descending: orderBy === 'desc' };
}

interface Range {
  min: number;
  max: number;
  fallback: number;
  details: ErrorDetail[];
}

function readInteger(query: URLSearchParams, name: string, range: Range): number {
  const text = query.get(name);
  if (text === null) return range.fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  range.details.push({ path: name, message: `Expected an integer from ${range.min} to ${range.max}` });
  return range.fallback;
}

interface Candidates {
  collection: Collection;
  rows: Iterable<Document> | undefined;
}

/** A whole collection is entered by an index where the filter names an indexed reference. */
function filtered(call: Call, text: string, { collection, rows }: Candidates): Document[] {
  const { store, profile } = call.context;
  const filter = compileFilter(text, { collection, profile });
  const indexed = () =>
    filter.references.map(({ member, sourcedId }) => store.by(collection, member, sourcedId)).find(Boolean);
  const matching: Document[] = [];
  for (const row of rows ?? indexed() ?? store.all(collection)) {
    if (filter.matches(row)) matching.push(row);
  }
  return matching;
}

interface Sorting {
  collection: Collection;
  path: string;
  descending: boolean;
}

function sorted(
  call: Call,
  rows: readonly Document[],
  { collection, path, descending }: Sorting,
): Document[] {
  const [first = '', second] = path.split('.');
  const kind = fieldKind(collection, first);
  if (kind === undefined) {
    const minor = call.context.profile.minorCodes.selection;
    throw new Problem(400, `Error in sort: unknown field ${path}.`, { minor });
  }
  const read = (row: Document) => {
    const value = second === undefined ? row[first] : (row[first] as Document | undefined)?.[second];
    if (value === undefined || value === null) return undefined;
    return kind === 'date' ? instant(String(value)) : value;
  };
  const keyed = rows.map((row) => ({ row, key: read(row) }));
  const sign = descending ? -1 : 1;
  return keyed.sort((a, b) => compareKeys(a.key, b.key, sign)).map(({ row }) => row);
}

/** Rows without a value come last, whatever the direction. */
function compareKeys(left: unknown, right: unknown, sign: number): number {
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined);
  if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
  return sign * compareText(String(left), String(right));
}

interface Projection {
  collection: Collection;
  fields: string | null;
}

function project(
  call: Call,
  rows: readonly Document[],
  { collection, fields }: Projection,
): readonly Document[] {
  if (!fields) return rows;
  const { unknownFields, minorCodes } = call.context.profile;
  const names = fields.split(',').map((name) => name.trim());
  const unknown = names.find((name) => fieldKind(collection, name) === undefined);
  if (unknown !== undefined && unknownFields === 'refuse') {
    throw new Problem(400, `Unknown selection field ${unknown}.`, { minor: minorCodes.selection });
  }
  return rows.map((row) => {
    const present = names.filter((name) => Object.hasOwn(row, name));
    return Object.fromEntries(present.map((name) => [name, row[name]]));
  });
}

function counters(totalCount: number, { limit, offset }: Page): Document {
  return {
    totalCount,
    pageCount: Math.ceil(totalCount / limit),
    pageNumber: Math.floor(offset / limit) + 1,
    offset,
    limit,
  };
}

/** RFC 8288 links of OneRoster 1.2: next and prev only where there is such a page. */
function links(call: Call, query: URLSearchParams, { limit, offset }: Page, total: number): string {
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
  const targets: [string, number, boolean][] = [
    ['next', offset + limit, offset + limit < total],
    ['prev', Math.max(0, offset - limit), offset > 0],
    ['first', 0, true],
    ['last', last, true],
  ];
  const parameters = new URLSearchParams(query);
  parameters.set('limit', String(limit));
  return targets
    .filter(([, , exists]) => exists)
    .map(([rel, target]) => {
      parameters.set('offset', String(target));
      return `<${call.address}?${parameters}>; rel="${rel}"`;
    })
    .join(', ');
}
