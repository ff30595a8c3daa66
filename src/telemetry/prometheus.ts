import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { METRICS } from './catalogue.ts';
import type { Family } from './families.ts';

/** What Prometheus reads. */
export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Shows families in the text format of Prometheus, with what prom-client knows of the process itself: memory, processor time,
 * event loop, garbage collection. To be made once in a process.
 *
 * @param look is called before each scrape
 * @example const scrape = createPrometheus(families, gauges.look); (await scrape()).text
 */
export function createPrometheus(
  families: readonly Family[],
  look: () => Promise<void>,
): () => Promise<Scrape> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const family of families) registry.registerMetric(metricOf(family));
  return async () => {
    await look();
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

/** Counting is ours (docs/decisions/033-metrics-and-traces.md); of a metric the registry asks its name and `get` alone. */
function metricOf({ name, samples }: Family): Metric {
  const { help, type } = METRICS[name];
  return {
    name,
    help,
    type,
    get: async () => ({ name, help, type, values: samples() }),
  } as unknown as Metric;
}
