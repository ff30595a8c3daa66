import { instantOf } from './date-time.ts';
import {
  type Issue,
  inspect,
  isEmpty,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';

interface MemberRule {
  readonly required?: true;
  readonly holds: (value: Json) => boolean;
  readonly message: string;
}

const text = (value: Json): value is string => typeof value === 'string';
const upTo256 = (value: Json): boolean => text(value) && value.length <= 256;
const dateTime = (value: Json): boolean => text(value) && instantOf(value) !== undefined;

const IDENTIFIER = 'Must be a string of at most 256 characters.';
const DATE_TIME = 'Must be an ISO 8601 date-time with a zone, such as 2026-03-06T20:05:02Z.';

/** The members of a line item that AGS §3.2 knows. Others are the tool's own and pass as they are (§3.1.2). */
const RULES: Readonly<Record<string, MemberRule>> = {
  label: {
    required: true,
    holds: (value) => text(value) && value.trim() !== '',
    message: 'Must be a string that is not blank.',
  },
  scoreMaximum: {
    required: true,
    holds: (value) => Number.isFinite(value) && (value as number) > 0,
    message: 'Must be a number above 0.',
  },
  resourceLinkId: { holds: text, message: 'Must be a string.' },
  resourceId: { holds: upTo256, message: IDENTIFIER },
  tag: { holds: upTo256, message: IDENTIFIER },
  startDateTime: { holds: dateTime, message: DATE_TIME },
  endDateTime: { holds: dateTime, message: DATE_TIME },
  gradesReleased: { holds: (value) => typeof value === 'boolean', message: 'Must be true or false.' },
  submissionReview: { holds: isObject, message: 'Must be an object.' },
};

/** A blank date says the same as none (AGS §3.2.12). */
const BLANK_IS_UNSET: ReadonlySet<string> = new Set(['startDateTime', 'endDateTime']);

/**
 * Checks a line item as a tool sends it (AGS §3.2.5 to §3.2.14).
 *
 * @returns the line item without members that are unset (null, which AGS §3.2.10 makes equal to absent, and blank dates),
 *   or every issue
 * @example checkLineItem({ label: 'Quiz', scoreMaximum: 0 }) // { issues: [{ pointer: '/scoreMaximum', … }] }
 */
export function checkLineItem(
  body: Json | undefined,
): { readonly lineItem: JsonObject } | { readonly issues: readonly Issue[] } {
  if (!isObject(body)) {
    return {
      issues: [{ pointer: '', code: 'type', message: 'The body must be one JSON object: a line item.' }],
    };
  }
  const unfit = inspect(body);
  if (unfit !== undefined) return { issues: [unfit] };
  const lineItem: MutableJsonObject = {};
  const issues: Issue[] = [];
  for (const member of Object.keys(body)) {
    const value = body[member] as Json;
    const rule = Object.hasOwn(RULES, member) ? RULES[member] : undefined;
    if (rule !== undefined && rule.required === undefined && isUnset(member, value)) continue;
    if (rule !== undefined && !rule.holds(value)) {
      issues.push({ pointer: `/${member}`, code: 'invalid', message: rule.message });
    }
    lineItem[member] = value;
  }
  issues.push(...missing(body), ...datesInOrder(lineItem));
  return issues.length > 0 ? { issues } : { lineItem };
}

function isUnset(member: string, value: Json): boolean {
  return value === null || (value === '' && BLANK_IS_UNSET.has(member));
}

const REQUIRED = Object.keys(RULES).filter((member) => RULES[member]?.required);

function missing(body: JsonObject): readonly Issue[] {
  return REQUIRED.filter((member) => own(body, member) === undefined).map((member) => ({
    pointer: `/${member}`,
    code: 'required',
    message: `Is missing. ${RULES[member]?.message}`,
  }));
}

function datesInOrder({ startDateTime, endDateTime }: JsonObject): readonly Issue[] {
  if (isEmpty(startDateTime) || isEmpty(endDateTime) || !text(startDateTime) || !text(endDateTime)) return [];
  const [start, end] = [instantOf(startDateTime), instantOf(endDateTime)];
  if (start === undefined || end === undefined || start <= end) return [];
  return [{ pointer: '/endDateTime', code: 'order', message: 'Must not be before startDateTime.' }];
}
