import type { Kysely, SelectQueryBuilder } from 'kysely';
import { DELIVERY_STATES, type Delivery, type DeliveryState } from '../core/delivery.ts';
import { IN_ORDER_OF_LIST } from './delivery-queues.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { DeliveryRow, Schema } from './schema.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly tool?: string | readonly string[] | undefined;
  readonly context?: string | readonly string[] | undefined;
  readonly upstream?: string | readonly string[] | undefined;
}

/** The place of a delivery among all: those of one moment are told apart by their ids. */
export type DeliveryPlace = Pick<Delivery, 'acceptedAt' | 'id'>;

export interface DeliveryPart {
  readonly most: number;
  readonly after: DeliveryPlace | undefined;
}

export interface DeliveryCount {
  readonly upstream: string;
  readonly state: DeliveryState;
  readonly count: number;
  readonly oldest: number;
}

type Db = Kysely<Schema>;

/**
 * The oldest first, from a place on. Each state is an index of its own, of which no more is read than asked for.
 *
 * @example await list(db, { tool: 'quizzer' }, { most: 50, after: undefined })
 */
export async function list(db: Db, filter: DeliveryFilter, part: DeliveryPart): Promise<readonly Delivery[]> {
  if (filter.state !== undefined) return (await ofState(db, filter, part).execute()).map(deliveryOf);
  const [first, ...others] = DELIVERY_STATES.map((state) =>
    db.selectFrom(ofState(db, { ...filter, state }, part).as('some')).selectAll(),
  );
  if (first === undefined) return [];
  const all = others.reduce((query, other) => query.unionAll(other), first);
  const rows = await all.orderBy('accepted_at').orderBy('id').limit(part.most).execute();
  return rows.map(deliveryOf);
}

function ofState(
  db: Db,
  filter: DeliveryFilter,
  { most, after }: DeliveryPart,
): SelectQueryBuilder<Schema, 'deliveries', DeliveryRow> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where(IN_ORDER_OF_LIST)
    .orderBy('accepted_at')
    .orderBy('id')
    .limit(most);
  type Wanted = string | readonly string[] | undefined;
  for (const [column, value] of Object.entries(filter) as [keyof DeliveryFilter, Wanted][]) {
    const [first, ...others] = [value ?? []].flat() as readonly DeliveryState[];
    if (others.length > 0) query = query.where(column, 'in', [first as DeliveryState, ...others]);
    else if (first !== undefined) query = query.where(column, '=', first);
  }
  if (after === undefined) return query;
  // As one comparison of pairs, which an index answers; an "or" of two is not.
  return query.where(({ eb, refTuple, tuple }) =>
    eb(refTuple('accepted_at', 'id'), '>', tuple(after.acceptedAt, after.id)),
  );
}

/** Counts by upstream and state. What it reads is an index alone. */
export async function count(
  db: Db,
  states: readonly DeliveryState[] = DELIVERY_STATES,
): Promise<readonly DeliveryCount[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select([
      'upstream',
      'state',
      (is) => is.fn.countAll().as('count'),
      (is) => is.fn.min('accepted_at').as('oldest'),
    ])
    .where(IN_ORDER_OF_LIST)
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
