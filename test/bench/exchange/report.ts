import { type Comparison, digits, table } from '../report.ts';
import {
  type Effort,
  type Round,
  type Rounds,
  ratio,
  SERVERS,
  type StraightThrough,
  typical,
} from './measure.ts';

/** The gateway against the others, with the targets that were set before it was written. */
export function compareExchange(exchange: StraightThrough, measured: Rounds): readonly Comparison[] {
  const against = (to: 'floor' | 'hand-made', figure: keyof Round): number =>
    ratio(measured, figure, ['gateway', to]);
  return [
    {
      what: `${exchange}: CPU per request, gateway : floor`,
      ratio: against('floor', 'cpu'),
      target: { atMost: 2 },
    },
    {
      what: `${exchange}: requests per second, gateway : floor`,
      ratio: against('floor', 'requestsPerSecond'),
      target: { atLeast: 0.5 },
    },
    {
      what: `${exchange}: CPU per request, gateway : hand-made`,
      ratio: against('hand-made', 'cpu'),
      target: { atMost: 0.3 },
    },
    {
      what: `${exchange}: requests per second, gateway : hand-made`,
      ratio: against('hand-made', 'requestsPerSecond'),
      target: { atLeast: 4 },
    },
  ];
}

const EXCHANGES: Readonly<Record<StraightThrough, string>> = {
  'line item': 'PUT /api/lineitems/:id of a line item that stands (two calls to OneRoster: GET, PUT)',
  score: 'POST /api/lineitems/:id/scores over a result that stands (two calls to OneRoster: GET, PUT)',
};

/** What was measured, for people. */
export function exchangeTitle(exchange: StraightThrough, { rounds: count, seconds }: Effort): string {
  return `${EXCHANGES[exchange]}, medians of ${count} rounds of ${seconds} s
  gateway    Gradebridge with its usual configuration: service key, validation, locking, both mappings, log
  floor      node:http and a pool of undici, a naive mapping; no authentication, no validation
  hand-made  Express and axios as they come, a naive mapping; no authentication, no validation`;
}

/** The figures of the three servers. */
export function exchangeTable(measured: Rounds): string {
  const figures: readonly (keyof Round)[] = [
    'requestsPerSecond',
    'cpu',
    'loadAndUpstreamCpu',
    'median',
    'slow',
    'connections',
  ];
  const head = [
    'server',
    'requests/s',
    'CPU µs/request',
    'load + upstream',
    'median ms',
    '99 % ms',
    'connections/1000',
  ];
  return table(
    head,
    SERVERS.map((name) => [name, ...figures.map((figure) => digits(typical(measured[name], figure)))]),
  );
}
