/**
 * ISO 8601 date-times with a zone, as AGS §3.2.12 and §3.4.9 want them, the hour-only offset of AGS's own examples included.
 * Everything here is text to text or text to milliseconds: no clock. The texts are scanned by position, because every line
 * item that is read has two of them.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZERO = '0'.charCodeAt(0);
const HYPHEN = '-'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const UPPER_T = 'T'.charCodeAt(0);
const LOWER_T = 't'.charCodeAt(0);
const UPPER_Z = 'Z'.charCodeAt(0);
/** The Gregorian calendar repeats after 400 years. */
const CYCLE_YEARS = 400;
const CYCLE = 146_097 * DAY;

/**
 * The instant of a date-time with a zone, in milliseconds since 1970 (finer digits are cut).
 *
 * @returns undefined for anything else: no zone, no time, a day that does not exist
 * @example instantOf('2026-02-01T00:00:00+02:00') // 1769896800000
 */
export function instantOf(text: string): number | undefined {
  if (!hasDateTimeMarks(text)) return undefined;
  const year = yearOf(text);
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const [hour, minute] = [twoDigits(text, 11), twoDigits(text, 14)];
  const second = text.charCodeAt(16) === COLON ? twoDigits(text, 17) : 0;
  if (!isDay(year, month, day) || !isTime(hour, minute, second)) return undefined;
  const zone = endOfFraction(text);
  const offset = offsetAt(text, zone);
  if (Number.isNaN(offset)) return undefined;
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  const midnight = Date.UTC(year + CYCLE_YEARS, month - 1, day) - CYCLE;
  return midnight + (hour * 60 + minute - offset) * MINUTE + second * SECOND + milliseconds(text, zone);
}

/**
 * The same instant in the one form that Gradebridge writes: UTC, `Z`, milliseconds only when there are any.
 *
 * @example normalDateTime('2026-02-01T00:00:00.000+02:00') // '2026-01-31T22:00:00Z'
 */
export function normalDateTime(text: string): string | undefined {
  if (text.length === 20 && isUtcSecond(text)) return text;
  if (text.length === 24 && text.slice(19) === '.000Z' && isUtcSecond(text)) return `${text.slice(0, 19)}Z`;
  const instant = instantOf(text);
  return instant === undefined ? undefined : formatInstant(instant);
}

/** The normal form of an instant: `formatInstant(0) === '1970-01-01T00:00:00Z'`; undefined beyond the years 0 to 9999. */
export function formatInstant(instant: number): string | undefined {
  const date = new Date(instant);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return undefined;
  if (instant % SECOND !== 0) return date.toISOString();
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
  const left = instant - Math.floor(instant / DAY) * DAY;
  const [hour, minute, second] = [left / HOUR, (left % HOUR) / MINUTE, (left % MINUTE) / SECOND];
  // Twice as fast as toISOString, and as joining the parts.
  // biome-ignore format: one part of the date-time a line
  return String.fromCharCode(
    tens(year / 100), ones(year / 100), tens(year % 100), ones(year % 100), HYPHEN,
    tens(month), ones(month), HYPHEN,
    tens(day), ones(day), UPPER_T,
    tens(hour), ones(hour), COLON,
    tens(minute), ones(minute), COLON,
    tens(second), ones(second), UPPER_Z,
  );
}

function tens(value: number): number {
  return ZERO + Math.floor(value / 10);
}

function ones(value: number): number {
  return ZERO + (Math.floor(value) % 10);
}

/** True for a calendar date of ISO 8601 that exists: `isDate('2026-02-28')`. */
export function isDate(text: string): boolean {
  return text.length === 10 && hasDateMarks(text) && startsWithDay(text);
}

/** True for a date-time to the second, whatever stands between it and the `Z` at the end. */
function isUtcSecond(text: string): boolean {
  return (
    text.charCodeAt(text.length - 1) === UPPER_Z &&
    text.charCodeAt(10) === UPPER_T &&
    text.charCodeAt(16) === COLON &&
    hasDateTimeMarks(text) &&
    startsWithDay(text) &&
    isTime(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17))
  );
}

function hasDateMarks(text: string): boolean {
  return text.charCodeAt(4) === HYPHEN && text.charCodeAt(7) === HYPHEN;
}

function hasDateTimeMarks(text: string): boolean {
  const between = text.charCodeAt(10);
  return (between === UPPER_T || between === LOWER_T) && text.charCodeAt(13) === COLON && hasDateMarks(text);
}

function startsWithDay(text: string): boolean {
  return isDay(yearOf(text), twoDigits(text, 5), twoDigits(text, 8));
}

function isTime(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

function yearOf(text: string): number {
  return twoDigits(text, 0) * 100 + twoDigits(text, 2);
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** Larger than any part of a date-time, so that the check of its range finds what is no digit, too. */
const NO_DIGIT = 100_000;

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : NO_DIGIT;
}

function isDay(year: number, month: number, day: number): boolean {
  return year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Where the zone begins: seconds may stand before it, and after them a point or comma with 1 to 12 digits. */
function endOfFraction(text: string): number {
  if (text.charCodeAt(16) !== COLON) return 16;
  const point = text.charAt(19);
  if (point !== '.' && point !== ',') return 19;
  let end = 20;
  while (end < 32 && digit(text, end) <= 9) end++;
  return end === 20 ? 19 : end;
}

function milliseconds(text: string, zone: number): number {
  let value = 0;
  for (let at = 20; at < 23; at++) value = value * 10 + (at < zone ? digit(text, at) : 0);
  return value;
}

/** Minutes of the zone that the text ends with, NaN when it is none: `Z`, `+02:00`, `+0200` or `+02`. */
function offsetAt(text: string, start: number): number {
  const sign = text.charAt(start);
  if (sign === 'Z' || sign === 'z') return text.length === start + 1 ? 0 : Number.NaN;
  const direction = sign === '+' ? 1 : sign === '-' ? -1 : Number.NaN;
  const hours = twoDigits(text, start + 1);
  if (text.length === start + 3) return hours < 24 ? direction * hours * 60 : Number.NaN;
  const from = text.charAt(start + 3) === ':' ? start + 4 : start + 3;
  const minutes = twoDigits(text, from);
  const isZone = text.length === from + 2 && hours < 24 && minutes < 60;
  return isZone ? direction * (hours * 60 + minutes) : Number.NaN;
}

/** A length of time: whole months, and milliseconds besides, because months differ in length. */
export interface Duration {
  readonly months: number;
  readonly milliseconds: number;
}

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** The length of an ISO 8601 duration, undefined for other text: `parseDuration('P14D')`. */
export function parseDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  return {
    months: part(1) * 12 + part(2),
    milliseconds: (part(3) * 7 + part(4)) * DAY + ((part(5) * 60 + part(6)) * 60 + part(7)) * 1000,
  };
}

/** An instant moved by a duration in UTC; the 31st plus a month is the last day of that month. */
export function addDuration(instant: number, duration: Duration): number {
  if (duration.months === 0) return instant + duration.milliseconds;
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + duration.months);
  date.setUTCDate(Math.min(day, daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1)));
  return date.getTime() + duration.milliseconds;
}
