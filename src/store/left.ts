import type { Kysely } from 'kysely';
import { forgetOld } from './forget.ts';
import { type Group, readStore } from './group.ts';
import type { Schema } from './schema.ts';

/** What a person has decided to leave as it is: findings of reconciling, each with a digest of how it was then. */
export interface Left {
  read(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  write(decision: { readonly id: string; readonly state: string; readonly at: number }): Promise<void>;
  /** Forgets what was decided before a time. */
  forget(before: number): Promise<void>;
}

/** SQLite takes 32,766 values in a statement. */
const AT_ONCE = 5_000;

/** @example const left = createLeft(db, group) */
export function createLeft(db: Kysely<Schema>, group: Group): Left {
  return {
    read: (ids) =>
      readStore(async () => {
        const found = new Map<string, string>();
        for (let at = 0; at < ids.length; at += AT_ONCE) {
          const some = ids.slice(at, at + AT_ONCE);
          const rows = await db.selectFrom('left_findings').selectAll().where('id', 'in', some).execute();
          for (const { id, state } of rows) found.set(id, state);
        }
        return found;
      }),
    write: async ({ id, state, at }) => {
      await group.write((transaction) =>
        transaction
          .insertInto('left_findings')
          .values({ id, state, at })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, at }))
          .execute(),
      );
    },
    forget: (before) => forgetOld(group, { table: 'left_findings', key: 'id', column: 'at', before }),
  };
}
