import { DELIVERY_STATES } from '../../../../src/core/delivery.ts';
import { count, listOf, object, oneOf, pageOf, ref, type Schema, said, text, time } from '../schema.ts';
import {
  type AdminPart,
  because,
  done,
  NOT_KEPT,
  OF_ADMIN_BODIES,
  ok,
  pageQuery,
  sentence,
} from './admin.ts';

const VERBS = oneOf(['retry', 'discard']);

const row: Readonly<Record<string, Schema>> = {
  id: text,
  state: oneOf(DELIVERY_STATES),
  kind: said(
    oneOf(['postScore', 'replaceLineItem', 'alignResults']),
    'What is promised; `alignResults`: that the results of a line item follow it.',
  ),
  ...{ tool: text, context: text, upstream: text },
  lineItem: said(text, 'Its sourcedId.'),
  timestamp: said(text, 'That of the score; of other kinds, when it was promised.'),
  attempts: count,
  fingerprint: said(text, 'The same for what says the same.'),
  acceptedAt: time,
  ...{ 'sentAt?': time, 'acknowledgedAt?': time, 'verifiedAt?': time, 'nextAttemptAt?': time },
  ...{ 'errorCode?': text, 'supersededBy?': text, 'reason?': text },
};

const filter = {
  ...{ 'state?': oneOf(DELIVERY_STATES), 'tool?': text, 'context?': text, 'upstream?': text },
} as const;

const delivery = {
  ...{
    id: '9b2f6a0e',
    state: 'failed',
    kind: 'postScore',
    tool: 'quizzer',
    context: 'math-101',
    upstream: 'timeback',
  },
  ...{ lineItem: 'quiz-7', timestamp: '2026-03-06T20:05:02.123Z', attempts: 3, fingerprint: 'q3Xb' },
  ...{ acceptedAt: '2026-03-06T20:05:03.001Z', errorCode: 'USER_UNKNOWN' },
} as const;

export const DELIVERIES: AdminPart = {
  tag: 'Deliveries',
  schemas: {
    DeliveryRow: object(row),
    Delivery: object({ ...row, 'error?': object({ code: text, title: text, remedy: text }) }),
    Plan: object({ plan: text, count, items: said(listOf(ref('DeliveryRow')), 'The first 50.') }),
    Job: object({
      job: text,
      verb: VERBS,
      state: oneOf(['planned', 'running', 'done', 'cancelled', 'stopped']),
      done: count,
      failed: said(count, 'Those that were no longer in a state for it.'),
      total: count,
    }),
    PlanRequest: {
      ...object({
        verb: VERBS,
        filter: {
          anyOf: [
            {
              ...object({ ids: { ...listOf(text), minItems: 1, maxItems: 1000 } }),
              additionalProperties: false,
            },
            { ...object(filter), minProperties: 1, additionalProperties: false },
          ],
        },
        'reason?': said(sentence, 'Needed to discard.'),
      }),
    },
  },
  operations: {
    'GET /deliveries': {
      id: 'listDeliveries',
      summary: 'What was promised to tools, the oldest first',
      query: { ...filter, ...pageQuery() },
      answers: { 200: ok('Deliveries.', pageOf(ref('DeliveryRow')), { items: [delivery] }) },
      errors: ['INVALID_QUERY'],
    },
    'GET /deliveries/:id': {
      id: 'showDelivery',
      summary: 'One delivery, and why it has not arrived',
      answers: {
        200: ok('The delivery.', ref('Delivery'), {
          ...delivery,
          error: {
            code: 'USER_UNKNOWN',
            title: 'The user is no user that OneRoster knows.',
            remedy: 'Check the userId.',
          },
        }),
      },
      errors: ['NOT_FOUND'],
    },
    'POST /deliveries/:id/retry': {
      id: 'retryDelivery',
      summary: 'Has it tried again, when it is held or failed',
      answers: { 204: done },
      errors: ['NOT_FOUND', 'NOT_CHANGEABLE'],
    },
    'POST /deliveries/:id/discard': {
      id: 'discardDelivery',
      summary: 'Gives it up, when it is held, failed or waiting; the reason stands on its receipt',
      body: because('reason'),
      answers: { 204: done },
      errors: [...OF_ADMIN_BODIES, 'NOT_FOUND', 'NOT_CHANGEABLE'],
    },
    'POST /deliveries/plans': {
      id: 'planDeliveries',
      summary: 'What would be changed, by a filter or by ids; nothing is',
      body: {
        schema: ref('PlanRequest'),
        example: { verb: 'discard', filter: { state: 'failed' }, reason: 'The course is over' },
      },
      answers: { 201: ok('The plan.', ref('Plan'), { plan: 'p-1', count: 1, items: [delivery] }) },
      errors: OF_ADMIN_BODIES,
    },
    'POST /deliveries/plans/:id/run': {
      id: 'runPlan',
      summary: 'Changes what the plan has found, once and within an hour',
      answers: { 202: { ...ok('It has begun.', object({ job: text }), { job: 'p-1' }), headers: NOT_KEPT } },
      errors: ['NOT_FOUND', 'NOT_CHANGEABLE'],
    },
    'GET /jobs/:id': {
      id: 'showJob',
      summary: 'How far a job is',
      answers: {
        200: ok('The job.', ref('Job'), {
          ...{ job: 'p-1', verb: 'discard', state: 'running', done: 25, failed: 1, total: 120 },
        }),
      },
      errors: ['NOT_FOUND'],
    },
    'DELETE /jobs/:id': {
      id: 'cancelJob',
      summary: 'Stops a job; what is done stays done',
      answers: { 204: done },
      errors: ['NOT_FOUND', 'NOT_CHANGEABLE'],
    },
  },
};
