import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { positionOf } from '../../src/core/delivery.ts';
import type { World } from '../exchange/world.ts';
import { assertCode, browser, itemsOf, openAdmin, program, until } from './desk.ts';

type State = 'waits' | 'held' | 'failed';

/** A gateway whose store has promises in it: nothing is taken before the clock of the test is moved on. */
async function open(t: TestContext, wanted: Readonly<Record<string, State>>): Promise<World> {
  const world = await openAdmin(t);
  const { deliveries } = world.gateway.service.store;
  const timestamp = '2026-03-06T20:05:02.123Z';
  const later = world.now() + 3_600_000;
  for (const [id, state] of Object.entries(wanted)) {
    await deliveries.accept({
      ...{ id, target: id, position: positionOf(timestamp), fingerprint: 'f', upstream: 'school' },
      ...{ tool: 'quizzer', context: 'math-101', line: { sourcedId: 'li-1' }, timestamp },
      operation: { kind: 'postScore', line: { sourcedId: 'li-1' }, score: { comment: 'Only for her' } },
      state: state === 'held' ? 'held' : 'accepted',
      errorCode: state === 'held' ? 'GRADEBOOK_EDITED' : 'UPSTREAM_DOWN',
      due: later,
      acceptedAt: 1_000 + Object.keys(wanted).indexOf(id),
    });
  }
  const failed = Object.keys(wanted).filter((id) => wanted[id] === 'failed');
  if (failed.length > 0) {
    const { db } = world.gateway.service.store;
    const set = { state: 'failed', error_code: 'USER_UNKNOWN', settled_at: 1 } as const;
    for (let at = 0; at < failed.length; at += 500)
      await db
        .updateTable('deliveries')
        .set(set)
        .where('id', 'in', failed.slice(at, at + 500))
        .execute();
  }
  return world;
}

const ids = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map(({ id }) => id);

test('deliveries are listed the oldest first, filtered, page by page, without what was scored', async (t) => {
  const world = await open(t, { a: 'failed', b: 'held', c: 'failed', d: 'waits' });
  const vic = program(world, 'vic');
  assert.deepEqual(ids(itemsOf(await vic.get('/deliveries'))), ['a', 'b', 'c', 'd']);
  assert.deepEqual(ids(itemsOf(await vic.get('/deliveries?state=failed&tool=quizzer'))), ['a', 'c']);
  assert.deepEqual(ids(itemsOf(await vic.get('/deliveries?context=science-7'))), []);
  const pages: unknown[] = [];
  for (let next = ''; ; ) {
    const page = await vic.get(`/deliveries?limit=1${next}`);
    pages.push(...ids(itemsOf(page)));
    if (page.body['next'] === undefined) break;
    next = `&after=${page.body['next']}`;
  }
  assert.deepEqual(pages, ['a', 'b', 'c', 'd']);
  const one = await vic.get('/deliveries/a');
  const { code, remedy } = one.body['error'] as Record<string, string>;
  assert.equal(code, 'USER_UNKNOWN');
  assert.match(remedy ?? '', /Check the userId/);
  assert.doesNotMatch(one.text + (await vic.get('/deliveries')).text, /Only for her/);
  assertCode(await vic.get('/deliveries?state=lost'), 400, 'INVALID_QUERY');
  assertCode(await vic.get('/deliveries/nothing'), 404, 'NOT_FOUND');
});

test('one is tried again, or given up with a reason, and the audit says by whom', async (t) => {
  const world = await open(t, { a: 'failed', b: 'held', d: 'waits' });
  const ada = await browser(world);
  assert.equal((await ada.post('/deliveries/a/retry')).status, 204);
  assertCode(await ada.post('/deliveries/d/retry'), 409, 'NOT_CHANGEABLE');
  assertCode(await ada.post('/deliveries/nothing/retry'), 404, 'NOT_FOUND');
  assertCode(await ada.post('/deliveries/b/discard', {}), 400, 'INVALID_DOCUMENT');
  assert.equal((await ada.post('/deliveries/b/discard', { reason: 'The teacher is right' })).status, 204);
  assertCode(await ada.post('/deliveries/b/discard', { reason: 'again' }), 409, 'NOT_CHANGEABLE');
  const { body } = await ada.get('/deliveries/b');
  assert.deepEqual([body['state'], body['reason']], ['discarded', 'The teacher is right']);
  const entries = itemsOf(await ada.get('/audit')).filter(({ what }) => String(what).startsWith('delivery.'));
  assert.deepEqual(
    entries.map(({ who, what, subject, before, after, why }) => [who, what, subject, before, after, why]),
    [
      ['ada', 'delivery.discard', 'b', { state: 'held' }, { state: 'discarded' }, 'The teacher is right'],
      ['ada', 'delivery.retry', 'a', { state: 'failed' }, { state: 'accepted' }, undefined],
    ],
  );
});

test('nothing is changed that cannot be written into the audit', async (t) => {
  const world = await open(t, { a: 'failed' });
  await world.gateway.service.store.db.schema.dropTable('audit').execute();
  assertCode(await program(world).post('/deliveries/a/retry'), 503, 'STORE_UNAVAILABLE');
  assert.equal((await program(world).get('/deliveries/a')).body['state'], 'failed');
});

