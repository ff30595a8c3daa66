import { median } from '../median.ts';
import type { Usage } from './child.ts';
import type { ExchangeName, LoadAnswer, LoadQuestion } from './load.ts';
import { type Process, start } from './parent.ts';

/** The servers that are compared, by the programs of this folder. */
export const SERVERS = ['gateway', 'floor', 'hand-made'] as const;
export type ServerName = (typeof SERVERS)[number];

/** What goes straight through. */
export type StraightThrough = Exclude<ExchangeName, 'promise'>;

export interface Effort {
  /** Seconds before the first round, for each server. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Seconds of one round of one server. */
  readonly seconds: number;
}

/** One round of one server. */
export interface Round {
  readonly requestsPerSecond: number;
  /** Microseconds of CPU per request: of the server, and of what it is called by and calls. */
  readonly cpu: number;
  readonly loadAndUpstreamCpu: number;
  /** Milliseconds. */
  readonly median: number;
  readonly slow: number;
  /** Connections to the upstream that were opened for 1000 requests. */
  readonly connections: number;
}

export type Rounds = Readonly<Record<ServerName, readonly Round[]>>;

interface Server {
  readonly url: string;
  readonly authorization?: string;
}

interface Stage {
  readonly upstream: Process<{ readonly url: string }>;
  readonly load: Process<object>;
  readonly servers: Readonly<Record<ServerName, Process<Server>>>;
}

/** As many as the gateway opens to an upstream unless it is told otherwise. */
const CONNECTIONS = 32;

/**
 * Requests through all three servers, each of which reads what stands before it writes; every server, the upstream and the
 * load generator is a process of its own, and the servers take turns.
 *
 * @param exchange `PUT /api/lineitems/:id` of a line item that stands, or `POST /api/lineitems/:id/scores`
 */
export async function measureExchange(
  exchange: StraightThrough,
  { warmUp, rounds, seconds }: Effort,
): Promise<Rounds> {
  const stage = await open();
  const results = { gateway: [] as Round[], floor: [] as Round[], 'hand-made': [] as Round[] };
  try {
    for (const name of SERVERS) await measure(stage, name, { exchange, seconds: warmUp });
    for (let round = 0; round < rounds; round++) {
      for (const name of SERVERS) results[name].push(await measure(stage, name, { exchange, seconds }));
    }
  } finally {
    for (const { stop } of [stage.upstream, stage.load, ...Object.values(stage.servers)]) stop();
  }
  return results;
}

async function open(): Promise<Stage> {
  const upstream = await start<{ url: string }>('upstream', {});
  const settings = { upstream: upstream.ready.url, connections: CONNECTIONS };
  const [load, gateway, floor, handMade] = await Promise.all([
    start<object>('load', settings),
    ...SERVERS.map((name) => start<Server>(name, settings)),
  ]);
  return { upstream, load, servers: { gateway, floor, 'hand-made': handMade } } as Stage;
}

async function measure(
  { upstream, load, servers }: Stage,
  name: ServerName,
  asked: Pick<LoadQuestion, 'exchange' | 'seconds'>,
): Promise<Round> {
  const server = servers[name];
  const count = async () => {
    const [own, generator, far] = await Promise.all([
      server.ask<Usage>('usage'),
      load.ask<Usage>('usage'),
      upstream.ask<Usage & { connections: number }>('usage'),
    ]);
    return { cpu: own.cpu, others: generator.cpu + far.cpu, connections: far.connections };
  };
  const before = await count();
  const question: LoadQuestion = { ...server.ready, ...asked };
  const loaded = await load.ask<LoadAnswer | { readonly failure: string }>(question);
  if ('failure' in loaded) throw new Error(`${name} does not do what it should: ${loaded.failure}`);
  const after = await count();
  const per = (later: number, earlier: number): number => (later - earlier) / loaded.requests;
  return {
    requestsPerSecond: loaded.requests / loaded.seconds,
    cpu: per(after.cpu, before.cpu),
    loadAndUpstreamCpu: per(after.others, before.others),
    median: loaded.median,
    slow: loaded.slow,
    connections: per(after.connections, before.connections) * 1000,
  };
}

/** The median of one figure over the rounds. */
export function typical(rounds: readonly Round[], figure: keyof Round): number {
  return median(rounds.map((round) => round[figure]));
}

/** How one figure of two servers compares: the median of the ratios of the rounds, which stood next to each other in time. */
export function ratio(
  rounds: Rounds,
  figure: keyof Round,
  [of, to]: readonly [ServerName, ServerName],
): number {
  return median(rounds[of].map((round, index) => round[figure] / (rounds[to][index] as Round)[figure]));
}
