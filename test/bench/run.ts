import { parseArgs } from 'node:util';
import { measureBacklogs } from './backlog.ts';
import { BACKLOG_TITLE, backlogTable, compareBacklogs } from './backlog-report.ts';
import { type Effort, measureExchange } from './exchange/measure.ts';
import { compareExchange, exchangeTable, exchangeTitle } from './exchange/report.ts';
import { benchLens } from './lens.ts';
import { compareLens, LENS_TITLE, lensTable } from './lens-report.ts';
import { measureLists } from './lists.ts';
import { compareLists, LISTS_TITLE, listsTable } from './lists-report.ts';
import { measurePromises } from './promises.ts';
import { comparePromises, PROMISES_TITLE, promisesTable } from './promises-report.ts';
import { comparisonTable, isMet, machine } from './report.ts';

/**
 * `npm run bench [-- --quick] [-- --json]`: how fast the gateway is, as ratios, because figures of different machines cannot
 * be compared and those of one run on one machine can.
 *
 * `npm run bench -- backlog [--sizes 1000,10000,100000] [--patience SECONDS] [--json]`: an outage, and what comes after it.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,10000,100000' },
    patience: { type: 'string', default: '180' },
  },
});
if (positionals.some((word) => word !== 'backlog')) throw new Error(`there is no bench ${positionals}`);

// The ratios of a short run are those of code that the compiler has hardly looked at.
const effort: Effort = flags.quick
  ? { warmUp: 1, rounds: 2, seconds: 1 }
  : { warmUp: 12, rounds: 9, seconds: 3 };
const listEffort = flags.quick ? { rounds: 1, lists: 3 } : { rounds: 9, lists: 10 };
const promiseEffort = flags.quick ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 4 };
const lensEffort = flags.quick ? { rounds: 1, milliseconds: 10 } : { rounds: 9, milliseconds: 60 };

const say = (text: string): void => {
  if (!flags.json) console.log(text);
};

const about = machine();
say(`Gradebridge benchmark, ${about.date}`);
say(`Node ${about.node}, ${about.platform}, ${about.cores} cores of ${about.cpu}\n`);
if (positionals.includes('backlog')) await benchBacklogs();
else await benchAll();

async function benchAll(): Promise<void> {
  const lens = await benchLens(lensEffort);
  const exchanges = [];
  for (const exchange of ['line item', 'score'] as const)
    exchanges.push({ exchange, rounds: await measureExchange(exchange, effort) });
  const lists = await measureLists(listEffort);
  const promises = await measurePromises(promiseEffort);
  const comparisons = [
    ...exchanges.flatMap(({ exchange, rounds }) => compareExchange(exchange, rounds)),
    ...compareLists(lists),
    ...comparePromises(promises),
    ...compareLens(lens),
  ];
  const parts = [
    ...exchanges.flatMap(({ exchange, rounds }) => [exchangeTitle(exchange, effort), exchangeTable(rounds)]),
    ...[LISTS_TITLE, listsTable(lists)],
    ...[PROMISES_TITLE, promisesTable(promises)],
    ...[LENS_TITLE, lensTable(lens)],
  ];
  say([...parts, comparisonTable(comparisons)].join('\n\n'));
  if (flags.quick)
    say('\nThis was a short run: it shows that everything works, and its ratios are worse than they are.');
  if (flags.json) {
    const data = comparisons.map((comparison) => ({ ...comparison, met: isMet(comparison) }));
    console.log(
      JSON.stringify(
        { machine: about, effort, exchanges, lists, promises, lens, comparisons: data },
        null,
        2,
      ),
    );
  }
}

async function benchBacklogs(): Promise<void> {
  const sizes = flags.sizes.split(',').map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw new Error('--sizes takes numbers');
  const timings = await measureBacklogs({ sizes, patience: Number(flags.patience) }, say);
  const compared = compareBacklogs(timings);
  say(`\n${[BACKLOG_TITLE, backlogTable(timings), comparisonTable(compared)].join('\n\n')}`);
  const comparisons = compared.map((comparison) => ({ ...comparison, met: isMet(comparison) }));
  if (flags.json) console.log(JSON.stringify({ machine: about, timings, comparisons }, null, 2));
}
