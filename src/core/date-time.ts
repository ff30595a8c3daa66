/**
 * ISO 8601 date-times with a zone, as AGS §3.2.12 and §3.4.9 want them, the hour-only offset of AGS's own examples included.
 * Everything here is text to text or text to milliseconds: no clock.
 */
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)$/;
const NORMAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTE = 60_000;

/**
 * The instant of a date-time with a zone, in milliseconds since 1970 (finer digits are cut).
 *
 * @returns undefined for anything else: no zone, no time, a day that does not exist
 * @example instantOf('2026-02-01T00:00:00+02:00') // 1769896800000
 */
export function instantOf(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetOf(match[8] as string);
  if (offset === undefined) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, milliseconds);
  return date.getTime() - offset * MINUTE;
}

/**
 * The same instant in the one form that Gradebridge writes: UTC, `Z`, milliseconds only when there are any.
 *
 * @example normalDateTime('2026-02-01T00:00:00.000+02:00') // '2026-01-31T22:00:00Z'
 */
export function normalDateTime(text: string): string | undefined {
  if (NORMAL.test(text) && isNormal(text)) return text;
  const instant = instantOf(text);
  return instant === undefined ? undefined : formatInstant(instant);
}

/** The normal form of an instant: `formatInstant(0) === '1970-01-01T00:00:00Z'`; undefined beyond the years 0 to 9999. */
export function formatInstant(instant: number): string | undefined {
  const date = new Date(instant);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return undefined;
  return date.toISOString().replace('.000Z', 'Z');
}

/** True for a calendar date of ISO 8601 that exists: `isDate('2026-02-28')`. */
export function isDate(text: string): boolean {
  return DATE.test(text) && isDay(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
}

function isNormal(text: string): boolean {
  return (
    isDay(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)) &&
    digits(text, 11, 13) < 24 &&
    digits(text, 14, 16) < 60 &&
    digits(text, 17, 19) < 60
  );
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** A length of time: whole months, and milliseconds besides, because months differ in length. */
export interface Duration {
  readonly months: number;
  readonly milliseconds: number;
}

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const DAY = 86_400_000;

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
  const date = new Date(instant);
  if (duration.months > 0) {
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + duration.months);
    date.setUTCDate(Math.min(day, daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1)));
  }
  return date.getTime() + duration.milliseconds;
}
