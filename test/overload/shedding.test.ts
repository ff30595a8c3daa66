import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapShare, watchHeap } from '../../src/heap.ts';
import { assertRefused } from '../exchange/envelope.ts';
import { openWorld, until } from '../exchange/world.ts';

const OVERLOADED = { status: 503, code: 'OVERLOADED' } as const;

test('with a heap that is nearly full, new requests are refused, and the gateway is alive', async (t) => {
  let share = 0.5;
  let looks = 0;
  const heap = (): number => {
    looks++;
    return share;
  };
  const world = await openWorld(t, { heapShare: heap, config: { limits: { heap: 0.7 } } });
  const client = await world.as();
  assert.equal((await client.list()).status, 200);
  const seen = (): Promise<void> => {
    const before = looks;
    return until(() => looks > before + 1);
  };
  share = 0.7;
  await seen();
  world.sandbox.clearRequests();
  const refused = await client.list();
  assertRefused(refused, OVERLOADED);
  assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/);
  const ags = await world.with(undefined).call('GET', '/lti/contexts/math-101/lineitems');
  assert.deepEqual([ags.status, ags.body['code']], [503, 'OVERLOADED']);
  assert.deepEqual(world.calls(), []);
  assert.equal((await world.with(undefined).call('GET', '/healthz')).status, 200);
  assert.equal((await world.with(undefined).call('GET', '/readyz')).status, 200);
  share = 0.69;
  await seen();
  assert.equal((await client.list()).status, 200);
});

test('requests do not make it look', async (t) => {
  let looks = 0;
  const heap = (): number => {
    looks++;
    return 0;
  };
  const world = await openWorld(t, { heapShare: heap });
  const client = await world.as();
  const started = performance.now();
  for (let n = 0; n < 100; n++) await client.list();
  assert.ok(looks <= 2 + (performance.now() - started + 500) / 100, `${looks} looks`);
});

test('the heap of this process is between empty and full, and what is full is seen at once', () => {
  const share = heapShare();
  assert.ok(share > 0 && share < 1, String(share));
  for (const [most, isFull] of [
    [share / 2, true],
    [1, false],
  ] as const) {
    const watch = watchHeap(heapShare, most);
    assert.equal(watch.isFull(), isFull);
    watch.close();
  }
});
