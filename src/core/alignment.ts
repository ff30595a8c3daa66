import { generationOf } from './generation.ts';
import { canonical, digestOf, marked, markOf, nameBasedId, ownerOf, sourcedIdOf } from './identity.ts';
import { type JsonObject, own } from './json.ts';
import { type GradebookResult, scaleOf } from './result.ts';
import { isActive } from './status.ts';

/**
 * Work for the outbox: the results of a line item follow it. They go to its maximum as it stands, are deleted softly with it, and come
 * back with it. What is to be done is found in OneRoster at each attempt, so that it can be done by any process, at any time and twice.
 * Here is only what OneRoster cannot tell any more once the line item has changed.
 */
export interface AlignResults {
  readonly kind: 'alignResults';
  readonly line: { readonly sourcedId: string };
  /** Results that did not say their scale: id, score and scale, as they stood before. */
  readonly unmarked: readonly (readonly [id: string, score: number, scale: number])[];
  /** Results of a deleted line item of the same id: id and {@link gradePrint}, as they stood before. */
  readonly earlier: readonly (readonly [id: string, print: string])[];
  /** The line item is marked with it until the work is over. */
  readonly mark: string;
  /** Milliseconds since 1970 until when something may still arrive that goes by the line item as it was. */
  readonly until: number;
}

/** Of the deliveries that align the results of one line item, the newest counts: `alignTarget('school', 'li-1')`. */
export function alignTarget(upstream: string, lineItemId: string): string {
  return nameBasedId('delivery', upstream, 'results', lineItemId);
}

/** Whether results have yet to follow their line item; then the store knows what it was before. */
export function isAligning(lineItem: JsonObject): boolean {
  return markOf(lineItem, 'ltiAligning') !== undefined;
}

/** Whether a result was deleted together with its line item, and is to come back with it. */
export function hasEndedWith(result: JsonObject, lineItem: JsonObject): boolean {
  return !isActive(result) && markOf(result, 'ltiEnded') === generationOf(lineItem);
}

/** A result as it ends: with its line item, or because that is another one by now: `ended(result, generationOf(lineItem))`. */
export function ended(result: JsonObject, generation: string): JsonObject {
  return { ...marked(result, { ltiEnded: generation }), status: 'tobedeleted' };
}

/** A result as it comes back: `revived(ended(result, '1'))`. */
export function revived(result: JsonObject): JsonObject {
  return { ...marked(result, { ltiEnded: undefined }), status: 'active' };
}

/** Whether a result that is active should have ended by a write: the service has not taken its status from there. */
export function outlivesItsEnd(result: JsonObject): boolean {
  return isActive(result) && markOf(result, 'ltiEnded') !== undefined;
}

/** A line item as it stands, and what the store knows of its results while they have yet to follow it. */
export interface Line {
  readonly lineItem: JsonObject;
  /** Absent where OneRoster holds none that can be read. */
  readonly scoreMaximum: number | undefined;
  readonly alignment: AlignResults | undefined;
}

/** A digest of the grade in a result: it is another one after each score, and after each edit of a teacher. */
export function gradePrint({ resultScore, comment, timestamp }: GradebookResult): string {
  return digestOf(canonical([resultScore ?? null, comment ?? null, timestamp ?? null]));
}

/** Whether a tool has written a result for another line item of the same id than it hangs on now, or has not known of this one yet. */
export function isOfOther(document: JsonObject, lineItem: JsonObject): boolean {
  return ownerOf(document) !== undefined && generationOf(document) !== generationOf(lineItem);
}

/**
 * Whether a result is of a deleted line item of the same id. One of a tool says so itself, one of a teacher is known by its id. One that
 * was graded since is of this line item: by a teacher, or through a replica that did not know of it yet.
 */
export function isEarlier(
  document: JsonObject,
  result: GradebookResult,
  { lineItem, alignment }: Pick<Line, 'lineItem' | 'alignment'>,
): boolean {
  const isOther = isOfOther(document, lineItem);
  if (alignment === undefined || (isOther && !isActive(document))) return isOther;
  if (!isOther && ownerOf(document) !== undefined) return false;
  const [id, print] = [sourcedIdOf(document), gradePrint(result)];
  return alignment.earlier.some(([one, then]) => one === id && then === print);
}

/**
 * The maximum that a score is out of. One that somebody has given by hand does not say: it is out of the maximum that stood when it was
 * given.
 *
 * @returns undefined when nobody knows
 */
export function scaleAt(
  document: JsonObject,
  result: GradebookResult,
  { scoreMaximum, alignment }: Pick<Line, 'scoreMaximum' | 'alignment'>,
): number | undefined {
  const said = scaleOf(result);
  if (said !== undefined || alignment === undefined) return said ?? scoreMaximum;
  const [id, score] = [sourcedIdOf(document), own(result, 'resultScore')];
  return alignment.unmarked.find(([one, then]) => one === id && then === score)?.[2] ?? scoreMaximum;
}
