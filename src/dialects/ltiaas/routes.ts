import { GradebridgeError } from '../../core/errors.ts';
import type { PlainRequest, Route } from '../../core/exchange.ts';
import type { JsonObject } from '../../core/json.ts';
import { checkLineItem } from '../../core/line-item.ts';
import type { Caller, Conditions, LineItemReference } from '../../core/operation.ts';
import type { Addresses } from './addresses.ts';
import { decodeFilter, decodePage } from './query.ts';

const LINE_ITEM = ['application/json', 'application/vnd.ims.lis.v2.lineitem+json'] as const;

/** The line item routes of the LTIAAS API, version 2.0. */
export function ltiaasRoutes(addresses: Addresses): readonly Route[] {
  const line = (request: PlainRequest, caller: Caller): LineItemReference =>
    addresses.read(request.params['id'] ?? '', caller.context);
  return [
    {
      method: 'GET',
      path: '/api/lineitems',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: ({ query }, caller) => {
        const wanted = addresses.pageQuery(query, caller.context) ?? query;
        return { kind: 'listLineItems', filter: decodeFilter(wanted), page: decodePage(wanted) };
      },
    },
    {
      method: 'POST',
      path: '/api/lineitems',
      scopes: ['lineitem'],
      body: LINE_ITEM,
      decode: (request) => ({ kind: 'createLineItem', lineItem: lineItemOf(request) }),
    },
    {
      method: 'GET',
      path: '/api/lineitems/:id',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: (request, caller) => ({ kind: 'getLineItem', line: line(request, caller) }),
    },
    {
      method: 'PUT',
      path: '/api/lineitems/:id',
      scopes: ['lineitem'],
      body: LINE_ITEM,
      decode: (request, caller) => ({
        kind: 'replaceLineItem',
        line: addresses.writable(line(request, caller)),
        lineItem: lineItemOf(request),
        conditions: conditionsOf(request),
        orCreate: true,
      }),
    },
    {
      method: 'DELETE',
      path: '/api/lineitems/:id',
      scopes: ['lineitem'],
      decode: (request, caller) => ({
        kind: 'deleteLineItem',
        line: line(request, caller),
        conditions: conditionsOf(request),
      }),
    },
  ];
}

function lineItemOf({ body }: PlainRequest): JsonObject {
  const checked = checkLineItem(body);
  if ('issues' in checked) throw new GradebridgeError('INVALID_LINE_ITEM', { issues: checked.issues });
  return checked.lineItem;
}

function conditionsOf({ headers }: PlainRequest): Conditions {
  const [ifMatch, ifNoneMatch] = [headers['if-match'], headers['if-none-match']];
  return { ...(ifMatch !== undefined && { ifMatch }), ...(ifNoneMatch !== undefined && { ifNoneMatch }) };
}
