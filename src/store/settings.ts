import type { Kysely, Transaction } from 'kysely';
import { type Group, readStore } from './group.ts';
import type { Schema } from './schema.ts';

/** Single values, each under a name. */
export interface Settings {
  read(name: string): Promise<string | undefined>;
  /** Writes a value where there is none. @returns the value that is there then: of two at once, the first */
  settle(name: string, value: string): Promise<string>;
  write(name: string, value: string): Promise<void>;
  /** Writes what `change` makes of a value, and nothing else in between; undefined leaves it as it is. */
  change(name: string, change: (value: string) => string | undefined): Promise<void>;
  remove(name: string): Promise<void>;
}

/** @example const settings = createSettings(db, group) */
export function createSettings(db: Kysely<Schema>, group: Group): Settings {
  return {
    read: (name) =>
      readStore(async () => {
        const row = await db
          .selectFrom('settings')
          .select('value')
          .where('name', '=', name)
          .executeTakeFirst();
        return row?.value;
      }),
    settle: (name, value) =>
      group.write(async (transaction) => {
        await transaction
          .insertInto('settings')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute();
        const row = await transaction
          .selectFrom('settings')
          .select('value')
          .where('name', '=', name)
          .executeTakeFirstOrThrow();
        return row.value;
      }),
    write: async (name, value) => {
      await group.write((transaction) => put(transaction, { name, value }));
    },
    change: async (name, change) => {
      await group.write(async (transaction) => {
        // The row is locked before it is read, in PostgreSQL as in SQLite.
        await transaction.updateTable('settings').set({ name }).where('name', '=', name).execute();
        const row = await transaction
          .selectFrom('settings')
          .select('value')
          .where('name', '=', name)
          .executeTakeFirst();
        const value = row && change(row.value);
        if (value !== undefined) await put(transaction, { name, value });
      });
    },
    remove: async (name) => {
      await group.write((transaction) =>
        transaction.deleteFrom('settings').where('name', '=', name).execute(),
      );
    },
  };
}

async function put(
  transaction: Transaction<Schema>,
  row: { readonly name: string; readonly value: string },
): Promise<void> {
  const { value } = row;
  await transaction
    .insertInto('settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
