import type { ErrorCode } from '../../../../src/core/errors.ts';
import { FINDING_KINDS, REPAIRS } from '../../../../src/reconcile/finding.ts';
import { OF_ONEROSTER } from '../operation.ts';
import { count, listOf, object, oneOf, ref, said, text, truth } from '../schema.ts';
import { type AdminPart, OF_ADMIN_BODIES, ok, pageQuery, sentence } from './admin.ts';

const REPAIR = oneOf(REPAIRS);

const OF_PLANS: readonly ErrorCode[] = [
  ...OF_ADMIN_BODIES,
  ...OF_ONEROSTER,
  'NO_LONGER_SO',
  'NOT_REPAIRABLE',
];
const OF_REPAIRS: readonly ErrorCode[] = [...OF_PLANS, 'OBJECT_BUSY', 'REPAIR_NOT_KEPT'];

const offer = { repair: 'remove', does: 'Deletes the line item.', isOwnDecision: false } as const;

export const finding = {
  ...{ id: '3f0c9a1b2c3d4e5f', kind: 'lineItemDoubled', weight: 'wrong', context: 'math-101' },
  ...{ tool: 'quizzer', lineItem: 'quiz-7', beside: 'quiz-6' },
  ...{ says: 'The tool has another one for the same thing.', evidence: { stands: 'active', results: 0 } },
  repairs: [offer],
} as const;

const plan = {
  plan: 'TdHRoloXxuWcRp1PF67Smz',
  ...{ finding, ...offer },
  steps: [{ method: 'DELETE', object: 'lineItem', sourcedId: 'quiz-7', places: ['/status'] }],
} as const;

const planMembers = {
  plan: said(text, 'For the repair: nothing is done when something else would be by then.'),
  ...{ finding: ref('ReconcileFinding'), repair: REPAIR, does: text, isOwnDecision: truth },
  steps: listOf(
    object({
      ...{ method: oneOf(['PUT', 'DELETE']), object: oneOf(['lineItem', 'result']), sourcedId: text },
      places: said(listOf(text), 'Those of OneRoster that it changes; all others stay.'),
      'rescales?': said(count, 'How many results are brought to the line item’s maximum first.'),
    }),
  ),
};

const asked = { context: text, finding: said(text, 'Its id.'), repair: REPAIR };
const request = { context: 'math-101', finding: finding.id, repair: 'remove' } as const;

/** What tools were told against what OneRoster holds. */
export const RECONCILE: AdminPart = {
  tag: 'Comparing and mending',
  schemas: {
    ReconcileFinding: object({
      ...{
        id: said(text, 'The same at each look.'),
        kind: oneOf(FINDING_KINDS),
        weight: oneOf(['wrong', 'note']),
        'isLeft?': said(truth, 'Whether a person has decided to leave it as it is.'),
      },
      ...{ context: text, 'tool?': text, lineItem: text, 'result?': text, 'student?': text },
      ...{ 'delivery?': text, 'beside?': text, says: text },
      evidence: object({
        'stands?': oneOf(['active', 'deleted', 'absent', 'elsewhere']),
        ...{
          'waiting?': count,
          'failed?': count,
          'acknowledged?': count,
          'missed?': count,
          'results?': count,
        },
        'places?': listOf(object({ ags: text, oneroster: text, isKnown: truth })),
      }),
      repairs: listOf(object({ repair: REPAIR, does: text, isOwnDecision: truth })),
      'advice?': text,
    }),
    RepairPlan: object(planMembers),
    Mended: object({ ...planMembers, outcome: { const: 'mended' } }),
  },
  operations: {
    'GET /reconcile': {
      id: 'reconcile',
      summary: 'What tools were told against what OneRoster holds, some line items at a time',
      query: { context: text, 'kind?': oneOf(FINDING_KINDS), 'lineItem?': text, ...pageQuery(25, 100) },
      answers: {
        200: ok(
          'Findings.',
          object({
            items: listOf(ref('ReconcileFinding')),
            'next?': said(text, 'The "after" of the next page; absent on the last one.'),
            looked: said(object({ done: count, of: count }), 'Line items, so far and in all.'),
          }),
          { items: [finding], looked: { done: 25, of: 25 } },
        ),
      },
      errors: ['INVALID_QUERY', ...OF_ONEROSTER],
    },
    'POST /line-items/:sourcedId/repairs/plan': {
      id: 'planRepair',
      summary: 'What a repair would do; nothing is done',
      body: { schema: object(asked), example: request },
      answers: { 200: ok('What would be done.', ref('RepairPlan'), plan) },
      errors: OF_PLANS,
    },
    'POST /line-items/:sourcedId/repairs': {
      id: 'repair',
      summary: 'Mends what was found, if it is still so',
      body: {
        schema: object({ ...asked, 'plan?': text, why: sentence }),
        example: { ...request, why: 'One is enough' },
      },
      answers: { 200: ok('It is mended, and was read back.', ref('Mended'), { ...plan, outcome: 'mended' }) },
      errors: OF_REPAIRS,
    },
  },
};
