import { type Kysely, sql, type Transaction } from 'kysely';
import {
  DELIVERY_STATES,
  type Delivery,
  type DeliveryState,
  type NewDelivery,
  OPEN_STATES,
  type Settlement,
} from '../core/delivery.ts';
import { deliveryOf } from './delivery-rows.ts';
import { type Take, take } from './delivery-take.ts';
import { type Accepted, acceptAll, settle } from './delivery-writes.ts';
import { type Group, readStore } from './group.ts';
import type { Schema } from './schema.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly tool?: string | undefined;
  readonly context?: string | undefined;
  readonly upstream?: string | undefined;
}

/** The place of a delivery among all: those of one moment are told apart by their ids. */
export type DeliveryPlace = Pick<Delivery, 'acceptedAt' | 'id'>;

/** Deliveries as they are kept. Every change is one transaction. */
export interface Deliveries {
  accept(delivery: NewDelivery): Promise<Accepted>;
  find(id: string): Promise<Delivery | undefined>;
  /** The oldest first, from a place on. */
  list(filter: DeliveryFilter, most: number, after?: DeliveryPlace): Promise<readonly Delivery[]>;
  /** How many there are in each of some states, or of all, and since when the oldest waits. */
  count(states?: readonly DeliveryState[]): Promise<
    readonly {
      readonly upstream: string;
      readonly state: DeliveryState;
      readonly count: number;
      readonly oldest: number;
    }[]
  >;
  /** Takes what is due for attempts: of each target the newest, and none of which an attempt is under way. */
  take(question: Take): Promise<readonly Delivery[]>;
  /** When the next one of an upstream is due, or its lease ends; undefined when none waits. */
  nextDue(upstream: string): Promise<number | undefined>;
  /** Ends an attempt. @returns false when the holder had lost it */
  settle(taken: Delivery, settlement: Settlement, now: number): Promise<boolean>;
  /** Has everything that is under way tried again: the one process that may have begun it is dead. */
  release(): Promise<void>;
  /** A person has it tried again, over what was edited in OneRoster. @returns false when it is not held or failed */
  retry(id: string, now: number): Promise<boolean>;
  /** A person gives it up. @returns false when it is not held, failed or waiting */
  discard(id: string, reason: string, now: number): Promise<boolean>;
  /** Forgets what came to an end before a time. */
  forget(before: number): Promise<void>;
}

type Db = Kysely<Schema>;

/** The number by which processes that take deliveries line up in PostgreSQL; it is only ever the same. */
const TAKING = 7_221_201_604;

/**
 * PostgreSQL knows nothing of a table that has just grown, and would read all of it for each of these: an outage fills it faster
 * than it is analysed.
 */
async function planByIndex(transaction: Transaction<Schema>): Promise<void> {
  await sql`set local enable_seqscan = off`.execute(transaction);
}

const acceptByIndex: typeof acceptAll = async (transaction, deliveries) => {
  await planByIndex(transaction);
  return acceptAll(transaction, deliveries);
};

/** @example const deliveries = createDeliveries(db, { group, isShared: false }) */
export function createDeliveries(
  db: Db,
  { group, isShared }: { readonly group: Group; readonly isShared: boolean },
): Deliveries {
  return {
    accept: (delivery) => group.writeTogether(isShared ? acceptByIndex : acceptAll, delivery),
    find: (id) =>
      readStore(async () => {
        const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
        return row && deliveryOf(row);
      }),
    list: (filter, most, after) => readStore(() => list(db, filter, { most, after })),
    count: (states) => readStore(() => count(db, states)),
    take: (question) =>
      group.write(async (transaction) => {
        if (isShared) {
          await sql`select pg_advisory_xact_lock(${TAKING}::bigint)`.execute(transaction);
          await planByIndex(transaction);
        }
        return take(transaction, question);
      }),
    nextDue: (upstream) => readStore(() => nextDue(db, upstream)),
    settle: (taken, settlement, now) =>
      group.write((transaction) => settle(transaction, taken, settlement, now)),
    release: async () => {
      await group.write((transaction) =>
        transaction
          .updateTable('deliveries')
          .set({ state: 'accepted', holder: null, lease_until: null })
          .where('state', '=', 'sent')
          .execute(),
      );
    },
    retry: (id, now) =>
      group.write(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('deliveries')
          .set({ state: 'accepted', due: now, attempts: 0, decided: 1, settled_at: null })
          .where('id', '=', id)
          .where('state', 'in', ['held', 'failed'])
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    discard: (id, reason, now) =>
      group.write(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('deliveries')
          .set({ state: 'discarded', operation: null, reason, settled_at: now })
          .where('id', '=', id)
          .where('state', 'in', ['held', 'failed', 'accepted'])
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    forget: async (before) => {
      await group.write((transaction) =>
        transaction
          .deleteFrom('deliveries')
          .where('settled_at', '<', before)
          .where('state', 'not in', ['failed', ...OPEN_STATES])
          .execute(),
      );
    },
  };
}

interface Part {
  readonly most: number;
  readonly after: DeliveryPlace | undefined;
}

async function list(db: Db, filter: DeliveryFilter, { most, after }: Part): Promise<readonly Delivery[]> {
  let query = db.selectFrom('deliveries').selectAll().orderBy('accepted_at').orderBy('id').limit(most);
  for (const [column, value] of Object.entries(filter) as [keyof DeliveryFilter, string | undefined][])
    if (value !== undefined) query = query.where(column, '=', value as DeliveryState);
  if (after !== undefined) {
    const { acceptedAt: at, id } = after;
    query = query.where((is) =>
      is.or([is('accepted_at', '>', at), is.and([is('accepted_at', '=', at), is('id', '>', id)])]),
    );
  }
  return (await query.execute()).map(deliveryOf);
}

async function count(
  db: Db,
  states: readonly DeliveryState[] = DELIVERY_STATES,
): Promise<Awaited<ReturnType<Deliveries['count']>>> {
  const rows = await db
    .selectFrom('deliveries')
    .select([
      'upstream',
      'state',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.min('accepted_at').as('oldest'),
    ])
    .where('state', 'in', states)
    .groupBy(['upstream', 'state'])
    .execute();
  return rows.map(({ upstream, state, count: found, oldest }) => ({
    upstream,
    state,
    count: Number(found),
    oldest: Number(oldest),
  }));
}

async function nextDue(db: Db, upstream: string): Promise<number | undefined> {
  // The first of an index each: an outage leaves too many to look at them all.
  const earliest = (state: DeliveryState, column: 'due' | 'lease_until') =>
    db
      .selectFrom('deliveries')
      .select((is) => is.fn.min(column).as('at'))
      .where('upstream', '=', upstream)
      .where('state', '=', state)
      .executeTakeFirst();
  const found = await Promise.all([earliest('accepted', 'due'), earliest('sent', 'lease_until')]);
  const times = found.flatMap((row) => (row?.at === undefined || row.at === null ? [] : [Number(row.at)]));
  return times.length === 0 ? undefined : Math.min(...times);
}
