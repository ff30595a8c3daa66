import { parseArgs } from 'node:util';
import {
  type Effort,
  measureExchange,
  type Round,
  type Rounds,
  ratio,
  SERVERS,
  typical,
} from './exchange/measure.ts';
import { type Comparison, comparisonTable, digits, isMet, machine, table } from './report.ts';

/**
 * `npm run bench [-- --quick] [-- --json]`: how fast the gateway is, as ratios, because figures of different machines cannot
 * be compared and those of one run on one machine can.
 */
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const effort: Effort = flags.quick
  ? { warmUp: 1, rounds: 2, seconds: 1 }
  : { warmUp: 5, rounds: 7, seconds: 4 };

const say = (text: string): void => {
  if (!flags.json) console.log(text);
};

const { node, platform, cpu, cores, date } = machine();
say(`Gradebridge benchmark, ${date}\nNode ${node}, ${platform}, ${cores} cores of ${cpu}\n`);
const rounds = await measureExchange(effort);
const comparisons = compare(rounds);
say(explanation(effort));
say(`${exchangeTable(rounds)}\n\n${comparisonTable(comparisons)}`);
if (flags.json) {
  const data = comparisons.map((comparison) => ({ ...comparison, met: isMet(comparison) }));
  console.log(JSON.stringify({ machine: machine(), effort, rounds, comparisons: data }, null, 2));
}

function compare(measured: Rounds): readonly Comparison[] {
  const against = (to: 'floor' | 'hand-made', figure: keyof Round): number =>
    ratio(measured, figure, ['gateway', to]);
  return [
    { what: 'CPU per request, gateway : floor', ratio: against('floor', 'cpu'), target: { atMost: 2 } },
    {
      what: 'requests per second, gateway : floor',
      ratio: against('floor', 'requestsPerSecond'),
      target: { atLeast: 0.5 },
    },
    {
      what: 'CPU per request, gateway : hand-made',
      ratio: against('hand-made', 'cpu'),
      target: { atMost: 0.3 },
    },
    {
      what: 'requests per second, gateway : hand-made',
      ratio: against('hand-made', 'requestsPerSecond'),
      target: { atLeast: 4 },
    },
  ];
}

function explanation({ rounds: count, seconds }: Effort): string {
  return `PUT /api/lineitems/:id of a line item that stands (two calls to OneRoster: GET, PUT), medians of ${count} rounds of ${seconds} s
  gateway    Gradebridge with its usual configuration: service key, validation, locking, both mappings, log
  floor      node:http and a pool of undici, a naive mapping; no authentication, no validation
  hand-made  Express and axios as they come, a naive mapping; no authentication, no validation
`;
}

function exchangeTable(measured: Rounds): string {
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
