import type { Transaction } from 'kysely';
import {
  type Delivery,
  type DeliveryState,
  type NewDelivery,
  OPEN_STATES,
  type Settlement,
} from '../core/delivery.ts';
import { deliveryOf, newDelivery, newRow } from './delivery-rows.ts';
import type { DeliveryRow, Schema } from './schema.ts';

/** What came of a promise that was to be written down. */
export type Accepted =
  /** Written down, now or before: the same write at the same place is the same promise. */
  | { readonly kind: 'accepted'; readonly delivery: Delivery }
  /** A newer write of the same target waits already, or this very one has made room for one before. */
  | { readonly kind: 'stale'; readonly position: string; readonly newer: Delivery | undefined }
  /** Another write at the same place is there. */
  | { readonly kind: 'conflict' };

type Tx = Transaction<Schema>;

/**
 * Writes promises down, unless what is there stands in their way. Those that are the only ones of their target, as most are
 * in an outage, are written in one statement; the others meet each other, and what is there, one by one.
 */
export async function acceptAll(db: Tx, deliveries: readonly NewDelivery[]): Promise<readonly Accepted[]> {
  const [first] = deliveries;
  if (first !== undefined && deliveries.length === 1) return [await accept(db, first)];
  const taken = await targetsThere(db, deliveries);
  const sole = deliveries.filter(({ target }) => taken.get(target) === 1);
  if (sole.length > 0) {
    const rows = sole.map((delivery) => newRow(delivery, delivery.id));
    await db.insertInto('deliveries').values(rows).execute();
  }
  const written = new Set(sole);
  const answers: Accepted[] = [];
  for (const delivery of deliveries) {
    answers.push(
      written.has(delivery)
        ? { kind: 'accepted', delivery: newDelivery(delivery, delivery.id) }
        : await accept(db, delivery),
    );
  }
  return answers;
}

/** How many writes each target of these has: 1 where nothing else is, or is to be written. */
async function targetsThere(
  db: Tx,
  deliveries: readonly NewDelivery[],
): Promise<ReadonlyMap<string, number>> {
  // With a condition on states as well, SQLite would look at everything that waits.
  const there = await db
    .selectFrom('deliveries')
    .select('target')
    .where('target', 'in', [...new Set(deliveries.map(({ target }) => target))])
    .execute();
  const counts = new Map<string, number>();
  for (const { target } of [...there, ...deliveries]) counts.set(target, (counts.get(target) ?? 0) + 1);
  return counts;
}

/** Writes a promise down, unless what is there stands in its way; older ones of its target are superseded. */
async function accept(db: Tx, delivery: NewDelivery): Promise<Accepted> {
  const { id, target, position, fingerprint } = delivery;
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('target', '=', target)
    .where((is) => is.or([is('state', 'in', OPEN_STATES), is('position', '=', position)]))
    .execute();
  const same = rows.find((row) => row.position === position);
  if (same !== undefined && same.fingerprint !== fingerprint) return { kind: 'conflict' };
  const newer = rows.find((row) => row.position > position && row.state !== 'superseded');
  if (newer !== undefined || same?.state === 'superseded')
    return { kind: 'stale', position: newer?.position ?? position, newer: newer && deliveryOf(newer) };
  if (same !== undefined && same.state !== 'failed' && same.state !== 'discarded')
    return { kind: 'accepted', delivery: deliveryOf(same) };
  const row = newRow(delivery, same?.id ?? id);
  if (same === undefined) await db.insertInto('deliveries').values(row).execute();
  // Another process was faster: what it has made of it is looked at.
  else if (!(await reopen(db, row))) return accept(db, delivery);
  const older = rows
    .filter((other) => other.position < position && other.state !== 'sent')
    .map((other) => other.id);
  if (older.length > 0) await supersede(db, older, { by: row.id, now: delivery.acceptedAt });
  return { kind: 'accepted', delivery: newDelivery(delivery, row.id) };
}

/** What has failed, or was discarded, is promised again under its old id. */
async function reopen(db: Tx, row: DeliveryRow): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set(row)
    .where('id', '=', row.id)
    .where('state', 'in', ['failed', 'discarded'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What gives way to a newer write of its target; one that has failed does so when the newer one stands: nobody need look at it. */
const OUTRUN = ['accepted', 'held', 'failed'] as const satisfies readonly DeliveryState[];

/** The promised write of a target that has a newer one is not made: in the end the newest alone would stand. */
async function supersede(
  db: Tx,
  ids: readonly string[],
  { by, now }: { readonly by: string; readonly now: number },
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ state: 'superseded', superseded_by: by, operation: null, settled_at: now })
    .where('id', 'in', ids)
    // In PostgreSQL, another process may have begun an attempt since it was read: it gives way when that is over.
    .where('state', 'in', OUTRUN)
    .execute();
}

/** A write that is to be tried again is not, when a newer one of its target has come meanwhile. */
async function giveWay(
  db: Tx,
  { id, target, position, now }: Pick<Delivery, 'id' | 'target' | 'position'> & { readonly now: number },
): Promise<void> {
  const newer = await db
    .selectFrom('deliveries')
    .select('id')
    .where('target', '=', target)
    .where('position', '>', position)
    .where('state', 'in', OPEN_STATES)
    .orderBy('position', 'desc')
    .executeTakeFirst();
  if (newer !== undefined) await supersede(db, [id], { by: newer.id, now });
}

const ENDS: ReadonlySet<DeliveryState> = new Set(['acknowledged', 'verified', 'superseded', 'discarded']);

/** Ends an attempt, unless its holder has lost it. */
export async function settle(
  db: Tx,
  { id, holder, target, position, attempts }: Delivery,
  { state, errorCode, due }: Settlement,
  now: number,
): Promise<boolean> {
  const isOver = ENDS.has(state);
  const isTaken = state === 'acknowledged' || state === 'verified';
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({
      state,
      due,
      holder: null,
      lease_until: null,
      error_code: errorCode ?? null,
      ...(isOver && { operation: null }),
      ...(state !== 'accepted' && { settled_at: now }),
      ...(isTaken && { acknowledged_at: now }),
      ...(state === 'verified' && { verified_at: now }),
    })
    .where('id', '=', id)
    .where('state', '=', 'sent')
    .where('holder', '=', holder ?? '')
    .where('attempts', '=', attempts)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  if (state === 'accepted') await giveWay(db, { id, target, position, now });
  if (!isTaken) return true;
  const older = await db
    .selectFrom('deliveries')
    .select('id')
    .where('target', '=', target)
    .where('position', '<', position)
    .where('state', 'in', OUTRUN)
    .execute();
  if (older.length > 0)
    await supersede(
      db,
      older.map((row) => row.id),
      { by: id, now },
    );
  return true;
}
