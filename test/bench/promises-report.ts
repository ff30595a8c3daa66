import type { PromiseTiming } from './promises.ts';
import { type Comparison, digits, table } from './report.ts';

/** Group commit against one wait for the disk for each score. */
export function comparePromises(timings: readonly PromiseTiming[]): readonly Comparison[] {
  return timings.map(({ store, grouped, single }) => ({
    what: `promise: durable 202s per second, group commit : one by one, ${store}`,
    ratio: grouped / single,
    target: { atLeast: 5 },
  }));
}

/** What was measured, for people. */
export const PROMISES_TITLE = `Scores that are promised during an outage, the circuit open, 64 connections; each 202 is given when
the score is on the disk. "One by one" is the same gateway with a transaction for each`;

/** The figures of each store. */
export function promisesTable(timings: readonly PromiseTiming[]): string {
  const rows = timings.map(({ store, grouped, single, cpu, median, slow }) => [
    store,
    ...[grouped, single, grouped / single, cpu, median, slow].map(digits),
  ]);
  return table(['store', '202s/s', 'one by one', 'ratio', 'CPU µs/202', 'median ms', '99 % ms'], rows);
}
