import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Delivery } from '../../src/core/delivery.ts';
import { KINDS } from './databases.ts';
import { FAILED, NOW, PASSING, place, promise, take, VERIFIED } from './promises.ts';

for (const { name, skip, open } of KINDS) {
  test(`${name}: however many take at once, nobody gets what another one has`, { skip }, async (t) => {
    const stores = [await open(t), await open(t), await open(t)];
    const { upstream } = place();
    const [first] = stores;
    await Promise.all(Array.from({ length: 60 }, () => first?.deliveries.accept(promise(1, { upstream }))));
    const takes = stores.flatMap((store) =>
      Array.from({ length: 8 }, () => take(store, upstream, { most: 3 })),
    );
    const taken = (await Promise.all(takes)).flat();
    assert.equal(taken.length, 60);
    assert.equal(new Set(taken.map(({ id }) => id)).size, 60);
    const settled = taken.map((one, index) => stores[index % 3]?.deliveries.settle(one, VERIFIED, NOW));
    assert.deepEqual(new Set(await Promise.all(settled)), new Set([true]));
  });

  test(`${name}: of a score that several are sent at once, one promise is made`, { skip }, async (t) => {
    const stores = [await open(t), await open(t)];
    const at = place();
    const accepts = Array.from({ length: 20 }, (_, index) =>
      stores[index % 2]?.deliveries.accept(promise(1, at)),
    );
    const ids = (await Promise.all(accepts)).map((one) => one?.kind === 'accepted' && one.delivery.id);
    assert.equal(new Set(ids).size, 1);
    assert.ok(ids[0]);
  });

  test(`${name}: accepting, taking and settling at once lose nothing and keep the newest`, {
    skip,
  }, async (t) => {
    const stores = [await open(t), await open(t)];
    const { upstream } = place();
    const targets = Array.from({ length: 4 }, () => randomUUID());
    const underWay = new Set<string>();
    let isAccepting = true;
    const accepting = Promise.all(
      stores.map(async ({ deliveries }, index) => {
        for (let second = 1; second <= 15; second++)
          await Promise.all(
            targets.map((target) => deliveries.accept(promise(2 * second + index, { target, upstream }))),
          );
      }),
    ).finally(() => {
      isAccepting = false;
    });
    const delivered: string[] = [];
    const delivering = stores.map(async (store) => {
      for (let rounds = 0; ; rounds++) {
        const isLast = !isAccepting;
        const taken = await take(store, upstream, { most: 2 });
        if (isLast && taken.length === 0 && underWay.size === 0) return;
        for (const one of taken) {
          assert.ok(!underWay.has(one.target), 'one attempt at a time for each target');
          underWay.add(one.target);
          assert.ok(one.operation, 'what is taken can be sent');
        }
        await new Promise((resolve) => setImmediate(resolve));
        for (const [index, one] of taken.entries()) {
          underWay.delete(one.target);
          const isDone = (rounds + index) % 3 > 0;
          assert.equal(await store.deliveries.settle(one, isDone ? VERIFIED : PASSING, NOW), true);
          if (isDone) delivered.push(`${one.target} ${one.position}`);
        }
      }
    });
    await Promise.all([accepting, ...delivering]);
    const all = (await stores[0]?.deliveries.list({ upstream }, 1000)) ?? [];
    for (const target of targets) {
      const [newest, ...others] = all
        .filter((one) => one.target === target)
        .sort((one, other) => (one.position < other.position ? 1 : -1));
      assert.equal(newest?.state, 'verified');
      assert.equal(newest?.timestamp, new Date(NOW + 31_000).toISOString(), 'the last one of all');
      assert.deepEqual(
        others.filter(({ state }) => !['verified', 'superseded'].includes(state)),
        [],
      );
    }
    assert.equal(new Set(delivered).size, delivered.length, 'none was delivered twice');
  });

  test(`${name}: a failed one that is promised again by two is taken once`, { skip }, async (t) => {
    const stores = [await open(t), await open(t)];
    const at = place();
    const [store, other] = stores;
    assert.ok(store && other);
    for (let round = 0; round < 10; round++) {
      await store.deliveries.accept(promise(1, at));
      const [taken] = await take(store, at.upstream);
      assert.ok(taken);
      await store.deliveries.settle(taken, FAILED, NOW);
      const found: (readonly Delivery[])[] = await Promise.all([
        store.deliveries.accept(promise(1, at)).then(() => take(store, at.upstream)),
        other.deliveries.accept(promise(1, at)).then(() => take(other, at.upstream)),
      ]);
      const [one, ...more] = found.flat();
      assert.ok(one && more.length === 0);
      assert.equal(await store.deliveries.settle(one, FAILED, NOW), true, 'nobody has taken it away');
    }
  });
}

test('SQLite: a write that begins with a read is not outrun by another process', async (t) => {
  const [sqlite] = KINDS;
  const [one, other] = [await sqlite?.open(t), await sqlite?.open(t)];
  assert.ok(one && other);
  const name = randomUUID();
  let second: Promise<void> | undefined;
  await one.db.transaction().execute(async (transaction) => {
    await transaction.selectFrom('settings').select('name').execute();
    second = other.settings.write(name, 'second');
    // The other has had every chance to come in between.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    await transaction.insertInto('settings').values({ name, value: 'first' }).execute();
  });
  await second;
  await second;
  assert.equal(await one.settings.read(name), 'second');
});
