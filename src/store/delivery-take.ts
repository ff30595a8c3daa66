import type { Kysely, Transaction } from 'kysely';
import type { Delivery } from '../core/delivery.ts';
import { ACCEPTED, IN_ORDER_OF_DUE, IN_ORDER_OF_LEASE, SENT } from './delivery-queues.ts';
import { deliveryOf } from './delivery-rows.ts';
import { waitAgain } from './delivery-waiting.ts';
import { isPostgres } from './planning.ts';
import type { Schema } from './schema.ts';

export interface Take {
  readonly upstream: string;
  readonly holder: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly most: number;
}

type Db = Kysely<Schema> | Transaction<Schema>;

/**
 * Takes what is due, and what a dead holder has left. It reads as many rows as it takes, and those that wait for the attempt of
 * an older one, of which there are no more than attempts under way.
 * Of several processes that take at the same time, each passes over what another one is just taking.
 */
export async function take(
  db: Transaction<Schema>,
  { upstream, holder, now, leaseUntil, most }: Take,
): Promise<readonly Delivery[]> {
  // Their holder has died, or has been away for so long that it must be taken for dead.
  const left = await leftBehind(db, upstream, now);
  for (const one of left) await waitAgain(db, one, { now });
  const due = await ready(db, { upstream, now, most });
  if (due.length === 0) return [];
  const taken = await db
    .updateTable('deliveries')
    .set(({ eb }) => ({
      state: 'sent',
      attempts: eb('attempts', '+', 1),
      holder,
      lease_until: leaseUntil,
      sent_at: now,
    }))
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .returningAll()
    .execute();
  const places = new Map(due.map(({ id }, place) => [id, place]));
  return taken
    .map(deliveryOf)
    .sort((one, other) => Number(places.get(one.id)) - Number(places.get(other.id)));
}

/** Has everything that is under way tried again: the one process that may have begun it is dead. */
export async function release(db: Transaction<Schema>, now: number): Promise<void> {
  const left = await db
    .selectFrom('deliveries')
    .select(['id', 'target', 'position'])
    .where('state', '=', SENT)
    .execute();
  for (const one of left) await waitAgain(db, one, { now });
}

function leftBehind(db: Db, upstream: string, now: number) {
  return db
    .selectFrom('deliveries')
    .select(['id', 'target', 'position'])
    .where('state', '=', SENT)
    .where('upstream', '=', upstream)
    .where(IN_ORDER_OF_LEASE)
    .where('lease_until', '<', now)
    .orderBy('lease_until')
    .$if(isPostgres(db), (query) => query.forUpdate().skipLocked())
    .execute();
}

function ready(
  db: Db,
  { upstream, now, most }: Pick<Take, 'upstream' | 'now' | 'most'>,
): Promise<{ readonly id: string }[]> {
  return (
    db
      .selectFrom('deliveries as one')
      .select('one.id')
      .where('one.state', '=', ACCEPTED)
      .where('one.upstream', '=', upstream)
      .where(IN_ORDER_OF_DUE)
      .where('one.due', '<=', now)
      // Not as "not exists", which PostgreSQL may answer by reading all that waits before the first is taken.
      .where((is) =>
        is(
          is
            .selectFrom('deliveries as other')
            .select('other.id')
            .whereRef('other.target', '=', 'one.target')
            .where('other.state', '=', SENT)
            .limit(1),
          'is',
          null,
        ),
      )
      .orderBy('one.due')
      .orderBy('one.accepted_at')
      .limit(most)
      .$if(isPostgres(db), (query) => query.forUpdate('one').skipLocked())
      .execute()
  );
}

/** When the next one of an upstream is due, or its lease ends: the first of an index each. */
export async function nextDue(db: Db, upstream: string): Promise<number | undefined> {
  const first = (column: 'due' | 'lease_until', state: typeof SENT, inOrder: typeof IN_ORDER_OF_DUE) =>
    db
      .selectFrom('deliveries')
      .select(`${column} as at`)
      .where('state', '=', state)
      .where('upstream', '=', upstream)
      .where(inOrder)
      .orderBy(column)
      .limit(1)
      .executeTakeFirst();
  const found = [
    await first('due', ACCEPTED, IN_ORDER_OF_DUE),
    await first('lease_until', SENT, IN_ORDER_OF_LEASE),
  ];
  const times = found.flatMap((row) => (row === undefined ? [] : [Number(row.at)]));
  return times.length === 0 ? undefined : Math.min(...times);
}
