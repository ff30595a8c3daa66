import { STATUS_CODES } from 'node:http';
import { normalDateTime } from '../../core/date-time.ts';
import type { GradebridgeError } from '../../core/errors.ts';
import type { Dialect, PlainResponse } from '../../core/exchange.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { Caller, LineItemView, Outcome, Page, PageRequest } from '../../core/operation.ts';
import type { PublicUrls } from '../own-urls.ts';
import { receiptBody } from '../receipts.ts';
import { type Addresses, createAddresses } from './addresses.ts';
import { ltiaasRoutes } from './routes.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/**
 * The LTIAAS API, version 2.0, as its official SDK speaks it: AGS's line items in an envelope of its own, 201 for every PUT,
 * page links in the body.
 *
 * @example const dialect = createLtiaas({ publicUrl: 'https://grades.example' })
 */
export function createLtiaas(urls: PublicUrls): Dialect {
  const addresses = createAddresses(urls);
  return {
    name: 'ltiaas',
    root: '/api',
    routes: ltiaasRoutes(addresses),
    encode: (outcome, caller) => encode(outcome, caller, addresses),
    encodeError,
  };
}

function encode(outcome: Outcome, caller: Caller, addresses: Addresses): PlainResponse {
  switch (outcome.kind) {
    case 'lineItem':
      return {
        status: outcome.how === 'read' ? 200 : 201,
        headers: { ...JSON_TYPE, etag: outcome.etag },
        body: lineItemOf(outcome.view, caller, addresses),
      };
    case 'lineItemHeld':
      return {
        status: 202,
        headers: {
          ...JSON_TYPE,
          etag: outcome.etag,
          location: addresses.receipt(outcome.receipt.id, caller.context),
        },
        body: lineItemOf(outcome.view, caller, addresses),
      };
    case 'lineItems':
      return { status: 200, headers: JSON_TYPE, body: listOf(outcome, caller, addresses) };
    case 'deleted':
    case 'scoreTaken':
      return { status: 204, headers: {} };
    case 'results':
      return { status: 200, headers: JSON_TYPE, body: resultsOf(outcome, caller, addresses) };
    case 'scorePromised':
    case 'receipt': {
      const body = receiptBody(outcome.receipt, {
        receipt: (id) => addresses.receipt(id, caller.context),
        lineItem: (line) => addresses.write(line, caller),
      });
      if (outcome.kind === 'receipt') return { status: 200, headers: JSON_TYPE, body };
      return { status: 202, headers: { ...JSON_TYPE, location: String(body['id']) }, body };
    }
  }
}

/** What the SDK takes for a date-time; a tool's own comes back as it wrote it when it is one. */
const SDK_DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const DATES = ['startDateTime', 'endDateTime'] as const;

/** The SDK refuses an answer in which an optional member is null; an extension's null is the tool's own. */
function lineItemOf(view: LineItemView, caller: Caller, addresses: Addresses): JsonObject {
  const lineItem: MutableJsonObject = { id: addresses.write(view, caller), ...view.lineItem };
  for (const [name, value] of Object.entries(lineItem))
    if (value === null && !name.includes(':')) delete lineItem[name];
  for (const name of DATES) {
    const value = lineItem[name];
    if (typeof value !== 'string' || SDK_DATE_TIME.test(value)) continue;
    const normal = normalDateTime(value);
    if (normal === undefined) delete lineItem[name];
    else lineItem[name] = normal;
  }
  return lineItem;
}

function listOf(
  { filter, page }: Extract<Outcome, { kind: 'lineItems' }>,
  caller: Caller,
  addresses: Addresses,
): JsonObject {
  const lineItems = page.items.map((view) => lineItemOf(view, caller, addresses));
  return {
    lineItems,
    ...pageLinks(page, (request) => addresses.pageLink({ filter, page: request }, caller.context)),
  };
}

/** `scoreOf` is the line item under the name that the tool knows it by (AGS §3.3.3). */
function resultsOf(
  { line, userId, page }: Extract<Outcome, { kind: 'results' }>,
  caller: Caller,
  addresses: Addresses,
): JsonObject {
  const scoreOf = addresses.write(line, caller);
  const scores = page.items.map(({ userId: of, result }) => ({
    id: `${scoreOf}/results/${encodeURIComponent(of)}`,
    userId: of,
    scoreOf,
    ...result,
  }));
  const { sourcedId } = line;
  const link = (request: PageRequest): string =>
    addresses.pageLink(
      { filter: {}, sourcedId, page: request, ...(userId !== undefined && { userId }) },
      caller.context,
    );
  return { scores, ...pageLinks(page, link) };
}

function pageLinks(page: Page<unknown>, link: (request: PageRequest) => string): JsonObject {
  const rels = ['next', 'prev', 'first', 'last'] as const;
  return Object.fromEntries(
    rels.flatMap((rel) => {
      const request = page[rel];
      return request === undefined ? [] : [[rel, link(request)] as const];
    }),
  );
}

/** `details.message` is the code: it is all that the SDK shows its user of an error. */
function encodeError(error: GradebridgeError, requestId: string): PlainResponse {
  const { status, title, remedy, retryable } = error.row;
  const { issues = [], description = title, retryAfter = error.row.retryAfter, headers } = error.details;
  const details: JsonObject = {
    message: error.code,
    code: error.code,
    description,
    remedy,
    retryable,
    requestId,
    ...(issues.length > 0 && { issues: issues.map((issue) => ({ ...issue })) }),
    ...(error.code.startsWith('UPSTREAM') && { externalError: true }),
  };
  return {
    status,
    headers: {
      ...JSON_TYPE,
      ...headers,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
    body: { status, error: STATUS_CODES[status] ?? 'Error', details },
  };
}
