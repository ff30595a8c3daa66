import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Delivery, OPEN_STATES } from '../../src/core/delivery.ts';
import type { OpenedStore } from '../../src/store/store.ts';
import { KINDS } from './databases.ts';
import { FAILED, NOW, PASSING, promise, take, VERIFIED } from './promises.ts';

type Step =
  | { readonly do: 'accept'; readonly target: number; readonly second: number; readonly print: string }
  | { readonly do: 'take'; readonly most: number }
  | { readonly do: 'settle'; readonly which: number; readonly how: 'verified' | 'failed' | 'passing' }
  | { readonly do: 'die' }
  | { readonly do: 'retry'; readonly target: number };

const SETTLEMENTS = { verified: VERIFIED, failed: FAILED, passing: PASSING };

const target = fc.nat({ max: 1 });
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: accepts() },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('take' as const), most: fc.integer({ min: 1, max: 2 }) }),
    },
    { weight: 3, arbitrary: settles() },
    { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), target }) },
  ),
  { maxLength: 20 },
);

function accepts(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant('accept' as const),
    target,
    second: fc.integer({ min: 1, max: 5 }),
    print: fc.constantFrom('a', 'a', 'a', 'b'),
  });
}

function settles(): fc.Arbitrary<Step> {
  const how = fc.constantFrom('verified' as const, 'failed' as const, 'passing' as const);
  return fc.record({ do: fc.constant('settle' as const), which: fc.nat({ max: 3 }), how });
}

/** What a sequence of steps has led to, told from the outside. */
class Model {
  readonly upstream = randomUUID();
  readonly targets: readonly string[] = [randomUUID(), randomUUID()];
  /** Attempts that somebody believes to have under way. */
  taken: Delivery[] = [];
  now = NOW;
  readonly store: OpenedStore;

  constructor(store: OpenedStore) {
    this.store = store;
  }

  async rows(index: number): Promise<readonly Delivery[]> {
    const all = await this.store.deliveries.list({ upstream: this.upstream }, 1000);
    const own = all.filter((one) => one.target === this.targets[index]);
    return own.sort((one, other) => (one.position < other.position ? 1 : -1));
  }

  async step(step: Step): Promise<void> {
    if (step.do === 'accept') await this.accept(step);
    else if (step.do === 'take') await this.take(step.most);
    else if (step.do === 'settle') await this.settle(step);
    else if (step.do === 'die') this.now += 1001;
    else for (const { id } of await this.rows(step.target)) await this.store.deliveries.retry(id, this.now);
    await this.check();
  }

  async accept({ target: index, second, print }: Extract<Step, { do: 'accept' }>): Promise<void> {
    const before = await this.rows(index);
    const one = promise(second, {
      target: String(this.targets[index]),
      upstream: this.upstream,
      fingerprint: print,
    });
    const same = before.find(({ position }) => position === one.position);
    const isOpen = ({ state }: Delivery): boolean => OPEN_STATES.some((open) => open === state);
    const waiting = before.find((row) => isOpen(row) && row.position > one.position);
    const expected =
      same !== undefined && same.fingerprint !== print
        ? 'conflict'
        : waiting !== undefined || same?.state === 'superseded'
          ? 'stale'
          : 'accepted';
    assert.equal((await this.store.deliveries.accept(one)).kind, expected);
  }

  async take(most: number): Promise<void> {
    const taken = await take(this.store, this.upstream, { now: this.now, most });
    for (const one of taken) {
      assert.ok(one.operation, 'what is taken can be sent');
      const rows = await this.rows(this.targets.indexOf(one.target));
      const newer = rows.find(({ state, position }) => state === 'accepted' && position > one.position);
      assert.equal(newer, undefined, 'the newest that waits is taken');
    }
    this.taken.push(...taken);
  }

  async settle({ which, how }: Extract<Step, { do: 'settle' }>): Promise<void> {
    const [one] = this.taken.splice(which, 1);
    if (one === undefined) return;
    const before = await this.store.deliveries.find(one.id);
    const isHolder = before?.state === 'sent' && before.holder === one.holder;
    assert.equal(await this.store.deliveries.settle(one, SETTLEMENTS[how], this.now), isHolder);
  }

  /** Holds at every moment. */
  async check(): Promise<void> {
    for (const index of this.targets.keys()) {
      const rows = await this.rows(index);
      assert.ok(rows.filter(({ state }) => state === 'sent').length <= 1, 'one attempt at a time');
      assert.notEqual(rows[0]?.state, 'superseded', 'the newest is never given up for an older one');
      for (const { state, operation } of rows) {
        const isKept = [...OPEN_STATES, 'failed'].includes(state as 'failed');
        assert.equal(operation !== undefined, isKept, `${state} has a score, or has none`);
      }
    }
  }

  /** In the end all that waits is delivered, the newest of each target last. */
  async drain(): Promise<void> {
    this.now += 1001;
    for (let rounds = 0; rounds < 20; rounds++) {
      const taken = await take(this.store, this.upstream, { now: this.now });
      for (const one of taken) await this.store.deliveries.settle(one, VERIFIED, this.now);
      if (taken.length === 0) break;
    }
    for (const index of this.targets.keys()) {
      const rows = await this.rows(index);
      const left = rows.filter(({ state }) => !['verified', 'superseded', 'failed'].includes(state));
      assert.deepEqual(left, [], 'nothing is left lying');
      assert.ok(rows.length === 0 || ['verified', 'failed'].includes(String(rows[0]?.state)));
    }
  }
}

const RUNS: Readonly<Record<string, number>> = { SQLite: 60, PostgreSQL: 25 };

for (const { name, skip, open } of KINDS) {
  test(`${name}: whatever is accepted, taken and settled, the newest wins and none is lost`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    const holds = fc.asyncProperty(steps, async (some) => {
      const model = new Model(store);
      for (const step of some) await model.step(step);
      await model.drain();
    });
    await fc.assert(holds, { numRuns: RUNS[name] ?? 0 });
  });
}
