import type { Kysely } from 'kysely';
import type { JsonObject } from '../core/json.ts';
import { type Group, readStore } from './group.ts';
import type { Schema } from './schema.ts';

/** One collection at one upstream: `{ upstream: 'timeback', collection: 'lineItems' }`. */
export interface Shelf {
  readonly upstream: string;
  readonly collection: string;
}

/** The metadata of objects at upstreams that do not keep it, and which upstreams those are. */
export interface Stashes {
  drops(shelf: Shelf): Promise<boolean>;
  /** Remembers that an upstream drops metadata. */
  found(shelf: Shelf): Promise<void>;
  read(shelf: Shelf, sourcedIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>>;
  write(shelf: Shelf, sourcedId: string, metadata: JsonObject): Promise<void>;
  remove(shelf: Shelf, sourcedId: string): Promise<void>;
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
        return row?.drops_metadata === 1;
      }),
    found: async (shelf) => {
      const row = { ...isOf(shelf), drops_metadata: 1 };
      await group.write((transaction) =>
        transaction
          .insertInto('traits')
          .values(row)
          .onConflict((conflict) => conflict.columns(['upstream', 'collection']).doUpdateSet(row))
          .execute(),
      );
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
    write: async (shelf, sourcedId, metadata) => {
      const text = JSON.stringify(metadata);
      await group.write((transaction) =>
        transaction
          .insertInto('stashes')
          .values({ ...isOf(shelf), sourced_id: sourcedId, metadata: text })
          .onConflict((conflict) =>
            conflict.columns(['upstream', 'collection', 'sourced_id']).doUpdateSet({ metadata: text }),
          )
          .execute(),
      );
    },
    remove: async (shelf, sourcedId) => {
      const { upstream, collection } = isOf(shelf);
      await group.write((transaction) =>
        transaction
          .deleteFrom('stashes')
          .where('upstream', '=', upstream)
          .where('collection', '=', collection)
          .where('sourced_id', '=', sourcedId)
          .execute(),
      );
    },
  };
}
