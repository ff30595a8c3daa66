import { type Delivery, deliveryKind, receiptOf } from '../core/delivery.ts';
import { ERRORS } from '../core/errors.ts';

/** What an administrator may see of a delivery: ids, times and codes, and not what was scored. */
export function deliveryRow(delivery: Delivery): Readonly<Record<string, string | number>> {
  const { id, state, timestamp, attempts, errorCode, supersededBy, reason, ...receipt } = receiptOf(delivery);
  const { tool, context, upstream, line, fingerprint } = delivery;
  const times = ['acceptedAt', 'sentAt', 'acknowledgedAt', 'verifiedAt', 'nextAttemptAt'] as const;
  const present = Object.entries({ errorCode, supersededBy, reason }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return {
    ...{
      id,
      state,
      kind: deliveryKind(delivery),
      tool,
      context,
      upstream,
      lineItem: line.sourcedId,
      timestamp,
      attempts,
      fingerprint,
    },
    ...Object.fromEntries(
      times.flatMap((name) => {
        const time = receipt[name];
        return time === undefined ? [] : [[name, new Date(time).toISOString()] as const];
      }),
    ),
    ...Object.fromEntries(present),
  };
}

/** Why its last attempt came to nothing, and what to do. */
export function deliveryError({ errorCode }: Pick<Delivery, 'errorCode'>) {
  if (errorCode === undefined) return undefined;
  const { title, remedy } = ERRORS[errorCode];
  return { code: errorCode, title, remedy };
}
