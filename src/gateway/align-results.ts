import {
  type AlignResults,
  ended,
  hasEndedWith,
  isEarlier,
  isOfOther,
  type Line,
  outlivesItsEnd,
  revived,
  scaleAt,
} from '../core/alignment.ts';
import type { Call } from '../core/call.ts';
import { scaleExactly } from '../core/decimal.ts';
import { stampedOnNewScale } from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { generationOf } from '../core/generation.ts';
import { marked, markOf, referenceOf, sourcedIdOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { markIn } from '../core/late.ts';
import { maximumOf } from '../core/maximum.ts';
import { keepsMetadata } from '../core/policy.ts';
import { type GradebookResult, withScore } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { OURS_TO_MEND } from '../core/upstream-errors.ts';
import type { ContextPorts } from './ports.ts';

/** Where it happens: it is the same whoever has changed the line item. */
export interface Bench {
  readonly context: ContextPorts;
  readonly call: Call;
  readonly clock: () => number;
}

/** How many results are rewritten at once. */
const AT_ONCE = 8;

/**
 * Brings the results of a line item in line with it as it stands. What time does not allow, or a passing trouble, is left for the next
 * attempt: nothing is begun that could not be found again. Each result says which maximum it is scaled to, so that none is scaled twice.
 *
 * @returns when to go on, in milliseconds since 1970; undefined when all is done
 * @throws GradebridgeError when nothing could be done, or what is left will not be taken
 */
export async function alignResults(work: AlignResults, at: Bench): Promise<number | undefined> {
  const { lineItems, lens, classId } = at.context;
  const { sourcedId } = work.line;
  // In its turn, so that whoever has promised this has written the line item by now.
  const lineItem = await lineItems.alone(sourcedId, at.call, () => lineItems.read(sourcedId, at.call));
  if (lineItem === undefined || referenceOf(lineItem, 'class') !== classId) return undefined;
  const maximum = maximumOf(lens, lineItem);
  const line: Line = {
    lineItem,
    scoreMaximum: typeof maximum === 'number' ? maximum : undefined,
    alignment: work,
  };
  const { written, trouble } = await walk(line, at);
  if (written > 0) return at.clock();
  if (trouble !== undefined && isPassing(trouble)) throw trouble;
  // What goes by the line item as it was may still arrive.
  if (at.clock() < work.until) return work.until;
  if (trouble !== undefined) throw trouble;
  await unmark(work, at);
  return undefined;
}

interface Walked {
  written: number;
  trouble: GradebridgeError | undefined;
}

async function walk(line: Line, at: Bench): Promise<Walked> {
  const walked: Walked = { written: 0, trouble: undefined };
  const begun = at.clock();
  const enough = begun + (at.call.deadline - begun) * 0.75;
  const mayGoOn = (): boolean => walked.written === 0 || (at.clock() < enough && !isPassing(walked.trouble));
  const place = { classId: at.context.classId, lineItemId: sourcedIdOf(line.lineItem) ?? '' };
  try {
    for await (const documents of at.context.results.listOf(place, at.call)) {
      const others = documents.filter((document) => alignedForm(document, line, at) !== undefined);
      for (let index = 0; index < others.length && mayGoOn(); index += AT_ONCE) {
        const some = others.slice(index, index + AT_ONCE);
        await Promise.all(some.map((document) => alignOne(document, { line, walked, at })));
      }
      if (!mayGoOn()) break;
    }
  } catch (error) {
    // A service may know of no results below what is deleted.
    const isGone = error instanceof GradebridgeError && error.code === 'CONTEXT_UNRESOLVED';
    if (!(isGone && !isActive(line.lineItem))) keep(error, walked);
  }
  return walked;
}

interface One {
  readonly line: Line;
  readonly walked: Walked;
  readonly at: Bench;
}

async function alignOne(listed: JsonObject, { line, walked, at }: One): Promise<void> {
  const { results } = at.context;
  const sourcedId = sourcedIdOf(listed) ?? '';
  try {
    await results.alone(sourcedId, at.call, async () => {
      const document = await results.read(sourcedId, at.call);
      const form = document && alignedForm(document, line, at);
      if (document === undefined || form === undefined) return;
      await put(form, { document, at });
      walked.written++;
    });
  } catch (error) {
    keep(error, walked);
  }
}

async function put(form: JsonObject, { document, at }: { document: JsonObject; at: Bench }): Promise<void> {
  const { results } = at.context;
  const remove = (): Promise<void> => results.remove(sourcedIdOf(form) ?? '', at.call);
  const isEnd = !isActive(form);
  // Its service has taken a status by no write before.
  if (isEnd && outlivesItsEnd(document)) return remove();
  const answered = await results.write(form, at.call).catch((error: unknown) => {
    if (isEnd && error instanceof GradebridgeError && error.code === 'UPSTREAM_REJECTED') return null;
    throw error;
  });
  if (answered === null) return remove();
  if (!keepsMetadata(form, answered)) throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
  if (isEnd && answered !== undefined && isActive(answered)) await remove();
}

/** Trouble that passes comes first: until it has, nothing else is certain. */
function keep(error: unknown, walked: Walked): void {
  if (!(error instanceof GradebridgeError)) throw error;
  if (walked.trouble === undefined || isPassing(error)) walked.trouble = error;
}

function isPassing(error: GradebridgeError | undefined): boolean {
  return error !== undefined && (error.row.retryable || OURS_TO_MEND.has(error.code));
}

/** A result as its line item wants it; undefined when it is so already. */
function alignedForm(document: JsonObject, line: Line, { context }: Bench): JsonObject | undefined {
  const result = context.resultLens.toAgs(document).document;
  const scaled = scaledForm(document, { result, line, context });
  const generation = generationOf(line.lineItem);
  const isBefore = isEarlier(document, result, line);
  const lives = isActive(line.lineItem) && !isBefore;
  if (isActive(document)) {
    if (!lives) return ended(scaled ?? document, isBefore ? EARLIER : generation);
    const isNew = isOfOther(document, line.lineItem);
    return isNew ? marked(scaled ?? document, { ltiGeneration: generation }) : scaled;
  }
  return lives && hasEndedWith(document, line.lineItem) ? revived(scaled ?? document) : undefined;
}

/** The mark of a result of a line item which had the id before: it comes back with none. */
const EARLIER = 'earlier';

interface Scaling {
  readonly result: GradebookResult;
  readonly line: Line;
  readonly context: ContextPorts;
}

function scaledForm(document: JsonObject, { result, line, context }: Scaling): JsonObject | undefined {
  const { scoreMaximum: after, lineItem } = line;
  const scale = scaleAt(document, result, line);
  if (scale === undefined || after === undefined || scale === after) return undefined;
  const resultScore = newScore(result, scale, after);
  if (resultScore === undefined) return undefined;
  const { resultLens, classId } = context;
  const values = {
    lineItem: sourcedIdOf(lineItem) ?? '',
    student: referenceOf(document, 'student') ?? '',
    class: classId,
    late: markIn(resultLens, document) ?? 'false',
  };
  const rescaled = withScore(result, resultScore, after);
  const { document: plain } = resultLens.toOneRoster(rescaled, { base: document, context: values, now: 0 });
  return stampedOnNewScale(resultLens.plan, { standing: document, document: plain });
}

/** From what the tool gave, when that still stands, so that nothing is lost by rounding twice; else from what stands. */
function newScore(result: GradebookResult, scale: number, after: number): number | undefined {
  const { scoreGiven, scoreMaximum, resultScore } = result;
  if (typeof resultScore !== 'number') return undefined;
  if (typeof scoreGiven === 'number' && typeof scoreMaximum === 'number') {
    if (scaleExactly(scoreGiven, scale, scoreMaximum) === resultScore)
      return scaleExactly(scoreGiven, after, scoreMaximum);
  }
  return scaleExactly(resultScore, after, scale);
}

/** From now on nobody need ask the store for what the line item was before; a newer change has a mark of its own. */
async function unmark({ line: { sourcedId }, mark }: AlignResults, { context, call }: Bench): Promise<void> {
  const { lineItems } = context;
  await lineItems.alone(sourcedId, call, async () => {
    const lineItem = await lineItems.read(sourcedId, call);
    if (lineItem === undefined || markOf(lineItem, 'ltiAligning') !== mark) return;
    await lineItems.write(marked(lineItem, { ltiAligning: undefined }), call);
  });
}
