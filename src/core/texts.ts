/** What texts from outside may not hold, because it would not arrive in OneRoster as it was sent, or could not be asked for. */

/** Databases take no NUL, and the noncharacter stands in for numbers ({@link ./numbers.ts}). */
const UNKEEPABLE = /[\0\uFDD0]/;
/** C0, DEL and C1. */
const CONTROL = /\p{Cc}/u;
/** A surrogate without its other half is no character: URLs have no form for it. */
const UNNAMEABLE = /[\p{Cc}\p{Surrogate}\uFDD0]/u;

/** True for a text that can be kept: `isKeepable('two\nlines')`. */
export function isKeepable(text: string): boolean {
  return !UNKEEPABLE.test(text);
}

/** True for a text that a title may be: `!isPlain('a\tb')`. */
export function isPlain(text: string): boolean {
  return !CONTROL.test(text);
}

/** A text with a blank for each control character: `withoutControls('a\tb') === 'a b'`. */
export function withoutControls(text: string): string {
  return isPlain(text) ? text : text.replaceAll(/\p{Cc}/gu, ' ');
}

/** True for a text that may be an id, and so be a part of a URL: `!isNameable('\ud800')`. */
export function isNameable(text: string): boolean {
  return !UNNAMEABLE.test(text);
}
