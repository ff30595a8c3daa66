import type { Receipt } from '../core/delivery.ts';
import { ERRORS } from '../core/errors.ts';
import type { LineItemReference } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';

/** How a face addresses what a receipt speaks of. */
export interface ReceiptAddresses {
  readonly receipt: (id: string) => string;
  readonly lineItem: (line: LineItemReference & { readonly sourcedId: string }) => string;
}

/**
 * A receipt on the wire, the same on every face: addresses, times and codes, and nothing of what was scored.
 *
 * @example receiptBody(receipt, addresses) // { id: 'https://…', state: 'accepted', scoreOf: 'https://…', … }
 */
export function receiptBody(
  receipt: Receipt,
  { receipt: addressOf, lineItem }: ReceiptAddresses,
): JsonObject {
  const { id, state, line, timestamp, attempts, errorCode, supersededBy, reason } = receipt;
  return {
    id: addressOf(id),
    state,
    scoreOf: lineItem(line),
    timestamp,
    attempts,
    ...timesOf(receipt),
    ...(errorCode !== undefined && HAS_ERROR.has(state) && { error: errorOf(errorCode, state) }),
    ...(supersededBy !== undefined && { supersededBy: addressOf(supersededBy) }),
    ...(reason !== undefined && { reason }),
  };
}

/** States in which the last error still says something. */
const HAS_ERROR: ReadonlySet<Receipt['state']> = new Set(['accepted', 'sent', 'held', 'failed', 'discarded']);

const TIMES = ['acceptedAt', 'sentAt', 'acknowledgedAt', 'verifiedAt', 'nextAttemptAt'] as const;

function timesOf(receipt: Receipt): JsonObject {
  return Object.fromEntries(
    TIMES.flatMap((name) => {
      const time = receipt[name];
      return time === undefined ? [] : [[name, new Date(time).toISOString()] as const];
    }),
  );
}

/** While the gateway itself goes on trying, there is nothing that anybody has to do. */
function errorOf(code: NonNullable<Receipt['errorCode']>, state: Receipt['state']): JsonObject {
  const { title, remedy, retryable } = ERRORS[code];
  const isTried = state === 'accepted' || state === 'sent';
  return { code, title, retryable, ...(!isTried && { remedy }) };
}
