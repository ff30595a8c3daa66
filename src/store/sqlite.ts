import { closeSync, fchmodSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import type { Schema } from './schema.ts';

/** Milliseconds for which SQLite waits for another process that is writing; it stops this one meanwhile, so not for long. */
const PATIENCE = 50;

/** Kilobytes of the file that are kept in memory: ids are random, so that each write touches pages all over the indexes. */
const CACHE = 32_000;

/**
 * - WAL: a reader does not stop the writer
 * - FULL: what is committed is on the disk, which is what a promise to a tool means
 * - secure_delete: what is cleared of a student is overwritten, not only forgotten
 */
const PRAGMAS = [
  `busy_timeout = ${PATIENCE}`,
  'journal_mode = wal',
  'synchronous = full',
  'secure_delete = on',
  `cache_size = -${CACHE}`,
];

/**
 * Opens a SQLite file, which only its owner can read; it is made when there is none.
 *
 * @throws Error of node:fs or SQLite when it cannot be made or read
 */
export function openSqlite(file: string): Kysely<Schema> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite would make it readable for everybody; its other files get the rights of this one.
  const made = openSync(file, 'a', 0o600);
  fchmodSync(made, 0o600);
  closeSync(made);
  return connectSqlite(file);
}

/** The same for a file that is there, whose rights stay as they are: for those who only look. */
export function connectSqlite(file: string): Kysely<Schema> {
  const database = new Libsql(file);
  for (const pragma of PRAGMAS) database.exec(`pragma ${pragma}`);
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
}
