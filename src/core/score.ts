import { instantOf } from './date-time.ts';
import { type Issue, isEmpty, isObject, type Json, type JsonObject, own } from './json.ts';
import { type Checked, checkMembers, DATE_TIME, isText, type MemberRules, numberIssues } from './members.ts';
import type { WrittenNumber } from './numbers.ts';
import { isNameable } from './texts.ts';

/** AGS §3.4.7 and §3.4.8. */
const ACTIVITY = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'];
const GRADING = ['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'];

const dateTime = (value: Json): boolean => isText(value) && instantOf(value) !== undefined;
const filled = (value: Json): value is string => isText(value) && value !== '' && isNameable(value);
const number = (value: Json): value is number => Number.isFinite(value);

/** The members of a score that AGS §3.4 knows. */
const RULES: MemberRules = {
  userId: {
    required: true,
    holds: (value) => filled(value) && value.length <= 255,
    message: 'Must be the LTI user id, a string of at most 255 characters, without control characters.',
  },
  activityProgress: {
    required: true,
    holds: (value) => isText(value) && ACTIVITY.includes(value),
    message: `Must be one of ${ACTIVITY.join(', ')}.`,
  },
  gradingProgress: {
    required: true,
    holds: (value) => isText(value) && GRADING.includes(value),
    message: `Must be one of ${GRADING.join(', ')}.`,
  },
  timestamp: { required: true, holds: dateTime, message: DATE_TIME },
  scoreGiven: {
    unset: 'null',
    holds: (value) => number(value) && value >= 0,
    message: 'Must be a number of at least 0, or null.',
  },
  scoreMaximum: {
    unset: 'null',
    holds: (value) => number(value) && value > 0,
    message: 'Must be a number above 0.',
  },
  comment: { unset: 'nullOrBlank', holds: isText, message: 'Must be a string, or null.' },
  scoringUserId: {
    holds: filled,
    message:
      'Must be an LTI user id that is not empty and has no control characters; leave it out when a machine graded.',
  },
  submission: { unset: 'null', holds: isObject, message: 'Must be an object.' },
};

const SUBMISSION_RULES: MemberRules = {
  startedAt: { unset: 'nullOrBlank', holds: dateTime, message: DATE_TIME },
  submittedAt: { unset: 'nullOrBlank', holds: dateTime, message: DATE_TIME },
};

/** How far a clock of a tool may be ahead: a score from far in the future would bar every later one. Milliseconds. */
const AHEAD = 5 * 60_000;

/**
 * Checks a score as a tool sends it (AGS §3.4). A `scoreGiven` of null is the same as none: it clears (§3.4.4).
 *
 * @param now milliseconds since 1970
 * @param numbers those of the body that are written in a way of their own
 * @returns the score without members that are unset, or every issue
 * @example checkScore({ userId: '2', scoreGiven: 1 }, Date.now()) // { issues: [ … 'scoreMaximum' … ] }
 */
export function checkScore(
  body: Json | undefined,
  now: number,
  numbers: readonly WrittenNumber[] = [],
): Checked {
  const checked = checkMembers(body, RULES);
  // A body that is no object, or not fit to be looked through, has nothing further to be said of it.
  const score =
    'document' in checked ? checked.document : isFit(checked.issues) && isObject(body) ? body : {};
  const submission = own(score, 'submission');
  const inside = isObject(submission) ? checkMembers(submission, SUBMISSION_RULES) : undefined;
  const found = 'issues' in checked ? checked.issues : [];
  const issues = [
    ...found,
    ...numberIssues(numbers, ['/scoreGiven', '/scoreMaximum']),
    ...together(score),
    ...notAhead(score, now),
    ...submissionIssues(inside),
  ];
  if (issues.length > 0) return { issues: once(issues) };
  return inside !== undefined && 'document' in inside
    ? { document: { ...score, submission: inside.document } }
    : { document: score };
}

function isFit(issues: readonly Issue[]): boolean {
  return issues.every(({ code }) => code === 'invalid' || code === 'required');
}

/** One finding for a member suffices. */
function once(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter(
    ({ pointer }, index) => issues.findIndex((other) => other.pointer === pointer) === index,
  );
}

function together(score: JsonObject): readonly Issue[] {
  if (isEmpty(own(score, 'scoreGiven')) || !isEmpty(own(score, 'scoreMaximum'))) return [];
  return [
    { pointer: '/scoreMaximum', code: 'required', message: 'Is missing: it is needed with scoreGiven.' },
  ];
}

function notAhead({ timestamp }: JsonObject, now: number): readonly Issue[] {
  const instant = isText(timestamp) ? instantOf(timestamp) : undefined;
  if (instant === undefined || instant <= now + AHEAD) return [];
  return [
    { pointer: '/timestamp', code: 'future', message: 'Is in the future: check the clock of the tool.' },
  ];
}

function submissionIssues(checked: Checked | undefined): readonly Issue[] {
  if (checked === undefined) return [];
  const at = (issue: Issue): Issue => ({ ...issue, pointer: `/submission${issue.pointer}` });
  if ('issues' in checked) return checked.issues.map(at);
  const { startedAt, submittedAt } = checked.document;
  const [start, end] = [startedAt, submittedAt].map((value) =>
    isText(value) ? instantOf(value) : undefined,
  );
  if (start === undefined || end === undefined || start <= end) return [];
  return [{ pointer: '/submission/submittedAt', code: 'order', message: 'Must not be before startedAt.' }];
}
