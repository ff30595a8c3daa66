import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { createGroup } from './group.ts';
import { createMappings, type Mappings } from './mappings.ts';
import { openPostgres } from './postgres.ts';
import { createRegistryStore, type RegistryStore } from './registry.ts';
import type { Schema } from './schema.ts';
import { connectSqlite } from './sqlite.ts';
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
 * Looks at a store as somebody who comes by: nothing is made, brought up to date or written.
 *
 * @throws Error of node:fs or of the database when it cannot be opened for reading and writing
 * @example (await peekStore({ sqlite: './data/gradebridge.db' })).state // 'there'
 */
export async function peekStore(place: StorePlace): Promise<Peeked> {
  if ('sqlite' in place) {
    if (!existsSync(place.sqlite)) return { state: 'absent' };
    const kind = kindOf(place.sqlite);
    if (kind !== 'ours') return kind === 'foreign' ? { state: kind } : { state: 'there', keys: undefined };
  }
  const keys = await peeking(place, async (db, has) => {
    if (!has('settings')) return undefined;
    const query = db.selectFrom('settings').select('value').where('name', '=', KEYS);
    return (await query.executeTakeFirst())?.value;
  });
  return { state: 'there', keys };
}

/** What of a configuration a store holds; a store that is older than one of them has none. */
export interface PeekedConfig {
  readonly mappings: Mappings | undefined;
  readonly registry: RegistryStore | undefined;
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
  if ('sqlite' in place && (!existsSync(place.sqlite) || kindOf(place.sqlite) !== 'ours')) return undefined;
  return peeking(place, (db, has) => {
    const group = createGroup(db);
    return work({
      mappings: has('mapping_changes') ? createMappings(db, group) : undefined,
      registry: has('registry_changes') ? createRegistryStore(db, group) : undefined,
    });
  });
}

/** @param work is told which tables there are */
async function peeking<Result>(
  place: StorePlace,
  work: (db: Kysely<Schema>, has: (table: keyof Schema) => boolean) => Promise<Result>,
): Promise<Result> {
  const db = 'sqlite' in place ? connectSqlite(place.sqlite) : openPostgres(place.postgres, () => {});
  try {
    const tables = new Set((await db.introspection.getTables()).map(({ name }) => name));
    return await work(db, (table) => tables.has(table));
  } finally {
    await db.destroy();
  }
}

/** The first bytes of every SQLite database, and where it says that it has a write-ahead log (SQLite file format, §1.3). */
const MAGIC = 'SQLite format 3\0';
const WRITE_VERSION = 18;
const WAL = 2;

/** A gateway's file has a write-ahead log; opening another one as the gateway does would give it one. */
function kindOf(file: string): 'ours' | 'empty' | 'foreign' {
  const bytes = Buffer.alloc(WRITE_VERSION + 1);
  const descriptor = openSync(file, 'r+');
  const read = readSync(descriptor, bytes, 0, bytes.length, 0);
  closeSync(descriptor);
  if (read === 0) return 'empty';
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return 'foreign';
  return bytes[WRITE_VERSION] === WAL ? 'ours' : 'empty';
}
