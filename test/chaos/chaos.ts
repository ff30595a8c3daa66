import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepRunning } from './beside.ts';
import { postAll } from './clients.ts';
import { createIncidents } from './incidents.ts';
import { changeMaxima } from './maxima.ts';
import { createOrder, type Order } from './order.ts';
import {
  CALL_TIMEOUT,
  type ChaosOptions,
  LINE_MAXIMUM,
  LINES,
  planOf,
  processesOf,
  studentsOf,
} from './plan.ts';
import { deliveriesIn, drained, keyOf, readReceipts, readRows } from './reading.ts';
import { openStage, type Stage } from './stage.ts';
import { createTool, lineItemPath, type Tool } from './tool.ts';
import { type Attempt, judge, type PairRecord, type Violation } from './verdict.ts';
import { createWeather } from './weather.ts';

/** What came of a run. */
export interface ChaosResult {
  readonly options: ChaosOptions;
  readonly seconds: number;
  readonly attempts: readonly Attempt[];
  readonly incidents: { readonly kills: number; readonly stops: number; readonly outages: number };
  /** Changes of a line item's maximum that were answered with 201. */
  readonly maxima: number;
  readonly faults: ReadonlyMap<string, number>;
  /** By their last state. */
  readonly deliveries: Readonly<Record<string, number>>;
  /** Commands that ran beside the gateways, and those of them that failed. */
  readonly commands: { readonly run: number; readonly failed: readonly string[] };
  /** Of results in OneRoster, and how many of them found the same score there. */
  readonly writes: { readonly all: number; readonly repeated: number };
  readonly violations: readonly Violation[];
  readonly records: readonly PairRecord[];
  /** Milliseconds for which this process, and OneRoster with it, stood still at most. */
  readonly stoodStill: number;
}

/** How far apart two seeds begin among the commands that run beside the gateways. */
const COMMANDS_A_SEED = 7;

/** Milliseconds in which everything must be delivered once OneRoster is well. */
const DRAINING = 60_000;

/**
 * Scores, faults and killed processes, from a seed; then everything is well again, what was promised is delivered, and each
 * promise is held against what OneRoster holds.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const weather = createWeather(options.seed);
  const order = createOrder();
  const stage = await openStage({
    store: options.store,
    processes: processesOf(options.store),
    sandbox: { students: studentsOf(options.pairs), faultFor: weather.faultFor, stored: order.stored },
    upstream: {
      timeouts: { call: CALL_TIMEOUT, late: options.late },
      retry: { attempts: 2, firstDelay: 10, longestDelay: 40 },
    },
    config: {
      limits: { request: 2_000, drain: 2_000 },
      deliveries: { firstDelay: 30, longestDelay: 300 },
      log: { level: 'warn' },
    },
  });
  const tool = createTool(stage);
  try {
    return await runOn(stage, tool, { options, weather, order });
  } finally {
    await tool.close();
    await stage.close();
  }
}

interface Run {
  readonly options: ChaosOptions;
  readonly weather: ReturnType<typeof createWeather>;
  readonly order: Order;
}

async function runOn(stage: Stage, tool: Tool, { options, weather, order }: Run): Promise<ChaosResult> {
  const { gateways, sandbox } = stage;
  const plan = planOf(options);
  const started = Date.now();
  await Promise.all(gateways.map((gateway) => gateway.start()));
  const url = gateways[0]?.url ?? '';
  await makeLineItems(tool, url);
  const delay = monitorEventLoopDelay();
  delay.enable();
  weather.set(true);
  const commands = keepRunning(stage, COMMANDS_A_SEED * options.seed);
  const incidents = createIncidents(plan.incidents, { gateways, weather });
  const maxima = changeMaxima(options.seed, { gateways, tool });
  const posted = await postAll(plan.pairs, {
    seed: options.seed,
    gateways,
    tool,
    progress: incidents.reached,
  });
  const failed = await commands.over();
  await incidents.over();
  weather.set(false);
  await maxima.over();
  await sleep(Math.max(0, weather.lastArrival - Date.now()));
  await drained(stage, DRAINING);
  delay.disable();
  const receipts = await readReceipts(posted.flat(), { tool, url });
  const rows = await readRows(sandbox);
  const records = plan.pairs.map((pair, place) => ({
    pair,
    attempts: posted[place] ?? [],
    receipts,
    rows: rows.get(keyOf(pair)) ?? [],
  }));
  const { kills, stops, outages } = incidents;
  return {
    options,
    seconds: (Date.now() - started) / 1000,
    attempts: posted.flat(),
    incidents: { kills, stops, outages },
    maxima: maxima.changed,
    faults: weather.counts,
    deliveries: await deliveriesIn(stage),
    commands: { run: commands.count, failed },
    writes: { all: order.written, repeated: order.repeated },
    violations: [...order.violations, ...records.flatMap(judge)],
    records,
    stoodStill: delay.max / 1e6,
  };
}

async function makeLineItems(tool: Tool, url: string): Promise<void> {
  for (let line = 1; line <= LINES; line++) {
    const body = { label: `Quiz ${line}`, scoreMaximum: LINE_MAXIMUM };
    const path = lineItemPath('ltiaas', `line-${line}`);
    const { status } = await tool.ask({ method: 'PUT', url, path, face: 'ltiaas', body, patience: 10_000 });
    if (status !== 201) throw new Error(`line item ${line} was answered ${status}`);
  }
}
