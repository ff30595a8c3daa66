import { instantOf } from './date-time.ts';
import { scaleExactly } from './decimal.ts';
import { canonical, digestOf } from './identity.ts';
import { isEmpty, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Lens } from './lens.ts';

/**
 * What the gradebook holds of one student in one line item, in AGS words; this is the document that the mappings `result`
 * and `assessment-result` read and write. `resultScore` is on the line item's own scale (AGS §3.3); `progress` is
 * `activityProgress` and `gradingProgress` with a blank between, because one OneRoster status stands for both.
 */
export type GradebookResult = JsonObject;

/** What a score is put against. */
export interface ScoreContext {
  /** The line item's maximum as it stands. */
  readonly scoreMaximum: number;
  /** What is stored for this student, absent when there is nothing. */
  readonly standing?: GradebookResult | undefined;
  /** What the result will be written by. */
  readonly lens: Lens;
}

/**
 * The gradebook's result after a score, by the rules of AGS §3.4: the score on the line item's scale, exactly; over the
 * maximum is kept; no score clears; a comment of somebody else stays; submission times are kept until the activity begins
 * anew.
 *
 * @example settleScore({ …, scoreGiven: 1, scoreMaximum: 3 }, { scoreMaximum: 6, lens })['resultScore'] // 2
 */
