import type { LensTiming } from './lens.ts';
import { type Comparison, digits, table } from './report.ts';

/** The document that the lens is slowest at, against the others, counts. */
export function compareLens(timings: readonly LensTiming[]): readonly Comparison[] {
  const lowest = (other: 'jsonata' | 'json'): number =>
    Math.min(...timings.map((timing) => timing[other] / timing.lens));
  return [
    { what: 'time, JSONata : lens', ratio: lowest('jsonata'), target: { atLeast: 25 } },
    { what: 'time, JSON.parse and stringify : lens', ratio: lowest('json'), target: { atLeast: 2 } },
  ];
}

/** What was measured, for people. */
export const LENS_TITLE = `One line item mapped to OneRoster and back, in microseconds of CPU; JSON is JSON.parse and JSON.stringify of
the two documents, and the ratios below are those of the document that they are lowest for`;

/** The figures of each document. */
export function lensTable(timings: readonly LensTiming[]): string {
  const rows = timings.map(({ document, ...times }) => [
    document,
    ...[times.lens, times.jsonata, times.json].map((nanoseconds) => digits(nanoseconds / 1000)),
    ...[times.jsonata, times.json].map((other) => digits(other / times.lens)),
  ]);
  return table(['document', 'lens', 'JSONata', 'JSON', 'JSONata : lens', 'JSON : lens'], rows);
}
