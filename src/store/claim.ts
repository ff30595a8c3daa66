import { chmodSync } from 'node:fs';
import Libsql from 'libsql';

/** Somebody else serves from this file. */
export class StoreInUse extends Error {
  readonly file: string;
  constructor(file: string) {
    super(`another gateway serves from ${file}`);
    this.name = 'StoreInUse';
    this.file = file;
  }
}

/** The file whose lock is the claim: `claimFile('a.db') // 'a.db-serving'`. */
export function claimFile(file: string): string {
  return `${file}-serving`;
}

/**
 * Claims a SQLite store for one serving process: a lock of the operating system on a file beside it, which ends with the process
 * however that ends. Commands may use the store meanwhile.
 *
 * @returns what gives it back
 * @throws StoreInUse
 * @example const release = claimStore('./data/gradebridge.db')
 */
export function claimStore(file: string): () => void {
  const beside = claimFile(file);
  const lock = new Libsql(beside);
  try {
    // Nothing is written: the lock of a transaction that never ends is all there is to it.
    lock.exec('begin exclusive');
    chmodSync(beside, 0o600);
  } catch {
    lock.close();
    throw new StoreInUse(file);
  }
  return () => lock.close();
}
