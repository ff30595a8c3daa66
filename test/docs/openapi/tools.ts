import type { ErrorCode } from '../../../src/core/errors.ts';
import type { Json } from '../../../src/core/json.ts';

/** What the two faces of tools have in common. */

export const QUIZ: Json = {
  label: 'Quiz 1',
  scoreMaximum: 10,
  resourceId: 'quiz-231',
  tag: 'grade',
  startDateTime: '2026-03-06T20:05:02Z',
  endDateTime: '2026-04-06T22:05:03Z',
  'https://quizzer.example/ags/attempts': 3,
};

export const SCORE = {
  userId: 'student-1',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: '2026-03-06T20:05:02.123Z',
  scoreGiven: 1,
  scoreMaximum: 3,
  comment: 'Well done',
} as const satisfies Json;

/** A receipt as either face shows it, where its addresses begin so. */
export function receiptAt(receipt: string, lineItem: string): Json {
  return {
    id: receipt,
    state: 'accepted',
    scoreOf: lineItem,
    timestamp: '2026-03-06T20:05:02.123Z',
    attempts: 1,
    acceptedAt: '2026-03-06T20:05:03.001Z',
    nextAttemptAt: '2026-03-06T20:05:06.300Z',
    error: {
      code: 'UPSTREAM_DOWN',
      title: 'OneRoster has failed several times in a row, and calls to it are held back.',
      retryable: true,
    },
  };
}

/** A result of that score, in a line item. */
export function resultIn(lineItem: string): Json {
  return {
    id: `${lineItem}/results/student-1`,
    scoreOf: lineItem,
    userId: 'student-1',
    resultScore: 3.3333333333333335,
    resultMaximum: 10,
    comment: 'Well done',
    timestamp: '2026-03-06T20:05:02.123Z',
  };
}

/** What every request of a tool may meet, on either face. */
export const OF_TOOLS = [
  'INSUFFICIENT_SCOPE',
  ...(['TOOL_DISABLED', 'CONTEXT_DISABLED'] as const),
  ...(['TOO_MANY_REQUESTS', 'TOO_MANY_FAILURES', 'TOO_MANY_CONNECTIONS'] as const),
  ...(['INTERNAL', 'OVERLOADED', 'STORE_UNAVAILABLE'] as const),
] as const satisfies readonly ErrorCode[];

export const OF_LINE_ITEMS_WRITTEN = [
  'INVALID_LINE_ITEM',
  'RESOURCE_LINK_NOT_FOUND',
] as const satisfies readonly ErrorCode[];

export const OF_CHANGES = ['GRADEBOOK_EDITED', 'PRECONDITION_FAILED'] as const satisfies readonly ErrorCode[];

export const OF_KEYS = [
  'INVALID_IDEMPOTENCY_KEY',
  'IDEMPOTENCY_KEY_REUSED',
] as const satisfies readonly ErrorCode[];

/** What a score may meet. What passes by itself is no refusal: then it is promised. */
export const OF_SCORES = [
  ...(['INVALID_SCORE', 'USER_UNKNOWN', 'USER_NOT_ENROLLED', 'USER_NOT_STUDENT'] as const),
  ...(['USER_AMBIGUOUS', 'SCORE_STALE', 'SCORE_CONFLICT', 'GRADEBOOK_EDITED'] as const),
  ...(['UNMAPPABLE', 'UPSTREAM_REJECTED', 'CONTEXT_UNRESOLVED'] as const),
  ...(['UPSTREAM_DROPS_METADATA', 'OBJECT_BUSY'] as const),
] as const satisfies readonly ErrorCode[];
