import { formatInstant } from '../core/date-time.ts';
import { instantAt, lineItemTarget, positionOf, scoreTarget, waitAsked } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import { canonical, digestOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { keptNames } from '../core/names.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import { fingerprint } from '../core/result.ts';
import { OURS_TO_MEND } from '../core/upstream-errors.ts';
import { getLineItem } from './line-items.ts';
import { idOf, locate } from './locate.ts';
import type { At, PromisedWrite } from './ports.ts';

type PostScore = Extract<Operation, { kind: 'postScore' }>;
type ReplaceLineItem = Extract<Operation, { kind: 'replaceLineItem' }>;

/**
 * True for what passes without the tool changing anything: an outage, credentials that an administrator must mend, an edit that
 * waits for a person. A promise that is being kept is not promised again.
 */
export function mayBePromised(error: unknown, at: At): error is GradebridgeError {
  if (at.delivery !== undefined || !(error instanceof GradebridgeError)) return false;
  return error.row.retryable || OURS_TO_MEND.has(error.code) || isForPerson(error, at);
}

/** True when somebody has edited what a write meets, and the context wants a person to decide. */
export function isForPerson(error: unknown, at: At): error is GradebridgeError {
  const isEdited = error instanceof GradebridgeError && error.code === 'GRADEBOOK_EDITED';
  return isEdited && at.context.edits === 'hold' && at.delivery === undefined;
}

/**
 * Writes a score down that OneRoster cannot take now. Who the student is, and whether there is such a line item, is found
 * out when it is delivered: an outage that has lasted leaves nobody to ask.
 *
 * @param cause why it cannot be taken now
 * @throws GradebridgeError SCORE_STALE or SCORE_CONFLICT against what waits already, STORE_UNAVAILABLE
 */
export async function promiseScore(operation: PostScore, cause: GradebridgeError, at: At): Promise<Outcome> {
  const write = scoreWrite(operation, cause, at);
  const answer = await at.ports.promises.accept(write);
  if (answer.kind === 'accepted') return { kind: 'scorePromised', receipt: answer.receipt };
  if (!operation.isStamped) {
    if (answer.kind === 'conflict') throw new GradebridgeError('SCORE_CONFLICT');
    throw new GradebridgeError('SCORE_STALE', { description: 'A later score waits already.' });
  }
  const { position } = answer.kind === 'stale' ? answer : write;
  const instant = instantAt(position);
  // One that came later waits already: this one was outrun, and what it would be replaced by is what is promised.
  if (answer.kind === 'stale' && answer.newer !== undefined && instant <= at.ports.clock())
    return { kind: 'scorePromised', receipt: answer.newer };
  // What was scored by a clock that is ahead, or in the same millisecond, came before.
  const timestamp = formatInstant(instant + 1);
  if (timestamp === undefined) throw new GradebridgeError('SCORE_STALE');
  return promiseScore({ ...operation, score: { ...operation.score, timestamp } }, cause, at);
}

/**
 * Puts a line item's PUT before a person. What is done in the end is done over what stands now and over nothing else: should it
 * have changed by then, the PUT is not made.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 */
export async function holdLineItem(
  operation: ReplaceLineItem,
  cause: GradebridgeError,
  at: At,
): Promise<Outcome> {
  const {
    kind: _kind,
    how: _how,
    ...shown
  } = lineItemOf(await getLineItem({ kind: 'getLineItem', line: operation.line }, at));
  const { tool, context } = keptNames(at.caller);
  const { sourcedId } = await locate(operation.line, at);
  const accept = async (instant: number): Promise<Outcome> => {
    const timestamp = formatInstant(instant) ?? '';
    const binding = at.context.bindingOf(at.caller.tool);
    const held = { ...operation, conditions: { ifMatch: shown.etag }, binding } satisfies Operation;
    const answer = await at.ports.promises.accept({
      target: lineItemTarget(at.context.keptUpstream, sourcedId),
      position: positionOf(timestamp),
      fingerprint: digestOf(canonical(operation.lineItem)),
      upstream: at.context.keptUpstream,
      tool,
      context,
      line: { ...operation.line, sourcedId },
      timestamp,
      operation: held as unknown as JsonObject,
      state: 'held',
      errorCode: cause.code,
      wait: 0,
    });
    if (answer.kind === 'accepted') return { kind: 'lineItemHeld', ...shown, receipt: answer.receipt };
    // Two at the same moment: the one that comes second is the newer one.
    return accept((answer.kind === 'stale' ? instantAt(answer.position) : instant) + 1);
  };
  return accept(at.ports.clock());
}

/**
 * Holds what a promised write was meant for against the context as it is now: the same ids may name another student or column there,
 * and then a person decides.
 *
 * @throws GradebridgeError CONTEXT_CHANGED
 */
export function checkBinding(operation: Operation, at: At): void {
  if (operation.kind !== 'postScore' && operation.kind !== 'replaceLineItem') return;
  const { binding } = operation;
  if (binding === undefined) return;
  const userId = operation.kind === 'postScore' ? String(operation.score['userId']) : undefined;
  const now = at.context.bindingOf(at.caller.tool, userId);
  // A table that did not know the user yet has named nobody else.
  const isSameStudent = binding.student === undefined || binding.student === now.student;
  if (binding.place !== now.place || !isSameStudent) throw new GradebridgeError('CONTEXT_CHANGED');
}

function lineItemOf(outcome: Outcome): Extract<Outcome, { kind: 'lineItem' }> {
  if (outcome.kind !== 'lineItem') throw new GradebridgeError('INTERNAL');
  return outcome;
}

/** A promised score keeps the timestamp of its arrival: it must not pass for newer than one that comes after it. */
function scoreWrite({ line, score }: PostScore, cause: GradebridgeError, at: At): PromisedWrite {
  const { tool, context } = keptNames(at.caller);
  const sourcedId = idOf(line, at);
  const { userId, timestamp } = score as { readonly userId: string; readonly timestamp: string };
  const binding = at.context.bindingOf(at.caller.tool, userId);
  const operation = { kind: 'postScore', line, score, isStamped: false, binding } satisfies Operation;
  return {
    target: scoreTarget({ upstream: at.context.keptUpstream, tool, context, lineItemId: sourcedId, userId }),
    position: positionOf(timestamp),
    fingerprint: fingerprint(score),
    upstream: at.context.keptUpstream,
    tool,
    context,
    line: { ...line, sourcedId },
    timestamp,
    operation: operation as unknown as JsonObject,
    state: isForPerson(cause, at) ? 'held' : 'accepted',
    errorCode: cause.code,
    wait: waitAsked(cause.details.retryAfter),
  };
}
