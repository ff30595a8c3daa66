import { STATUS_CODES } from 'node:http';
import { normalDateTime } from '../../core/date-time.ts';
import type { GradebridgeError } from '../../core/errors.ts';
import type { Dialect, PlainResponse } from '../../core/exchange.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LineItemView, Outcome, Page } from '../../core/operation.ts';
import type { PublicUrls } from '../own-urls.ts';
import { encodeCursor, type ListQuery } from '../query.ts';
import { receiptBody } from '../receipts.ts';
import { type AgsAddresses, createAgsAddresses } from './addresses.ts';
import { agsRoutes, MEDIA } from './routes.ts';

/**
 * LTI Assignment and Grade Services 2.0: bare arrays, page links in a header, addresses as ids.
 *
 * @example const dialect = createAgs({ publicUrl: 'https://grades.example' })
 */
export function createAgs(urls: PublicUrls): Dialect {
  const addresses = createAgsAddresses(urls);
  return {
    name: 'ags',
    root: '/lti',
    routes: agsRoutes(addresses),
    encode: (outcome, caller) => encode(outcome, caller.context, addresses),
    encodeError,
  };
}

function encode(outcome: Outcome, context: string, addresses: AgsAddresses): PlainResponse {
  switch (outcome.kind) {
    case 'lineItem':
      return {
        status: outcome.how === 'created' ? 201 : 200,
        headers: { ...typed(MEDIA.lineItem), etag: outcome.etag },
        body: lineItemOf(outcome.view, context, addresses),
      };
    case 'lineItemHeld':
      return {
        status: 202,
        headers: {
          ...typed(MEDIA.lineItem),
          etag: outcome.etag,
          location: addresses.receipt(outcome.receipt.id, context),
        },
        body: lineItemOf(outcome.view, context, addresses),
      };
    case 'lineItems': {
      const link = linkTo(addresses.lineItems(context), { filter: outcome.filter }, outcome.page);
      const body = outcome.page.items.map((view) => lineItemOf(view, context, addresses));
      return { status: 200, headers: { ...typed(MEDIA.lineItems), ...link }, body };
    }
    case 'deleted':
      return { status: 204, headers: {} };
    case 'scoreTaken': {
      // pylti1.3 parses any body that is not empty, so that it has to be JSON; the address is the id of the result.
      const resultUrl = resultAddress(addresses.lineItem(outcome.line.sourcedId, context), outcome.userId);
      return { status: 200, headers: typed('application/json; charset=utf-8'), body: { resultUrl } };
    }
    case 'results':
      return resultsOf(outcome, context, addresses);
    case 'scorePromised':
    case 'receipt': {
      const body = receiptBody(outcome.receipt, {
        receipt: (id) => addresses.receipt(id, context),
        lineItem: ({ sourcedId }) => addresses.lineItem(sourcedId, context),
      });
      const headers = typed('application/json; charset=utf-8');
      if (outcome.kind === 'receipt') return { status: 200, headers, body };
      return { status: 202, headers: { ...headers, location: String(body['id']) }, body };
    }
  }
}

function resultsOf(
  { line, userId, page }: Extract<Outcome, { kind: 'results' }>,
  context: string,
  addresses: AgsAddresses,
): PlainResponse {
  const scoreOf = addresses.lineItem(line.sourcedId, context);
  const query = { filter: {}, sourcedId: line.sourcedId, ...(userId !== undefined && { userId }) };
  const link = linkTo(`${scoreOf}/results`, query, page);
  const body = page.items.map(({ userId: of, result }) => ({
    id: resultAddress(scoreOf, of),
    scoreOf,
    userId: of,
    ...result,
    ...(result['timestamp'] !== undefined && { timestamp: inUtc(result['timestamp']) }),
  }));
  return { status: 200, headers: { ...typed(MEDIA.results), ...link }, body };
}

function resultAddress(lineItem: string, userId: string): string {
  return `${lineItem}/results/${encodeURIComponent(userId)}`;
}

function typed(mediaType: string): Readonly<Record<string, string>> {
  return { 'content-type': mediaType };
}

/** One header, `next` first and plainly quoted: that is what the expressions in tool libraries find (RFC 8288 §3). */
function linkTo(
  address: string,
  query: Omit<ListQuery, 'page'>,
  page: Page<unknown>,
): { readonly link?: string } {
  const links = (['next', 'prev', 'first', 'last'] as const).flatMap((rel) => {
    const request = page[rel];
    return request === undefined
      ? []
      : [`<${address}?page=${encodeCursor({ ...query, page: request })}>; rel="${rel}"`];
  });
  return links.length === 0 ? {} : { link: links.join(', ') };
}

/** Clients refuse null in a member that is not set, and dates with any zone but `Z`. */
function lineItemOf(
  { sourcedId, lineItem }: LineItemView,
  context: string,
  addresses: AgsAddresses,
): JsonObject {
  const members = Object.entries(lineItem)
    .filter(([name, value]) => value !== null || name.includes(':'))
    .map(([name, value]): [string, Json] => [name, DATES.has(name) ? inUtc(value) : value]);
  return { id: addresses.lineItem(sourcedId, context), ...Object.fromEntries(members) };
}

const DATES: ReadonlySet<string> = new Set(['startDateTime', 'endDateTime']);

/** What is in UTC already stays as the tool has spelled it. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function inUtc(value: Json): Json {
  if (typeof value === 'string' && UTC.test(value)) return value;
  return (typeof value === 'string' ? normalDateTime(value) : undefined) ?? value;
}

/** Problem details (RFC 9457), with the code and the issues as extensions. */
function encodeError(error: GradebridgeError, requestId: string): PlainResponse {
  const { status, title, remedy, retryable } = error.row;
  const { issues = [], members, description, retryAfter = error.row.retryAfter, headers } = error.details;
  return {
    status,
    headers: {
      ...typed('application/problem+json; charset=utf-8'),
      ...headers,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
    body: {
      ...members,
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: description ?? title,
      code: error.code,
      remedy,
      retryable,
      requestId,
      ...(issues.length > 0 && { issues: issues.map((issue) => ({ ...issue })) }),
    },
  };
}
