import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import Libsql from 'libsql';

export type BackedUp =
  | { readonly kind: 'written'; readonly bytes: number }
  /** There is no store, or there is a file where the backup is to be. */
  | { readonly kind: 'absent' | 'occupied' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Milliseconds for which SQLite waits for a process that is writing. */
const PATIENCE = 10_000;

/**
 * Writes all that a SQLite store holds at one moment into a new file, beside a gateway that uses it. A copy of the file itself may lack what
 * is in its log, and to open a copy beside the log of another moment is one of the ways to corrupt it; `VACUUM INTO` reads one
 * transaction (sqlite.org/lang_vacuum.html).
 *
 * @param to a file that only its owner can read; it is removed again when the backup fails
 * @example await backUp('./data/gradebridge.db', './backup.db') // { kind: 'written', bytes: 167936 }
 */
export async function backUp(file: string, to: string): Promise<BackedUp> {
  if (!existsSync(file)) return { kind: 'absent' };
  if (existsSync(to)) return { kind: 'occupied' };
  try {
    // SQLite takes an empty file for none, and would make one that others can read.
    closeSync(openSync(to, 'wx', 0o600));
  } catch (error) {
    return { kind: 'failed', error };
  }
  const database = new Libsql(file);
  try {
    database.exec(`pragma busy_timeout = ${PATIENCE}`);
    database.prepare('vacuum into ?').run(to);
    return { kind: 'written', bytes: statSync(to).size };
  } catch (error) {
    rmSync(to, { force: true });
    return { kind: 'failed', error };
  } finally {
    database.close();
  }
}
