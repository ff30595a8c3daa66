import { GradebridgeError } from '../../core/errors.ts';
import type { PlainRequest, Route } from '../../core/exchange.ts';
import type { LineItemReference } from '../../core/identity.ts';
import { isEmpty, isObject, type JsonObject } from '../../core/json.ts';
import type { Caller } from '../../core/operation.ts';
import { checkScore } from '../../core/score.ts';
import { decodeList, type QueryNames } from '../query.ts';
import { conditionsOf, lineItemOf, namedIn, onceOf } from '../requests.ts';
import type { Addresses } from './addresses.ts';

/** LTIAAS spells the parameters in camel case. */
const QUERY: QueryNames = {
  filters: { resourceLinkId: 'resourceLinkId', resourceId: 'resourceId', tag: 'tag' },
  userId: 'userId',
  limit: 'strict',
};
const SCORE = ['application/json', 'application/vnd.ims.lis.v1.score+json'] as const;
const LINE_ITEM = ['application/json', 'application/vnd.ims.lis.v2.lineitem+json'] as const;

/** The line item routes of the LTIAAS API, version 2.0. */
export function ltiaasRoutes(addresses: Addresses): readonly Route[] {
  const line = (request: PlainRequest, caller: Caller): LineItemReference =>
    addresses.read(request.params['id'] ?? '', caller);
  return [
    {
      method: 'GET',
      path: '/api/lineitems',
      operation: 'listLineItems',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: ({ query }, caller) => {
        const { filter, page } = decodeList(addresses.pageQuery(query, 'lineitems', caller) ?? query, QUERY);
        return { kind: 'listLineItems', filter, page };
      },
    },
    {
      method: 'POST',
      path: '/api/lineitems',
      operation: 'createLineItem',
      scopes: ['lineitem'],
      body: LINE_ITEM,
      decode: (request) => ({
        kind: 'createLineItem',
        lineItem: lineItemOf(request),
        ...onceOf(request),
      }),
    },
    {
      method: 'GET',
      path: '/api/lineitems/:id',
      operation: 'getLineItem',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: (request, caller) => ({ kind: 'getLineItem', line: line(request, caller) }),
    },
    {
      method: 'PUT',
      path: '/api/lineitems/:id',
      operation: 'replaceLineItem',
      scopes: ['lineitem'],
      body: LINE_ITEM,
      decode: (request, caller) => ({
        kind: 'replaceLineItem',
        line: addresses.writable(line(request, caller)),
        lineItem: lineItemOf(request),
        conditions: conditionsOf(request),
        ...namedIn(request, caller, addresses),
        orCreate: true,
        keepsLink: false,
      }),
    },
    {
      method: 'DELETE',
      path: '/api/lineitems/:id',
      operation: 'deleteLineItem',
      scopes: ['lineitem'],
      decode: (request, caller) => ({
        kind: 'deleteLineItem',
        line: line(request, caller),
        conditions: conditionsOf(request),
      }),
    },
    {
      method: 'POST',
      path: '/api/lineitems/:id/scores',
      operation: 'postScore',
      scopes: ['score'],
      body: SCORE,
      decode: (request, caller, now) => ({
        kind: 'postScore',
        line: line(request, caller),
        ...scoreOf(request, now),
        ...onceOf(request),
      }),
    },
    {
      method: 'GET',
      path: '/api/lineitems/:id/scores',
      operation: 'readResults',
      scopes: ['result.readonly'],
      decode: (request, caller) => {
        const query = addresses.pageQuery(request.query, 'scores', caller) ?? request.query;
        const { userId, page } = decodeList(query, QUERY);
        return {
          kind: 'readResults',
          line: line(request, caller),
          page,
          ...(userId !== undefined && { userId }),
        };
      },
    },
    {
      method: 'GET',
      path: '/api/receipts/:receipt',
      operation: 'readReceipt',
      scopes: ['score', 'lineitem'],
      decode: ({ params }) => ({ kind: 'readReceipt', id: params['receipt'] ?? '' }),
    },
  ];
}

/** LTIAAS has no timestamp in a score and adds one itself; a numeric user id is its text; `Initiated` is in its reference. */
function scoreOf(
  { body, numbers = [] }: PlainRequest,
  now: number,
): { readonly score: JsonObject; readonly isStamped: boolean } {
  const { userId, activityProgress, timestamp } = isObject(body) ? body : {};
  // 100.0 and 1e2 are the number 100, and no ids; beyond 2^53 nobody knows which number was meant.
  const isId = Number.isSafeInteger(userId) && !numbers.some(({ pointer }) => pointer === '/userId');
  const isStamped = isEmpty(timestamp);
  const filled = isObject(body) && {
    ...body,
    ...(isId && { userId: String(userId) }),
    ...(activityProgress === 'Initiated' && { activityProgress: 'Initialized' }),
    ...(isStamped && { timestamp: new Date(now).toISOString() }),
  };
  const checked = checkScore(filled === false ? body : filled, now, numbers);
  if ('issues' in checked) throw new GradebridgeError('INVALID_SCORE', { issues: checked.issues });
  return { score: checked.document, isStamped };
}
