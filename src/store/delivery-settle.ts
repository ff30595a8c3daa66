import { sql, type Transaction } from 'kysely';
import type { Delivery, DeliveryState, Settlement } from '../core/delivery.ts';
import { SENT, STANDING } from './delivery-queues.ts';
import { OUTRUN, waitAgain } from './delivery-waiting.ts';
import type { DeliveryRow, Schema } from './schema.ts';

/** What an attempt has made of the delivery that was taken for it. */
export interface Settled {
  readonly taken: Delivery;
  readonly settlement: Settlement;
  readonly now: number;
}

type Tx = Transaction<Schema>;

/** OneRoster has taken it. */
const STANDS = ['acknowledged', 'verified'] as const satisfies readonly DeliveryState[];
const ENDS: ReadonlySet<DeliveryState> = new Set<DeliveryState>([...STANDS, 'superseded', 'discarded']);

/**
 * Ends attempts. Those that have come to a good end, as most do, end in two statements; the others one by one.
 *
 * @returns of each whether its holder still had it
 */
export async function settleAll(db: Tx, all: readonly Settled[]): Promise<readonly boolean[]> {
  const ended = new Set<string>();
  for (const state of STANDS) {
    const some = all.filter(({ settlement }) => settlement.state === state);
    for (const attempt of await endWell(db, some, state)) ended.add(attempt);
  }
  const answers: boolean[] = [];
  for (const one of all) {
    const isWell = STANDS.some((state) => state === one.settlement.state);
    answers.push(isWell ? ended.delete(attemptOf(one.taken)) : await settle(db, one));
  }
  return answers;
}

/** One attempt: of two that settle the same delivery, one has it. */
function attemptOf({
  id,
  holder,
  attempts,
}: {
  readonly id: string;
  readonly holder?: string | null | undefined;
  readonly attempts: number;
}): string {
  return `${id} ${attempts} ${holder}`;
}

/**
 * What has a lease is sent; to say so by its state would have PostgreSQL read all that are sent. The row keeps its holder, who has
 * delivered it.
 *
 * @returns the attempts whose holder still had the delivery
 */
async function endWell(
  db: Tx,
  some: readonly Settled[],
  state: (typeof STANDS)[number],
): Promise<readonly string[]> {
  if (some.length === 0) return [];
  const values = some.map(
    ({ taken: { id, holder, attempts }, now }) =>
      sql`(cast(${id} as text), cast(${holder ?? ''} as text), cast(${attempts} as integer), cast(${now} as bigint))`,
  );
  const { rows } = await sql<Pick<DeliveryRow, 'id' | 'holder' | 'attempts'>>`
    update deliveries set state = ${state}, operation = null, error_code = null, lease_until = null,
      settled_at = done.column4, acknowledged_at = done.column4,
      verified_at = ${state === 'verified' ? sql`done.column4` : sql`null`}
    from (values ${sql.join(values)}) as done
    where deliveries.id = done.column1 and deliveries.lease_until is not null
      and deliveries.holder = done.column2 and deliveries.attempts = done.column3
    returning id, holder, attempts`.execute(db);
  const attempts = new Set(rows.map(attemptOf));
  await supersedeOlder(
    db,
    some.filter(({ taken }) => attempts.has(attemptOf(taken))),
  );
  return [...attempts];
}

/** All of a target that are older than one that stands now: nobody need look at them. */
async function supersedeOlder(db: Tx, some: readonly Settled[]): Promise<void> {
  if (some.length === 0) return;
  const values = some.map(
    ({ taken: { id, target, position }, now }) =>
      sql`(cast(${id} as text), cast(${target} as text), cast(${position} as text), cast(${now} as bigint))`,
  );
  await sql`
    update deliveries set state = 'superseded', operation = null,
      superseded_by = done.column1, settled_at = done.column4
    from (values ${sql.join(values)}) as done
    where deliveries.target = done.column2 and deliveries.position < done.column3
      and ${STANDING} and deliveries.state in (${sql.join(OUTRUN)})`.execute(db);
}

async function settle(
  db: Tx,
  { taken, settlement: { state, errorCode, due }, now }: Settled,
): Promise<boolean> {
  const isAgain = state === 'accepted';
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({
      due,
      error_code: errorCode ?? null,
      ...(!isAgain && { state, holder: null, lease_until: null, settled_at: now }),
      ...(ENDS.has(state) && { operation: null }),
    })
    .where('id', '=', taken.id)
    .where('state', '=', SENT)
    .where('holder', '=', taken.holder ?? '')
    .where('attempts', '=', taken.attempts)
    .executeTakeFirst();
  if (numUpdatedRows > 0n && isAgain) await waitAgain(db, taken, { now });
  return numUpdatedRows > 0n;
}
