import { DELIVERY_STATES } from '../../../src/core/delivery.ts';
import {
  address,
  anyObject,
  count,
  listOf,
  number,
  object,
  oneOf,
  openObject,
  orNull,
  ref,
  type Schema,
  said,
  text,
  time,
  truth,
} from './schema.ts';

const ACTIVITY = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'];
const GRADING = ['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'];

const unset = orNull(said(text, 'A date-time with a zone; blank or null says the same as none.'));
const upTo256 = orNull({ type: 'string', maxLength: 256 });

const scoreMembers = {
  userId: { type: 'string', minLength: 1, maxLength: 255, description: 'The LTI user id of a student.' },
  activityProgress: oneOf(ACTIVITY),
  gradingProgress: oneOf(GRADING),
  timestamp: said(time, 'Scores of a student are in the order of their timestamps, to the last digit.'),
  'scoreGiven?': orNull({ type: 'number', minimum: 0, description: 'Null, or none: the score is cleared.' }),
  'scoreMaximum?': orNull({ type: 'number', exclusiveMinimum: 0, description: 'Needed with scoreGiven.' }),
  'comment?': orNull(text),
  'scoringUserId?': { type: 'string', minLength: 1 },
  'submission?': orNull(openObject({ 'startedAt?': unset, 'submittedAt?': unset })),
};

const { timestamp, ...unstamped } = scoreMembers;

/** What tools send and are answered (LTI AGS 2.0 §3), and our own receipts. */
export const TOOL_SCHEMAS: Readonly<Record<string, Schema>> = {
  LineItem: openObject({
    id: said(address, 'Its address on the AGS face, or the URL under which the tool has made it on /api.'),
    label: text,
    scoreMaximum: number,
    'resourceLinkId?': text,
    'resourceId?': text,
    'tag?': text,
    'startDateTime?': time,
    'endDateTime?': time,
    'gradesReleased?': truth,
    'submissionReview?': anyObject,
  }),
  LineItemToWrite: said(
    openObject({
      'id?': orNull(said(text, 'In a PUT, the line item that the path names; in a POST it means nothing.')),
      label: { type: 'string', pattern: '\\S' },
      scoreMaximum: { type: 'number', exclusiveMinimum: 0 },
      'resourceLinkId?': orNull(text),
      'resourceId?': upTo256,
      'tag?': upTo256,
      'startDateTime?': unset,
      'endDateTime?': unset,
      'gradesReleased?': orNull(truth),
      'submissionReview?': orNull(anyObject),
    }),
    'Members that AGS does not name come back as they were sent; name yours by full URLs.',
  ),
  Score: openObject(scoreMembers),
  LtiaasScore: openObject({
    ...unstamped,
    userId: { type: ['string', 'integer'], description: 'The LTI user id of a student.' },
    activityProgress: oneOf([...ACTIVITY, 'Initiated']),
    'timestamp?': orNull(timestamp),
  }),
  Result: object({
    id: said(address, 'A name; nothing can be fetched there.'),
    scoreOf: said(address, 'The line item.'),
    userId: text,
    'resultScore?': number,
    'resultMaximum?': number,
    'comment?': text,
    'scoringUserId?': text,
    'timestamp?': said(time, 'That of the score; not of AGS.'),
  }),
  LineItems: object({
    lineItems: listOf(ref('LineItem')),
    'next?': address,
    'prev?': address,
    'first?': address,
    'last?': address,
  }),
  Scores: object({
    scores: listOf(ref('Result')),
    'next?': address,
    'prev?': address,
    'first?': address,
    'last?': address,
  }),
  Receipt: object({
    id: said(address, 'Where it is read again.'),
    state: oneOf(DELIVERY_STATES),
    scoreOf: said(address, 'The line item.'),
    timestamp: text,
    attempts: count,
    acceptedAt: time,
    'sentAt?': time,
    'acknowledgedAt?': time,
    'verifiedAt?': time,
    'nextAttemptAt?': time,
    'error?': object({ code: text, title: text, retryable: truth, 'remedy?': text }),
    'supersededBy?': said(address, 'The receipt of the newer score.'),
    'reason?': said(text, 'Why an administrator has given it up.'),
  }),
  Issue: object({
    pointer: said(text, 'A place in the body (RFC 6901), or ?NAME for a parameter of the query.'),
    code: text,
    message: text,
  }),
  LtiaasErrorDetails: object({
    message: said(text, 'The code.'),
    code: said(text, 'A row of docs/errors.md, which stays the same.'),
    description: text,
    remedy: text,
    retryable: truth,
    requestId: text,
    'issues?': listOf(ref('Issue')),
    'externalError?': said(truth, 'The trouble is at OneRoster.'),
  }),
  Problem: said(
    object({
      type: { const: 'about:blank' },
      title: said(text, 'The words of HTTP for the status.'),
      status: count,
      detail: text,
      code: said(text, 'A row of docs/errors.md, which stays the same.'),
      remedy: text,
      retryable: truth,
      requestId: text,
      'issues?': listOf(ref('Issue')),
    }),
    'RFC 9457',
  ),
};
