import { type Kysely, sql, type Transaction } from 'kysely';
import { GradebridgeError } from '../core/errors.ts';
import { patiently } from './patience.ts';
import type { Schema } from './schema.ts';

/** One write: statements of one transaction. It may run twice, and answers what is wrong rather than throwing it. */
export type Work<Result> = (transaction: Transaction<Schema>) => Promise<Result>;

/** Writes to the store. Those that come at the same time share a transaction, and so one wait for the disk. */
export interface Group {
  /**
   * @returns when the write is durable
   * @throws GradebridgeError STORE_UNAVAILABLE when the store cannot do it
   */
  write<Result>(work: Work<Result>): Promise<Result>;
}

export interface GroupOptions {
  /** The most writes of one transaction. */
  readonly largest?: number;
}

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const LARGEST = 256;

/**
 * Group commit. A write waits for the turn of the event loop, or for the transaction that is under way, and then goes with
 * all the others that have come meanwhile. Should one of them fail, each is done alone, so that none fails for another; unless
 * it is the store that does not answer: then all fail at once, for each alone would only wait for the same.
 *
 * @example await createGroup(db).write((transaction) => transaction.insertInto('used_once').values(row).execute())
 */
export function createGroup(db: Kysely<Schema>, { largest = LARGEST }: GroupOptions = {}): Group {
  const waiting: Waiting[] = [];
  let isFlushing = false;
  const flush = async (): Promise<void> => {
    for (let some = waiting.splice(0, largest); some.length > 0; some = waiting.splice(0, largest)) {
      await together(db, some);
    }
    isFlushing = false;
  };
  return {
    write: <Result>(work: Work<Result>) =>
      new Promise<Result>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
        if (isFlushing) return;
        isFlushing = true;
        setImmediate(() => void flush());
      }),
  };
}

async function together(db: Kysely<Schema>, some: readonly Waiting[]): Promise<void> {
  if (some.length === 1) {
    for (const one of some) await alone(db, one);
    return;
  }
  try {
    const results = await db.transaction().execute(async (transaction) => {
      const done: unknown[] = [];
      for (const { work } of some) done.push(await work(transaction));
      return done;
    });
    for (const [index, { resolve }] of some.entries()) resolve(results[index]);
  } catch {
    try {
      await sql`select 1`.execute(db);
    } catch (cause) {
      for (const { reject } of some) reject(unavailable('write', cause));
      return;
    }
    for (const one of some) await alone(db, one);
  }
}

async function alone(db: Kysely<Schema>, { work, resolve, reject }: Waiting): Promise<void> {
  try {
    resolve(await patiently(() => db.transaction().execute(work)));
  } catch (cause) {
    reject(unavailable('write', cause));
  }
}

/**
 * Runs a read, and says so when the store cannot do it.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 */
export async function readStore<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw unavailable('read', cause);
  }
}

function unavailable(what: 'read' | 'write', cause: unknown): GradebridgeError {
  return new GradebridgeError('STORE_UNAVAILABLE', { detail: `the store failed to ${what}`, cause });
}
