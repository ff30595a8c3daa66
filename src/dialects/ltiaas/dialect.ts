import { STATUS_CODES } from 'node:http';
import type { GradebridgeError } from '../../core/errors.ts';
import type { Dialect, PlainResponse } from '../../core/exchange.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LineItemView, Outcome } from '../../core/operation.ts';
import { type Addresses, createAddresses } from './addresses.ts';
import { ltiaasRoutes } from './routes.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/**
 * The LTIAAS API, version 2.0, as its official SDK speaks it: AGS's line items in an envelope of its own, 201 for every PUT,
 * page links in the body.
 *
 * @example const dialect = createLtiaas({ publicUrl: 'https://grades.example' })
 */
export function createLtiaas({ publicUrl }: { readonly publicUrl: string }): Dialect {
  const addresses = createAddresses(publicUrl);
  return {
    name: 'ltiaas',
    root: '/api',
    routes: ltiaasRoutes(addresses),
    encode: (outcome, caller) => encode(outcome, caller.context, addresses),
    encodeError,
  };
}

function encode(outcome: Outcome, context: string, addresses: Addresses): PlainResponse {
  switch (outcome.kind) {
    case 'lineItem':
      return {
        status: outcome.how === 'read' ? 200 : 201,
        headers: { ...JSON_TYPE, etag: outcome.etag },
        body: lineItemOf(outcome.view, context, addresses),
      };
    case 'lineItems':
      return { status: 200, headers: JSON_TYPE, body: listOf(outcome, context, addresses) };
    case 'deleted':
      return { status: 204, headers: {} };
  }
}

function lineItemOf(view: LineItemView, context: string, addresses: Addresses): JsonObject {
  return { id: addresses.write(view, context), ...withoutNulls(view.lineItem) };
}

/** The SDK refuses an answer in which an optional member is null; an extension's null is the tool's own. */
function withoutNulls(lineItem: JsonObject): JsonObject {
  const members = Object.entries(lineItem);
  const isOurs = (name: string): boolean => !name.includes(':');
  if (!members.some(([name, value]) => value === null && isOurs(name))) return lineItem;
  return Object.fromEntries(members.filter(([name, value]) => value !== null || !isOurs(name)));
}

function listOf(
  { filter, page }: Extract<Outcome, { kind: 'lineItems' }>,
  context: string,
  addresses: Addresses,
): JsonObject {
  const links = (['next', 'prev', 'first', 'last'] as const).flatMap((rel) => {
    const request = page[rel];
    return request === undefined ? [] : [[rel, addresses.pageLink(filter, request, context)] as const];
  });
  const lineItems = page.items.map((view) => lineItemOf(view, context, addresses));
  return { lineItems, ...Object.fromEntries(links) };
}

/** `details.message` is the code: it is all that the SDK shows its user of an error. */
function encodeError(error: GradebridgeError, requestId: string): PlainResponse {
  const { status, title, remedy, retryable } = error.row;
  const { issues = [], description = title, retryAfter, headers } = error.details;
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
