import type { Usage } from './exchange/child.ts';
import type { LoadAnswer, LoadQuestion } from './exchange/load.ts';
import { type Process, start } from './exchange/parent.ts';
import { median } from './median.ts';
import { withDatabase } from './postgres.ts';

/** How fast scores are promised while OneRoster is down: each 202 is on the disk. */
export interface PromiseTiming {
  readonly store: 'SQLite' | 'PostgreSQL';
  /** Promises a second: of the gateway as it is, and of one that makes a transaction, and waits for the disk, for each. */
  readonly grouped: number;
  readonly single: number;
  /** Microseconds of CPU of the gateway for one promise, grouped. */
  readonly cpu: number;
  /** Milliseconds, grouped. */
  readonly median: number;
  readonly slow: number;
}

export interface PromiseEffort {
  readonly rounds: number;
  readonly seconds: number;
}

/** Tools that wait for an answer at the same time. */
const CONNECTIONS = 64;
/** Nobody listens there: the circuit opens with the first requests. */
const NOBODY = 'http://127.0.0.1:9';

/**
 * Scores that are promised during an outage, on SQLite, and on PostgreSQL when one answers; a gateway that groups writes and
 * one that does not take turns.
 */
export async function measurePromises(effort: PromiseEffort): Promise<readonly PromiseTiming[]> {
  const timings = [await measureOn('SQLite', effort, {})];
  const onPostgres = await withDatabase((postgres) => measureOn('PostgreSQL', effort, { postgres }));
  return onPostgres === undefined ? timings : [...timings, onPostgres];
}

type Loaded = LoadAnswer & { readonly cpu: number };

async function measureOn(
  store: PromiseTiming['store'],
  { rounds, seconds }: PromiseEffort,
  settings: object,
): Promise<PromiseTiming> {
  const results = { grouped: [] as Loaded[], single: [] as Loaded[] };
  for (let round = 0; round < rounds; round++) {
    // A gateway of its own for each round, or the later ones would have the larger tables.
    results.grouped.push(await measure(settings, seconds));
    results.single.push(await measure({ ...settings, largest: 1 }, seconds));
  }
  const typical = (of: readonly Loaded[], figure: (loaded: Loaded) => number): number =>
    median(of.map(figure));
  const perSecond = ({ requests, seconds: passed }: Loaded): number => requests / passed;
  return {
    store,
    grouped: typical(results.grouped, perSecond),
    single: typical(results.single, perSecond),
    cpu: typical(results.grouped, ({ cpu, requests }) => cpu / requests),
    median: typical(results.grouped, (loaded) => loaded.median),
    slow: typical(results.grouped, (loaded) => loaded.slow),
  };
}

async function measure(settings: object, seconds: number): Promise<Loaded> {
  const gateway = await start<Omit<LoadQuestion, 'seconds'>>('gateway', { upstream: NOBODY, ...settings });
  const load = await start('load', { connections: CONNECTIONS });
  const ask = (asked: number): Promise<LoadAnswer | { readonly failure: string }> =>
    load.ask({ ...gateway.ready, exchange: 'promise', seconds: asked });
  try {
    // Time for the compiler to warm up.
    await ask(seconds / 2);
    const before = await cpuOf(gateway);
    const loaded = await ask(seconds);
    if ('failure' in loaded) throw new Error(`the gateway does not promise: ${loaded.failure}`);
    return { ...loaded, cpu: (await cpuOf(gateway)) - before };
  } finally {
    load.stop();
    gateway.stop();
  }
}

async function cpuOf({ ask }: Pick<Process<unknown>, 'ask'>): Promise<number> {
  return (await ask<Usage>('usage')).cpu;
}
