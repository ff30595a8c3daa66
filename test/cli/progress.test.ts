import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openProgress } from '../../src/commands/progress.ts';

test('on a terminal progress is a bar that is drawn over itself and leaves nothing behind', () => {
  const written: string[] = [];
  let now = 1_000;
  const io = {
    error: () => assert.fail('no lines'),
    terminal: { write: (text: string) => void written.push(text) },
  };
  const progress = openProgress(io, 'Comparing', () => now);
  progress.at(1, 4);
  progress.at(2, 4);
  now += 100;
  progress.at(2, 4);
  assert.deepEqual(written, [
    '\r\u001b[KComparing [######..................] 1 of 4',
    '\r\u001b[KComparing [############............] 2 of 4',
  ]);
  progress.end();
  assert.equal(written.at(-1), '\r\u001b[K');
});

test('elsewhere it is a plain line now and then, and what is quick says nothing', () => {
  const lines: string[] = [];
  let now = 0;
  const progress = openProgress({ error: (text) => void lines.push(text) }, 'Comparing', () => now);
  progress.at(1, 4);
  now += 5_000;
  progress.at(3, 4);
  progress.at(4, 4);
  progress.end();
  assert.deepEqual(lines, ['Comparing: 3 of 4']);
});
