import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Attempt, Delivery } from '../../src/core/delivery.ts';
import { createLane, type Lane } from '../../src/delivery/lane.ts';
import { newDelivery } from '../../src/store/delivery-rows.ts';
import { promise } from '../store/promises.ts';

const POLICY = { attempts: 5, firstDelay: 1000, longestDelay: 60_000 };

interface Bench {
  readonly lane: Lane;
  /** When deliveries were taken, in milliseconds since the start, and how many at a time were free to be. */
  readonly takes: readonly { readonly at: number; readonly most: number }[];
  /** How many attempts are under way. */
  underWay(): number;
  /** Ends all attempts that are under way, and lets everything that follows from it happen. */
  end(attempt: Attempt): Promise<void>;
  /** Lets time pass. */
  pass(milliseconds: number): Promise<void>;
}

/** A lane whose store always has one more delivery, with a clock and timers of its own. */
function open(
  t: TestContext,
  { atOnce, isOutage = () => false }: { atOnce: number; isOutage?: () => boolean },
): Bench {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const takes: { at: number; most: number }[] = [];
  const waiting: ((attempt: Attempt) => void)[] = [];
  const lane = createLane({
    upstream: 'school',
    store: {
      take: async ({ most, now }): Promise<readonly Delivery[]> => {
        takes.push({ at: now, most });
        return Array.from({ length: most }, (_, index) => newDelivery(promise(index), `${now}-${index}`));
      },
      settle: async () => true,
      nextDue: async () => undefined,
    },
    attempt: () => new Promise((resolve) => void waiting.push(resolve)),
    isOutage,
    atOnce,
    policy: POLICY,
    attemptTimeout: 10_000,
    lease: 20_000,
    lookAgain: 5000,
    clock: Date.now,
    random: () => 1,
    newId: () => 'holder',
    settled: () => undefined,
    failed: (error) => assert.fail(String(error)),
  });
  return {
    lane,
    takes,
    underWay: () => waiting.length,
    end: async (attempt) => {
      for (const resolve of waiting.splice(0)) resolve(attempt);
      await turn();
    },
    pass: async (milliseconds) => {
      t.mock.timers.tick(milliseconds);
      await turn();
    },
  };
}

/** Everything that is only a promise away has happened after it. */
async function turn(): Promise<void> {
  for (let hop = 0; hop < 3; hop++) await new Promise((resolve) => setImmediate(resolve));
}

const DOWN: Attempt = { kind: 'passing', code: 'UPSTREAM_DOWN' };

test('attempts that fail together are one failure: the pause after them is the first one, however many they were', async (t) => {
  const bench = open(t, { atOnce: 8 });
  bench.lane.wake();
  await turn();
  assert.equal(bench.underWay(), 8);
  await bench.end(DOWN);
  await bench.pass(POLICY.firstDelay - 1);
  assert.equal(bench.takes.length, 1, 'it waits');
  await bench.pass(1);
  assert.deepEqual(bench.takes[1], { at: POLICY.firstDelay, most: 8 });
  await bench.end(DOWN);
  await bench.pass(2 * POLICY.firstDelay - 1);
  assert.equal(bench.takes.length, 2, 'the second pause is twice as long');
  await bench.pass(1);
  assert.equal(bench.takes.length, 3);
});

test('a success ends the pauses: the next failure is the first one again', async (t) => {
  const bench = open(t, { atOnce: 1 });
  bench.lane.wake();
  await turn();
  for (const pause of [1, 2, 4]) {
    await bench.end(DOWN);
    await bench.pass(pause * POLICY.firstDelay);
    assert.equal(bench.underWay(), 1);
  }
  await bench.end({ kind: 'verified' });
  assert.equal(bench.underWay(), 1, 'the next one goes at once');
  await bench.end(DOWN);
  await bench.pass(POLICY.firstDelay);
  assert.equal(bench.underWay(), 1);
});

test('what the upstream asks to wait, everything waits; trouble of one delivery holds nothing up', async (t) => {
  const bench = open(t, { atOnce: 2 });
  bench.lane.wake();
  await turn();
  await bench.end({ kind: 'passing', code: 'UPSTREAM_BUSY', retryAfter: 30_000 });
  await bench.pass(29_999);
  assert.equal(bench.takes.length, 1);
  await bench.pass(1);
  assert.equal(bench.underWay(), 2);
  const before = bench.takes.length;
  await bench.end({ kind: 'passing', code: 'UPSTREAM_BAD_ANSWER' });
  assert.ok(bench.takes.length > before, 'the next ones go at once');
});

test('in an outage one attempt at a time is made', async (t) => {
  let isOutage = true;
  const bench = open(t, { atOnce: 8, isOutage: () => isOutage });
  bench.lane.wake();
  await turn();
  assert.equal(bench.underWay(), 1);
  isOutage = false;
  await bench.end({ kind: 'verified' });
  assert.equal(bench.underWay(), 8);
});

test('a lane that is stopped takes nothing more, and waits for what is under way', async (t) => {
  const bench = open(t, { atOnce: 2 });
  bench.lane.wake();
  await turn();
  let isStopped = false;
  const stopped = bench.lane.stop().then(() => {
    isStopped = true;
  });
  await turn();
  assert.equal(isStopped, false);
  await bench.end({ kind: 'verified' });
  await stopped;
  assert.equal(bench.takes.length, 1);
});
