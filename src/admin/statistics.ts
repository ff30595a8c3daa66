import { isoOf, type Loose } from './answers.ts';
import type { Exchange } from './ports.ts';
import { createSeries, Durations, type Series } from './series.ts';

/** The last hour, minute by minute: of each tool its requests, of each upstream its answers. */
export interface Statistics {
  counted(exchange: Pick<Exchange, 'tool' | 'status'>): void;
  measured(upstream: string, how: { readonly milliseconds: number; readonly isWell: boolean }): void;
  requestsOf(tool: string): readonly Requests[];
  latencyOf(upstream: string): readonly Loose[];
}

export interface Requests {
  readonly at: string;
  readonly requests: number;
  /** Answers of 400 and more. */
  readonly errors: number;
}

/** Names are those of the configuration, so there are no more of them than somebody has written there. */
export function createStatistics(clock: () => number): Statistics {
  const tools = new Map<string, Series<{ requests: number; errors: number }>>();
  const upstreams = new Map<string, Series<Durations>>();
  return {
    counted: ({ tool, status }) => {
      if (tool === undefined) return;
      const series = tools.get(tool) ?? createSeries(() => ({ requests: 0, errors: 0 }));
      tools.set(tool, series);
      const row = series.at(clock());
      row.requests++;
      if (status >= 400) row.errors++;
    },
    measured: (upstream, { milliseconds, isWell }) => {
      const series = upstreams.get(upstream) ?? createSeries(() => new Durations());
      upstreams.set(upstream, series);
      series.at(clock()).add(milliseconds, !isWell);
    },
    requestsOf: (tool) =>
      (tools.get(tool)?.rows(clock()) ?? []).map(({ at, row }) => ({ at: isoOf(at), ...row })),
    latencyOf: (upstream) =>
      (upstreams.get(upstream)?.rows(clock()) ?? []).map(({ at, row }) => ({
        at: isoOf(at),
        count: row.count,
        p50: row.percentile(0.5),
        p95: row.percentile(0.95),
        errors: row.errors,
      })),
  };
}