export function settleScore(
  score: JsonObject,
  { scoreMaximum, standing, lens }: ScoreContext,
): GradebookResult {
  const { userId, activityProgress, gradingProgress, timestamp, scoringUserId, comment, ...others } = score;
  const { scoreGiven, scoreMaximum: outOf, submission: _submission, ...extensions } = others;
  const isScored = typeof scoreGiven === 'number' && typeof outOf === 'number';
  const submission = settleSubmission(score, standing);
  const kept = comment ?? othersComment(standing);
  const resultScore = isScored ? scaleExactly(scoreGiven, scoreMaximum, outOf) : undefined;
  const bookkeeping: JsonObject = {
    fingerprint: fingerprint(score),
    ...(resultScore !== undefined && { scaled: { of: resultScore, to: scoreMaximum } }),
    ...(comment !== undefined && { comment: digest(comment) }),
  };
  return {
    ...present({ userId, timestamp, scoringUserId, scoreGiven, scoreMaximum: outOf, comment: kept }),
    progress: progressOf(`${activityProgress}`, `${gradingProgress}`, isScored ? undefined : lens),
    bookkeeping,
    ...(resultScore !== undefined && { resultScore }),
    ...(Object.keys(submission).length > 0 && { submission }),
    // Under a name of their own, so that no member of a tool passes for one of ours.
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

/** The statuses of OneRoster that speak of a grade (OneRoster 1.2, ScoreStatusEnum). */
const GRADED: ReadonlySet<Json | undefined> = new Set(['fully graded', 'partially graded']);

/**
 * Activity and grading in one word. Where no score is, nothing is graded, whatever the tool says of its grading: a status that
 * spoke of a grade would have a gradebook count one that is not there.
 *
 * @param unscoredBy what writes a result without a score
 */
function progressOf(activity: string, grading: string, unscoredBy: Lens | undefined): string {
  const said = `${activity} ${grading}`;
  const codec = unscoredBy?.plan.pairs.find(({ ags }) => ags === '/progress')?.codec;
  if (codec === undefined || !GRADED.has(codec.encode(said))) return said;
  // A table may have null for one of them, which would leave a score standing that was cleared.
  const ungraded = [`${activity} NotReady`, `${activity} Failed`, 'Initialized NotReady'];
  const isStatus = (status: Json | undefined): boolean => typeof status === 'string' && !GRADED.has(status);
  return ungraded.find((word) => isStatus(codec.encode(word))) ?? said;
}

function present(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((pair): pair is [string, Json] => pair[1] !== undefined),
  );
}

/** What the gateway notes about a result for itself. */
function bookkeepingOf(result: GradebookResult | undefined): JsonObject {
  const notes = result && own(result, 'bookkeeping');
  return isObject(notes) ? notes : {};
}

/** The fingerprint of the score that a result was made of. */
export function fingerprintOf(result: GradebookResult): Json | undefined {
  return own(bookkeepingOf(result), 'fingerprint');
}

/** The least score that a OneRoster line item takes; undefined when it says none that can be read. */
export function minimumOf(lineItem: JsonObject): number | undefined {
  const said = own(lineItem, 'resultValueMin');
  const minimum = typeof said === 'string' && said.trim() !== '' ? Number(said) : said;
  return typeof minimum === 'number' && Number.isFinite(minimum) ? minimum : undefined;
}

/**
 * The maximum of the line item that the score of a result is scaled to; undefined when nobody knows, because somebody else
 * has written the score that stands.
 */
export function scaleOf(result: GradebookResult): number | undefined {
  const scaled = own(bookkeepingOf(result), 'scaled');
  if (!isObject(scaled) || own(scaled, 'of') !== own(result, 'resultScore')) return undefined;
  const scale = own(scaled, 'to');
  return typeof scale === 'number' ? scale : undefined;
}

/** A result with another score, on another scale. */
export function withScore(result: GradebookResult, resultScore: number, scale: number): GradebookResult {
  return {
    ...result,
    resultScore,
    bookkeeping: { ...bookkeepingOf(result), scaled: { of: resultScore, to: scale } },
  };
}

/** Two scores of the same fingerprint say the same, but for their timestamps, which are compared as times. */
export function fingerprint({ timestamp: _timestamp, ...score }: JsonObject): string {
  return digest(score);
}

function digest(value: Json): string {
  return digestOf(canonical(value));
}

/** AGS §3.4.5 clears a comment only when it came from the tool: what a teacher wrote stays. */
function othersComment(standing: GradebookResult | undefined): Json | undefined {
  const comment = standing && own(standing, 'comment');
  if (standing === undefined || isEmpty(comment)) return undefined;
  return own(bookkeepingOf(standing), 'comment') === digest(comment) ? undefined : comment;
}

/** In which activities a submission time of earlier has lost its meaning (AGS §3.4.10). */
const CLEARS_STARTED = ['Initialized'];
const CLEARS_SUBMITTED = ['Initialized', 'Started', 'InProgress'];

function settleSubmission(score: JsonObject, standing: GradebookResult | undefined): JsonObject {
  const activity = String(score['activityProgress']);
  const [said, before] = [memberObject(score), memberObject(standing)];
  const { startedAt = before['startedAt'], submittedAt = before['submittedAt'], ...others } = said;
  const begun = activity === 'Started' || activity === 'InProgress' ? score['timestamp'] : undefined;
  const handedIn = activity === 'Submitted' || activity === 'Completed' ? score['timestamp'] : undefined;
  const started = CLEARS_STARTED.includes(activity) ? said['startedAt'] : (startedAt ?? begun);
  const submitted = CLEARS_SUBMITTED.includes(activity) ? said['submittedAt'] : (submittedAt ?? handedIn);
  return {
    ...others,
    ...(started !== undefined && { startedAt: started }),
    ...(submitted !== undefined && { submittedAt: submitted }),
  };
}

function memberObject(document: JsonObject | undefined): JsonObject {
  const submission = document && own(document, 'submission');
  return isObject(submission) ? submission : {};
}

/** Whether a result was handed in after a time; OneRoster's flags are strings (OneRoster 1.2, Result). */
export function lateFlag(result: GradebookResult, endDateTime: Json | undefined): 'true' | 'false' {
  const { submittedAt } = memberObject(result);
  const [at, end] = [submittedAt, endDateTime].map((value) =>
    typeof value === 'string' ? instantOf(value) : undefined,
  );
  return at !== undefined && end !== undefined && at > end ? 'true' : 'false';
}

/** The score on a line item's scale as it is now; it was written for another one when the maximum has changed since. */
export function scoreOnScale(result: GradebookResult, scoreMaximum: number): number | undefined {
  const [score, scale] = [own(result, 'resultScore'), scaleOf(result)];
  if (typeof score !== 'number') return undefined;
  return scale === undefined || scale === scoreMaximum ? score : scaleExactly(score, scoreMaximum, scale);
}

/**
 * Compares two timestamps to the last digit that was given, not to the millisecond.
 *
 * @returns below 0 when the first is earlier, above 0 when it is later
 */
export function compareTimestamps(left: string, right: string): number {
  const [one, other] = [instantOf(left) ?? 0, instantOf(right) ?? 0];
  if (one !== other) return one - other;
  const [fine, finer] = [digitsBeyond(left), digitsBeyond(right)];
  return fine === finer ? 0 : fine < finer ? -1 : 1;
}

function digitsBeyond(text: string): string {
  return (/[.,]\d{3}(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0');
}
