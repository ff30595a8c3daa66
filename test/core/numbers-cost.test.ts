import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHeld, numbersAsWritten, parseKeeping } from '../../src/core/numbers.ts';
import { processorTime } from '../fuzz/place.ts';

/** Texts of at most 256 kB, as a tool may send them, that once took from 14 seconds to minutes, or the whole heap. */
const TEXTS: Readonly<Record<string, string>> = {
  'many numbers far down': `{"x":${'['.repeat(20_000)}1${',1.0'.repeat(40_000)}${']'.repeat(20_000)}}`,
  'many numbers far down, behind another value of the same name': `{"m":${'['.repeat(20_000)}1${',1.0'.repeat(4_000)}${']'.repeat(20_000)},"m":1}`,
  'many numbers below a long name': `{"${'x'.repeat(200_000)}":[1${',1.0'.repeat(12_000)}]}`,
  'a member that is repeated below a long name': `{"${'x'.repeat(200_000)}":{"a":1.0${',"a":1.0'.repeat(6_000)}}}`,
  'a member that is repeated': `{"m":1${',"m":1.0'.repeat(30_000)}}`,
};

/** Milliseconds of the processor: ten times what it takes now, a part of what it took. */
const BOUND = 2_000;

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name}: looking for numbers costs next to nothing`, () => {
    const value = JSON.parse(text);
    const before = processorTime();
    try {
      numbersAsWritten(text, value);
    } catch (error) {
      assert.match(String(error), /RangeError: members are repeated/);
    }
    const took = processorTime() - before;
    assert.ok(took < BOUND, `it took ${Math.round(took)} ms`);
  });
}

test('a number with a hundred thousand zeros inside it is compared at once, of tools and of OneRoster', () => {
  const number = `0.1${'0'.repeat(100_000)}1`;
  const before = processorTime();
  assert.equal(isHeld(number), false);
  assert.notEqual(parseKeeping(`{"score":${number}}`), undefined);
  const took = processorTime() - before;
  assert.ok(took < BOUND, `it took ${Math.round(took)} ms`);
});
