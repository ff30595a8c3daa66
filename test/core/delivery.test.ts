import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backOff, instantAt, positionOf, settle, waitAsked } from '../../src/core/delivery.ts';

const policy = { attempts: 30, firstDelay: 1000, longestDelay: 30_000 };
const random = fc.double({ min: 0, max: 1, noNaN: true });
const attempts = fc.integer({ min: 1, max: 100 });

test('a wait is of whole milliseconds, as the store keeps them, and between half and the whole of its delay', () => {
  fc.assert(
    fc.property(attempts, random, (count, chance) => {
      const wait = backOff({ policy, attempts: count, random: chance });
      const whole = Math.min(1000 * 2 ** Math.min(count - 1, 30), 30_000);
      assert.ok(Number.isInteger(wait) && wait >= whole / 2 && wait <= whole, String(wait));
    }),
  );
});

test('the next attempt is due after what the upstream has asked for, at a whole millisecond', () => {
  fc.assert(
    fc.property(attempts, random, fc.double({ min: 0, max: 5000, noNaN: true }), (count, chance, seconds) => {
      const retryAfter = waitAsked(seconds);
      const question = { policy, attempts: count, now: 1000, random: chance, isOutage: true };
      const { state, due } = settle({ kind: 'passing', code: 'UPSTREAM_BUSY', retryAfter }, question);
      assert.equal(state, 'accepted');
      assert.ok(Number.isInteger(due) && due >= 1000 + Math.min(seconds * 1000, 3_600_000), String(due));
    }),
  );
});

test('positions sort as timestamps do, to the last digit', () => {
  const inOrder = [
    '0001-01-01T00:00:00Z',
    '2026-03-06T20:05:02.1Z',
    '2026-03-06T20:05:02.1234Z',
    '2026-03-06T20:05:02.12345678Z',
    '2026-03-06T21:05:02.124+01:00',
    '9999-12-31T23:59:59.999Z',
  ];
  const positions = inOrder.map(positionOf);
  assert.deepEqual([...positions].sort(), positions);
  assert.equal(instantAt(positionOf('2026-03-06T20:05:02.1234Z')), Date.UTC(2026, 2, 6, 20, 5, 2, 123));
});
