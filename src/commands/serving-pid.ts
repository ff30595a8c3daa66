import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { claimFile } from '../store/claim.ts';

/**
 * The process that serves from a SQLite store: it keeps a file beside it open (src/store/claim.ts). Undefined where that cannot be
 * seen: for PostgreSQL, without /proc, and when it is another user's.
 *
 * @example servingPid({ sqlite: './data/gradebridge.db' }) // 4711
 */
export function servingPid(store: Config['store']): number | undefined {
  if (!('sqlite' in store)) return undefined;
  try {
    const beside = realpathSync(claimFile(store.sqlite));
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => pid !== process.pid && holds(pid, beside));
  } catch {
    return undefined;
  }
}

function holds(pid: number, file: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => linkOf(join(folder, name)) === file);
  } catch {
    return false;
  }
}

/** A descriptor may be closed while one looks. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
