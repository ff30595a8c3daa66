import { accessSync, constants, existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { createGroup } from './group.ts';
import { createMappings, type Mappings } from './mappings.ts';
import { openPostgres } from './postgres.ts';
import { createRegistryStore, type RegistryStore } from './registry.ts';
import type { Schema } from './schema.ts';
import { createSettings, type Settings } from './settings.ts';
import { lookIntoSqlite } from './sqlite.ts';
import { KEYS, type StorePlace } from './store.ts';

/** What is at the place of a store. */
export type Peeked =
  /** Nothing yet; the first start makes it. */
  | { readonly state: 'absent' }
  /** A file of another kind, which the gateway could not use. */
  | { readonly state: 'foreign' }
  /** A database; the keys are there once a gateway has used it. */
  | { readonly state: 'there'; readonly keys: string | undefined };

/**
 * Looks at a store without a trace: nothing is made, brought up to date or written.
 *
 * @throws Error of node:fs or of the database when it cannot be opened for reading and writing
 * @example (await peekStore({ sqlite: './data/gradebridge.db' })).state // 'there'
 */
export async function peekStore(place: StorePlace): Promise<Peeked> {
  if (isAbsent(place)) return { state: 'absent' };
  // A gateway will have to write to it.
  if ('sqlite' in place) accessSync(place.sqlite, constants.R_OK | constants.W_OK);
  try {
    const keys = await peeking(place, async (db, has) => {
      if (!has('settings')) return undefined;
      const query = db.selectFrom('settings').select('value').where('name', '=', KEYS);
      return (await query.executeTakeFirst())?.value;
    });
    return { state: 'there', keys };
  } catch (error) {
    if (isForeign(error)) return { state: 'foreign' };
    throw error;
  }
}

/** What of a configuration a store holds; a store that is older than one of them has none. */
export interface PeekedConfig {
  readonly mappings: Mappings | undefined;
  readonly registry: RegistryStore | undefined;
  readonly settings: Settings | undefined;
}

/**
 * Reads versions of mappings, tools and contexts in the same way.
 *
 * @returns what the work answers; undefined where there is no store yet
 * @throws Error of node:fs or of the database when it cannot be opened
 * @example await peekConfig({ sqlite: './data/gradebridge.db' }, async ({ registry }) => registry?.revision())
 */
export async function peekConfig<Result>(
  place: StorePlace,
  work: (peeked: PeekedConfig) => Promise<Result>,
): Promise<Result | undefined> {
  if (isAbsent(place)) return undefined;
  try {
    return await peeking(place, (db, has) => {
      const group = createGroup(db);
      return work({
        mappings: has('mapping_changes')
          ? mappingsIn(createMappings(db, group), has('mapping_rows'))
          : undefined,
        registry: has('registry_changes') ? createRegistryStore(db, group) : undefined,
        settings: has('settings') ? createSettings(db, group) : undefined,
      });
    });
  } catch (error) {
    if (isForeign(error)) return undefined;
    throw error;
  }
}

function isAbsent(place: StorePlace): boolean {
  return 'sqlite' in place && !existsSync(place.sqlite);
}

/** SQLite itself says what is none of its files: to open one beside it would take the locks of this process away (file-identity.ts). */
function isForeign(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'SQLITE_NOTADB';
}

/** A store of a version before this one has noted nothing yet. */
function mappingsIn(mappings: Mappings, hasRows: boolean): Mappings {
  return hasRows ? mappings : { ...mappings, remembered: async () => [] };
}

/** @param work gets a question for the tables that there are */
async function peeking<Result>(
  place: StorePlace,
  work: (db: Kysely<Schema>, has: (table: keyof Schema) => boolean) => Promise<Result>,
): Promise<Result> {
  const db = 'sqlite' in place ? lookIntoSqlite(place.sqlite) : openPostgres(place.postgres, () => {});
  try {
    const tables = new Set((await db.introspection.getTables()).map(({ name }) => name));
    return await work(db, (table) => tables.has(table));
  } finally {
    await db.destroy();
  }
}
