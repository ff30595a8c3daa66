import { GradebridgeError } from '../../core/errors.ts';
import type { PlainRequest, Route } from '../../core/exchange.ts';
import { isSafeSourcedId, type LineItemReference } from '../../core/identity.ts';

import { checkScore } from '../../core/score.ts';
import { decodeList, type QueryNames } from '../query.ts';
import { conditionsOf, lineItemOf, namedIn, onceOf } from '../requests.ts';
import type { AgsAddresses } from './addresses.ts';

/** The media types of AGS §3; a body in plain JSON is taken as well, because tools send it. */
export const MEDIA = {
  lineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  lineItems: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
  results: 'application/vnd.ims.lis.v2.resultcontainer+json',
  score: 'application/vnd.ims.lis.v1.score+json',
} as const;

/** How AGS spells the parameters of §3.2.4 and §3.3.4. */
const QUERY: QueryNames = {
  filters: { resourceLinkId: 'resource_link_id', resourceId: 'resource_id', tag: 'tag' },
  userId: 'user_id',
  limit: 'lenient',
};

const CONTAINER = '/lti/contexts/:context/lineitems';
const ITEM = `${CONTAINER}/:id`;

/** The routes of LTI AGS 2.0 §3. */
export function agsRoutes(addresses: AgsAddresses): readonly Route[] {
  return [
    {
      method: 'GET',
      path: CONTAINER,
      operation: 'listLineItems',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: ({ query }) => {
        const { filter, page } = decodeList(query, QUERY);
        return { kind: 'listLineItems', filter, page };
      },
    },
    {
      method: 'POST',
      path: CONTAINER,
      operation: 'createLineItem',
      scopes: ['lineitem'],
      body: [MEDIA.lineItem, 'application/json'],
      decode: (request) => ({
        kind: 'createLineItem',
        lineItem: lineItemOf(request),
        ...onceOf(request),
      }),
    },
    {
      method: 'GET',
      path: ITEM,
      operation: 'getLineItem',
      scopes: ['lineitem', 'lineitem.readonly'],
      decode: (request) => ({ kind: 'getLineItem', line: lineOf(request) }),
    },
    {
      method: 'PUT',
      path: ITEM,
      operation: 'replaceLineItem',
      scopes: ['lineitem'],
      body: [MEDIA.lineItem, 'application/json'],
      decode: (request, caller) => ({
        kind: 'replaceLineItem',
        line: lineOf(request),
        lineItem: lineItemOf(request),
        conditions: conditionsOf(request),
        ...namedIn(request, caller, addresses),
        orCreate: false,
        keepsLink: true,
      }),
    },
    {
      method: 'DELETE',
      path: ITEM,
      operation: 'deleteLineItem',
      scopes: ['lineitem'],
      decode: (request) => ({
        kind: 'deleteLineItem',
        line: lineOf(request),
        conditions: conditionsOf(request),
      }),
    },
    {
      method: 'POST',
      path: `${ITEM}/scores`,
      operation: 'postScore',
      scopes: ['score'],
      body: [MEDIA.score, 'application/json'],
      decode: (request, _caller, now) => {
        const checked = checkScore(request.body, now, request.numbers);
        if ('issues' in checked) throw new GradebridgeError('INVALID_SCORE', { issues: checked.issues });
        return {
          kind: 'postScore',
          line: lineOf(request),
          score: checked.document,
          isStamped: false,
          ...onceOf(request),
        };
      },
    },
    {
      method: 'GET',
      path: `${ITEM}/results`,
      operation: 'readResults',
      scopes: ['result.readonly'],
      decode: (request) => {
        const { userId, sourcedId, page } = decodeList(request.query, QUERY);
        const line = sourcedId === undefined ? lineOf(request) : { sourcedId };
        return { kind: 'readResults', line, page, ...(userId !== undefined && { userId }) };
      },
    },
    {
      method: 'GET',
      path: '/lti/contexts/:context/receipts/:receipt',
      operation: 'readReceipt',
      scopes: ['score', 'lineitem'],
      decode: ({ params }) => ({ kind: 'readReceipt', id: params['receipt'] ?? '' }),
    },
  ];
}

function lineOf({ params }: PlainRequest): LineItemReference {
  const { id = '' } = params;
  if (!isSafeSourcedId(id)) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return { sourcedId: id };
}
