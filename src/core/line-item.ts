import { instantOf } from './date-time.ts';
import { type Issue, isObject, type Json, type JsonObject } from './json.ts';
import { type Checked, checkMembers, DATE_TIME, isText, type MemberRules, numberIssues } from './members.ts';
import type { WrittenNumber } from './numbers.ts';
import { isNameable, isPlain } from './texts.ts';

const named = (value: Json): value is string => isText(value) && isNameable(value);
const upTo256 = (value: Json): boolean => named(value) && value.length <= 256;
const dateTime = (value: Json): boolean => isText(value) && instantOf(value) !== undefined;

const IDENTIFIER = 'Must be a string of at most 256 characters, without control characters.';

/** The members of a line item that AGS §3.2 knows. A blank date says the same as none (§3.2.12). */
const RULES: MemberRules = {
  label: {
    required: true,
    holds: (value) => isText(value) && isPlain(value) && value.trim() !== '',
    message: 'Must be a string that is not blank and has no control characters.',
  },
  scoreMaximum: {
    required: true,
    holds: (value) => Number.isFinite(value) && (value as number) > 0,
    message: 'Must be a number above 0.',
  },
  resourceLinkId: {
    unset: 'null',
    holds: named,
    message: 'Must be a string without control characters.',
  },
  resourceId: { unset: 'null', holds: upTo256, message: IDENTIFIER },
  tag: { unset: 'null', holds: upTo256, message: IDENTIFIER },
  startDateTime: { unset: 'nullOrBlank', holds: dateTime, message: DATE_TIME },
  endDateTime: { unset: 'nullOrBlank', holds: dateTime, message: DATE_TIME },
  gradesReleased: {
    unset: 'null',
    holds: (value) => typeof value === 'boolean',
    message: 'Must be true or false.',
  },
  submissionReview: { unset: 'null', holds: isObject, message: 'Must be an object.' },
};

/**
 * Checks a line item as a tool sends it (AGS §3.2.5 to §3.2.14).
 *
 * @param numbers those of the body that are written in a way of their own
 * @returns the line item without members that are unset (null, which AGS §3.2.10 makes equal to absent, and blank dates),
 *   or every issue
 * @example checkLineItem({ label: 'Quiz', scoreMaximum: 0 }) // { issues: [{ pointer: '/scoreMaximum', … }] }
 */
export function checkLineItem(body: Json | undefined, numbers: readonly WrittenNumber[] = []): Checked {
  const checked = checkMembers(body, RULES);
  const found = 'issues' in checked ? checked.issues : [];
  const issues = [
    ...found,
    ...numberIssues(numbers, ['/scoreMaximum']),
    ...datesInOrder('document' in checked ? checked.document : isObject(body) ? body : {}),
  ];
  return issues.length > 0 ? { issues } : checked;
}

function datesInOrder({ startDateTime, endDateTime }: JsonObject): readonly Issue[] {
  const [start, end] = [startDateTime, endDateTime].map((value) =>
    isText(value) ? instantOf(value) : undefined,
  );
  if (start === undefined || end === undefined || start <= end) return [];
  return [{ pointer: '/endDateTime', code: 'order', message: 'Must not be before startDateTime.' }];
}
