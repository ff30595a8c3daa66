import { statSync } from 'node:fs';
import { GradebridgeError } from '../core/errors.ts';

/** The files of a SQLite database that is open: they stay the same ones until the last connection closes. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

/** Files that must stay where they are, and the same ones. */
export interface RememberedFiles {
  /**
   * Costs a call of stat for each.
   *
   * @throws GradebridgeError STORE_REPLACED when one is gone, or another file
   */
  check(): void;
  /** Remembers one more. */
  add(path: string): void;
}

/** Of a store that is none of files. */
export const NO_FILES: RememberedFiles = { check: () => {}, add: () => {} };

/**
 * Remembers which files an open database has. A file that is deleted or replaced under an open connection goes on working for that
 * connection, and everything that it takes from then on is gone with the process. A look at a path opens nothing: SQLite's locks are lost
 * when a process closes any other descriptor of the file (sqlite.org, "How To Corrupt An SQLite Database File", §2.2).
 *
 * @param file the path of the database, which is open, with its write-ahead log
 * @example const files = rememberFiles('./data/gradebridge.db'); files.check()
 */
export function rememberFiles(file: string): RememberedFiles {
  const known = new Map<string, string>();
  const add = (path: string): void => {
    const identity = identityOf(path);
    if (identity !== undefined) known.set(path, identity);
  };
  for (const suffix of SUFFIXES) add(file + suffix);
  return {
    check: () => {
      for (const [path, identity] of known)
        if (identityOf(path) !== identity)
          throw new GradebridgeError('STORE_REPLACED', { detail: `${path} is gone, or another file` });
    },
    add,
  };
}

/** Milliseconds between two looks at files that nobody writes to just now. */
const LOOK_AGAIN = 1_000;

/**
 * Checks files from time to time, and says once that one is gone: also while no request comes that would meet it.
 *
 * @returns what ends it
 * @example const unwatch = watchFiles(rememberFiles(file), (error) => log('error', 'store', { cause: causesOf(error) }))
 */
export function watchFiles({ check }: RememberedFiles, lost: (error: Error) => void): () => void {
  let isLost = false;
  const timer = setInterval(() => {
    try {
      check();
      isLost = false;
    } catch (error) {
      if (!isLost) lost(error as Error);
      isLost = true;
    }
  }, LOOK_AGAIN).unref();
  return () => clearInterval(timer);
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}
