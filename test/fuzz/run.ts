import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- [--seed N] [--requests N] [--from N]`: exits with 1 when an answer was none that the gateway may give. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
  },
});
const [seed, requests, from] = [values.seed, values.requests, values.from].map(Number) as [
  number,
  number,
  number,
];
if (![seed, requests, from].every(Number.isSafeInteger) || requests < 1 || from < 0) {
  console.error('usage: npm run fuzz -- [--seed N] [--requests N] [--from N]');
  process.exit(2);
}

const endings: (() => unknown)[] = [];
const t = { after: (end?: unknown) => void endings.unshift(end as () => unknown) };
const { violations, statuses, grown, slowest } = await fuzz(t, {
  seed,
  requests,
  from,
  progress: (done) => {
    if (done % 500 === 0) process.stderr.write(`\r${done} requests`);
  },
});
process.stderr.write('\r');
console.log(`--seed ${seed}, answers: ${JSON.stringify(statuses)}`);
console.log(
  `the most expensive took ${slowest.toFixed(0)} ms of the processor; the heap has grown by ${(grown / 1e6).toFixed(1)} MB`,
);
for (const violation of violations) console.log(`\nWRONG ${violation}`);
for (const end of endings) await end();
process.exit(violations.length === 0 ? 0 : 1);
