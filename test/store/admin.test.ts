import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { KINDS } from './databases.ts';
import { NOW, place, promise, take, VERIFIED } from './promises.ts';

for (const { name, skip, open } of KINDS) {
  test(`${name}: what tools were told is counted by line item, and the newest score of each target is known`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    const [context, { upstream }] = [randomUUID(), place()];
    const [line, other] = [{ sourcedId: 'li-1', url: 'https://lms.example/1' }, { sourcedId: 'li-2' }];
    const [one, two] = [randomUUID(), randomUUID()];
    const settled = [
      promise(1, { context, upstream, line, target: one }),
      promise(2, { context, upstream, line, target: one }),
      promise(3, { context, upstream, line, target: two }),
    ];
    for (const each of settled) {
      await store.deliveries.accept(each);
      for (const taken of await take(store, upstream)) await store.deliveries.settle(taken, VERIFIED, NOW);
    }
    const newer = promise(4, { context, upstream, line, target: two });
    await store.deliveries.accept(newer);
    await store.deliveries.accept(promise(1, { context, upstream, line: other }));
    await store.deliveries.accept(promise(1, { upstream, line }));
    const lines = await store.told.lines(context);
    assert.deepEqual(
      lines
        .map(({ lineItem, tool, state, count }) => [lineItem, tool, state, count])
        .toSorted((left, right) => String(left).localeCompare(String(right))),
      [
        ['li-1', 'quizzer', 'accepted', 1],
        ['li-1', 'quizzer', 'verified', 3],
        ['li-2', 'quizzer', 'accepted', 1],
      ],
    );
    const keys = [...new Set(lines.map(({ key }) => key))];
    const newest = await store.told.newest(context, keys);
    assert.deepEqual(
      newest.map(({ id, target, lineItem, fingerprint }) => [id, target, lineItem, fingerprint]),
      [[settled[1]?.id, one, 'li-1', 'print-2']],
      'a newer one waits for the other target',
    );
    assert.deepEqual(await store.told.newest(context, []), []);
  });

  test(`${name}: a job of which nothing is heard counts as stopped, and one that goes on does not`, {
    skip,
  }, async (t) => {
    const { adminJobs } = await open(t);
    const id = randomUUID();
    await adminJobs.plan({ id, verb: 'retry', reason: undefined, ids: ['a', 'b'], until: NOW + 1000 });
    assert.equal((await adminJobs.find(id, NOW))?.state, 'planned');
    assert.equal(await adminJobs.begin(id, { until: NOW + 1000, leaseUntil: NOW + 30 }), true);
    assert.equal((await adminJobs.find(id, NOW + 30))?.state, 'running');
    assert.equal((await adminJobs.find(id, NOW + 31))?.state, 'stopped');
    assert.equal(await adminJobs.progress(id, { done: 1, failed: 0, leaseUntil: NOW + 60 }), true);
    const found = await adminJobs.find(id, NOW + 31);
    assert.deepEqual([found?.state, found?.done], ['running', 1]);
    await adminJobs.finish(id);
    assert.equal((await adminJobs.find(id, NOW + 100))?.state, 'done');
  });

  test(`${name}: the audit forgets what is old, and nothing else`, { skip }, async (t) => {
    const { audit } = await open(t);
    const [old, young] = [randomUUID(), randomUUID()];
    await audit.write({ id: old, at: 5, who: 'ada', what: 'x', subject: 'y' });
    await audit.write({ id: young, at: NOW, who: 'ada', what: 'x', subject: 'y' });
    await audit.forget(NOW);
    const left = (await audit.list(200)).map(({ id }) => id);
    assert.deepEqual([left.includes(old), left.includes(young)], [false, true]);
  });

  test(`${name}: what is left as it is, is known by its id, and forgotten when it is old`, {
    skip,
  }, async (t) => {
    const { left } = await open(t);
    const [one, two] = [randomUUID(), randomUUID()];
    await left.write({ id: one, state: 'a', at: 5 });
    await left.write({ id: one, state: 'b', at: NOW });
    await left.write({ id: two, state: 'a', at: 5 });
    assert.deepEqual([...(await left.read([one, randomUUID()]))], [[one, 'b']]);
    await left.forget(NOW);
    assert.deepEqual([...(await left.read([one, two]))], [[one, 'b']]);
    assert.deepEqual([...(await left.read([]))], []);
  });
}
