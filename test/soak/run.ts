import { parseArgs } from 'node:util';
import { digits, table } from '../bench/report.ts';
import type { Sample } from './sample.ts';
import { soak } from './soak.ts';

/** `npm run soak -- --minutes N [--rate N]`: whether memory, sockets and timers stay flat under a constant load with faults. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '100' },
  },
});
const [minutes, perSecond] = [Number(values.minutes), Number(values.rate)];
if (!(minutes > 0 && perSecond > 0)) {
  console.error('usage: npm run soak -- [--minutes N] [--rate REQUESTS_PER_SECOND]');
  process.exit(2);
}

const MB = 1_000_000;
const HEAD = [
  ...['second', 'requests', 'RSS MB', 'heap MB', 'external MB', 'sockets', 'timers'],
  ...['loop late ms', '99 % ms'],
];

function cellsOf(sample: Sample): readonly string[] {
  const { at, requests, rss, heap, external, sockets, timers, lateMedian, lateSlow } = sample;
  return [
    String(Math.round(at)),
    String(requests),
    ...[rss / MB, heap / MB, external / MB].map((size) => size.toFixed(1)),
    ...[sockets, timers].map(String),
    ...[lateMedian, lateSlow].map(digits),
  ];
}

console.log(
  `A gateway under ${perSecond} requests a second for ${minutes} minutes, with a fault now and then`,
);
let count = 0;
const { samples, verdicts, statuses, wrong, deliveries } = await soak({
  seconds: minutes * 60,
  perSecond,
  sampled: () => void process.stderr.write(`\r${++count} samples`),
});
process.stderr.write('\r');
console.log(table(HEAD, samples.map(cellsOf)));
console.log(`\nanswers: ${JSON.stringify(statuses)}\ndeliveries in the end: ${JSON.stringify(deliveries)}\n`);
for (const { figure, grown, allowed, isFlat } of verdicts) {
  const isBytes = !['sockets', 'timers'].includes(figure);
  const [more, bound] = [grown, allowed].map((size) =>
    isBytes ? `${(size / MB).toFixed(2)} MB` : size.toFixed(1),
  );
  console.log(
    `${figure}: ${more} from the middle third to the last, ${bound} allowed: ${isFlat ? 'flat' : 'NOT flat'}`,
  );
}
const { verified = 0, superseded = 0, ...others } = deliveries;
const isKept = Object.keys(others).length === 0 && verified + superseded <= (statuses['202'] ?? 0);
console.log(isKept ? 'every promise was kept' : 'NOT every promise was kept');
for (const one of wrong.slice(0, 20)) console.log(`wrong: ${one}`);
const isGood = wrong.length === 0 && isKept && verdicts.every(({ isFlat }) => isFlat);
process.exitCode = isGood ? 0 : 1;
