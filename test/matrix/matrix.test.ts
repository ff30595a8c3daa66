import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf, tryRow } from './cell.ts';
import { FAULTS } from './faults.ts';
import { openStage } from './stage.ts';

test('every fault, with every operation: what is told, what is left, and what comes of it', async (t) => {
  const stage = await openStage(t, {});
  for (const row of FAULTS.filter(({ waits }) => waits === undefined))
    await t.test(titleOf(row), () => tryRow(row, stage));
});

test('no row of the table is there twice', () => {
  const titles = FAULTS.map(titleOf);
  assert.equal(new Set(titles).size, titles.length, titles.join('\n'));
});
