import { parseArgs } from 'node:util';
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
 */
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

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
    JSON.stringify({ machine: about, effort, exchanges, lists, promises, lens, comparisons: data }, null, 2),
  );
}
