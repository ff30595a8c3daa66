import { statSync } from 'node:fs';
import { GradebridgeError } from '../core/errors.ts';

/** The files of a SQLite database that is open: they stay the same ones until the last connection closes. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

/**
 * Remembers which files an open database has. A file that is deleted or replaced under an open connection goes on working for that
 * connection, and everything that it takes from then on is gone with the process. A look at a path opens nothing: SQLite's locks are lost
 * when a process closes any other descriptor of the file (sqlite.org, "How To Corrupt An SQLite Database File", §2.2).
 *
 * @param file the path of the database, which is open, with its write-ahead log
 * @returns a check that costs three calls of stat
 * @throws GradebridgeError (the check) STORE_REPLACED when a file is gone, or another one
 * @example const check = rememberFiles('./data/gradebridge.db'); check()
 */
export function rememberFiles(file: string): () => void {
  const files = SUFFIXES.map((suffix) => ({ path: file + suffix, identity: identityOf(file + suffix) }));
  const known = files.filter(({ identity }) => identity !== undefined);
  return () => {
    for (const { path, identity } of known)
      if (identityOf(path) !== identity)
        throw new GradebridgeError('STORE_REPLACED', { detail: `${path} is gone, or another file` });
  };
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}
