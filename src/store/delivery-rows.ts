import type { Delivery, NewDelivery } from '../core/delivery.ts';
import type { JsonObject } from '../core/json.ts';
import type { DeliveryRow } from './schema.ts';

/** The row of a new delivery: `newRow(delivery, delivery.id)`. */
export function newRow(delivery: NewDelivery, id: string): DeliveryRow {
  const { target, position, fingerprint, upstream, tool, context, line, timestamp } = delivery;
  const { operation, state, errorCode, due, acceptedAt } = delivery;
  return {
    ...{ id, target, position, fingerprint, upstream, tool, context, timestamp, state, due },
    line: JSON.stringify(line),
    operation: JSON.stringify(operation),
    attempts: 0,
    holder: null,
    lease_until: null,
    accepted_at: acceptedAt,
    sent_at: null,
    acknowledged_at: null,
    verified_at: null,
    settled_at: null,
    error_code: errorCode ?? null,
    superseded_by: null,
    reason: null,
    decided: 0,
  };
}

/** A new delivery as its row will tell it: `newDelivery(delivery, delivery.id)`. */
export function newDelivery(delivery: NewDelivery, id: string): Delivery {
  return {
    ...delivery,
    id,
    attempts: 0,
    holder: undefined,
    leaseUntil: undefined,
    sentAt: undefined,
    acknowledgedAt: undefined,
    verifiedAt: undefined,
    settledAt: undefined,
    supersededBy: undefined,
    reason: undefined,
    isDecided: false,
  };
}

/** A delivery as its row tells it. */
export function deliveryOf(row: DeliveryRow): Delivery {
  const { id, target, position, fingerprint, upstream, tool, context, timestamp, state, attempts, due } = row;
  return {
    ...{ id, target, position, fingerprint, upstream, tool, context, timestamp, state, attempts, due },
    line: JSON.parse(row.line) as Delivery['line'],
    operation: row.operation === null ? undefined : (JSON.parse(row.operation) as JsonObject),
    holder: row.holder ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    acceptedAt: row.accepted_at,
    sentAt: row.sent_at ?? undefined,
    acknowledgedAt: row.acknowledged_at ?? undefined,
    verifiedAt: row.verified_at ?? undefined,
    settledAt: row.settled_at ?? undefined,
    errorCode: row.error_code ?? undefined,
    supersededBy: row.superseded_by ?? undefined,
    reason: row.reason ?? undefined,
    isDecided: row.decided !== 0,
  };
}
