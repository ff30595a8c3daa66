import { formatInstant, instantOf } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { type LineItemReference, resultIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { markAfter, markIn } from '../core/late.ts';
import { maximumOf } from '../core/maximum.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import { isReachable, keepsMetadata } from '../core/policy.ts';
import { inToolWords } from '../core/refusal.ts';
import {
  compareTimestamps,
  fingerprint,
  fingerprintOf,
  type GradebookResult,
  settleScore,
} from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { type ToolWrite, writeOver } from './edits.ts';
import { idOf, viewOf } from './line-items.ts';
import type { At } from './ports.ts';
import { mayBePromised, promiseScore } from './promise.ts';

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
  const { results, peopleOf } = at.context;
  const lineItem = await reachableLineItem(line, at);
  const studentId = await peopleOf(at.caller.tool).studentFor(String(sent['userId']), at.call);
  const view = viewOf(lineItem, at);
  const sourcedId = resultIdOf(view.sourcedId, studentId);
  await results.alone(sourcedId, at.call, async () => {
    const found = await results.read(sourcedId, at.call);
    const isStanding = found !== undefined && isActive(found);
    const standing = isStanding ? at.context.resultLens.toAgs(found).document : undefined;
    const score = isStamped ? stampedAfter(sent, standing, at.ports.clock()) : sent;
    if (score === undefined || isTold(score, standing)) return;
    const target = {
      lineItem: view.lineItem,
      maximum: maximumOf(at.context.lens, lineItem),
      lineItemId: view.sourcedId,
      studentId,
      sourcedId,
      found,
      standing,
    };
    await write(score, target, at).catch(inScoreWords);
  });
  return { kind: 'scoreTaken', line: view, userId: String(sent['userId']) };
}

/** Whether a score stands in the gradebook: as it was sent, or a newer one in its place, or nothing of it. */
export type ScoreStanding = 'stands' | 'newer' | 'missing';

/** Reads back the result of a score: `await scoreStanding(operation, at)` is `'stands'` after it was taken. */
export async function scoreStanding({ line, score }: PostScore, at: At): Promise<ScoreStanding> {
  const lineItem = await reachableLineItem(line, at);
  const studentId = await at.context.peopleOf(at.caller.tool).studentFor(String(score['userId']), at.call);
  const sourcedId = resultIdOf(viewOf(lineItem, at).sourcedId, studentId);
  const found = await at.context.results.read(sourcedId, at.call);
  if (found === undefined || !isActive(found)) return 'missing';
  const standing = at.context.resultLens.toAgs(found).document;
  const last = own(standing, 'timestamp');
  if (typeof last !== 'string') return 'missing';
  const order = compareTimestamps(String(score['timestamp']), last);
  if (order < 0) return 'newer';
  return order === 0 && fingerprintOf(standing) === fingerprint(score) ? 'stands' : 'missing';
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
  standing: GradebookResult | undefined,
  now: number,
): JsonObject | undefined {
  const last = standing?.['timestamp'];
  if (typeof last !== 'string') return score;
  const order = compareTimestamps(String(score['timestamp']), last);
  if (order > 0) return score;
  const instant = instantOf(last) ?? 0;
  if (order < 0 && instant <= now) return undefined;
  return { ...score, timestamp: formatInstant(instant + 1) ?? last };
}

/** The line item of a score, which may be some seconds old: scores come in bursts. */
async function reachableLineItem(line: LineItemReference, at: At): Promise<JsonObject> {
  const lineItem = await at.context.lineItems.recent(idOf(line, at), at.call);
  if (lineItem === undefined || !isReachable(lineItem, at, line))
    throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return lineItem;
}

/**
 * Whether the gradebook knows this very score already (AGS §3.4.9).
 *
 * @throws GradebridgeError SCORE_STALE, SCORE_CONFLICT
 */
function isTold(score: JsonObject, standing: GradebookResult | undefined): boolean {
  const last = standing && own(standing, 'timestamp');
  if (standing === undefined || typeof last !== 'string') return false;
  const order = compareTimestamps(String(score['timestamp']), last);
  if (order > 0) return false;
  if (order < 0)
    throw new GradebridgeError('SCORE_STALE', { description: `A score of ${last} stands already.` });
  if (fingerprintOf(standing) === fingerprint(score)) return true;
  throw new GradebridgeError('SCORE_CONFLICT');
}

interface Target {
  /** The line item in AGS words. */
  readonly lineItem: JsonObject;
  readonly maximum: ReturnType<typeof maximumOf>;
  readonly lineItemId: string;
  readonly studentId: string;
  readonly sourcedId: string;
  /** OneRoster's result as it stands. */
  readonly found: JsonObject | undefined;
  readonly standing: GradebookResult | undefined;
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
  const { lineItem, lineItemId, studentId, sourcedId, found, standing } = target;
  const result = settleScore(score, {
    scoreMaximum: scaleFor(score, target),
    standing,
    lens: resultLens,
  });
  if (!isRecorded(result, at)) return;
  const mark = found && markIn(resultLens, found);
  const { endDateTime } = lineItem;
  const late = markAfter({ score, result, standing, mark, endDateTime });
  const over: ToolWrite = {
    thing: 'score',
    lens: resultLens,
    said: result,
    lineItem,
    base: found ?? { sourcedId, metadata: { ltiTool: at.caller.tool } },
    standing: standing && found,
    context: { lineItem: lineItemId, student: studentId, class: classId, late },
  };
  const document = writeOver(over, at);
  const answered = await inToolWords(resultLens, () => results.write(document, at.call));
  if (!keepsMetadata(document, answered)) throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
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
