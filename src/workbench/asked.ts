import { LARGEST_TEXT } from '../config/mappings.ts';
import { instantOf } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { inspect, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { TryRequest } from './try.ts';

/** What people ask of the workbench, checked: each of these throws GradebridgeError INVALID_DOCUMENT with the place. */

function invalid(member: string, message: string): GradebridgeError {
  const issues = [{ pointer: `/${member}`, code: 'invalid', message }];
  return new GradebridgeError('INVALID_DOCUMENT', { issues });
}

function memberOf(body: Json | undefined, member: string): Json | undefined {
  return isObject(body) ? own(body, member) : undefined;
}

/** The name of a mapping, from a path; one that can be no name is not found. */
export function nameIn({ name = '' }: Readonly<Record<string, string>>): string {
  if (/^[a-z][a-z0-9-]{0,99}$/.test(name)) return name;
  throw new GradebridgeError('MAPPING_NOT_FOUND');
}

/** The number of a version, from a path or a query: `versionIn('3', 1) === 3`. */
export function versionIn(text: string | null | undefined, least: 0 | 1): number {
  const version = /^\d{1,9}$/.test(text ?? '') ? Number(text) : -1;
  if (version >= least) return version;
  throw new GradebridgeError('MAPPING_NOT_FOUND');
}

/** The text of a mapping. */
export function textIn(body: Json | undefined): string {
  const text = memberOf(body, 'text');
  if (typeof text === 'string' && text.length <= LARGEST_TEXT) return text;
  throw invalid('text', `Must be the mapping as a string of at most ${LARGEST_TEXT} characters.`);
}

const LONGEST_REASON = 500;

/** Why somebody does something: `reasonIn({ why: 'A new field' }, 'why')`. Blank when it is not given and not needed. */
export function reasonIn(body: Json | undefined, member: string, { isNeeded } = { isNeeded: true }): string {
  const reason = memberOf(body, member) ?? '';
  if (typeof reason === 'string' && reason.length <= LONGEST_REASON && (!isNeeded || reason.trim() !== ''))
    return reason.trim();
  throw invalid(member, `Must be a text of at most ${LONGEST_REASON} characters that is not blank.`);
}

const MOST_RECORDED = 500;

/** How many of the last requests are meant: 50 when nothing is said. */
export function countIn(body: Json | undefined, member: string): number {
  const count = memberOf(body, member) ?? 50;
  if (Number.isInteger(count) && Number(count) >= 1 && Number(count) <= MOST_RECORDED) return Number(count);
  throw invalid(member, `Must be a whole number from 1 to ${MOST_RECORDED}.`);
}

/** What a text is to be tried on. */
export function tryRequestIn(body: Json | undefined, now: number): TryRequest {
  const direction = memberOf(body, 'direction');
  if (direction !== 'oneroster' && direction !== 'ags')
    throw invalid('direction', 'Must be "oneroster" or "ags".');
  const document = objectIn(body, 'document');
  if (document === undefined) throw invalid('document', 'Must be a JSON object.');
  const [base, context] = [objectIn(body, 'base'), objectIn(body, 'context')];
  const at = timeIn(body) ?? now;
  return { direction, document, now: at, ...(base && { base }), ...(context && { context }) };
}

function objectIn(body: Json | undefined, member: string): JsonObject | undefined {
  const value = memberOf(body, member);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid(member, 'Must be a JSON object.');
  const unfit = inspect(value);
  if (unfit !== undefined) throw invalid(`${member}${unfit.pointer}`, unfit.message);
  return value;
}

/** The end of what a Date can say. Milliseconds since 1970. */
const LATEST = 8.64e15;

function timeIn(body: Json | undefined): number | undefined {
  const value = memberOf(body, 'now');
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Math.abs(value) <= LATEST) return value;
  const instant = typeof value === 'string' ? instantOf(value) : undefined;
  if (instant === undefined)
    throw invalid('now', 'Must be a date-time with a zone, or milliseconds since 1970.');
  return instant;
}
