import type { Transaction } from 'kysely';
import type { Delivery } from '../core/delivery.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { Schema } from './schema.ts';

export interface Take {
  readonly upstream: string;
  readonly holder: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly most: number;
}

/** Takes what is due, and what a dead holder has left. */
export async function take(
  db: Transaction<Schema>,
  { upstream, holder, now, leaseUntil, most }: Take,
): Promise<readonly Delivery[]> {
  // Whoever held these has died, or has been away for so long that it must be taken for dead.
  await db
    .updateTable('deliveries')
    .set({ state: 'accepted', holder: null, lease_until: null })
    .where('state', '=', 'sent')
    .where('upstream', '=', upstream)
    .where('lease_until', '<', now)
    .execute();
  const due = await db
    .selectFrom('deliveries as one')
    .selectAll()
    .where('state', '=', 'accepted')
    .where('upstream', '=', upstream)
    .where('due', '<=', now)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as other')
            .select('other.id')
            .whereRef('other.target', '=', 'one.target')
            .where((is) =>
              is.or([
                is('other.state', '=', 'sent'),
                is.and([
                  is('other.state', '=', 'accepted'),
                  is('other.position', '>', is.ref('one.position')),
                ]),
              ]),
            ),
        ),
      ),
    )
    .orderBy('due')
    .orderBy('accepted_at')
    .limit(most)
    .execute();
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
    // In PostgreSQL, one may have been superseded since it was read.
    .where('state', '=', 'accepted')
    .returningAll()
    .execute();
  const places = new Map(due.map(({ id }, place) => [id, place]));
  return taken
    .map(deliveryOf)
    .sort((one, other) => Number(places.get(one.id)) - Number(places.get(other.id)));
}
