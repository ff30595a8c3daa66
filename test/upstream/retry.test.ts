import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createCircuit } from '../../src/upstream/circuit.ts';
import { nextDelay, parseRetryAfter } from '../../src/upstream/retry.ts';
import { createSlots } from '../../src/upstream/slots.ts';
import { createTurns } from '../../src/upstream/turns.ts';

const POLICY = { attempts: 3, firstDelay: 100, longestDelay: 300 };
const ASK = { attempt: 1, now: 1000, deadline: 10_000, random: 1 };

const DELAYS: readonly (readonly [
  string,
  Partial<typeof ASK> & { retryAfter?: number },
  number | undefined,
])[] = [
  ['the first wait is at most the first delay', {}, 100],
  ['and at least half of it', { random: 0 }, 50],
  ['the second is twice as long', { attempt: 2 }, 200],
  ['after the last attempt there is none', { attempt: 3 }, undefined],
  ['Retry-After is a floor', { retryAfter: 700 }, 700],
  ['a shorter Retry-After changes nothing', { retryAfter: 10 }, 100],
  ['a wait that the deadline forbids is no wait', { retryAfter: 9_500 }, undefined],
  ['nor one that ends at the deadline', { now: 9_900 }, undefined],
];

for (const [name, change, expected] of DELAYS) {
  test(name, () => assert.equal(nextDelay(POLICY, { ...ASK, ...change }), expected));
}

test('the delay never exceeds the longest', () => {
  assert.equal(nextDelay({ attempts: 9, firstDelay: 100, longestDelay: 300 }, { ...ASK, attempt: 8 }), 300);
});

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const RETRY_AFTER: readonly (readonly [string | undefined, number | undefined])[] = [
  ['2', 2000],
  ['0', 0],
  [' 15 ', 15_000],
  ['Thu, 01 Jan 2026 12:00:05 GMT', 5000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['3600', 3_600_000],
  ['3601', 3_600_000],
  ['999999999', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
  ['soon', undefined],
  ['-3', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
];

for (const [value, expected] of RETRY_AFTER) {
  test(`Retry-After: ${value}`, () => assert.equal(parseRetryAfter(value, NOW), expected));
}

test('an open circuit lets one trial through at a time, and a success closes it', () => {
  const circuit = createCircuit(2);
  for (let failure = 0; failure < 2; failure++) {
    assert.ok(circuit.admit());
    circuit.settle(false);
  }
  assert.ok(circuit.isOpen);
  assert.ok(circuit.admit(), 'the trial goes');
  assert.ok(!circuit.admit(), 'nobody else does');
  circuit.settle(false);
  assert.ok(circuit.admit(), 'the next trial goes at once');
  circuit.settle(true);
  assert.ok(!circuit.isOpen);
  assert.ok(circuit.admit());
  assert.ok(circuit.admit(), 'a closed circuit lets all through');
});

test('a success between failures keeps the circuit closed', () => {
  const circuit = createCircuit(2);
  for (const succeeded of [false, true, false, true, false]) {
    assert.ok(circuit.admit());
    circuit.settle(succeeded);
  }
  assert.ok(!circuit.isOpen);
});

test('work of one key runs one after another, whatever came of the one before; other keys do not wait', async () => {
  const turns = createTurns({ clock: Date.now, random: Math.random, newId: randomUUID, late: 1000 });
  const turn = (key: string) => ({ key, deadline: Date.now() + 1000, isStrict: false });
  const events: string[] = [];
  let release = (): void => undefined;
  const first = turns.alone(turn('a'), async () => {
    events.push('first begins');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    events.push('first fails');
    throw new Error('on purpose');
  });
  const second = turns.alone(turn('a'), async () => void events.push('second'));
  await turns.alone(turn('b'), async () => void events.push('other key'));
  assert.deepEqual(events, ['first begins', 'other key']);
  release();
  await assert.rejects(first, /on purpose/);
  await second;
  assert.deepEqual(events, ['first begins', 'other key', 'first fails', 'second']);
});

test('slots are handed on in order, and a wait ends in time', async () => {
  const slots = createSlots(1);
  assert.equal(await slots.take(1000), true);
  assert.equal(await slots.take(1), false);
  const waiting = slots.take(60_000);
  slots.free();
  assert.equal(await waiting, true);
  slots.free();
  assert.equal(await slots.take(0), true);
});

test('those who wait for a slot are served in turn, however much one of them asks for', async () => {
  const slots = createSlots(1);
  await slots.take(0);
  const served: string[] = [];
  const waiting = ['a', 'a', 'a', 'b', 'a', 'b', 'c'].map(async (who) => {
    assert.equal(await slots.take(60_000, who), true);
    served.push(who);
    slots.free();
  });
  assert.equal(slots.wanted, 7);
  slots.free();
  await Promise.all(waiting);
  assert.deepEqual(served, ['a', 'b', 'c', 'a', 'b', 'a', 'a']);
  assert.deepEqual([slots.wanted, slots.inUse], [0, 0]);
});
