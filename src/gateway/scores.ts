import { formatInstant, instantOf } from '../core/date-time.ts';
import { gradeOf } from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { generationMarks, madeAtOf } from '../core/generation.ts';
import { type LineItemReference, marked, markedBase, sourcedIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { markAfter, markIn } from '../core/late.ts';
import { maximumOf } from '../core/maximum.ts';
import { keptNames } from '../core/names.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import { keepsMetadata } from '../core/policy.ts';
import { inToolWords } from '../core/refusal.ts';
import {
  compareTimestamps,
  fingerprint,
  fingerprintOf,
  type GradebookResult,
  minimumOf,
  settleScore,
} from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { meetDeletedResult, type ToolWrite, writeOver } from './edits.ts';
import { readOwn, viewOf } from './line-items.ts';
import type { At } from './ports.ts';
import { mayBePromised, promiseScore } from './promise.ts';
import { aloneWithResult, findResult, type StudentResult } from './standing.ts';

export type PostScore = Extract<Operation, { kind: 'postScore' }>;

/**
 * Takes a score into the gradebook (AGS §3.4): the student's result is read, settled by the rules, and written. A score
 * that OneRoster cannot take now is promised, unless it is the promise itself that is being kept.
 */
export async function postScore(operation: PostScore, at: At): Promise<Outcome> {
  try {
    return await takeScore(operation, at);
  } catch (error) {
    if (!mayBePromised(error, at)) throw error;
    return promiseScore(operation, error, at);
  }
}

async function takeScore({ line, score: sent, isStamped }: PostScore, at: At): Promise<Outcome> {
  const { peopleOf } = at.context;
  const lineItem = await reachableLineItem(line, at);
  const studentId = await peopleOf(at.caller.tool).studentFor(String(sent['userId']), at.call);
  const view = viewOf(lineItem, at);
  await aloneWithResult({ lineItem, studentId }, at, async (result) => {
    const { found } = result;
    const last = found && lastOf(result, at);
    const score = isStamped ? stampedAfter(sent, last, at.ports.clock()) : sent;
    if (score === undefined || isTold(score, last)) return;
    const standing = found && isActive(found) ? at.context.resultLens.toAgs(found).document : undefined;
    const maximum = maximumOf(at.context.lens, lineItem);
    const target = { ...result, lineItem: view.lineItem, line: lineItem, maximum, studentId, standing, last };
    await write(score, target, at).catch(inScoreWords);
  });
  return { kind: 'scoreTaken', line: view, userId: String(sent['userId']) };
}

/**
 * The score that a result was last given, by which later ones are told from earlier ones. One that somebody has deleted still says it, so
 * that a repetition does not bring it back. A grade that no tool has given counts by its time, when a service gives one; what holds no
 * grade at all was never scored.
 */
function lastOf({ found = {}, isForeign }: StudentResult, at: At): GradebookResult | undefined {
  const { resultLens } = at.context;
  const result = resultLens.toAgs(found).document;
  if (fingerprintOf(result) !== undefined) return result;
  if (!isActive(found)) return undefined;
  return isForeign && gradeOf(resultLens.plan, found).length === 0 ? undefined : result;
}

/** Whether a score stands in the gradebook: as it was sent, or a newer one in its place, or nothing of it. */
export type ScoreStanding = 'stands' | 'newer' | 'missing';

/** Reads back the result of a score: `await scoreStanding(operation, at)` is `'stands'` after it was taken. */
export async function scoreStanding({ line, score }: PostScore, at: At): Promise<ScoreStanding> {
  const lineItem = await reachableLineItem(line, at);
  const studentId = await at.context.peopleOf(at.caller.tool).studentFor(String(score['userId']), at.call);
  const { found } = await findResult({ lineItem, studentId }, at);
  if (found === undefined) return 'missing';
  const last = at.context.resultLens.toAgs(found).document;
  const timestamp = own(last, 'timestamp');
  if (typeof timestamp !== 'string') return 'missing';
  const order = compareTimestamps(String(score['timestamp']), timestamp);
  const isSame = order === 0 && fingerprintOf(last) === fingerprint(score);
  // It stood, and somebody has deleted it since.
  if (!isActive(found)) return order < 0 || isSame ? 'newer' : 'missing';
  if (order < 0) return 'newer';
  return isSame ? 'stands' : 'missing';
}

/**
 * A score that is stamped on arrival comes after what stands by a clock that is ahead. What stands by a time that has passed
 * meanwhile has outrun it: it is as if this one had been taken and then replaced, and its sender, who may have given it up, must
 * not have it written over what came after it.
 *
 * @returns undefined when it is outrun
 */
function stampedAfter(
  score: JsonObject,
  before: GradebookResult | undefined,
  now: number,
): JsonObject | undefined {
  const last = before?.['timestamp'];
  if (typeof last !== 'string') return score;
  const order = compareTimestamps(String(score['timestamp']), last);
  if (order > 0) return score;
  const instant = instantOf(last) ?? 0;
  if (order < 0 && instant <= now) return undefined;
  return { ...score, timestamp: formatInstant(instant + 1) ?? last };
}

/** The line item of a score, which may be some seconds old: scores come in bursts. */
async function reachableLineItem(line: LineItemReference, at: At): Promise<JsonObject> {
  const lineItem = await readOwn(line, at, at.context.lineItems.recent);
  const madeAt = madeAtOf(lineItem);
  // It was promised for the line item that had this id before.
  if (at.delivery !== undefined && madeAt !== undefined && at.delivery.acceptedAt < (instantOf(madeAt) ?? 0))
    throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return lineItem;
}

/**
 * Whether the gradebook knows this very score already (AGS §3.4.9).
 *
 * @throws GradebridgeError SCORE_STALE, SCORE_CONFLICT
 */
function isTold(score: JsonObject, before: GradebookResult | undefined): boolean {
  const last = before && own(before, 'timestamp');
  if (before === undefined || typeof last !== 'string') return false;
  const order = compareTimestamps(String(score['timestamp']), last);
  if (order > 0) return false;
  if (order < 0)
    throw new GradebridgeError('SCORE_STALE', { description: `A score of ${last} stands already.` });
  if (fingerprintOf(before) === fingerprint(score)) return true;
  throw new GradebridgeError('SCORE_CONFLICT');
}

interface Target extends StudentResult {
  /** The line item in AGS words, and as OneRoster holds it. */
  readonly lineItem: JsonObject;
  readonly line: JsonObject;
  readonly maximum: ReturnType<typeof maximumOf>;
  readonly studentId: string;
  readonly standing: GradebookResult | undefined;
  /** What the result was given last, also when somebody has deleted it since. */
  readonly last: GradebookResult | undefined;
}

/**
 * The maximum that a score is scaled to. Where OneRoster has none, a score that is out of what the tool is shown needs no scaling.
 *
 * @throws GradebridgeError MAXIMUM_UNKNOWN
 */
function scaleFor(score: JsonObject, { lineItem, maximum }: Target): number {
  if (typeof maximum === 'number') return maximum;
  const shown = Number(lineItem['scoreMaximum']);
  const isShown = maximum === 'absent' && score['scoreMaximum'] === shown;
  if (isShown || typeof score['scoreGiven'] !== 'number') return shown;
  throw new GradebridgeError('MAXIMUM_UNKNOWN');
}

async function write(score: JsonObject, target: Target, at: At): Promise<void> {
  const { resultLens, results, classId } = at.context;
  const { lineItem, line, studentId, sourcedId, found, isForeign, standing } = target;
  const scoreMaximum = scaleFor(score, target);
  const result = settleScore(score, { scoreMaximum, standing, lens: resultLens });
  if (!isRecorded(result, at)) return;
  checkMinimum(result, line);
  if (standing === undefined && target.last !== undefined) meetDeletedResult(sourcedId, at);
  const mark = found && markIn(resultLens, found);
  const { endDateTime } = lineItem;
  const late = markAfter({ score, result, standing, mark, endDateTime });
  const over: ToolWrite = {
    thing: 'score',
    lens: resultLens,
    said: result,
    lineItem,
    base: baseOf(target, at),
    standing: standing && found,
    isForeign,
    context: { lineItem: sourcedIdOf(line) ?? '', student: studentId, class: classId, late },
  };
  const document = writeOver(over, at);
  const answered = await inToolWords(resultLens, () => results.write(document, at.call));
  if (!keepsMetadata(document, answered)) throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
}

/** A school may have said that a column takes no score below some value; AGS knows no such thing, and its scores begin at 0. */
function checkMinimum(result: GradebookResult, line: JsonObject): void {
  const { resultScore } = result;
  const minimum = minimumOf(line);
  if (typeof resultScore !== 'number' || minimum === undefined || resultScore >= minimum) return;
  const message = `Is below the minimum of the line item in OneRoster, which is ${minimum}.`;
  throw new GradebridgeError('SCORE_BELOW_MINIMUM', {
    issues: [{ pointer: '/scoreGiven', code: 'minimum', message }],
  });
}

/** Its writer is who has named the user in it; and it lives, whatever it ended with before. */
function baseOf({ line, sourcedId, found }: Target, { caller }: At): JsonObject {
  const base = markedBase({
    sourcedId,
    tool: keptNames(caller).tool,
    others: generationMarks(line),
    standing: found,
  });
  return marked(base, { ltiEnded: undefined });
}

/** What a member of a gradebook's result was made of in the score. */
const IN_SCORE: Readonly<Record<string, string>> = {
  '/resultScore': '/scoreGiven',
  '/progress': '/activityProgress',
};

/** Says what is wrong with a result in the names of the score that it was made of. */
function inScoreWords(error: unknown): never {
  if (!(error instanceof GradebridgeError) || error.details.issues === undefined) throw error;
  const issues = error.details.issues.map((issue) => ({
    ...issue,
    pointer: IN_SCORE[issue.pointer] ?? issue.pointer,
  }));
  throw new GradebridgeError(error.code, { ...error.details, issues, cause: error.cause });
}

/** The status table may say of some progress that it is not recorded: its OneRoster value is null. */
function isRecorded(result: GradebookResult, { context }: At): boolean {
  const row = context.resultLens.plan.pairs.find(({ ags }) => ags === '/progress');
  return row?.codec.encode(result['progress'] ?? null) !== null;
}
