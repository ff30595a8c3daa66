import { formatInstant, instantOf, isDate } from './date-time.ts';
import { canonical } from './identity.ts';
import { equal, type Json } from './json.ts';
import { numberIn } from './numbers.ts';

/** When two values of OneRoster mean the same, and by which texts that can be told without both of them. */
export interface Sameness {
  /** Whether two OneRoster values mean the same: an upstream may answer `…00.000Z` for the `…00Z` that it was sent. */
  readonly same: (left: Json, right: Json) => boolean;
  /**
   * What `same` goes by, as texts from coarse to fine: two values are the same when the texts of one begin those of the
   * other. `['20518', '1772827502000']` is a date-time, `['20518']` its day.
   */
  readonly gist: (oneroster: Json) => readonly string[];
  /** Whether no service keeps less of a value than what `same` goes by; of a time, it may be the day alone. */
  readonly isWhole: (oneroster: Json) => boolean;
}

/** For values that have one spelling: JSON is the same whatever the order of members. */
export const LITERAL: Sameness = { same: equal, gist: (value) => [textOf(value)], isWhole: () => true };

/** One text for each JSON value, without the time that JSON.stringify takes for the commonest ones. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return `"${value}`;
  return typeof value === 'object' ? canonical(value) : String(value);
}

/** OneRoster services with exact decimals answer the text of a number: it means that number. */
export const NUMERIC: Sameness = {
  same: (left, right) => equal(numberIn(left) ?? left, numberIn(right) ?? right),
  gist: (value) => [textOf(numberIn(value) ?? value)],
  isWhole: () => true,
};

function sameInstant(left: Json, right: Json): boolean {
  if (left === right || typeof left !== 'string' || typeof right !== 'string') return left === right;
  // A service that keeps only the day has kept what it could of the date-time.
  if (isDate(left) !== isDate(right)) return isDate(left) ? left === dayOf(right) : dayOf(left) === right;
  const instant = toInstant(left);
  return instant !== undefined && instant === toInstant(right);
}

const DAY = 86_400_000;

function gistOfInstant(value: Json): readonly string[] {
  const instant = typeof value === 'string' ? toInstant(value) : undefined;
  if (instant === undefined) return [textOf(value)];
  const day = String(Math.floor(instant / DAY));
  return isDate(value as string) ? [day] : [day, String(instant)];
}

/** OneRoster services spell moments in their own ways, and some keep the day alone. */
export const INSTANT: Sameness = {
  same: sameInstant,
  gist: gistOfInstant,
  isWhole: (value) => typeof value !== 'string' || isDate(value) || value.endsWith('T00:00:00Z'),
};

/** The instant of a date-time, or of the beginning of a date in UTC: `toInstant('2026-03-06')`. */
export function toInstant(text: string): number | undefined {
  return instantOf(isDate(text) ? `${text}T00:00:00Z` : text);
}

/** The UTC day of a date-time: `dayOf('2026-03-06T23:00:00-02:00') === '2026-03-07'`. */
export function dayOf(text: string): string | undefined {
  const instant = instantOf(text);
  return instant === undefined ? undefined : formatInstant(instant)?.slice(0, 10);
}
