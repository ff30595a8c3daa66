import { formatInstant } from '../core/date-time.ts';
import { instantAt, positionOf, waitAsked } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import { nameBasedId } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import { fingerprint } from '../core/result.ts';
import { idOf } from './line-items.ts';
import type { At, PromisedWrite } from './ports.ts';

type PostScore = Extract<Operation, { kind: 'postScore' }>;

/** True for what passes without the tool changing anything: an outage, or credentials that an administrator must mend. */
export function mayBePromised(error: unknown): error is GradebridgeError {
  return error instanceof GradebridgeError && (error.row.retryable || error.code === 'UPSTREAM_REFUSED');
}

/**
 * Writes a score down that OneRoster cannot take now. Who the student is, and whether there is such a line item, is found
 * out when it is delivered: an outage that has lasted leaves nobody to ask.
 *
 * @param cause why it cannot be taken now
 * @throws GradebridgeError SCORE_STALE or SCORE_CONFLICT against what waits already, STORE_UNAVAILABLE
 */
export async function promiseScore(operation: PostScore, cause: GradebridgeError, at: At): Promise<Outcome> {
  const answer = await at.ports.promises.accept(scoreWrite(operation, cause, at));
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'scorePromised', receipt: answer.receipt };
    case 'conflict':
      throw new GradebridgeError('SCORE_CONFLICT');
    case 'stale': {
      const later = formatInstant(instantAt(answer.position) + 1);
      if (!operation.isStamped || later === undefined)
        throw new GradebridgeError('SCORE_STALE', { description: 'A later score waits already.' });
      // A score that is stamped on arrival comes after what came before, whatever the clocks say.
      return promiseScore({ ...operation, score: { ...operation.score, timestamp: later } }, cause, at);
    }
  }
}

/** A promised score keeps the timestamp of its arrival: it must not pass for newer than one that comes after it. */
function scoreWrite({ line, score }: PostScore, cause: GradebridgeError, at: At): PromisedWrite {
  const { tool, context } = at.caller;
  const sourcedId = idOf(line, at);
  const { userId, timestamp } = score as { readonly userId: string; readonly timestamp: string };
  const operation = { kind: 'postScore', line, score, isStamped: false } satisfies Operation;
  return {
    target: nameBasedId('delivery', at.context.upstream, tool, context, sourcedId, userId),
    position: positionOf(timestamp),
    fingerprint: fingerprint(score),
    upstream: at.context.upstream,
    tool,
    context,
    line: { ...line, sourcedId },
    timestamp,
    operation: operation as unknown as JsonObject,
    state: 'accepted',
    errorCode: cause.code,
    wait: waitAsked(cause.details.retryAfter),
  };
}