test('a plan shows what it will change, changes that and nothing that came later, once', async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`f-${index}`, 'failed' as const]),
  );
  const world = await open(t, { ...many, held: 'held', waits: 'waits' });
  const ada = await browser(world);
  const filter = { state: 'failed' };
  const plan = await ada.post('/deliveries/plans', { verb: 'discard', filter, reason: 'The course is over' });
  assert.equal(plan.status, 201, plan.text);
  assert.deepEqual([plan.body['count'], (plan.body['items'] as unknown[]).length], [120, 50]);
  // Somebody decides one of them meanwhile.
  await ada.post('/deliveries/f-7/discard', { reason: 'by itself' });
  const run = await ada.post(`/deliveries/plans/${plan.body['plan']}/run`);
  assert.equal(run.status, 202, run.text);
  assertCode(await ada.post(`/deliveries/plans/${plan.body['plan']}/run`), 409, 'NOT_CHANGEABLE');
  const job = await until(async () => {
    const { body } = await program(world, 'vic').get(`/jobs/${run.body['job']}`);
    return body['state'] === 'done' ? body : undefined;
  });
  assert.deepEqual([job['done'], job['failed'], job['total']], [119, 1, 120]);
  assert.equal(itemsOf(await ada.get('/deliveries?state=discarded&limit=200')).length, 120);
  assert.equal((await ada.get('/deliveries/held')).body['state'], 'held');
  const entries = itemsOf(await ada.get('/audit?limit=200'));
  const each = entries.filter(
    ({ what, after }) => what === 'delivery.discard' && (after as { job?: string }).job !== undefined,
  );
  assert.equal(each.length, 119);
  assert.ok(
    entries.some(({ what, subject }) => what === 'deliveries.discard' && subject === run.body['job']),
  );
});

test('a job that is cancelled stops, and leaves what it has not come to', async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [`f-${index}`, 'failed' as const]),
  );
  const world = await open(t, many);
  const ada = await browser(world);
  const plan = await ada.post('/deliveries/plans', {
    verb: 'discard',
    filter: { state: 'failed' },
    reason: 'x',
  });
  const job = String((await ada.post(`/deliveries/plans/${plan.body['plan']}/run`)).body['job']);
  assert.equal((await ada.call('DELETE', `/jobs/${job}`)).status, 204);
  const counted = async (): Promise<number> =>
    (await world.gateway.service.store.deliveries.list({ state: 'failed' }, 1000)).length;
  let before = await counted();
  await until(async () => {
    const now = await counted();
    const isStill = now === before;
    before = now;
    return isStill ? true : undefined;
  });
  assert.ok(before > 0, 'it was stopped before its end');
  assert.equal((await ada.get(`/jobs/${job}`)).body['state'], 'cancelled');
  assertCode(await ada.call('DELETE', `/jobs/${job}`), 409, 'NOT_CHANGEABLE');
});

test('a plan for those that are ticked has those of them that can be changed', async (t) => {
  const world = await open(t, { a: 'failed', b: 'held', c: 'failed', d: 'waits' });
  const { body } = await program(world).post('/deliveries/plans', {
    verb: 'retry',
    filter: { ids: ['a', 'd', 'a', 'x', 'b'] },
  });
  assert.deepEqual(ids(body['items'] as Record<string, unknown>[]), ['a', 'b']);
});

test('a plan is for those who say what they mean, and for an hour', async (t) => {
  const world = await open(t, { a: 'failed' });
  const ada = await browser(world);
  const plan = (body: unknown) => ada.post('/deliveries/plans', body);
  for (const wrong of [
    {},
    { verb: 'retry' },
    { verb: 'retry', filter: {} },
    { verb: 'mend', filter: { state: 'failed' } },
    { verb: 'retry', filter: { state: 'lost' } },
    { verb: 'retry', filter: { id: 'a' } },
    { verb: 'retry', filter: { ids: [] } },
    { verb: 'retry', filter: { ids: 'a' } },
    { verb: 'retry', filter: { ids: ['a'], state: 'failed' } },
    { verb: 'retry', filter: { ids: Array.from({ length: 1_001 }, String) } },
    { verb: 'retry', filter: { state: 7 } },
    { verb: 'retry', filter: JSON.parse('{"__proto__":"x"}') },
    { verb: 'discard', filter: { state: 'failed' } },
    { verb: 'discard', filter: { state: 'failed' }, reason: 'x'.repeat(501) },
    [],
    'retry',
  ])
    assertCode(await plan(wrong), 400, wrong === 'retry' ? 'INVALID_JSON' : 'INVALID_DOCUMENT');
  const { body } = await plan({ verb: 'retry', filter: { state: 'failed' } });
  world.advance(3_600_001);
  assertCode(await ada.post(`/deliveries/plans/${body['plan']}/run`), 404, 'NOT_FOUND');
  assertCode(await ada.get('/jobs/nothing'), 404, 'NOT_FOUND');
});

test('what is tried again is delivered, without anybody waiting for the next round', async (t) => {
  const world = await open(t, { a: 'failed' });
  await program(world).post('/deliveries/a/retry');
  // There is no such line item in OneRoster, which is what its attempt finds out.
  const row = await until(async () => {
    const { body } = await program(world).get('/deliveries/a');
    return body['state'] === 'failed' ? body : undefined;
  });
  assert.equal(row['errorCode'], 'LINE_ITEM_NOT_FOUND');
});
