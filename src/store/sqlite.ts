import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Dialect, Kysely, SqliteAdapter, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import { tellingFirst } from './first-cause.ts';
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
  makePrivate(file);
  return connected(file, PRAGMAS);
}

/** SQLite would make a file readable for everybody; its log gets the rights of the file. */
function makePrivate(file: string): void {
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) throw new Error(`EISDIR: ${file} is a folder`);
    for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600);
    return;
  }
  // Opened and closed only when nobody has it: to close a file that is open elsewhere in the process takes SQLite's locks away.
  closeSync(openSync(file, 'wx', 0o600));
}

/** Opens a file that is there, and leaves its rights and its journal as they are: for those who only look. */
export function lookIntoSqlite(file: string): Kysely<Schema> {
  return connected(file, [`busy_timeout = ${PATIENCE}`]);
}

/**
 * To close it closes the file when the last of its statements has been collected. That is SQLite's doing, which keeps the locks of a process
 * until none of its connections needs them.
 */
function connected(file: string, pragmas: readonly string[]): Kysely<Schema> {
  const database = new Libsql(file);
  for (const pragma of pragmas) database.exec(`pragma ${pragma}`);
  return new Kysely<Schema>({ dialect: tellingFirst(writing(database)) });
}

/**
 * Every transaction here is one that writes: it takes the lock when it begins. One that read first and then wanted to write would fail whenever
 * another process had written in between (SQLITE_BUSY_SNAPSHOT), and beside a busy gateway a command would hardly get its turn. It begins by
 * `exec`: a prepared statement of libsql that was refused counts as under way until it is collected, and no transaction can be committed
 * before that.
 */
function writing(database: Libsql.Database): Dialect {
  const dialect = new SqliteDialect({ database });
  dialect.createDriver = () => {
    const driver = SqliteDialect.prototype.createDriver.call(dialect);
    driver.beginTransaction = async () => void database.exec('begin immediate');
    return driver;
  };
  dialect.createAdapter = () => new TransactionalAdapter();
  return dialect;
}

/** SQLite changes tables in a transaction, which Kysely does not use by itself: a migration is done whole or not at all, and under the lock. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
