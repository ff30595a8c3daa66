import type { Config } from './config/config.ts';
import { readShipped } from './config/files.ts';
import { causesOf, type Log } from './log.ts';
import { createCounts } from './telemetry/counts.ts';
import { type Circumstances, createGauges } from './telemetry/gauges.ts';
import { createTelemetry, type Telemetry, type TelemetryParts } from './telemetry/telemetry.ts';

/** What metrics look at when somebody asks, and what is told of what goes wrong. */
export interface Surroundings extends Omit<Circumstances, 'version'> {
  readonly log: Log;
}

/**
 * Opens what the configuration wants of metrics and traces. Neither library is loaded unless it is wanted. To be called once
 * in a process: a reload changes what is looked at, not what looks.
 *
 * @returns undefined when neither is wanted
 */
export async function openTelemetry(
  { metrics, traces }: Pick<Config, 'metrics' | 'traces'>,
  around: Surroundings,
): Promise<Telemetry | undefined> {
  if (metrics === undefined && traces === undefined) return undefined;
  const version = String(readShipped('package.json')['version']);
  return createTelemetry({
    ...(metrics === undefined ? NO_METRICS : await openMetrics({ ...around, version })),
    traces: traces && (await openTraces(traces, version, around.log)),
    elapsed: () => performance.now(),
  });
}

const NO_METRICS = { counts: undefined, scrape: undefined };

async function openMetrics(around: Circumstances): Promise<Pick<TelemetryParts, 'counts' | 'scrape'>> {
  const { createPrometheus } = await import('./telemetry/prometheus.ts');
  const counts = createCounts();
  const gauges = createGauges(around, counts.inFlight);
  return { counts, scrape: createPrometheus([...counts.families, ...gauges.families], gauges.look) };
}

async function openTraces(
  settings: NonNullable<Config['traces']>,
  version: string,
  log: Log,
): Promise<TelemetryParts['traces']> {
  const { createTraces } = await import('./telemetry/opentelemetry.ts');
  const failed = (error: unknown): void => log('warn', 'traces', { cause: causesOf(error) });
  return createTraces({ ...settings, version, failed });
}
