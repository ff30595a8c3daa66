import { FIRST_GENERATION, markOf } from './identity.ts';
import type { JsonObject } from './json.ts';

/**
 * A line item that is deleted and made again is another one, though it has the same id: tools choose ids, and OneRoster keeps what was
 * deleted under them. Its generation stands in it as a mark, and in its results; the first one needs none.
 */

/** Which line item of those that have had an id, or whose a result is: `generationOf(document) // '1'`. */
export function generationOf(document: JsonObject): string {
  return markOf(document, 'ltiGeneration') ?? FIRST_GENERATION;
}

/**
 * The marks of a line item that takes the id of a deleted one. The same PUT twice, the second before the first has arrived, makes the same
 * one.
 *
 * @example nextGeneration(deleted, '2026-03-06T20:05:02Z') // { ltiGeneration: '2', ltiMadeAt: '2026-03-06T20:05:02Z' }
 */
export function nextGeneration(deleted: JsonObject, now: string): JsonObject {
  return { ltiGeneration: String((Number(generationOf(deleted)) || 1) + 1), ltiMadeAt: now };
}

/** When a line item took the id of a deleted one; undefined for the first one. */
export function madeAtOf(lineItem: JsonObject): string | undefined {
  return markOf(lineItem, 'ltiMadeAt');
}

/** The marks by which a new result is of its line item, and of none that had the same id before. */
export function generationMarks(lineItem: JsonObject): JsonObject {
  const generation = generationOf(lineItem);
  return generation === FIRST_GENERATION ? {} : { ltiGeneration: generation };
}
