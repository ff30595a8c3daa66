import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
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
  const db = 'sqlite' in place ? openSqlite(place.sqlite) : openPostgres(place.postgres, () => {});
  try {
    const tables = await db.introspection.getTables();
    if (!tables.some(({ name }) => name === 'settings')) return { state: 'there', keys: undefined };
    const query = db.selectFrom('settings').select('value').where('name', '=', KEYS);
    return { state: 'there', keys: (await query.executeTakeFirst())?.value };
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
