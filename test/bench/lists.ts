import { Pool } from 'undici';
import type { Memory, Usage } from './exchange/child.ts';
import { type Process, start } from './exchange/parent.ts';
import { median } from './median.ts';

/** A list of many line items with a filter, against parsing what the upstream says. */
export interface ListTiming {
  readonly lineItems: number;
  /** Milliseconds of CPU for one list: of the gateway, and of `JSON.parse` of the upstream's pages alone. */
  readonly gateway: number;
  readonly parse: number;
  /** Milliseconds until a tool has the list. */
  readonly took: number;
  /** Bytes that the gateway holds after a garbage collection: after the first round, and how much more after the last. */
  readonly heap: number;
  readonly heapGrown: number;
  readonly rss: number;
  readonly rssGrown: number;
}

export interface ListEffort {
  readonly rounds: number;
  /** Lists of one round. */
  readonly lists: number;
}

const LINE_ITEMS = 10_000;

interface Gateway {
  readonly url: string;
  readonly authorization: string;
}

/** Measures `GET /api/lineitems?tag=rare` of a class with 10,000 line items, of which a hundred have the tag. */
export async function measureLists({ rounds, lists }: ListEffort): Promise<ListTiming> {
  const upstream = await start<{ url: string }>('pages', { count: LINE_ITEMS });
  const settings = { upstream: upstream.ready.url, count: LINE_ITEMS };
  const [gateway, floor] = [await start<Gateway>('gateway', settings), await start('list-floor', settings)];
  const pool = new Pool(gateway.ready.url, { connections: 1 });
  const listAll = async (): Promise<number[]> => {
    const took = [];
    for (let done = 0; done < lists; done++) took.push(await list(pool, gateway.ready));
    return took;
  };
  const parseAll = (): Promise<unknown> => floor.ask({ times: lists });
  try {
    await listAll();
    await parseAll();
    const before = await gateway.ask<Memory>('memory');
    const [own, others, took] = [[] as number[], [] as number[], [] as number[]];
    for (let round = 0; round < rounds; round++) {
      own.push((await cpuOf(gateway, async () => void took.push(...(await listAll())))) / lists);
      others.push((await cpuOf(floor, parseAll)) / lists);
    }
    const after = await gateway.ask<Memory>('memory');
    return {
      lineItems: LINE_ITEMS,
      ...{ gateway: median(own), parse: median(others), took: median(took) },
      ...{ heap: before.heap, heapGrown: after.heap - before.heap },
      ...{ rss: before.rss, rssGrown: after.rss - before.rss },
    };
  } finally {
    await pool.close();
    for (const { stop } of [gateway, floor, upstream]) stop();
  }
}

/** @returns milliseconds */
async function list(pool: Pool, { authorization }: Gateway): Promise<number> {
  const began = performance.now();
  const { body } = await pool.request({
    ...{ method: 'GET', path: '/api/lineitems?tag=rare' },
    headers: { authorization },
  });
  const { lineItems } = (await body.json()) as { lineItems: unknown[] };
  if (lineItems.length !== LINE_ITEMS / 100) throw new Error(`${lineItems.length} line items`);
  return performance.now() - began;
}

/** Milliseconds of CPU that a process needs for some work. */
async function cpuOf({ ask }: Pick<Process<unknown>, 'ask'>, work: () => Promise<unknown>): Promise<number> {
  const before = await ask<Usage>('usage');
  await work();
  return ((await ask<Usage>('usage')).cpu - before.cpu) / 1000;
}
