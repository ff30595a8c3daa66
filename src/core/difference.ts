import { equal, escapeToken, isObject, type Json } from './json.ts';

/** Where two documents that a law wants alike differ. */
export interface Difference {
  readonly pointer: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

/** A difference without its place: a side that has nothing is left out. */
export function shown(expected: Json | undefined, actual: Json | undefined): Omit<Difference, 'pointer'> {
  return { ...(expected !== undefined && { expected }), ...(actual !== undefined && { actual }) };
}

/** The first place at which two values differ: `difference({ a: 1 }, {})` is `{ pointer: '/a', expected: 1 }`. */
export function difference(
  expected: Json | undefined,
  actual: Json | undefined,
  pointer = '',
): Difference | undefined {
  if (equal(expected, actual)) return undefined;
  if (!isObject(expected) || !isObject(actual)) return { pointer, ...shown(expected, actual) };
  for (const member of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const left = Object.hasOwn(expected, member) ? expected[member] : undefined;
    const right = Object.hasOwn(actual, member) ? actual[member] : undefined;
    const found = difference(left, right, `${pointer}/${escapeToken(member)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
