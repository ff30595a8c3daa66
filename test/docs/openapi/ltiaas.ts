import type { ErrorCode } from '../../../src/core/errors.ts';
import { json, nothing, OF_BODIES, OF_DELETIONS, OF_ONEROSTER, OF_WRITES, type Parts } from './operation.ts';
import { address, ref, type Schema, said, text } from './schema.ts';
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

/** What every request on `/api` may meet. */
export const OF_LTIAAS = [
  ...OF_TOOLS,
  ...(['CONTEXT_REQUIRED', 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER', 'CONTEXT_NOT_ALLOWED'] as const),
] as const satisfies readonly ErrorCode[];

const OF_ITEM = ['INVALID_LINE_ITEM_ID', 'LINE_ITEM_NOT_FOUND'] as const satisfies readonly ErrorCode[];
const OF_LISTS = ['INVALID_QUERY', 'INVALID_PAGE_URL'] as const satisfies readonly ErrorCode[];

const LMS = 'https://lms.example.com/course/1/lineitems/1';
const OURS = 'https://grades.example/lti/contexts/math-101/lineitems/6c9d0f5e-1c1b-4e39-8b0c-2f1d0f6f0c55';
const RECEIPT = 'https://grades.example/api/receipts/9b2f6a0e-58a1-4a6f-9d6c-3c8f5f0b7f11?context=math-101';
const line = { ...(QUIZ as Record<string, never>), id: LMS };

const context = {
  'context?': said(text, 'With a Bearer token of a tool that has several contexts: the one that is meant.'),
};
const page = {
  'limit?': { type: 'integer', minimum: 1, maximum: 999_999_999 },
  'url?': said(address, 'A page link of an earlier answer; every other parameter is ignored then.'),
} as const satisfies Readonly<Record<string, Schema>>;

const promised = {
  ...json(
    'OneRoster cannot take it now: it is on disk and will be delivered.',
    ref('Receipt'),
    receiptAt(RECEIPT, LMS),
  ),
  headers: ['Location'],
} as const;

/** The line items of the LTIAAS API, version 2.0. */
export const LTIAAS: Parts = {
  'GET /api/lineitems': {
    id: 'ltiaasListLineItems',
    summary: 'The line items of the tool in the context',
    query: { 'resourceLinkId?': text, 'resourceId?': text, 'tag?': text, ...page, ...context },
    answers: {
      200: json('Line items, with page links when there are more.', ref('LineItems'), { lineItems: [line] }),
    },
    errors: [...OF_LISTS, ...OF_ONEROSTER],
  },
  'POST /api/lineitems': {
    id: 'ltiaasCreateLineItem',
    summary: 'Makes a line item, with an id of the gateway',
    query: context,
    headers: ['Idempotency-Key'],
    body: { schema: ref('LineItemToWrite'), example: QUIZ },
    answers: {
      201: { ...json('The line item.', ref('LineItem'), { ...line, id: OURS }), headers: ['ETag'] },
    },
    errors: [...OF_BODIES, ...OF_LINE_ITEMS_WRITTEN, ...OF_KEYS, ...OF_WRITES],
  },
  'GET /api/lineitems/:id': {
    id: 'ltiaasGetLineItem',
    summary: 'One line item',
    query: context,
    answers: { 200: { ...json('The line item.', ref('LineItem'), line), headers: ['ETag'] } },
    errors: [...OF_ITEM, ...OF_ONEROSTER],
  },
  'PUT /api/lineitems/:id': {
    id: 'ltiaasReplaceLineItem',
    summary: 'Makes a line item, or replaces the one that is there',
    query: context,
    headers: ['If-Match', 'If-None-Match'],
    body: { schema: ref('LineItemToWrite'), example: QUIZ },
    answers: {
      201: { ...json('The line item as it is now.', ref('LineItem'), line), headers: ['ETag'] },
      202: {
        ...json(
          'Somebody has changed it in OneRoster, and a person decides: the line item as it stands.',
          ref('LineItem'),
          line,
        ),
        headers: ['ETag', 'Location'],
      },
    },
    errors: [...OF_BODIES, ...OF_ITEM, ...OF_LINE_ITEMS_WRITTEN, 'PRECONDITION_FAILED', ...OF_WRITES],
  },
  'DELETE /api/lineitems/:id': {
    id: 'ltiaasDeleteLineItem',
    summary: 'Deletes a line item; its results stay in OneRoster',
    query: context,
    headers: ['If-Match'],
    answers: { 204: nothing('It is deleted.') },
    errors: [...OF_ITEM, ...OF_CHANGES, ...OF_DELETIONS],
  },
  'POST /api/lineitems/:id/scores': {
    id: 'ltiaasPostScore',
    summary: 'A score of a student',
    query: context,
    headers: ['Idempotency-Key'],
    body: { schema: ref('LtiaasScore'), example: SCORE },
    answers: { 202: promised, 204: nothing('OneRoster has it.') },
    errors: [...OF_BODIES, ...OF_ITEM, ...OF_SCORES, ...OF_KEYS],
  },
  'GET /api/lineitems/:id/scores': {
    id: 'ltiaasReadScores',
    summary: 'The results of a line item, as OneRoster holds them now',
    query: { 'userId?': text, ...page, ...context },
    answers: {
      200: json('Results, with page links when there are more.', ref('Scores'), { scores: [resultIn(LMS)] }),
    },
    errors: [...OF_LISTS, ...OF_ITEM, ...OF_ONEROSTER],
  },
  'GET /api/receipts/:receipt': {
    id: 'ltiaasReadReceipt',
    summary: 'What became of a promised score',
    query: context,
    answers: { 200: json('The receipt.', ref('Receipt'), receiptAt(RECEIPT, LMS)) },
    errors: ['RECEIPT_NOT_FOUND'],
  },
};
