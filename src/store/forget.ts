import { sql } from 'kysely';
import type { Group } from './group.ts';
import { planByIndex } from './planning.ts';

/** Rows of one statement: others who write wait for no more than these. */
const AT_ONCE = 1_000;

/** What is over, and since when: rows of a table whose column is below a time. */
export interface Forgetting {
  readonly table: string;
  /** Of the primary key. */
  readonly key: string;
  readonly column: string;
  readonly before: number;
  /** A further condition, that of the index on the column. */
  readonly where?: ReturnType<typeof sql<boolean>>;
}

/**
 * Deletes what is over, a thousand at a time, so that a district's week is no single transaction.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 * @example await forgetOld(group, { table: 'audit', key: 'id', column: 'at', before })
 */
export async function forgetOld(
  group: Group,
  { table, key, column, before, where = sql<boolean>`1 = 1` }: Forgetting,
): Promise<void> {
  const [name, id, at] = [sql.table(table), sql.ref(key), sql.ref(column)];
  for (let isMore = true; isMore; ) {
    const { numAffectedRows = 0n } = await group.write(async (transaction) => {
      await planByIndex(transaction);
      return sql`delete from ${name} where ${id} in (
        select ${id} from ${name} where ${at} < ${before} and ${where} order by ${at} limit ${AT_ONCE})`.execute(
        transaction,
      );
    });
    isMore = numAffectedRows >= BigInt(AT_ONCE);
  }
}
