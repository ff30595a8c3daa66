import type { Call } from '../core/call.ts';
import { type Attempt, type Delivery, waitAsked } from '../core/delivery.ts';
import { type ErrorCode, GradebridgeError } from '../core/errors.ts';

export interface AttemptParts {
  /** Does what was promised. @throws GradebridgeError what stands in its way */
  readonly deliver: (delivery: Delivery, call: Call) => Promise<void>;
  /** Reads it back; undefined when nobody wants that. */
  readonly standing:
    | ((delivery: Delivery, call: Call) => Promise<'stands' | 'newer' | 'missing'>)
    | undefined;
  /** Is told of a bug. */
  readonly failed: (error: unknown) => void;
}

/** What an error makes of an attempt; those that are not here fail it, or pass if the catalogue says that they may. */
const ENDS: Readonly<Partial<Record<ErrorCode, 'superseded' | 'held'>>> = {
  // A newer score stands: that is what the tool wants to stand.
  SCORE_STALE: 'superseded',
};

/**
 * Makes attempts at deliveries, and says of each what came of it.
 *
 * @example const attempt = createAttempts(parts); (await attempt(delivery, deadline)).kind // 'verified'
 */
export function createAttempts({ deliver, standing, failed }: AttemptParts) {
  return async (delivery: Delivery, deadline: number): Promise<Attempt> => {
    // The upstream's log has the id of the receipt.
    const call = { requestId: delivery.id, deadline };
    try {
      await deliver(delivery, call);
      if (standing === undefined) return { kind: 'acknowledged' };
      const found = await standing(delivery, call);
      if (found === 'missing') return { kind: 'passing', code: 'UPSTREAM_BAD_ANSWER' };
      return { kind: found === 'newer' ? 'superseded' : 'verified' };
    } catch (error) {
      if (error instanceof GradebridgeError) return attemptOf(error);
      failed(error);
      return { kind: 'passing', code: 'INTERNAL' };
    }
  };
}

function attemptOf({ code, row, details }: GradebridgeError): Attempt {
  const end = ENDS[code];
  if (end === 'superseded') return { kind: end };
  if (end === 'held') return { kind: end, code };
  if (!row.retryable && code !== 'UPSTREAM_REFUSED') return { kind: 'failed', code };
  return { kind: 'passing', code, retryAfter: waitAsked(details.retryAfter) };
}
