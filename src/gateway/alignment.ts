import {
  type AlignResults,
  alignTarget,
  gradePrint,
  isAligning,
  isEarlier,
  scaleAt,
} from '../core/alignment.ts';
import { formatInstant } from '../core/date-time.ts';
import { instantAt, positionOf } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import { generationOf } from '../core/generation.ts';
import { sourcedIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { maximumOf } from '../core/maximum.ts';
import { keptNames, type NamedCaller } from '../core/names.ts';
import { scaleOf } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import type { At, GatewayPorts } from './ports.ts';

/** Where a line item changes, and who changes it. */
export interface Where extends Pick<At, 'context' | 'call'> {
  readonly ports: Pick<GatewayPorts, 'promises' | 'clock' | 'newId'>;
  readonly caller: NamedCaller;
}

/** A line item in OneRoster as it stands, and as it will be; undefined when it is to be deleted. */
export interface Change {
  readonly from: JsonObject;
  readonly to: JsonObject | undefined;
}

/**
 * Makes durable that results follow a line item, before it changes: to another maximum (AGS §3.2.6), to their end, back to life, or that
 * those of a deleted one of the same id stay away. To be called in the turn of the line item, right before it is written.
 *
 * @returns the mark that the line item has to be written with until the work is over; undefined when there is none
 * @throws GradebridgeError STORE_UNAVAILABLE, UPSTREAM_…: nothing has been changed
 * @example const mark = await promiseAlignment({ from: standing, to: document }, at)
 */
export async function promiseAlignment({ from, to }: Change, at: Where): Promise<string | undefined> {
  const [isKept, isRemade] = [isActive(from) && to !== undefined, !isActive(from) && isNew(from, to)];
  if (isKept && to !== undefined && scoreMaximumOf(from, at) === scoreMaximumOf(to, at)) return undefined;
  if (isRemade) await at.ports.promises.outdate(sourcedIdOf(from) ?? '', at.context.keptUpstream);
  const standing = await standingOf(from, at);
  // In the other cases a score may just be on its way: what is empty needs a look afterwards, too.
  if (to === undefined && !standing.isAny) return undefined;
  const mark = formatInstant(at.ports.clock()) ?? '';
  const { unmarked } = standing;
  const earlier = isRemade ? standing.all : standing.earlier;
  const until = at.call.deadline + at.context.settling;
  const line = { sourcedId: sourcedIdOf(from) ?? '' };
  await accept({ kind: 'alignResults', line, unmarked, earlier, mark, until }, at);
  return mark;
}

function isNew(from: JsonObject, to: JsonObject | undefined): boolean {
  return to !== undefined && generationOf(from) !== generationOf(to);
}

/** That of OneRoster: a maximum that is only shown scales no grade. */
function scoreMaximumOf(lineItem: JsonObject, { context }: Pick<At, 'context'>): number | undefined {
  const maximum = maximumOf(context.lens, lineItem);
  return typeof maximum === 'number' ? maximum : undefined;
}

interface Standing {
  readonly unmarked: AlignResults['unmarked'][number][];
  readonly earlier: AlignResults['earlier'][number][];
  readonly all: AlignResults['earlier'][number][];
  isAny: boolean;
}

/** What only the results as they stand can tell, together with what earlier changes have left to do. */
async function standingOf(lineItem: JsonObject, at: Where): Promise<Standing> {
  const { results, resultLens, classId } = at.context;
  const alignment = await alignmentOf(lineItem, at);
  const line = { lineItem, scoreMaximum: scoreMaximumOf(lineItem, at), alignment };
  const found: Standing = { unmarked: [], earlier: [], all: [], isAny: false };
  const note = (document: JsonObject): void => {
    const [id, result] = [sourcedIdOf(document) ?? '', resultLens.toAgs(document).document];
    const [score, known] = [own(result, 'resultScore'), [id, gradePrint(result)] as const];
    found.isAny = true;
    found.all.push(known);
    if (isEarlier(document, result, line)) found.earlier.push(known);
    const scale = scaleOf(result) === undefined ? scaleAt(document, result, line) : undefined;
    if (typeof score === 'number' && scale !== undefined) found.unmarked.push([id, score, scale]);
  };
  const place = { classId, lineItemId: sourcedIdOf(lineItem) ?? '' };
  try {
    for await (const documents of results.listOf(place, at.call)) documents.filter(isActive).forEach(note);
  } catch (error) {
    // A service may know of no results below a line item that has none, or is deleted.
    if (!(error instanceof GradebridgeError) || error.code !== 'CONTEXT_UNRESOLVED') throw error;
  }
  return found;
}

/** What the store knows of the results of a line item that have yet to follow it; it is asked only when the line item says so. */
export async function alignmentOf(
  lineItem: JsonObject,
  { context, ports }: Pick<Where, 'context'> & { readonly ports: Pick<GatewayPorts, 'promises'> },
): Promise<AlignResults | undefined> {
  if (!isAligning(lineItem)) return undefined;
  const operation = await ports.promises.pending(
    alignTarget(context.keptUpstream, sourcedIdOf(lineItem) ?? ''),
  );
  return operation as AlignResults | undefined;
}

async function accept(work: AlignResults, { ports, context: place, caller }: Where): Promise<void> {
  const { keptUpstream: upstream } = place;
  const { tool, context } = keptNames(caller);
  const { sourcedId } = work.line;
  const at = async (instant: number): Promise<void> => {
    const timestamp = formatInstant(instant) ?? '';
    const answer = await ports.promises.accept({
      ...{ upstream, tool, context, timestamp },
      target: alignTarget(upstream, sourcedId),
      position: positionOf(timestamp),
      fingerprint: ports.newId(),
      line: { sourcedId, about: 'results' },
      operation: work as unknown as JsonObject,
      state: 'accepted',
      errorCode: undefined,
      wait: 0,
    });
    // Two changes in one millisecond, or by a clock that is ahead: the one that comes second is the newer one.
    if (answer.kind !== 'accepted')
      await at((answer.kind === 'stale' ? instantAt(answer.position) : instant) + 1);
  };
  await at(ports.clock());
}
