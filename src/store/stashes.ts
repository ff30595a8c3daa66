import type { Kysely, Transaction } from 'kysely';
import type { JsonObject } from '../core/json.ts';
import { type Group, readStore, type WriteOptions } from './group.ts';
import type { Schema } from './schema.ts';

/** One collection at one upstream: `{ upstream: 'timeback', collection: 'lineItems' }`. */
export interface Shelf {
  readonly upstream: string;
  readonly collection: string;
}

/** The metadata of one object. */
export interface Stash {
  readonly sourcedId: string;
  readonly metadata: JsonObject;
}

/** The metadata of objects at upstreams that do not keep it, and which upstreams those are. */
export interface Stashes {
  /** @returns undefined when nobody has found out yet */
  drops(shelf: Shelf): Promise<boolean | undefined>;
  /** Remembers whether an upstream drops metadata. Of one that keeps it, what was kept here until that was known is forgotten. */
  found(shelf: Shelf, drops: boolean): Promise<void>;
  read(shelf: Shelf, sourcedIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>>;
  write(shelf: Shelf, stash: Stash, how?: WriteOptions): Promise<void>;
  remove(shelf: Shelf, sourcedId: string, how?: WriteOptions): Promise<void>;
}

/** SQLite takes 32,766 values in a statement, and PostgreSQL 65,535. */
const AT_ONCE = 5_000;

/** @example const stashes = createStashes(db, group) */
export function createStashes(db: Kysely<Schema>, group: Group): Stashes {
  const isOf = ({ upstream, collection }: Shelf) => ({ upstream, collection });
  return {
    drops: (shelf) =>
      readStore(async () => {
        const { upstream, collection } = isOf(shelf);
        const row = await db
          .selectFrom('traits')
          .select('drops_metadata')
          .where('upstream', '=', upstream)
          .where('collection', '=', collection)
          .executeTakeFirst();
        return row && row.drops_metadata === 1;
      }),
    found: async (shelf, drops) => {
      const { upstream, collection } = isOf(shelf);
      const row = { upstream, collection, drops_metadata: drops ? 1 : 0 };
      const note = async (transaction: Transaction<Schema>): Promise<void> => {
        await transaction
          .insertInto('traits')
          .values(row)
          .onConflict((conflict) => {
            const known = conflict.columns(['upstream', 'collection']);
            // Whoever has seen metadata dropped is right, whatever others have seen.
            return drops ? known.doUpdateSet(row) : known.doNothing();
          })
          .execute();
        if (drops) return;
        await transaction
          .deleteFrom('stashes')
          .where('upstream', '=', upstream)
          .where('collection', '=', collection)
          .where((is) =>
            is.exists(
              is
                .selectFrom('traits')
                .select('upstream')
                .where('upstream', '=', upstream)
                .where('collection', '=', collection)
                .where('drops_metadata', '=', 0),
            ),
          )
          .execute();
      };
      // It is found out again where it is lost, and what was promised is delivered meanwhile.
      await group.write(note, { isUnchecked: true });
    },
    read: (shelf, sourcedIds) =>
      readStore(async () => {
        const { upstream, collection } = isOf(shelf);
        const found = new Map<string, JsonObject>();
        for (let index = 0; index < sourcedIds.length; index += AT_ONCE) {
          const rows = await db
            .selectFrom('stashes')
            .select(['sourced_id', 'metadata'])
            .where('upstream', '=', upstream)
            .where('collection', '=', collection)
            .where('sourced_id', 'in', sourcedIds.slice(index, index + AT_ONCE))
            .execute();
          for (const row of rows) found.set(row.sourced_id, JSON.parse(row.metadata) as JsonObject);
        }
        return found;
      }),
    write: async (shelf, { sourcedId, metadata }, how) => {
      const text = JSON.stringify(metadata);
      const put = (transaction: Transaction<Schema>): Promise<unknown> =>
        transaction
          .insertInto('stashes')
          .values({ ...isOf(shelf), sourced_id: sourcedId, metadata: text })
          .onConflict((conflict) =>
            conflict.columns(['upstream', 'collection', 'sourced_id']).doUpdateSet({ metadata: text }),
          )
          .execute();
      await group.write(put, how);
    },
    remove: async (shelf, sourcedId, how) => {
      const { upstream, collection } = isOf(shelf);
      const forget = (transaction: Transaction<Schema>): Promise<unknown> =>
        transaction
          .deleteFrom('stashes')
          .where('upstream', '=', upstream)
          .where('collection', '=', collection)
          .where('sourced_id', '=', sourcedId)
          .execute();
      await group.write(forget, how);
    },
  };
}
