import { type Kysely, sql, type Transaction } from 'kysely';
import { GradebridgeError } from '../core/errors.ts';
import { patiently } from './patience.ts';
import type { Schema } from './schema.ts';

/** One write: statements of one transaction. It may run twice, and answers what is wrong rather than throwing it. */
export type Work<Result> = (transaction: Transaction<Schema>) => Promise<Result>;

/** Writes of one kind, done in fewer statements than one by one: as many results as items, in their order. */
export type Together<Item, Result> = (
  transaction: Transaction<Schema>,
  items: readonly Item[],
) => Promise<readonly Result[]>;

/** Writes to the store. Those that come at the same time share a transaction, and so one wait for the disk. */
export interface Group {
  /**
   * @returns when the write is durable
   * @throws GradebridgeError STORE_UNAVAILABLE when the store cannot do it
   */
  write<Result>(work: Work<Result>, how?: WriteOptions): Promise<Result>;
  /** The same for one of many writes; those of the same function that share a transaction are given to it together. */
  writeTogether<Item, Result>(work: Together<Item, Result>, item: Item, how?: WriteOptions): Promise<Result>;
}

export interface WriteOptions {
  /** Commits without the check: for what this process notes on its way to keep a promise, which is good also where it does not outlive it. */
  readonly isUnchecked?: boolean;
}

export interface GroupOptions {
  /** The most writes of one transaction. */
  readonly largest?: number;
  /** Throws when what is written would be lost; it is asked right before each commit. */
  readonly check?: () => void;
}

interface Waiting {
  readonly work: Together<unknown, unknown>;
  readonly item: unknown;
  readonly isUnchecked: boolean;
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
export function createGroup(
  db: Kysely<Schema>,
  { largest = LARGEST, check = () => {} }: GroupOptions = {},
): Group {
  const waiting: Waiting[] = [];
  let isFlushing = false;
  const flush = async (): Promise<void> => {
    for (let some = waiting.splice(0, largest); some.length > 0; some = waiting.splice(0, largest)) {
      await together(db, some, check);
    }
    isFlushing = false;
  };
  const add = (what: Pick<Waiting, 'work' | 'item'>, how: WriteOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.push({ ...what, isUnchecked: how.isUnchecked === true, resolve, reject });
      if (isFlushing) return;
      isFlushing = true;
      setImmediate(() => void flush());
    });
  return {
    write: <Result>(work: Work<Result>, how?: WriteOptions) => {
      const one: Waiting['work'] = async (transaction) => [await work(transaction)];
      return add({ work: one, item: undefined }, how) as Promise<Result>;
    },
    writeTogether: <Item, Result>(work: Together<Item, Result>, item: Item, how?: WriteOptions) =>
      add({ work: work as Waiting['work'], item }, how) as Promise<Result>,
  };
}

async function together(db: Kysely<Schema>, some: readonly Waiting[], check: () => void): Promise<void> {
  if (some.length === 1) {
    for (const one of some) await alone(db, one, check);
    return;
  }
  try {
    const results = await db.transaction().execute(async (transaction) => {
      const done = new Map<Waiting, unknown>();
      for (const [work, ones] of byWork(some)) {
        const answers = await work(
          transaction,
          ones.map(({ item }) => item),
        );
        for (const [index, one] of ones.entries()) done.set(one, answers[index]);
      }
      if (!some.every(({ isUnchecked }) => isUnchecked)) check();
      return done;
    });
    for (const one of some) one.resolve(results.get(one));
  } catch {
    try {
      await sql`select 1`.execute(db);
    } catch (cause) {
      for (const { reject } of some) reject(unavailable('write', cause));
      return;
    }
    for (const one of some) await alone(db, one, check);
  }
}

function byWork(some: readonly Waiting[]): ReadonlyMap<Waiting['work'], readonly Waiting[]> {
  const kinds = new Map<Waiting['work'], Waiting[]>();
  for (const one of some) {
    const others = kinds.get(one.work);
    if (others === undefined) kinds.set(one.work, [one]);
    else others.push(one);
  }
  return kinds;
}

async function alone(
  db: Kysely<Schema>,
  { work, item, isUnchecked, resolve, reject }: Waiting,
  check: () => void,
): Promise<void> {
  try {
    const [answer] = await patiently(() =>
      db.transaction().execute(async (transaction) => {
        const answers = await work(transaction, [item]);
        if (!isUnchecked) check();
        return answers;
      }),
    );
    resolve(answer);
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
  if (cause instanceof GradebridgeError) return cause;
  return new GradebridgeError('STORE_UNAVAILABLE', { detail: `the store failed to ${what}`, cause });
}
