import { isEarlier } from '../core/alignment.ts';
import { instantOf } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { generationOf } from '../core/generation.ts';
import { referenceOf, resultIdOf, sourcedIdOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { fingerprintOf } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { alignmentOf } from './alignment.ts';
import type { At } from './ports.ts';

/** The result of one student in one line item, wherever OneRoster keeps it. */
export interface StudentResult {
  /** Where a score is to be written: the id of what stands, or of what stood last, or our own. */
  readonly sourcedId: string;
  /** OneRoster's result, active or not; undefined when there is none. */
  readonly found: JsonObject | undefined;
  /** Whether its id is not the one that the gateway gives: a school or a teacher has made it. */
  readonly isForeign: boolean;
}

export interface Seat {
  /** As OneRoster holds it. */
  readonly lineItem: JsonObject;
  readonly studentId: string;
}

function ourIdOf({ lineItem, studentId }: Seat): string {
  return resultIdOf(sourcedIdOf(lineItem) ?? '', studentId, generationOf(lineItem));
}

/**
 * Finds the result that a score of a student is written over. Our own, while it is active, costs one read. Otherwise the list says
 * whether somebody else has made one: the active one that was scored last stands, and else the last one that a tool has scored and
 * somebody has deleted.
 *
 * @throws GradebridgeError UPSTREAM_…
 * @example (await findResult({ lineItem, studentId }, at)).found?.score
 */
export async function findResult(seat: Seat, at: At): Promise<StudentResult> {
  const { results, resultLens } = at.context;
  const ours = ourIdOf(seat);
  const own = await results.read(ours, at.call);
  if (own !== undefined && isActive(own)) return { sourcedId: ours, found: own, isForeign: false };
  const others = await othersOf(seat, ours, at);
  const wasScored = (document: JsonObject): boolean =>
    fingerprintOf(resultLens.toAgs(document).document) !== undefined;
  const deleted = [...others, ...(own === undefined ? [] : [own])].filter(wasScored);
  const found = latest(others.filter(isActive), resultLens) ?? latest(deleted, resultLens) ?? own;
  const sourcedId = (found && sourcedIdOf(found)) ?? ours;
  return { sourcedId, found, isForeign: sourcedId !== ours };
}

/** The results of a student under other ids. A service may not heed the filter, so each is looked at here. */
async function othersOf({ lineItem, studentId }: Seat, ours: string, at: At): Promise<JsonObject[]> {
  const { results, resultLens, classId } = at.context;
  const lineItemId = sourcedIdOf(lineItem) ?? '';
  const line = { lineItem, alignment: await alignmentOf(lineItem, at) };
  const others = new Map<string, JsonObject>();
  try {
    for await (const documents of results.listOf({ classId, lineItemId, studentId }, at.call)) {
      for (const document of documents) {
        const id = sourcedIdOf(document);
        if (isEarlier(document, resultLens.toAgs(document).document, line)) continue;
        if (id !== undefined && id !== ours && referenceOf(document, 'student') === studentId)
          others.set(id, document);
      }
    }
  } catch (error) {
    // A service may know of no results below a line item that has none: the line item itself has just been read.
    if (!(error instanceof GradebridgeError) || error.code !== 'CONTEXT_UNRESOLVED') throw error;
  }
  return [...others.values()];
}

function latest(documents: readonly JsonObject[], lens: Lens): JsonObject | undefined {
  return documents.reduce<JsonObject | undefined>(
    (last, document) =>
      last !== undefined && scoredAt(last, lens) > scoredAt(document, lens) ? last : document,
    undefined,
  );
}

/** The instant of a result's score, however the service spells it; 0 when it has none, or only a day. */
export function scoredAt(document: JsonObject, lens: Lens): number {
  const timestamp = lens.read(document, '/timestamp');
  return (typeof timestamp === 'string' ? instantOf(timestamp) : undefined) ?? 0;
}

/**
 * Works on a student's result while nobody else does. Our own id stands for the seat, whichever id the result has: so two first scores
 * meet. A result under another id has its own turn as well, always after that: those who know it by that id alone are kept out too.
 *
 * @throws GradebridgeError OBJECT_BUSY, UPSTREAM_…, and what `work` throws
 */
export async function aloneWithResult<Result>(
  seat: Seat,
  at: At,
  work: (result: StudentResult) => Promise<Result>,
): Promise<Result> {
  const { results } = at.context;
  return results.alone(ourIdOf(seat), at.call, async () => {
    const result = await findResult(seat, at);
    if (!result.isForeign) return work(result);
    const { sourcedId, found } = result;
    return results.alone(sourcedId, at.call, async () =>
      work({ ...result, found: (await results.read(sourcedId, at.call)) ?? found }),
    );
  });
}
