import { type Kysely, PostgresAdapter, sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** Whether a database is PostgreSQL, which several processes use at a time; else it is SQLite. */
export function isPostgres(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Ways that read more than they give. */
const AVOIDED = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'].map((way) => `enable_${way}`);

/** Writes share transactions: the first says it for all. */
const planned = new WeakSet<Transaction<Schema>>();

/**
 * Has PostgreSQL walk the index that has the order asked for, until the end of this transaction. An outage fills a table
 * faster than it is analysed: by old statistics nothing waits, so that reading all that waits and sorting it looks cheap.
 * SQLite does so by itself.
 */
export async function planByIndex(transaction: Transaction<Schema>): Promise<void> {
  if (planned.has(transaction) || !isPostgres(transaction)) return;
  planned.add(transaction);
  await sql`select ${sql.join(AVOIDED.map((way) => sql`set_config(${way}, 'off', true)`))}`.execute(
    transaction,
  );
}

/** Reads with that plan. */
export async function readByIndex<Result>(
  db: Kysely<Schema>,
  read: (db: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  if (!isPostgres(db)) return read(db);
  return db.transaction().execute(async (transaction) => {
    await planByIndex(transaction);
    return read(transaction);
  });
}
