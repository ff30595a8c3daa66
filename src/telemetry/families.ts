import { METRICS, type MetricName, type MetricRow } from './catalogue.ts';

/** One line of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it is not that of the family, as in a histogram. */
  readonly metricName?: string;
}

/** One metric with all its series. */
export interface Family {
  readonly name: MetricName;
  samples(): readonly Sample[];
}

/**
 * A series is named by the values of its labels in the order of the catalogue, with a space between each two: none of them
 * has one. A request then costs one text and one look into a map, and no object of labels.
 */
type Series = string;

export interface Counter extends Family {
  add(series: Series): void;
}

export interface Histogram extends Family {
  observe(series: Series, seconds: number): void;
}

/** @example const tokens = createCounter('gradebridge_tokens_total'); tokens.add('quizzer 200') */
export function createCounter(name: MetricName): Counter {
  const cells = new Map<Series, { count: number }>();
  return {
    name,
    add: (series) => {
      const cell = cells.get(series);
      if (cell === undefined) cells.set(series, { count: 1 });
      else cell.count++;
    },
    samples: () =>
      [...cells].map(([series, { count }]) => ({ labels: labelsOf(name, series), value: count })),
  };
}

interface Cell {
  /** How many lie in each bucket alone; the last is for what is above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** @example createHistogram('gradebridge_http_request_seconds').observe('ags postScore', 0.12) */
export function createHistogram(name: MetricName): Histogram {
  const { buckets = [] }: MetricRow = METRICS[name];
  const cells = new Map<Series, Cell>();
  return {
    name,
    observe: (series, seconds) => {
      let cell = cells.get(series);
      if (cell === undefined) {
        cell = { counts: Array<number>(buckets.length + 1).fill(0), sum: 0 };
        cells.set(series, cell);
      }
      let at = 0;
      while (at < buckets.length && seconds > (buckets[at] as number)) at++;
      cell.counts[at] = (cell.counts[at] as number) + 1;
      cell.sum += seconds;
    },
    samples: () => [...cells].flatMap(([series, cell]) => histogramSamples(name, series, cell)),
  };
}

/** Buckets are cumulative in a scrape, and the last one is `+Inf`. */
function histogramSamples(name: MetricName, series: Series, { counts, sum }: Cell): readonly Sample[] {
  const { buckets = [] }: MetricRow = METRICS[name];
  const labels = labelsOf(name, series);
  let total = 0;
  const lines = counts.map((count, index) => {
    total += count;
    return {
      labels: { ...labels, le: buckets[index] ?? '+Inf' },
      value: total,
      metricName: `${name}_bucket`,
    };
  });
  return [
    ...lines,
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: total, metricName: `${name}_count` },
  ];
}

function labelsOf(name: MetricName, series: Series): Readonly<Record<string, string>> {
  const values = series.split(' ');
  return Object.fromEntries(METRICS[name].labels.map((label, index) => [label, values[index] ?? '']));
}
