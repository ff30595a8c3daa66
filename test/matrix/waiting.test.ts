import { test } from 'node:test';
import { titleOf, tryRow } from './cell.ts';
import { FAULTS } from './faults.ts';
import { openStage, type Stage } from './stage.ts';

test('the faults that are waited for, side by side, with every operation', {
  concurrency: true,
}, async (t) => {
  const rows = FAULTS.filter(({ waits }) => waits !== undefined);
  const stages: Stage[] = [];
  for (const row of rows) stages.push(await openStage(t, row));
  await Promise.all(rows.map((row, at) => t.test(titleOf(row), () => tryRow(row, stages[at] as Stage))));
});
