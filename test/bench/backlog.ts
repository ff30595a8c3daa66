import { setTimeout as sleep } from 'node:timers/promises';
import type { BacklogAnswer, BacklogQuestion } from './exchange/backlog-load.ts';
import type { Memory } from './exchange/child.ts';
import type { Taken } from './exchange/outage-upstream.ts';
import { type Process, start } from './exchange/parent.ts';
import { withDatabase } from './postgres.ts';

/** An outage: how fast scores are promised while it lasts, and how fast they reach OneRoster when it is over. */
export interface BacklogTiming {
  readonly store: 'SQLite' | 'PostgreSQL' | 'PostgreSQL, two replicas';
  readonly size: number;
  /** Promises a second: of all, and of the last tenth. */
  readonly posted: number;
  readonly postedAtTheEnd: number;
  /** Bytes that the gateway holds more than before, when all are promised. */
  readonly grown: number;
  /** Deliveries a second, and how many there were within the time. */
  readonly drained: number;
  readonly delivered: number;
  /** Writes that OneRoster has met beyond one for each score. */
  readonly doubled: number;
}

export interface BacklogEffort {
  readonly sizes: readonly number[];
  /** Seconds for which one backlog may drain; a part of it tells the pace as well. */
  readonly patience: number;
}

/** Tools that wait for an answer at the same time. */
const CONNECTIONS = 64;
const LINE_ITEMS = 1_000;
/** Milliseconds that OneRoster needs for a call. */
const LATENCY = 5;
const CONTINUES = { firstDelay: 200, longestDelay: 1_000, lookAgain: 500 };

interface Gateway {
  readonly url: string;
  readonly authorization: string;
}

/** Each size on each store, with a database and gateways of its own. */
export async function measureBacklogs(
  { sizes, patience }: BacklogEffort,
  say: (text: string) => void,
): Promise<readonly BacklogTiming[]> {
  const timings: BacklogTiming[] = [];
  const add = (timing: BacklogTiming | undefined): void => {
    if (timing === undefined) return;
    timings.push(timing);
    say(`  ${timing.store}: ${timing.size} done`);
  };
  for (const size of sizes) {
    const one = { size, patience, replicas: 1 };
    add(await measure({ ...one, store: 'SQLite' }));
    add(await withDatabase((postgres) => measure({ ...one, store: 'PostgreSQL', postgres })));
    const two = { ...one, store: 'PostgreSQL, two replicas', replicas: 2 } as const;
    add(await withDatabase((postgres) => measure({ ...two, postgres })));
  }
  return timings;
}

interface Outage {
  readonly store: BacklogTiming['store'];
  readonly size: number;
  readonly patience: number;
  readonly replicas: number;
  readonly postgres?: string;
}

async function measure({ store, size, patience, replicas, postgres }: Outage): Promise<BacklogTiming> {
  const students = Math.ceil(size / LINE_ITEMS);
  const upstream = await start<{ url: string }>('outage-upstream', { students, latency: LATENCY });
  const settings = {
    ...{ upstream: upstream.ready.url, deliveries: CONTINUES },
    ...(postgres !== undefined && { postgres }),
  };
  const load = await start('backlog-load', { connections: CONNECTIONS, lineItems: LINE_ITEMS });
  const gateways: Process<Gateway>[] = [];
  try {
    for (let replica = 0; replica < replicas; replica++) gateways.push(await start('gateway', settings));
    const [first] = gateways;
    if (first === undefined) throw new Error('there is no gateway');
    const before = await first.ask<Memory>('memory');
    const posted = await load.ask<BacklogAnswer | { readonly failure: string }>({
      ...first.ready,
      count: size,
    } satisfies BacklogQuestion);
    if ('failure' in posted) throw new Error(`the gateway does not promise: ${posted.failure}`);
    const after = await first.ask<Memory>('memory');
    const taken = await drain(upstream, size, patience);
    return {
      ...{ store, size, posted: posted.perSecond, postedAtTheEnd: posted.atTheEnd },
      grown: after.rss - before.rss,
      drained: (taken.results * 1000) / Math.max(1, taken.last - taken.first),
      ...{ delivered: taken.results, doubled: taken.writes - taken.results },
    };
  } finally {
    for (const { stop } of [load, ...gateways, upstream]) stop();
  }
}

async function drain({ ask }: Process<unknown>, size: number, patience: number): Promise<Taken> {
  const end = Date.now() + patience * 1000;
  for (let taken = await ask<Taken>('well'); ; taken = await ask<Taken>('taken')) {
    if (taken.results >= size || Date.now() > end) return taken;
    await sleep(100);
  }
}
