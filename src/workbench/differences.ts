import { equal, escapeToken, isObject, type Json } from '../core/json.ts';
import type { Difference } from '../core/laws.ts';

/** More than a person reads. */
const MOST = 200;

/**
 * Every place at which two documents differ, the innermost ones; at most {@link MOST}.
 *
 * @example differencesBetween({ a: 1, b: 2 }, { a: 1 }) // [{ pointer: '/b', expected: 2 }]
 */
export function differencesBetween(
  expected: Json | undefined,
  actual: Json | undefined,
): readonly Difference[] {
  const found: Difference[] = [];
  collect(found, '', { expected, actual });
  return found;
}

interface Pair {
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

function collect(found: Difference[], pointer: string, { expected, actual }: Pair): void {
  if (found.length >= MOST || equal(expected, actual)) return;
  if (!isObject(expected) || !isObject(actual)) {
    found.push({
      pointer,
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
    });
    return;
  }
  for (const member of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    collect(found, `${pointer}/${escapeToken(member)}`, {
      expected: Object.hasOwn(expected, member) ? expected[member] : undefined,
      actual: Object.hasOwn(actual, member) ? actual[member] : undefined,
    });
  }
}
