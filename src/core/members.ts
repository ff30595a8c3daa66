import {
  type Issue,
  inspect,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';
import { isHeld, type WrittenNumber } from './numbers.ts';

/** What a member of a document from a tool must be. */
export interface MemberRule {
  readonly required?: true;
  readonly holds: (value: Json) => boolean;
  /** The sentence for the tool; it never holds the value. */
  readonly message: string;
  /** Null says the same as absent. Blank does too where the standard says so. */
  readonly unset?: 'null' | 'nullOrBlank';
}

export type MemberRules = Readonly<Record<string, MemberRule>>;

/** A document whose members hold to their rules, without those that are unset; or every issue. */
export type Checked = { readonly document: JsonObject } | { readonly issues: readonly Issue[] };

/**
 * Checks a document of a tool against the rules of its members. Members without a rule are the tool's own and pass (AGS
 * §3.1.2).
 *
 * @example checkMembers({ label: '' }, { label: { required: true, holds: isText, message: 'Must be a string.' } })
 */
export function checkMembers(body: Json | undefined, rules: MemberRules): Checked {
  if (!isObject(body))
    return { issues: [{ pointer: '', code: 'type', message: 'The body must be one JSON object.' }] };
  const unfit = inspect(body);
  if (unfit !== undefined) return { issues: [unfit] };
  const document: MutableJsonObject = {};
  const issues: Issue[] = [];
  for (const member of Object.keys(body)) {
    const value = body[member] as Json;
    const rule = Object.hasOwn(rules, member) ? rules[member] : undefined;
    if (rule !== undefined && isUnset(rule, value)) continue;
    if (rule !== undefined && !rule.holds(value))
      issues.push({ pointer: `/${member}`, code: 'invalid', message: rule.message });
    document[member] = value;
  }
  for (const [member, { required, message }] of Object.entries(rules)) {
    if (!required || own(body, member) !== undefined) continue;
    issues.push({ pointer: `/${member}`, code: 'required', message: `Is missing. ${message}` });
  }
  return issues.length > 0 ? { issues } : { document };
}

function isUnset({ unset }: MemberRule, value: Json): boolean {
  return (value === null && unset !== undefined) || (value === '' && unset === 'nullOrBlank');
}

/** True for a string: `isText('a')`. */
export function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/**
 * Numbers of a body that would be changed by being kept. Of the standard's own, which are quantities, digits that no double
 * holds are no loss as long as they are behind the point.
 *
 * @param quantities pointers to the numbers of the standard
 * @example numberIssues([{ pointer: '/https:~1~1a.example~1x', text: '1e400' }], []).length // 1
 */
export function numberIssues(
  numbers: readonly WrittenNumber[],
  quantities: readonly string[],
): readonly Issue[] {
  const isQuantity = ({ pointer, text }: WrittenNumber): boolean =>
    quantities.includes(pointer) && !(Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER);
  return numbers
    .filter((number) => !isHeld(number.text) && !isQuantity(number))
    .slice(0, MOST_NUMBERS)
    .map(({ pointer }) => ({
      pointer,
      code: 'inexact',
      message: 'Has more digits, or is larger, than a number can be kept with; send it as a string.',
    }));
}

/** How many of them are named. */
const MOST_NUMBERS = 20;

/** The sentence for a date-time. */
export const DATE_TIME = 'Must be an ISO 8601 date-time with a zone, such as 2026-03-06T20:05:02Z.';
