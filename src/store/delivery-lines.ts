import { type Kysely, sql, type Transaction } from 'kysely';
import type { Delivery, DeliveryLine } from '../core/delivery.ts';
import { STANDING } from './delivery-queues.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { Schema } from './schema.ts';

/** The newest delivery of a target that is still to be made, or has failed. */
export async function pending(db: Kysely<Schema>, target: string): Promise<Delivery | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('target', '=', target)
    .where(STANDING)
    .orderBy('position', 'desc')
    .executeTakeFirst();
  return row && deliveryOf(row);
}

interface Outdating {
  readonly lineItemId: string;
  readonly upstream: string;
  readonly now: number;
}

/**
 * Parts what was promised for a line item from the one that has its id from now on: a newer score of the same student is not measured
 * by it, and what still waits comes to nothing.
 */
export async function outdate(
  db: Transaction<Schema>,
  { lineItemId, upstream, now }: Outdating,
): Promise<void> {
  for (const line of await namesOf(db, lineItemId, upstream)) {
    const of = db
      .updateTable('deliveries')
      .where('line', '=', JSON.stringify(line))
      .where('upstream', '=', upstream);
    await of
      .set({ state: 'failed', error_code: 'LINE_ITEM_NOT_FOUND', settled_at: now })
      .where('state', 'in', ['accepted', 'held'])
      .execute();
    await of
      .set({ target: sql<string>`'earlier ' || id`, line: JSON.stringify({ ...line, about: 'earlier' }) })
      .execute();
  }
}

/** As deliveries name a line item: by its id, and by URLs that its tool has given it. */
async function namesOf(
  db: Transaction<Schema>,
  lineItemId: string,
  upstream: string,
): Promise<readonly DeliveryLine[]> {
  const member = `"sourcedId":${JSON.stringify(lineItemId)}`.replaceAll(/[\\%_]/g, '\\$&');
  const rows = await db
    .selectFrom('deliveries')
    .select('line')
    .distinct()
    .where('upstream', '=', upstream)
    .where(sql<boolean>`line like ${`%${member}%`} escape '\\'`)
    .execute();
  return rows
    .map(({ line }) => JSON.parse(line) as DeliveryLine)
    .filter(({ sourcedId, about }) => sourcedId === lineItemId && about === undefined);
}
