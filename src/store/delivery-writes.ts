import type { Transaction } from 'kysely';
import type { Delivery, NewDelivery } from '../core/delivery.ts';
import { ACCEPTED, STANDING } from './delivery-queues.ts';
import { deliveryOf, newDelivery, newRow } from './delivery-rows.ts';
import { supersede, waitAgain } from './delivery-waiting.ts';
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
  const written = await writeSole(db, deliveries);
  const answers: Accepted[] = [];
  for (const delivery of deliveries) {
    answers.push(
      written.has(delivery.target)
        ? { kind: 'accepted', delivery: newDelivery(delivery, delivery.id) }
        : await accept(db, delivery),
    );
  }
  return answers;
}

/** Writes those of which nothing else is open, and is to be written. @returns the targets of those that are written */
async function writeSole(db: Tx, deliveries: readonly NewDelivery[]): Promise<ReadonlySet<string>> {
  const counts = await targetsOpen(db, deliveries);
  const rows = deliveries
    .filter(({ target }) => counts.get(target) === 1)
    // In one order, so that no two replicas wait for each other.
    .sort((one, other) => (one.target < other.target ? -1 : 1))
    .map((delivery) => newRow(delivery, delivery.id));
  if (rows.length === 0) return new Set();
  const written = await db
    .insertInto('deliveries')
    .values(rows)
    // The same write has ended before, or another replica has written one of that target just now: it is looked at by itself.
    .onConflict((conflict) => conflict.doNothing())
    .returning('target')
    .execute();
  return new Set(written.map(({ target }) => target));
}

/** How many open writes each target of these has: 1 where nothing else is, or is to be written. */
async function targetsOpen(db: Tx, deliveries: readonly NewDelivery[]): Promise<ReadonlyMap<string, number>> {
  const there = await db
    .selectFrom('deliveries')
    .select('target')
    .where('target', 'in', [...new Set(deliveries.map(({ target }) => target))])
    .where(STANDING)
    .execute();
  const counts = new Map<string, number>();
  for (const { target } of [...there, ...deliveries]) counts.set(target, (counts.get(target) ?? 0) + 1);
  return counts;
}

/** Writes a promise down, unless what is there stands in its way; older ones of its target are superseded. */
async function accept(db: Tx, delivery: NewDelivery): Promise<Accepted> {
  const { id, position, fingerprint, acceptedAt } = delivery;
  const rows = await met(db, delivery);
  const same = rows.find((row) => row.position === position);
  if (same !== undefined && same.fingerprint !== fingerprint) return { kind: 'conflict' };
  const newer = rows.find((row) => row.position > position);
  if (newer !== undefined || same?.state === 'superseded')
    return { kind: 'stale', position: newer?.position ?? position, newer: newer && deliveryOf(newer) };
  if (same !== undefined && same.state !== 'failed' && same.state !== 'discarded')
    return { kind: 'accepted', delivery: deliveryOf(same) };
  const row = newRow(delivery, same?.id ?? id);
  const older = rows.filter((other) => other.position < position && other.state !== 'sent');
  // Before the newer one is written: one of a target waits at a time.
  await supersede(
    db,
    older.map((other) => other.id),
    { by: row.id, now: acceptedAt },
  );
  const isWritten = same === undefined ? await insert(db, row) : await reopen(db, row);
  // Another process was faster: what it has made of it is looked at.
  if (!isWritten) return accept(db, delivery);
  return { kind: 'accepted', delivery: newDelivery(delivery, row.id) };
}

/** The same write, however it has ended, and those of its target that are open; not the receipts of all before them. */
async function met(
  db: Tx,
  { target, position }: Pick<Delivery, 'target' | 'position'>,
): Promise<readonly DeliveryRow[]> {
  const same = db
    .selectFrom('deliveries')
    .selectAll()
    .where('target', '=', target)
    .where('position', '=', position);
  const open = db
    .selectFrom('deliveries')
    .selectAll()
    .where('target', '=', target)
    .where(STANDING)
    .where('state', '<>', 'failed')
    .where('position', '<>', position);
  return same.unionAll(open).execute();
}

/** @returns false when another process has written one of that target in the same moment, which waits */
async function insert(db: Tx, row: DeliveryRow): Promise<boolean> {
  const written = await db
    .insertInto('deliveries')
    .values(row)
    .onConflict((conflict) => conflict.column('target').where('state', '=', ACCEPTED).doNothing())
    .returning('id')
    .execute();
  return written.length > 0;
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

/** A person has it tried again. @returns false when it is not held or failed */
export async function retry(db: Tx, id: string, now: number): Promise<boolean> {
  const change = { due: now, attempts: 0, decided: 1, settled_at: null };
  const row = await db
    .updateTable('deliveries')
    .set(change)
    .where('id', '=', id)
    .where('state', 'in', ['held', 'failed'])
    .returning(['id', 'target', 'position'])
    .executeTakeFirst();
  // A newer one that is held, or under way, need not come to a good end.
  if (row !== undefined) await waitAgain(db, row, { now, to: ['accepted'] });
  return row !== undefined;
}

/** A person gives it up. @returns false when it is not held, failed or waiting */
export async function discard(
  db: Tx,
  { id, reason, now }: { readonly id: string; readonly reason: string; readonly now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ state: 'discarded', operation: null, reason, settled_at: now })
    .where('id', '=', id)
    .where('state', 'in', ['held', 'failed', 'accepted'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
