import type { Transaction } from 'kysely';
import { type DeliveryState, OPEN_STATES } from '../core/delivery.ts';
import { ACCEPTED, STANDING } from './delivery-queues.ts';
import type { DeliveryRow, Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** States that give way to a newer write of their target; a failed one does so when the newer one stands. */
export const OUTRUN = ['accepted', 'held', 'failed'] as const satisfies readonly DeliveryState[];

/** A promised write with a newer one of its target is not made: in the end the newest alone would stand. */
export async function supersede(
  db: Tx,
  ids: readonly string[],
  { by, now }: { readonly by: string; readonly now: number },
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('deliveries')
    .set({ state: 'superseded', superseded_by: by, operation: null, settled_at: now })
    .where('id', 'in', ids)
    // In PostgreSQL, another process may have begun an attempt since it was read: it gives way when that is over.
    .where('state', 'in', OUTRUN)
    .execute();
}

export interface Waiting {
  readonly now: number;
  /** States of a newer one to which this one gives way. */
  readonly to?: readonly DeliveryState[];
  /** Members that change with its return to the queue. */
  readonly change?: Partial<DeliveryRow>;
}

/**
 * Puts a delivery back into the queue; or, where a newer one of its target is there, has it give way. One of a target waits at
 * a time: an older one that waits makes room. Of two processes that do so at once, the index lets one through, and the other
 * is done again.
 *
 * @param row which this transaction holds, so that no other process changes it meanwhile
 */
export async function waitAgain(
  db: Tx,
  row: Pick<DeliveryRow, 'id' | 'target' | 'position'>,
  { now, to = OPEN_STATES, change = {} }: Waiting,
): Promise<void> {
  const { id, target, position } = row;
  const newer = await db
    .selectFrom('deliveries')
    .select('id')
    .where('target', '=', target)
    .where('position', '>', position)
    .where(STANDING)
    .where('state', 'in', to)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newer === undefined) await makeRoom(db, row, now);
  const gives = { state: 'superseded', superseded_by: newer?.id, operation: null, settled_at: now } as const;
  await db
    .updateTable('deliveries')
    .set({ holder: null, lease_until: null, ...change, ...(newer ? gives : { state: 'accepted' }) })
    .where('id', '=', id)
    .execute();
}

/** An older one that waits has come back while this one was sent, by a person's hand. */
async function makeRoom(db: Tx, { id, target }: Pick<DeliveryRow, 'id' | 'target'>, now: number) {
  await db
    .updateTable('deliveries')
    .set({ state: 'superseded', superseded_by: id, operation: null, settled_at: now })
    .where('target', '=', target)
    .where('state', '=', ACCEPTED)
    .execute();
}
