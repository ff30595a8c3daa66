import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTurns, type SharedTurns, type Turns } from '../../src/upstream/turns.ts';

const LATE = 15_000;

/** Leases as PostgreSQL holds them, by a clock of the test's own. */
function leasesBy(clock: () => number): SharedTurns {
  const held = new Map<string, { holder: string; until: number }>();
  return {
    acquire: async ({ key, holder, milliseconds }) => {
      const other = held.get(key);
      if (other !== undefined && other.until > clock()) return { kind: 'busy', left: other.until - clock() };
      held.set(key, { holder, until: clock() + milliseconds });
      return { kind: 'mine' };
    },
    release: async (key, holder, { in: later }) => {
      if (held.get(key)?.holder === holder) held.set(key, { holder, until: clock() + later });
    },
  };
}

interface Two {
  /** Two replicas. */
  readonly one: Turns;
  readonly other: Turns;
  pass(milliseconds: number): void;
  now(): number;
}

function two(t: TestContext): Two {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const shared = leasesBy(Date.now);
  let ids = 0;
  const replica = (): Turns =>
    createTurns({ clock: Date.now, random: () => 0, newId: () => `holder-${++ids}`, late: LATE, shared });
  return { one: replica(), other: replica(), pass: (time) => t.mock.timers.tick(time), now: Date.now };
}

const strict = (deadline: number) => ({ key: 'results/r-1', deadline, isStrict: true });

test('a replica that dies in a strict turn keeps it until its write can no longer arrive', async (t) => {
  const { one, other, pass, now } = two(t);
  const deadline = now() + 4000;
  let isBegun = false;
  // It never ends, as that of a process that was killed.
  void one.alone(strict(deadline), () => {
    isBegun = true;
    return new Promise(() => undefined);
  });
  await until(() => isBegun);
  const isFree = (): Promise<boolean> =>
    other
      .alone({ ...strict(now() + 1), key: 'results/r-1' }, async () => true)
      .catch(({ code }) => {
        assert.equal(code, 'OBJECT_BUSY');
        return false;
      });
  pass(4001);
  assert.equal(await isFree(), false, 'its deadline is over, and what it has sent may still be on its way');
  pass(LATE - 2);
  assert.equal(await isFree(), false);
  pass(1);
  assert.equal(await isFree(), true);
});

test('a turn that is not strict ends with its deadline', async (t) => {
  const { one, other, pass, now } = two(t);
  const turn = { key: 'lineItems/l-1', deadline: now() + 4000, isStrict: false };
  let isBegun = false;
  void one.alone(turn, () => {
    isBegun = true;
    return new Promise(() => undefined);
  });
  await until(() => isBegun);
  pass(4000);
  assert.equal(await other.alone({ ...turn, deadline: now() + 1 }, async () => 'done'), 'done');
});

test('a strict turn with a write that got no answer is given back when that could no longer arrive', async (t) => {
  const { one, other, pass, now } = two(t);
  await one.alone(strict(now() + 4000), async () => one.linger('results/r-1'));
  const ask = () => other.alone(strict(now() + 1), async () => 'done');
  await assert.rejects(ask(), { code: 'OBJECT_BUSY' });
  await assert.rejects(
    one.alone(strict(now() + 1), async () => 'done'),
    { code: 'OBJECT_BUSY' },
    'the replica itself waits as well',
  );
  pass(LATE - 1);
  await assert.rejects(ask(), { code: 'OBJECT_BUSY' });
  pass(1);
  assert.equal(await ask(), 'done');
});

test('a strict turn whose writes were all answered is given back at once', async (t) => {
  const { one, other, now } = two(t);
  await one.alone(strict(now() + 4000), async () => undefined);
  assert.equal(await other.alone(strict(now() + 1), async () => 'done'), 'done');
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
