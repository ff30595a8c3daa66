import type { TraceParent } from '../core/trace.ts';
import type { TransportFault } from './transport.ts';

/** Is told what happens at one upstream, for metrics and traces. */
export interface UpstreamWatch<Exchange = WatchedExchange & { readonly url: string }> {
  begin(exchange: Exchange): UnderWay;
  /** A call is not made: because the circuit is open, or no slot became free in time. */
  heldBack(reason: 'circuit' | 'slots'): void;
}

/** One that is told of patterns and never of URLs, in which there are ids. */
export type RouteWatch = UpstreamWatch<WatchedExchange & { readonly route: string }>;

export interface WatchedExchange {
  readonly method: string;
  /** Which try of its call it is; the first is 1. */
  readonly tries: number;
  /** What the call is part of. */
  readonly trace: TraceParent | undefined;
}

/** An exchange that is under way. */
export interface UnderWay {
  /** What is to be sent with it. */
  readonly headers: Readonly<Record<string, string>>;
  /** @param outcome the status of the answer, or why there is none */
  end(outcome: number | TransportFault): void;
}

/** The collections of OneRoster 1.2 that are called here: anything else in a path is an id, or unknown. */
const COLLECTIONS: ReadonlySet<string> = new Set([
  'assessmentLineItems',
  'assessmentResults',
  'categories',
  'classes',
  'enrollments',
  'lineItems',
  'results',
  'students',
  'users',
]);

/**
 * Tells patterns in place of URLs.
 *
 * @param services URLs without a trailing slash
 * @example createUpstream({ …, watch: byRoute(watch, [gradebook, rostering]) })
 */
export function byRoute(watch: RouteWatch, services: readonly string[]): UpstreamWatch {
  // One may be a part of the other, as when the gradebook has no prefix.
  const longestFirst = services.toSorted((left, right) => right.length - left.length);
  return {
    heldBack: watch.heldBack,
    begin: ({ method, url, tries, trace }) =>
      watch.begin({ method, route: routeOf(url, longestFirst), tries, trace }),
  };
}

/**
 * The pattern of a path below one of the services, in which collections and ids take turns.
 *
 * @param services URLs without a trailing slash
 * @example routeOf('https://or.example/gradebook/results/r-1', ['https://or.example/gradebook']) // '/results/:id'
 */
export function routeOf(url: string, services: readonly string[]): string {
  const service = services.find((root) => url.startsWith(`${root}/`));
  if (service === undefined) return 'other';
  const query = url.indexOf('?');
  const path = url.slice(service.length + 1, query < 0 ? undefined : query);
  let route = '';
  for (const [index, part] of path.split('/').entries()) {
    const isId = index % 2 === 1;
    if (!isId && !COLLECTIONS.has(part)) return 'other';
    route += isId ? '/:id' : `/${part}`;
  }
  return route;
}

type WatchOf = (upstream: string) => RouteWatch;

/**
 * Two who are told the same, where each is there.
 *
 * @example createConnections({ …, watchOf: watchTogether(telemetry?.upstream, watching?.upstream) })
 */
export function watchTogether(one: WatchOf | undefined, other: WatchOf | undefined): WatchOf | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (upstream) => {
    const [left, right] = [one(upstream), other(upstream)];
    return {
      heldBack: (reason) => {
        left.heldBack(reason);
        right.heldBack(reason);
      },
      begin: (exchange) => {
        const [first, second] = [left.begin(exchange), right.begin(exchange)];
        return {
          headers: { ...first.headers, ...second.headers },
          end: (outcome) => {
            first.end(outcome);
            second.end(outcome);
          },
        };
      },
    };
  };
}
