import { HIDDEN } from '../../../../src/admin/redaction.ts';
import {
  anything,
  count,
  listOf,
  number,
  object,
  oneOf,
  pageOf,
  ref,
  type Schema,
  said,
  text,
  time,
  truth,
} from '../schema.ts';
import { type AdminPart, because, OF_ADMIN_BODIES, ok, pageQuery } from './admin.ts';

const row: Readonly<Record<string, Schema>> = {
  id: said(text, 'The request id.'),
  at: time,
  ...{ 'tool?': text, 'context?': text, operation: text, method: text },
  route: said(text, 'The pattern of the route, not the path.'),
  status: count,
  'code?': text,
  milliseconds: number,
  upstreamCalls: count,
};

const exchange = {
  ...{ id: '61cd0f33-c182-43c0-b820-49bfcac30c5f', at: '2026-03-06T20:05:02.000Z', tool: 'quizzer' },
  ...{ context: 'math-101', operation: 'postScore', method: 'POST' },
  ...{
    route: '/lti/contexts/:context/lineitems/:id/scores',
    status: 200,
    milliseconds: 41,
    upstreamCalls: 1,
  },
} as const;

const detail = {
  ...exchange,
  ...{ path: '/lti/contexts/math-101/lineitems/quiz-7/scores', redacted: true },
  stages: [
    { stage: 'received', at: 0 },
    { stage: 'returned', at: 41 },
  ],
  ...{ request: { userId: HIDDEN }, response: { resultUrl: HIDDEN }, notes: [] },
  calls: [
    {
      ...{ at: 3, method: 'PUT', path: '/ims/oneroster/gradebook/v1p2/results/r-1', status: 201 },
      ...{ milliseconds: 36, request: { result: { score: HIDDEN } }, response: HIDDEN },
    },
  ],
  curl: "curl -i -X POST 'https://grades.example/lti/contexts/math-101/lineitems/quiz-7/scores'",
} as const;

export const TRAFFIC: AdminPart = {
  tag: 'Traffic',
  schemas: {
    ExchangeRow: object(row),
    Note: object({
      kind: oneOf(['defaulted', 'stashed', 'inexact', 'context', 'constant', 'kept', 'unreadable', 'edited']),
      ...{ 'ags?': text, 'oneroster?': text },
    }),
    Exchange: object({
      ...row,
      'path?': text,
      'redacted?': said(truth, 'Whether values are hidden.'),
      stages: said(listOf(object({ stage: text, at: number })), 'Milliseconds since the request came.'),
      ...{ 'request?': anything, 'response?': anything },
      calls: listOf(
        object({
          ...{ at: number, method: text, path: text, 'status?': count, 'fault?': text },
          ...{ milliseconds: number, 'request?': anything, 'response?': anything },
        }),
      ),
      notes: listOf(ref('Note')),
      'curl?': text,
    }),
  },
  operations: {
    'GET /traffic': {
      id: 'listTraffic',
      summary: 'The last requests of tools, the newest first',
      query: {
        'search?': said(text, 'A whole id of either side.'),
        ...{ 'tool?': text, 'context?': text },
        'status?': { type: 'string', pattern: '^[1-5](\\d\\d|xx)$' },
        ...pageQuery(),
      },
      answers: { 200: ok('Requests.', pageOf(ref('ExchangeRow')), { items: [exchange] }) },
      errors: ['INVALID_QUERY'],
    },
    'GET /traffic/stream': {
      id: 'streamTraffic',
      summary: 'Requests as they are over, as server-sent events',
      answers: {
        200: {
          what: 'Events named `exchange`, each with a row of the list as its data; a comment now and then.',
          media: 'text/event-stream',
          schema: text,
          example: `id: 1\nevent: exchange\ndata: ${JSON.stringify(exchange)}\n\n`,
          headers: ['Cache-Control'],
        },
      },
    },
    'GET /traffic/:id': {
      id: 'showExchange',
      summary: 'All of one request, with values hidden',
      answers: { 200: ok('The request.', ref('Exchange'), detail) },
      errors: ['NOT_FOUND'],
    },
    'POST /traffic/:id/reveal': {
      id: 'revealExchange',
      summary: 'All of one request, with everything in it; that stands in the audit',
      body: because('reason'),
      answers: {
        200: ok('The request.', ref('Exchange'), {
          ...detail,
          redacted: false,
          request: { userId: 'student-1' },
        }),
      },
      errors: [...OF_ADMIN_BODIES, 'NOT_FOUND'],
    },
  },
};
