import type { Kysely } from 'kysely';
import type { Delivery, DeliveryState, NewDelivery, Settlement } from '../core/delivery.ts';
import { outdate, pending } from './delivery-lines.ts';
import {
  count,
  type DeliveryCount,
  type DeliveryFilter,
  type DeliveryPlace,
  list,
} from './delivery-lists.ts';
import { ENDED } from './delivery-queues.ts';
import { deliveryOf } from './delivery-rows.ts';
import { settleAll } from './delivery-settle.ts';
import { nextDue, release, type Take, take } from './delivery-take.ts';
import { type Accepted, acceptAll, discard, retry } from './delivery-writes.ts';
import { forgetOld } from './forget.ts';
import { type Group, readStore, type Together, type Work, type WriteOptions } from './group.ts';
import { planByIndex, readByIndex } from './planning.ts';
import type { Schema } from './schema.ts';

export type { DeliveryFilter, DeliveryPlace };

/** Deliveries as they are kept. Every change is one transaction. */
export interface Deliveries {
  accept(delivery: NewDelivery): Promise<Accepted>;
  find(id: string): Promise<Delivery | undefined>;
  /** The newest one of a target that is still to be made, or has failed. */
  pending(target: string): Promise<Delivery | undefined>;
  /** Parts what was promised for a line item from the one that has its id from now on. */
  outdate(lineItemId: string, upstream: string, now: number): Promise<void>;
  /** The oldest first, from a place on. */
  list(filter: DeliveryFilter, most: number, after?: DeliveryPlace): Promise<readonly Delivery[]>;
  /** How many there are in each of some states, or of all, and since when the oldest waits. */
  count(states?: readonly DeliveryState[]): Promise<readonly DeliveryCount[]>;
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

const byIndex =
  <Item, Result>(work: Together<Item, Result>): Together<Item, Result> =>
  async (transaction, items) => {
    await planByIndex(transaction);
    return work(transaction, items);
  };
const acceptByIndex = byIndex(acceptAll);
const settleByIndex = byIndex(settleAll);

/** A store whose files were deleted is lost with its process: what was promised in it is delivered before, or never. */
const KEEPING: WriteOptions = { isUnchecked: true };

/** @example const deliveries = createDeliveries(db, { group, clock: Date.now }) */
export function createDeliveries(
  db: Kysely<Schema>,
  { group, clock }: { readonly group: Group; readonly clock: () => number },
): Deliveries {
  const write = <Result>(work: Work<Result>, how?: WriteOptions): Promise<Result> =>
    group.write(async (transaction) => {
      await planByIndex(transaction);
      return work(transaction);
    }, how);
  const read = <Result>(work: (on: Kysely<Schema>) => Promise<Result>): Promise<Result> =>
    readStore(() => readByIndex(db, work));
  return {
    accept: (delivery) => group.writeTogether(acceptByIndex, delivery),
    find: (id) =>
      readStore(async () => {
        const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
        return row && deliveryOf(row);
      }),
    pending: (target) => read((on) => pending(on, target)),
    // Not by an index: there is none for this, and it is seldom done.
    outdate: (lineItemId, upstream, now) =>
      group.write((transaction) => outdate(transaction, { lineItemId, upstream, now })),
    list: (filter, most, after) => read((on) => list(on, filter, { most, after })),
    count: (states) => read((on) => count(on, states)),
    take: (question) => write((transaction) => take(transaction, question), KEEPING),
    nextDue: (upstream) => read((on) => nextDue(on, upstream)),
    settle: (taken, settlement, now) =>
      group.writeTogether(settleByIndex, { taken, settlement, now }, KEEPING),
    release: () => write((transaction) => release(transaction, clock())),
    retry: (id, now) => write((transaction) => retry(transaction, id, now)),
    discard: (id, reason, now) => write((transaction) => discard(transaction, { id, reason, now })),
    forget: (before) =>
      forgetOld(group, { table: 'deliveries', key: 'id', column: 'settled_at', before, where: ENDED }),
  };
}
