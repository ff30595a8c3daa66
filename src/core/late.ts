import { isEmpty, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Lens } from './lens.ts';
import { valueAt } from './pointer.ts';
import { type GradebookResult, lateFlag } from './result.ts';

/** A result that is marked as late, or not, by somebody in OneRoster stays so until a score says otherwise. */
export interface Lateness {
  readonly score: JsonObject;
  /** The result after the score. */
  readonly result: GradebookResult;
  /** The result before it, and its mark; absent when there was none. */
  readonly standing: GradebookResult | undefined;
  readonly mark: string | undefined;
  /** When the line item ends. */
  readonly endDateTime: Json | undefined;
}

/**
 * The mark of lateness after a score: what the new times say, unless another mark stands than the gateway would have made of the
 * times before, and the score says no new time of submission (AGS §3.4.10).
 *
 * @example markAfter({ score, result, standing, mark: 'true', endDateTime }) // 'true' when the score has no submission
 */
export function markAfter({ score, result, standing, mark, endDateTime }: Lateness): string {
  const computed = lateFlag(result, endDateTime);
  if (standing === undefined || mark === undefined) return computed;
  const [said, before] = [score, standing].map(submittedAt);
  const isSaid = !isEmpty(said) && said !== before;
  const isOurs = mark.toLowerCase() === lateFlag(standing, endDateTime);
  return isSaid || isOurs ? computed : mark;
}

function submittedAt(document: JsonObject): Json | undefined {
  const submission = own(document, 'submission');
  return isObject(submission) ? own(submission, 'submittedAt') : undefined;
}

/** The mark of lateness that a OneRoster result has, as the text that it is in the standard: `markIn(lens, { late: true })`. */
export function markIn({ plan }: Lens, document: JsonObject): string | undefined {
  const row = plan.givens.find(({ from }) => from === 'late');
  const value = row && valueAt(document, row.place.tokens);
  const read = isEmpty(value) ? undefined : row?.codec.decode(value);
  if (typeof read === 'string') return read;
  return typeof value === 'boolean' ? String(value) : undefined;
}
