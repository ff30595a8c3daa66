import type { AdminRoute } from '../core/admin.ts';
import { isoOf, json, type Loose } from './answers.ts';
import { type Attention, attentionFor } from './attention.ts';
import { revisionRow } from './configuration.ts';
import type { DeliveryDesk, Revisions, WatchedUpstream } from './ports.ts';
import type { Statistics } from './statistics.ts';

export interface OverviewParts {
  readonly revisions: Revisions;
  readonly upstreams: ReadonlyMap<string, WatchedUpstream>;
  /** Names of the configuration. */
  readonly tools: readonly string[];
  /** Whether each upstream can be reached, some seconds old at most. */
  readonly readiness: () => Promise<
    Readonly<Record<string, { readonly reachable: boolean; readonly code?: string }>>
  >;
  readonly statistics: Statistics;
  readonly deliveries: Pick<DeliveryDesk, 'count'>;
  readonly clock: () => number;
}

/** How everything is, on one page, and what somebody should look at. */
export function overviewRoutes(parts: OverviewParts): readonly AdminRoute[] {
  return [
    { method: 'GET', path: '/overview', role: 'viewer', answer: async () => json(await lookAt(parts)) },
  ];
}

async function lookAt(parts: OverviewParts): Promise<Loose> {
  const { revisions, tools, readiness, statistics, deliveries, clock } = parts;
  const [revision, reachable, counts] = await Promise.all([
    revisions.current(),
    readiness(),
    deliveries.count(),
  ]);
  const now = clock();
  const upstreams = [...parts.upstreams].map(([name, upstream]) => {
    const lasts = upstream.tokenLasts();
    return {
      name,
      profile: upstream.profile,
      reachable: reachable[name]?.reachable ?? false,
      code: reachable[name]?.code,
      circuit: upstream.isOutage() ? 'open' : 'closed',
      tokenUntil: lasts === undefined ? undefined : isoOf(now + lasts),
      latency: statistics.latencyOf(name),
    } as const;
  });
  const series = tools.map((tool) => ({ tool, series: statistics.requestsOf(tool) }));
  const attention: readonly Attention[] = attentionFor({ revision, upstreams, tools: series, counts, now });
  return {
    revision: revisionRow(revision),
    upstreams,
    tools: series.map(({ tool, series: rows }) => ({ tool, series: rows.map((row) => ({ ...row })) })),
    deliveries: counts.map((row) => ({ ...row, oldest: isoOf(row.oldest) })),
    attention: attention.map((row) => ({ ...row })),
  };
}
