import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { type ChaosOptions, LATE } from './plan.ts';
import { reportOf } from './report.ts';

/**
 * `npm run chaos -- [--seed N] [--scores N] [--pairs N] [--kills N] [--store sqlite|postgres] [--minutes N] [--late MS]`: exits
 * with 1 when a grade was lost, doubled, stale or wrong, or a command beside the gateways failed.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    scores: { type: 'string', default: '3000' },
    pairs: { type: 'string', default: '200' },
    kills: { type: 'string', default: '6' },
    store: { type: 'string', default: 'sqlite' },
    minutes: { type: 'string', default: '0' },
    late: { type: 'string', default: String(LATE) },
  },
});

const { store } = values;
if (store !== 'sqlite' && store !== 'postgres') throw new Error('--store takes sqlite or postgres');
const [scores, pairs, kills, late] = [values.scores, values.pairs, values.kills, values.late].map(Number);
const options: ChaosOptions = {
  seed: Number(values.seed),
  scores,
  pairs,
  kills,
  late,
  store,
} as ChaosOptions;
const end = Date.now() + Number(values.minutes) * 60_000;
let isSound = true;
let seed = options.seed;
// Seeds follow each other until the time is over.
do {
  const result = await runChaos({ ...options, seed });
  console.log(`${reportOf(result)}\n`);
  isSound &&= result.violations.length === 0 && result.commands.failed.length === 0;
  seed++;
} while (Date.now() < end);
process.exit(isSound ? 0 : 1);
