import type { Call } from '../core/call.ts';
import { type Attempt, type Delivery, waitAsked } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { TraceParent } from '../core/trace.ts';
import { OURS_TO_MEND } from '../core/upstream-errors.ts';

/** What is found when a delivery is read back; undefined when that tells nothing. */
type Standing = 'stands' | 'newer' | 'missing' | undefined;

export interface AttemptParts {
  /**
   * Does what was promised.
   *
   * @returns when to go on, in milliseconds since 1970; undefined when it is done
   * @throws GradebridgeError what stands in its way
   */
  readonly deliver: (delivery: Delivery, call: Call) => Promise<number | undefined>;
  /** Reads it back; undefined when nobody wants that. */
  readonly standing: ((delivery: Delivery, call: Call) => Promise<Standing>) | undefined;
  /** What becomes of a delivery that meets what somebody has edited in OneRoster. */
  readonly edited: (delivery: Delivery) => 'held' | 'discarded';
  /** Is told of each attempt, and gives its place in a trace. */
  readonly watch?: AttemptWatch | undefined;
  /** Is told of a bug. */
  readonly failed: (error: unknown) => void;
}

/** Is told what becomes of attempts, for traces. */
export interface AttemptWatch {
  begin(delivery: Delivery): TraceParent | undefined;
  end(place: TraceParent, delivery: Delivery, attempt: Attempt): void;
}

/**
 * Makes attempts at deliveries, and says of each what came of it.
 *
 * @example const attempt = createAttempts(parts); (await attempt(delivery, deadline)).kind // 'verified'
 */
export function createAttempts({ deliver, standing, edited, watch, failed }: AttemptParts) {
  const make = async (delivery: Delivery, call: Call): Promise<Attempt> => {
    try {
      const due = await deliver(delivery, call);
      if (due !== undefined) return { kind: 'unfinished', due };
      const found = await standing?.(delivery, call);
      if (found === undefined) return { kind: 'acknowledged' };
      if (found === 'missing') return { kind: 'passing', code: 'UPSTREAM_BAD_ANSWER' };
      return { kind: found === 'newer' ? 'superseded' : 'verified' };
    } catch (error) {
      if (error instanceof GradebridgeError) return attemptOf(error, edited(delivery));
      failed(error);
      return { kind: 'passing', code: 'INTERNAL' };
    }
  };
  return async (delivery: Delivery, deadline: number): Promise<Attempt> => {
    const trace = watch?.begin(delivery);
    // The upstream's log has the id of the receipt.
    const attempt = await make(delivery, { requestId: delivery.id, deadline, ...(trace && { trace }) });
    if (trace !== undefined) watch?.end(trace, delivery, attempt);
    return attempt;
  };
}

function attemptOf({ code, row, details }: GradebridgeError, edited: 'held' | 'discarded'): Attempt {
  // A newer score stands: that is what the tool wants to stand.
  if (code === 'SCORE_STALE') return { kind: 'superseded' };
  if (code === 'CONTEXT_CHANGED') return { kind: 'held', code };
  if (code === 'GRADEBOOK_EDITED') return { kind: edited, code };
  if (!row.retryable && !OURS_TO_MEND.has(code)) return { kind: 'failed', code };
  return { kind: 'passing', code, retryAfter: waitAsked(details.retryAfter) };
}
