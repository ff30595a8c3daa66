import { BOUNDS, escapeToken, inspect, type Json } from './json.ts';

/**
 * Numbers as they are written in a JSON text. JSON.parse makes a double of each, so that `115370000000000062` becomes another
 * number (RFC 8259 §6): as an id it would be another student. Nothing here costs a text without a long number but one regular
 * expression.
 */

/** A number in a JSON text that JSON.stringify would write in another way, such as `100.0`, `1e2` or `115370000000000062`. */
export interface WrittenNumber {
  /** RFC 6901. */
  readonly pointer: string;
  readonly text: string;
}

/** What stands in for a number that a double cannot hold. A noncharacter is for internal use (Unicode §23.7). */
const STAND_IN = '\uFDD0';
/** Whether a text may hold a number that JSON.stringify would write in another way. */
const MAY_DIFFER = /[[:,\s]-?(?:\d[\d.]{15}|\d+\.\d*0[\s,}\]]|\d[\d.]*[eE])|[[:,\s]-0[\s,}\]]/;
/** Whether it may hold one that a double cannot hold. */
const MAY_BE_INEXACT = /[[:,\s]-?(?:\d[\d.]{15}|\d[\d.]*[eE])/;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],]/g;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Tokens of a text whose value is within {@link BOUNDS}: a few for each member. Only one that repeats its members has more. */
const MOST_TOKENS = BOUNDS.members * 8;

/** Where a token is: the way to its object or array, and its member or index there. */
interface Place {
  readonly way: string;
  at: string | number;
}

/**
 * The numbers of a JSON text that are written in a way of their own. A text whose value is beyond {@link BOUNDS} has none worth looking
 * for: it is refused whole, and to look through it could take minutes.
 *
 * @param text is JSON
 * @param value what `JSON.parse` makes of it
 * @throws RangeError when members are repeated thousands of times (RFC 8259 §4)
 * @example numbersAsWritten('{"userId":1e2}', { userId: 100 }) // [{ pointer: '/userId', text: '1e2' }]
 */
export function numbersAsWritten(text: string, value: Json): readonly WrittenNumber[] {
  if (!MAY_DIFFER.test(text) || inspect(value) !== undefined) return [];
  const found: WrittenNumber[] = [];
  const path: Place[] = [];
  let [isName, left] = [false, MOST_TOKENS];
  for (const [token] of text.matchAll(TOKENS)) {
    if (left-- === 0) throw new RangeError('members are repeated');
    const place = path.at(-1);
    if (token === '{' || token === '[') {
      path.push({ way: wayOf(place), at: token === '{' ? '' : 0 });
      isName = token === '{';
    } else if (token === '}' || token === ']') {
      path.pop();
      isName = false;
    } else if (token === ',') {
      isName = typeof place?.at === 'string';
      if (typeof place?.at === 'number') place.at++;
    } else if (token.startsWith('"')) {
      if (isName && place !== undefined) place.at = escapeToken(JSON.parse(token) as string);
      isName = false;
    } else if (JSON.stringify(Number(token)) !== token) found.push({ pointer: wayOf(place), text: token });
  }
  return found;
}

/** Put together by `+`, which copies nothing: a long name above thousands of numbers is held once. */
function wayOf(place: Place | undefined): string {
  return place === undefined ? '' : `${place.way}/${place.at}`;
}

/**
 * Whether a double holds a number of a JSON text: it can be written as it was, or it is the longest form of that very double,
 * as .NET and PHP write them.
 *
 * @example isHeld('100.0') // true
 * @example isHeld('9007199254740993') // false
 */
export function isHeld(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  return isSame(text, String(value)) || isSame(text, value.toPrecision(17));
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  return left.digits === right.digits && left.exponent === right.exponent;
}

/** A regular expression would begin again at each zero of a run that does not end the number: seconds for 50,000 of them. */
function withoutZerosBehind(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end--;
  return digits.slice(0, end);
}

const ZERO = 48;

/** The digits without zeros at either end, and the power of ten that they are multiplied with. */
function decimalOf(text: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const all = (whole + fraction).replace(/^[+-]?0*/, '');
  const digits = withoutZerosBehind(all);
  if (digits === '') return { digits, exponent: 0 };
  return { digits: sign + digits, exponent: Number(power) - fraction.length + all.length - digits.length };
}

/**
 * JSON of OneRoster. A number that a double cannot hold is kept as it was written, as a text that stands in for it, so that an
 * object that is read, changed and written back gives it back to the digit ({@link stringifyKept}).
 *
 * @throws SyntaxError when it is no JSON
 */
export function parseKeeping(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  // What is no JSON must not become JSON by what is put in.
  JSON.parse(text);
  return JSON.parse(
    text.replace(TOKENS, (token) => (isInexactNumber(token) ? `"${STAND_IN}${token}"` : token)),
  );
}

function isInexactNumber(token: string): boolean {
  if (token.length < 4 || token.startsWith('"')) return false;
  const value = Number(token);
  return !Number.isFinite(value) || !isSame(token, String(value));
}

const STOOD_IN = new RegExp(`"${STAND_IN}(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)"`, 'g');

/** The JSON of a document, with the numbers that {@link parseKeeping} has kept: `stringifyKept({ weight: 1 })`. */
export function stringifyKept(document: unknown): string {
  const text = JSON.stringify(document);
  return text.includes(STAND_IN) ? text.replace(STOOD_IN, '$1') : text;
}

/** True for a text that stands in for a number. */
export function isStandIn(text: string): boolean {
  return text.startsWith(STAND_IN);
}

/** The number that a text is, to the digit: `asNumber('15.50') === 15.5`. Any other text stays what it is. */
export function asNumber(text: string): number | string {
  const read = isStandIn(text) ? undefined : numberIn(text);
  if (read === undefined) return text;
  const plain = text.trim().replace(/^\+|^(-?)0+(?=\d)/, '$1');
  return isSame(plain, String(read)) ? read : STAND_IN + plain;
}

/**
 * A number as OneRoster services answer it: as a number, or as the text of one, which is what databases with exact decimals
 * give out.
 *
 * @returns undefined for what is no number, or beyond what a double reaches
 * @example numberIn('15.5') // 15.5
 */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = (isStandIn(value) ? value.slice(STAND_IN.length) : value).trim();
  const read = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(read) ? read : undefined;
}
