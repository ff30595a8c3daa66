import type { ErrorCode } from '../../../src/core/errors.ts';
import { MEDIA } from '../../../src/dialects/ags/routes.ts';
import {
  json,
  nothing,
  OF_BODIES,
  OF_DELETIONS,
  OF_ONEROSTER,
  OF_WRITES,
  type Parts,
  type Said,
} from './operation.ts';
import { address, listOf, object, ref, said, text } from './schema.ts';
import {
  OF_CHANGES,
  OF_KEYS,
  OF_LINE_ITEMS_WRITTEN,
  OF_SCORES,
  OF_TOOLS,
  QUIZ,
  receiptAt,
  resultIn,
  SCORE,
} from './tools.ts';

/** What every request on `/lti` may meet. */
export const OF_AGS = [
  ...OF_TOOLS,
  ...(['INVALID_TOKEN', 'CONTEXT_NOT_FOUND'] as const),
] as const satisfies readonly ErrorCode[];

const CONTEXT = 'https://grades.example/lti/contexts/math-101';
const ID = `${CONTEXT}/lineitems/6c9d0f5e-1c1b-4e39-8b0c-2f1d0f6f0c55`;
const RECEIPT = `${CONTEXT}/receipts/9b2f6a0e-58a1-4a6f-9d6c-3c8f5f0b7f11`;
const line = { ...(QUIZ as Record<string, never>), id: ID };

const lineItem = (what: string, status: 200 | 201 | 202 = 200): Said => ({
  ...json(what, ref('LineItem'), line),
  media: MEDIA.lineItem,
  headers: status === 202 ? ['ETag', 'Location'] : ['ETag'],
});

const limit = said({ type: 'integer', minimum: 1 }, 'Anything else is ignored.');
const page = { 'limit?': limit, 'page?': said(text, 'Of a page link: it says all the rest by itself.') };

/** LTI AGS 2.0 §3, and receipts. */
export const AGS: Parts = {
  'GET /lti/contexts/:context/lineitems': {
    id: 'agsListLineItems',
    summary: 'The line items of the tool in the context (AGS §3.2.4)',
    query: { 'resource_link_id?': text, 'resource_id?': text, 'tag?': text, ...page },
    answers: {
      200: {
        ...json('Line items.', listOf(ref('LineItem')), [line]),
        media: MEDIA.lineItems,
        headers: ['Link'],
      },
    },
    errors: ['INVALID_QUERY', ...OF_ONEROSTER],
  },
  'POST /lti/contexts/:context/lineitems': {
    id: 'agsCreateLineItem',
    summary: 'Makes a line item (AGS §3.2.5)',
    headers: ['Idempotency-Key'],
    body: { schema: ref('LineItemToWrite'), example: QUIZ },
    answers: { 201: lineItem('The line item, with its id.') },
    errors: [...OF_BODIES, ...OF_LINE_ITEMS_WRITTEN, ...OF_KEYS, ...OF_WRITES],
  },
  'GET /lti/contexts/:context/lineitems/:id': {
    id: 'agsGetLineItem',
    summary: 'One line item',
    answers: { 200: lineItem('The line item.') },
    errors: ['LINE_ITEM_NOT_FOUND', ...OF_ONEROSTER],
  },
  'PUT /lti/contexts/:context/lineitems/:id': {
    id: 'agsReplaceLineItem',
    summary: 'Replaces a line item; its resource link stays (AGS §3.2.6)',
    headers: ['If-Match', 'If-None-Match'],
    body: { schema: ref('LineItemToWrite'), example: QUIZ },
    answers: {
      200: lineItem('The line item as it is now.'),
      202: lineItem(
        'Somebody has changed it in OneRoster, and a person decides: the line item as it stands.',
        202,
      ),
    },
    errors: [
      ...OF_BODIES,
      'LINE_ITEM_NOT_FOUND',
      ...OF_LINE_ITEMS_WRITTEN,
      'PRECONDITION_FAILED',
      ...OF_WRITES,
    ],
  },
  'DELETE /lti/contexts/:context/lineitems/:id': {
    id: 'agsDeleteLineItem',
    summary: 'Deletes a line item; its results stay in OneRoster',
    headers: ['If-Match'],
    answers: { 204: nothing('It is deleted.') },
    errors: ['LINE_ITEM_NOT_FOUND', ...OF_CHANGES, ...OF_DELETIONS],
  },
  'POST /lti/contexts/:context/lineitems/:id/scores': {
    id: 'agsPostScore',
    summary: 'A score of a student (AGS §3.4)',
    headers: ['Idempotency-Key'],
    body: { schema: ref('Score'), example: SCORE },
    answers: {
      200: json('OneRoster has it.', object({ resultUrl: said(address, 'The id of the result.') }), {
        resultUrl: `${ID}/results/student-1`,
      }),
      202: {
        ...json(
          'OneRoster cannot take it now: it is on disk and will be delivered.',
          ref('Receipt'),
          receiptAt(RECEIPT, ID),
        ),
        headers: ['Location'],
      },
    },
    errors: [...OF_BODIES, 'LINE_ITEM_NOT_FOUND', ...OF_SCORES, ...OF_KEYS],
  },
  'GET /lti/contexts/:context/lineitems/:id/results': {
    id: 'agsReadResults',
    summary: 'The results of a line item, as OneRoster holds them now (AGS §3.3)',
    query: { 'user_id?': text, ...page },
    answers: {
      200: {
        ...json('Results.', listOf(ref('Result')), [resultIn(ID)]),
        media: MEDIA.results,
        headers: ['Link'],
      },
    },
    errors: ['INVALID_QUERY', 'LINE_ITEM_NOT_FOUND', ...OF_ONEROSTER],
  },
  'GET /lti/contexts/:context/receipts/:receipt': {
    id: 'agsReadReceipt',
    summary: 'What became of a promised score',
    answers: { 200: json('The receipt.', ref('Receipt'), receiptAt(RECEIPT, ID)) },
    errors: ['RECEIPT_NOT_FOUND'],
  },
};
