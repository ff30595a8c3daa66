import { type RawBuilder, sql } from 'kysely';
import type { DeliveryState } from '../core/delivery.ts';

/**
 * States, written into the statement: SQLite reads a partial index only where the statement repeats its condition word for
 * word, and a value that is bound later proves nothing.
 */
const literal = (state: DeliveryState) => sql.lit(state);
const among = (states: readonly DeliveryState[]): RawBuilder<boolean> =>
  sql<boolean>`state in (${sql.join(states.map(literal))})`;

export const ACCEPTED = literal('accepted');
export const SENT = literal('sent');

/** What may still be written: the few of each target that a newer promise meets, however many have ended before. */
export const STANDING = among(['accepted', 'sent', 'held', 'failed']);

/** What is forgotten in time. */
export const ENDED = among(['acknowledged', 'verified', 'superseded', 'discarded']);

/**
 * Conditions that always hold. An index that has one is there for the statements that repeat it, and for no others: by old
 * statistics nothing waits, so that PostgreSQL would look for one target by reading the whole queue.
 */
export const IN_ORDER_OF_DUE = sql<boolean>`due >= 0`;
export const IN_ORDER_OF_LEASE = sql<boolean>`lease_until >= 0`;
export const IN_ORDER_OF_LIST = sql<boolean>`accepted_at >= 0`;

/**
 * The queues are partial indexes: their size is that of what waits, and the first of each is found in one step.
 *
 * - one delivery of a target waits at a time, so that no take has to look for newer ones; the older gives way when the newer
 *   one is written
 * - those of a target that may still be written are found without its receipts
 * - the list of the console, by each filter, in its order; the state is always given, one state after the other
 */
export const QUEUES = [
  "create unique index deliveries_one_accepted on deliveries (target) where state = 'accepted'",
  "create index deliveries_ready on deliveries (upstream, due, accepted_at) where state = 'accepted' and due >= 0",
  "create index deliveries_leased on deliveries (upstream, lease_until) where state = 'sent' and lease_until >= 0",
  "create index deliveries_standing on deliveries (target, position) where state in ('accepted', 'sent', 'held', 'failed')",
  "create index deliveries_ended on deliveries (settled_at) where state in ('acknowledged', 'verified', 'superseded', 'discarded')",
  'create index deliveries_of_state on deliveries (state, accepted_at, id) where accepted_at >= 0',
  ...['upstream', 'tool', 'context'].map(
    (filter) =>
      `create index deliveries_of_${filter} on deliveries (${filter}, state, accepted_at, id) where accepted_at >= 0`,
  ),
];

/**
 * Earlier versions let several deliveries of a target wait, of which the newest was taken. The older ones have given way to it
 * since it was accepted.
 */
export const GIVE_WAY = `
  update deliveries set state = 'superseded', operation = null,
    superseded_by = (select newer.id from deliveries as newer
      where newer.target = deliveries.target and newer.state = 'accepted' order by newer.position desc limit 1),
    settled_at = (select newer.accepted_at from deliveries as newer
      where newer.target = deliveries.target and newer.state = 'accepted' order by newer.position desc limit 1)
  where state = 'accepted' and exists (select 1 from deliveries as newer
    where newer.target = deliveries.target and newer.state = 'accepted' and newer.position > deliveries.position)`;
