import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Settlement } from '../../src/core/delivery.ts';
import type { OpenedStore } from '../../src/store/store.ts';
import { KINDS } from './databases.ts';
import { FAILED, NOW, PASSING, place, promise, take, VERIFIED } from './promises.ts';

async function stateOf({ deliveries }: OpenedStore, id: string): Promise<string | undefined> {
  return (await deliveries.find(id))?.state;
}

for (const { name, skip, open } of KINDS) {
  test(`${name}: a promise is kept word for word`, { skip }, async (t) => {
    const [store, other] = [await open(t), await open(t)];
    const one = promise(1.234, { line: { sourcedId: 'a', alias: 'https://lms.example/é' } as never });
    const { id, state, operation, ...said } = one;
    assert.equal((await store.deliveries.accept(one)).kind, 'accepted');
    const found = await other.deliveries.find(id);
    assert.deepEqual({ ...found, ...said }, found, 'every member is as it was');
    assert.deepEqual([found?.state, found?.operation, found?.attempts], [state, operation, 0]);
    assert.equal(await store.deliveries.find(randomUUID()), undefined);
  });

  test(`${name}: the same again is the same promise, other words at its place are a conflict`, {
    skip,
  }, async (t) => {
    const { deliveries } = await open(t);
    const at = place();
    const first = promise(5, at);
    await deliveries.accept(first);
    const again = await deliveries.accept(promise(5, at));
    assert.ok(again.kind === 'accepted' && again.delivery.id === first.id);
    assert.deepEqual(await deliveries.accept(promise(5, { ...at, fingerprint: 'x' })), { kind: 'conflict' });
    const { position } = first;
    const older = await deliveries.accept(promise(4, at));
    assert.ok(older.kind === 'stale' && older.position === position && older.newer?.id === first.id);
    assert.equal((await deliveries.find(first.id))?.state, 'accepted');
  });

  test(`${name}: a newer promise supersedes those that wait, and clears them`, { skip }, async (t) => {
    const store = await open(t);
    const at = place();
    const [held, newer] = [promise(1, { ...at, state: 'held' }), promise(3, at)];
    await store.deliveries.accept(held);
    await store.deliveries.accept(newer);
    const found = await store.deliveries.find(held.id);
    assert.deepEqual(
      [found?.state, found?.supersededBy, found?.operation],
      ['superseded', newer.id, undefined],
    );
    const { position } = newer;
    const again = await store.deliveries.accept(promise(1, at));
    assert.ok(again.kind === 'stale' && again.position === position && again.newer?.id === newer.id);
    const other = promise(1, { upstream: at.upstream });
    await store.deliveries.accept(other);
    assert.equal((await take(store, at.upstream)).length, 2, 'another target is another matter');
  });

  const settlements: readonly (readonly [string, Settlement, string])[] = [
    ['verified', VERIFIED, 'verified'],
    ['failed', FAILED, 'failed'],
    ['passing', PASSING, 'superseded'],
  ];
  for (const [what, settlement, state] of settlements) {
    test(`${name}: a newer promise waits for the attempt of the older one (${what})`, { skip }, async (t) => {
      const store = await open(t);
      const at = place();
      const [older, newer] = [promise(1, at), promise(2, at)];
      await store.deliveries.accept(older);
      const [taken] = await take(store, at.upstream);
      assert.ok(taken?.id === older.id && taken.state === 'sent' && taken.attempts === 1);
      await store.deliveries.accept(newer);
      assert.equal(await stateOf(store, older.id), 'sent', 'an attempt cannot be called back');
      assert.deepEqual(await take(store, at.upstream), [], 'one attempt at a time');
      assert.equal(await store.deliveries.settle(taken, settlement, NOW + 7), true);
      const found = await store.deliveries.find(older.id);
      assert.deepEqual([found?.state, found?.settledAt], [state, NOW + 7]);
      assert.equal(found?.operation === undefined, state !== 'failed', 'what is over is cleared');
      const [next] = await take(store, at.upstream);
      assert.equal(next?.id, newer.id);
      await store.deliveries.settle(next, VERIFIED, NOW + 8);
      const outrun = state === 'failed' ? 'superseded' : state;
      assert.equal(
        await stateOf(store, older.id),
        outrun,
        'nobody need look at what a newer one has settled',
      );
    });
  }

  test(`${name}: what has failed is promised again under its id, and no other way`, { skip }, async (t) => {
    const store = await open(t);
    const at = place();
    const one = promise(1, at);
    await store.deliveries.accept(one);
    const [taken] = await take(store, at.upstream);
    assert.ok(taken);
    await store.deliveries.settle(taken, FAILED, NOW);
    const again = await store.deliveries.accept(promise(1, { ...at, due: NOW + 5 }));
    assert.ok(again.kind === 'accepted');
    const { id, state, due, attempts, errorCode, settledAt } = again.delivery;
    assert.deepEqual(
      [id, state, due, attempts, errorCode],
      [one.id, 'accepted', NOW + 5, 0, 'UPSTREAM_DOWN'],
    );
    assert.equal(settledAt, undefined);
    assert.equal(await store.deliveries.settle(taken, VERIFIED, NOW), false, 'the first attempt is over');
    const [second] = await take(store, at.upstream, { now: NOW + 5 });
    assert.ok(second);
    await store.deliveries.settle(second, VERIFIED, NOW);
    const third = await store.deliveries.accept(promise(1, at));
    assert.ok(third.kind === 'accepted' && third.delivery.state === 'verified', 'what is delivered stays so');
  });

  test(`${name}: what is due is taken in order, no more than asked for, and nothing else`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    const { upstream } = place();
    const dues: readonly (readonly [string, number, number])[] = [
      ['third', -1, 1],
      ['first', -3, 0],
      ['not yet', 1, 0],
      ['second', -1, 0],
    ];
    for (const [id, due, acceptedAt] of dues) {
      const times = { due: NOW + due, acceptedAt: NOW + acceptedAt };
      await store.deliveries.accept(promise(1, { upstream, id: `${upstream} ${id}`, ...times }));
    }
    await store.deliveries.accept(promise(1, { upstream, state: 'held', due: NOW - 9 }));
    const names = async (change: object): Promise<readonly string[]> =>
      (await take(store, upstream, change)).map(({ id }) => id.replace(`${upstream} `, ''));
    assert.deepEqual(await names({ most: 2 }), ['first', 'second']);
    assert.deepEqual(await names({ most: 2 }), ['third']);
    assert.equal(await store.deliveries.nextDue(upstream), NOW + 1);
    assert.deepEqual(await names({ now: NOW + 1 }), ['not yet']);
    assert.equal(await store.deliveries.nextDue(upstream), NOW + 1000, 'when the first lease ends');
    assert.deepEqual(await names({ now: NOW + 1 }), []);
    assert.equal(await store.deliveries.nextDue(randomUUID()), undefined);
  });

  test(`${name}: only the holder settles; the lease of a dead one ends by itself`, { skip }, async (t) => {
    const store = await open(t);
    const at = place();
    const one = promise(1, at);
    await store.deliveries.accept(one);
    const [dead] = await take(store, at.upstream);
    assert.ok(dead);
    assert.deepEqual(await take(store, at.upstream, { now: NOW + 1000 }), [], 'its last millisecond');
    const [next] = await take(store, at.upstream, { now: NOW + 1001 });
    assert.ok(next?.id === one.id && next.attempts === 2, 'an attempt that killed its process counts');
    assert.equal(await store.deliveries.settle(dead, VERIFIED, NOW), false);
    assert.equal(await stateOf(store, one.id), 'sent');
    assert.equal(await store.deliveries.settle({ ...next, holder: 'x' }, VERIFIED, NOW), false);
    assert.equal(await store.deliveries.settle(next, PASSING, NOW), true);
    assert.equal(await store.deliveries.settle(next, VERIFIED, NOW), false, 'once');
    await take(store, at.upstream);
    await store.deliveries.release();
    assert.equal(
      (await take(store, at.upstream))[0]?.attempts,
      4,
      'after a restart nothing waits for a lease',
    );
  });

  test(`${name}: a person has it tried again, or gives it up`, { skip }, async (t) => {
    const store = await open(t);
    const { deliveries } = store;
    const at = place();
    const [failed, held, waiting] = [promise(1, at), promise(1, { state: 'held' }), promise(1)];
    for (const one of [failed, held, waiting]) await deliveries.accept(one);
    const [taken] = await take(store, at.upstream);
    assert.ok(taken);
    assert.equal(await deliveries.retry(failed.id, NOW), false, 'it is under way');
    assert.equal(await deliveries.discard(failed.id, 'no', NOW), false);
    await deliveries.settle(taken, FAILED, NOW);
    assert.deepEqual(
      [await deliveries.retry(failed.id, NOW), await deliveries.retry(held.id, NOW)],
      [true, true],
    );
    assert.equal(await deliveries.retry(waiting.id, NOW), false);
    const [again] = await take(store, at.upstream);
    assert.deepEqual([again?.id, again?.attempts, again?.isDecided], [failed.id, 1, true]);
    assert.ok(again?.operation, 'what was to be written is still there');
    assert.equal(await deliveries.discard(waiting.id, 'left the school', NOW), true);
    const gone = await deliveries.find(waiting.id);
    assert.deepEqual(
      [gone?.state, gone?.reason, gone?.operation],
      ['discarded', 'left the school', undefined],
    );
    assert.equal(await deliveries.retry(waiting.id, NOW), false, 'there is nothing left to be sent');
  });

  test(`${name}: what came to an end is forgotten in time; what a person must see is not`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    const { upstream } = place();
    const ends: readonly (readonly [string, Settlement])[] = [
      ['verified', VERIFIED],
      ['acknowledged', { ...VERIFIED, state: 'acknowledged' }],
      ['failed', FAILED],
      ['held', { ...FAILED, state: 'held' }],
      ['accepted', { ...PASSING, due: NOW + 1 }],
    ];
    for (const [, settlement] of ends) {
      await store.deliveries.accept(promise(1, { upstream }));
      const [taken] = await take(store, upstream);
      assert.ok(taken);
      await store.deliveries.settle(taken, settlement, NOW);
    }
    const states = async (): Promise<readonly string[]> =>
      (await store.deliveries.list({ upstream }, 10)).map(({ state }) => state).sort();
    await store.deliveries.forget(NOW);
    assert.deepEqual(await states(), ends.map(([state]) => state).sort());
    const counted = (await store.deliveries.count()).filter((row) => row.upstream === upstream);
    assert.deepEqual(
      counted.map(({ state, count, oldest }) => [state, count, oldest]).sort(),
      ends.map(([state]) => [state, 1, NOW]).sort(),
    );
    await store.deliveries.forget(NOW + 1);
    assert.deepEqual(await states(), ['accepted', 'failed', 'held']);
    assert.deepEqual((await store.deliveries.list({ upstream, state: 'held' }, 10)).length, 1);
    assert.deepEqual((await store.deliveries.list({ upstream, tool: 'drill' }, 10)).length, 0);
    assert.deepEqual((await store.deliveries.list({ upstream }, 2)).length, 2);
  });
}
