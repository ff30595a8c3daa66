import { setTimeout as sleep } from 'node:timers/promises';

/** Another process was faster: SQLite's lock, PostgreSQL's serialization failure, deadlock and unique violation. */
const CROSSED = /^(SQLITE_BUSY.*|SQLITE_CONSTRAINT.*|40001|40P01|23505)$/;

/** Milliseconds between tries, and tries in all: some seconds, as long as a command line may take with the same file. */
const BETWEEN = 20;
const MOST_TRIES = 100;
/** What crosses without a lock crosses once or twice. */
const MOST_CROSSINGS = 4;

/**
 * Does work on a database again while others are in its way. SQLite itself waits only for a moment, because it stops the whole
 * process while it waits.
 *
 * @throws what `work` throws in the end
 */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const code = codeOf(error);
      const isLocked = code.startsWith('SQLITE_BUSY') || /database is locked/.test(String(error));
      // Two processes that make the tables at once: the second finds them made.
      const isMade = /already exists/.test(String(error));
      if (!isLocked && !isMade && !CROSSED.test(code)) throw error;
      if (tries >= (isLocked ? MOST_TRIES : MOST_CROSSINGS)) throw error;
      await sleep(isLocked ? BETWEEN : 1);
    }
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
