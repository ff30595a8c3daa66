import { scaleExactly } from '../core/decimal.ts';
import { stampedOnNewScale } from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { referenceOf, sourcedIdOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { markIn } from '../core/late.ts';
import { maximumOf } from '../core/maximum.ts';
import { keepsMetadata } from '../core/policy.ts';
import { inOwnWords } from '../core/refusal.ts';
import { type GradebookResult, scaleOf, withScore } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import type { At } from './ports.ts';

/** Where it happens: it is the same whoever asks. */
type Where = Pick<At, 'context' | 'call'>;

/** How many results are rewritten at once. */
const AT_ONCE = 8;

/**
 * A line item that gets another maximum has its results rescaled (AGS §3.2.6). The results go first, each marked with the
 * maximum that it is scaled to: whoever reads one meanwhile, or after a crash, still gets the right score, and the same PUT
 * again finishes what is left.
 *
 * @param change the line item in OneRoster as it stands, and as it will be
 */
export async function rescale(
  change: { readonly from: JsonObject; readonly to: JsonObject },
  at: Where,
): Promise<void> {
  const { lens, results, classId } = at.context;
  const [before, after] = [maximumOf(lens, change.from), maximumOf(lens, change.to)];
  if (typeof after !== 'number' || before === after) return;
  const lineItemId = sourcedIdOf(change.from) ?? '';
  for await (const documents of results.listOf({ classId, lineItemId }, at.call)) {
    const active = documents.filter(isActive);
    for (let index = 0; index < active.length; index += AT_ONCE) {
      const some = active.slice(index, index + AT_ONCE);
      await Promise.all(some.map((document) => rescaleOne(document, { before, after, lineItemId }, at)));
    }
  }
}

interface Scales {
  /** Where OneRoster held none, only results that say what they are scaled to can be rescaled. */
  readonly before: ReturnType<typeof maximumOf>;
  readonly after: number;
  readonly lineItemId: string;
}

async function rescaleOne(
  listed: JsonObject,
  { before, after, lineItemId }: Scales,
  at: Where,
): Promise<void> {
  const { results, resultLens, classId } = at.context;
  const sourcedId = sourcedIdOf(listed) ?? '';
  await results.alone(sourcedId, at.call, async () => {
    const document = await results.read(sourcedId, at.call);
    if (document === undefined) return;
    const result = resultLens.toAgs(document).document;
    const scale = scaleOf(result) ?? before;
    if (scale === after || typeof scale !== 'number') return;
    const resultScore = newScore(result, scale, after);
    if (resultScore === undefined) return;
    const student = referenceOf(document, 'student') ?? '';
    const context = {
      lineItem: lineItemId,
      student,
      class: classId,
      late: markIn(resultLens, document) ?? 'false',
    };
    const rescaled = withScore(result, resultScore, after);
    const { document: plain } = resultLens.toOneRoster(rescaled, { base: document, context, now: 0 });
    const written = stampedOnNewScale(resultLens.plan, { standing: document, document: plain });
    const answered = await inOwnWords(() => results.write(written, at.call));
    // Without its mark, the same PUT again would rescale the grade a second time.
    if (!keepsMetadata(written, answered)) throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
  });
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
