import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startGateway } from '../../src/commands/running.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLog } from '../../src/log.ts';
import type { Sample } from './sample.ts';

/** A gateway in a process of its own, which tells its parent what it holds. */
const folder = mkdtempSync(join(tmpdir(), 'gradebridge-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const loaded = loadConfig(
  JSON.parse(process.argv[2] as string) as JsonObject,
  join(folder, 'gradebridge.config.json'),
  {},
);
if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
const log = createLog(loaded.config.log.level);
const { url, service } = await startGateway(loaded, { clock: Date.now, random: Math.random, log });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

function sample(): Omit<Sample, 'at' | 'requests'> {
  const late = (percentile: number): number => delay.percentile(percentile) / 1e6;
  const [lateMedian, lateSlow] = [late(50), late(99)];
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed: heap, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const count = (name: string): number => resources.filter((resource) => resource === name).length;
  // The collection itself makes the loop late, which is not the gateway's doing.
  delay.reset();
  return {
    rss,
    heap,
    external,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    lateMedian,
    lateSlow,
  };
}

async function deliveries(): Promise<Record<string, number>> {
  const states: Record<string, number> = {};
  for (const { state, count } of await service.store.deliveries.count())
    states[state] = (states[state] ?? 0) + count;
  return states;
}

process.on('message', async (asked: 'sample' | 'deliveries') => {
  process.send?.(asked === 'sample' ? sample() : await deliveries());
});
process.once('disconnect', () => process.exit());
const [tool, context] = ['quizzer', 'math-101'];
const key = await service.keyring.sign('serviceKey', { tool, context }, 86_400);
process.send?.({ url, authorization: `SERVICE-AUTH-V1 soak-api-key:${key}` });
