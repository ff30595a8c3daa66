import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../../src/workbench/bench.ts';
import { lossyText, shippedText } from './texts.ts';

const REQUEST = { direction: 'oneroster', document: { label: 'Quiz', scoreMaximum: 1 }, now: 0 } as const;

test('a proof in a thread of its own leaves the event loop free, and says what it says here', async (t) => {
  const bench = openBench();
  t.after(() => bench.close());
  await bench.tryMapping('{', REQUEST);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const judged = await bench.judge(lossyText(), 'line-item');
  isOver = true;
  assert.ok(turns > 50, `${turns} turns while the laws were tried`);
  assert.equal(judged.laws.find(({ law }) => law === 'put-get')?.holds, false);
  assert.equal((await bench.tryMapping(shippedText(), REQUEST)).document?.['title'], 'Quiz');
});

test('those who ask at once are answered one after another, until there are too many', async (t) => {
  const bench = openBench();
  t.after(() => bench.close());
  const asked = Array.from({ length: 12 }, () => bench.tryMapping('{', REQUEST));
  const settled = await Promise.allSettled(asked);
  const codes = settled.map((result) => (result.status === 'rejected' ? result.reason.code : 'done'));
  assert.deepEqual(
    codes.map((code, index) => (index < 8 ? code === 'done' : code === 'OVERLOADED')),
    Array.from({ length: 12 }, () => true),
  );
});

test('a thread that ends in the middle of a proof refuses it, and the next one is answered', async (t) => {
  const bench = openBench();
  t.after(() => bench.close());
  await bench.tryMapping('{', REQUEST);
  const lost = assert.rejects(
    bench.judge(shippedText(), 'line-item'),
    ({ code }: { readonly code?: string }) => code === 'MAPPING_TOO_HEAVY',
  );
  await new Promise((resolve) => setImmediate(resolve));
  await bench.close();
  await lost;
  const tried = await bench.tryMapping('{', REQUEST);
  assert.equal(tried.problems.length, 1);
});
