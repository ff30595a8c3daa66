import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { KINDS } from './databases.ts';

const NOW = Date.UTC(2026, 2, 6);

for (const { name, skip, open } of KINDS) {
  test(`${name}: of two who settle a value at once, both get the first`, { skip }, async (t) => {
    const [one, other] = [await open(t), await open(t)];
    for (let round = 0; round < 4; round++) {
      const key = randomUUID();
      const answers = await Promise.all(
        [one, other, one, other].map(({ settings }, place) => settings.settle(key, String(place))),
      );
      assert.equal(new Set(answers).size, 1, String(answers));
      assert.equal(await other.settings.read(key), answers[0]);
    }
  });

  test(`${name}: no change of a value is lost, however many make one at once`, { skip }, async (t) => {
    const stores = [await open(t), await open(t), await open(t)];
    const key = randomUUID();
    const add = (value: string): string => `${value}+`;
    await stores[0]?.settings.change(key, add);
    assert.equal(await stores[0]?.settings.read(key), undefined, 'there is nothing to change');
    await stores[0]?.settings.write(key, '');
    await Promise.all(
      stores.flatMap((store) => Array.from({ length: 10 }, () => store.settings.change(key, add))),
    );
    assert.equal(await stores[0]?.settings.read(key), '+'.repeat(30));
    await stores[1]?.settings.change(key, () => undefined);
    assert.equal(await stores[2]?.settings.read(key), '+'.repeat(30));
    await stores[2]?.settings.remove(key);
    assert.equal(await stores[0]?.settings.read(key), undefined);
  });

  test(`${name}: an identifier is taken once until its time is over`, { skip }, async (t) => {
    let now = NOW;
    const clock = (): number => now;
    const stores = [await open(t, { clock }), await open(t, { clock })];
    // What a tool may put into a jti.
    for (const key of [
      randomUUID(),
      `${randomUUID()}\n"é🙂`,
      `\0${randomUUID()}`,
      `${randomUUID().repeat(300)}`,
    ]) {
      const claims = stores.flatMap(({ usedOnce }) =>
        Array.from({ length: 5 }, () => usedOnce.claim(key, now + 1000)),
      );
      assert.equal((await Promise.all(claims)).filter(Boolean).length, 1);
      now += 999;
      assert.equal(await stores[1]?.usedOnce.claim(key, now + 1000), false);
      now += 1;
      assert.equal(await stores[1]?.usedOnce.claim(key, now + 1000), true);
      await stores[0]?.usedOnce.forget(now + 999);
      assert.equal(
        await stores[0]?.usedOnce.claim(key, now + 1000),
        false,
        'it is not forgotten before its time',
      );
      await stores[0]?.usedOnce.forget(now + 1000);
      assert.equal(await stores[0]?.usedOnce.claim(key, now + 1000), true);
    }
  });

  test(`${name}: a request under a key has one holder, and then one answer`, { skip }, async (t) => {
    const { repeatables } = await open(t);
    const key = randomUUID();
    const question = { key, said: 'a', now: NOW, leaseUntil: NOW + 100, until: NOW + 1000 };
    const claim = (holder: string, change: object = {}) =>
      repeatables.claim({ ...question, holder, ...change });
    assert.deepEqual(await claim('one'), { kind: 'mine', firstAt: NOW });
    assert.deepEqual(
      await claim('one'),
      { kind: 'mine', firstAt: NOW },
      'the same claim again is the same claim',
    );
    assert.deepEqual(await claim('two', { now: NOW + 99 }), { kind: 'busy' });
    assert.deepEqual(await claim('two', { said: 'b' }), { kind: 'reused' });
    const later = { now: NOW + 100, leaseUntil: NOW + 200 };
    assert.deepEqual(
      await claim('two', later),
      { kind: 'mine', firstAt: NOW },
      'the lease of the first is over',
    );
    await repeatables.finish(key, 'one', 'of the one that has lost it');
    await repeatables.release(key, 'one');
    assert.deepEqual(await claim('three', later), { kind: 'busy' });
    await repeatables.finish(key, 'two', 'done');
    await repeatables.release(key, 'two');
    assert.deepEqual(await claim('three', later), { kind: 'done', outcome: 'done' });
    await repeatables.forget(NOW + 999);
    assert.deepEqual(await claim('three', { said: 'b' }), { kind: 'reused' });
    const over = { now: NOW + 1000, said: 'b', until: NOW + 2000 };
    assert.deepEqual(
      await claim('three', over),
      { kind: 'mine', firstAt: NOW + 1000 },
      'after a day it is free',
    );
  });

  test(`${name}: of many who claim a key at once, one has it; what failed is free again`, {
    skip,
  }, async (t) => {
    const stores = [await open(t), await open(t)];
    const key = randomUUID();
    const question = { key, said: 'a', now: NOW, leaseUntil: NOW + 100, until: NOW + 1000 };
    const claims = Array.from({ length: 20 }, async (_, place) => {
      const holder = String(place);
      const claimed = await stores[place % 2]?.repeatables.claim({ ...question, holder });
      return { holder, kind: claimed?.kind };
    });
    const mine = (await Promise.all(claims)).filter(({ kind }) => kind === 'mine');
    assert.equal(mine.length, 1);
    await stores[0]?.repeatables.release(key, String(mine[0]?.holder));
    const again = await stores[1]?.repeatables.claim({ ...question, holder: 'new', said: 'b' });
    assert.equal(again?.kind, 'mine');
  });

  test(`${name}: metadata that an upstream drops is kept for it, object by object`, { skip }, async (t) => {
    const [{ stashes }, other] = [await open(t), await open(t)];
    const shelf = { upstream: randomUUID(), collection: 'lineItems' };
    const beside = { ...shelf, collection: 'results' };
    assert.equal(await stashes.drops(shelf), undefined);
    await Promise.all([
      stashes.found(shelf, true),
      other.stashes.found(shelf, true),
      stashes.found(shelf, true),
    ]);
    assert.deepEqual([await stashes.drops(shelf), await stashes.drops(beside)], [true, undefined]);
    await stashes.write(shelf, { sourcedId: 'a', metadata: { x: 1 } });
    await stashes.write(shelf, { sourcedId: 'a', metadata: { x: { y: ['\0', 'é'] } } });
    await stashes.write(beside, { sourcedId: 'a', metadata: { x: 3 } });
    const asked = ['a', 'b', ...Array.from({ length: 12_000 }, (_, place) => `absent-${place}`)];
    assert.deepEqual([...(await other.stashes.read(shelf, asked))], [['a', { x: { y: ['\0', 'é'] } }]]);
    await stashes.remove(shelf, 'a');
    assert.equal((await stashes.read(shelf, ['a'])).size, 0);
    assert.deepEqual((await stashes.read(beside, ['a'])).get('a'), { x: 3 });
    assert.equal((await stashes.read(shelf, [])).size, 0);
  });
  test(`${name}: an upstream that keeps metadata needs none here; one seen dropping it once does`, {
    skip,
  }, async (t) => {
    const [{ stashes }, other] = [await open(t), await open(t)];
    const shelf = { upstream: randomUUID(), collection: 'lineItems' };
    await stashes.write(shelf, { sourcedId: 'a', metadata: { x: 1 } });
    await other.stashes.found(shelf, false);
    assert.deepEqual([await stashes.drops(shelf), (await stashes.read(shelf, ['a'])).size], [false, 0]);
    await Promise.all([stashes.found(shelf, true), other.stashes.found(shelf, false)]);
    await stashes.write(shelf, { sourcedId: 'a', metadata: { x: 2 } });
    await other.stashes.found(shelf, false);
    assert.equal(await stashes.drops(shelf), true);
    assert.deepEqual((await stashes.read(shelf, ['a'])).get('a'), { x: 2 });
  });
}
