import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { newDatabase, newFolder, noPostgres } from '../store/databases.ts';
import {
  ADMIN,
  anotherAdmin,
  assertCode,
  browser,
  itemsOf,
  openAdmin,
  program,
  TOKENS,
  until,
  withHeaders,
} from './desk.ts';

test('a session is known to every gateway on one store, and over for all of them', {
  skip: noPostgres,
}, async (t) => {
  const store = { postgres: await newDatabase() };
  const first = await openAdmin(t, { store });
  const second = await anotherAdmin(t, first, store);
  const ada = await browser(first);
  const there = withHeaders(second, { cookie: ada.cookie, 'x-csrf-token': ada.csrf });
  const session = await there.get('/session');
  const { name, role, csrf } = session.body;
  assert.deepEqual([name, role, csrf], ['ada', 'operator', ada.csrf]);
  assert.equal((await there.post('/tools/quizzer/test')).status, 200);
  assert.equal((await there.call('DELETE', '/session')).status, 204);
  assertCode(await ada.get('/session'), 401, 'ADMIN_UNAUTHORISED');
  const done = itemsOf(await withHeaders(second, { authorization: `Bearer ${TOKENS.vic}` }).get('/audit'));
  assert.deepEqual(
    done.map(({ who, what }) => [who, what]),
    [
      ['ada', 'session.close'],
      ['ada', 'session.open'],
    ],
  );
});

test('a plan that one gateway has made another one runs, and each tells how far it is', {
  skip: noPostgres,
}, async (t) => {
  const store = { postgres: await newDatabase() };
  const first = await openAdmin(t, { store });
  const second = await anotherAdmin(t, first, store);
  const [here, there] = [program(first), program(second)];
  const plan = await here.post('/deliveries/plans', { verb: 'retry', filter: { state: 'failed' } });
  assert.equal(plan.status, 201, plan.text);
  assert.equal((await there.post(`/deliveries/plans/${plan.body['plan']}/run`)).status, 202);
  await until(async () =>
    (await here.get(`/jobs/${plan.body['plan']}`)).body['state'] === 'done' ? true : undefined,
  );
});

test('a session outlives a restart', async (t) => {
  const store = { sqlite: join(await newFolder(), 'gradebridge.db') };
  const first = await openAdmin(t, { store });
  const ada = await browser(first);
  await first.gateway.stop();
  const second = await anotherAdmin(t, first, store);
  assert.equal((await withHeaders(second, { cookie: ada.cookie }).get('/session')).body['csrf'], ada.csrf);
});

test('the store has no cookie in it, and nothing that can be sent as one', async (t) => {
  const world = await openAdmin(t);
  const { cookie, csrf } = await browser(world);
  const rows = JSON.stringify(
    await world.gateway.service.store.db.selectFrom('admin_sessions').selectAll().execute(),
  );
  assert.match(rows, /"ada"/);
  for (const secret of [cookie.split('=')[1] ?? '', csrf, TOKENS.ada]) assert.ok(!rows.includes(secret));
  const [{ digest }] = JSON.parse(rows) as [{ digest: string }];
  const asDigest = withHeaders(world, { cookie: `gradebridge_session=${digest}` });
  assertCode(await asDigest.get('/session'), 401, 'ADMIN_UNAUTHORISED');
});

test('a session ends when its time is over', async (t) => {
  const world = await openAdmin(t, { config: { admin: { ...ADMIN, sessionMinutes: 5 } } });
  const ada = await browser(world);
  world.advance(4 * 60_000);
  assert.equal((await ada.get('/session')).status, 200);
  world.advance(61_000);
  assertCode(await ada.get('/session'), 401, 'ADMIN_UNAUTHORISED');
});

test('a session ends with the token that began it, and has the role that the token has now', async (t) => {
  const changed = {
    ada: { role: 'operator', token: 'another-token-of-ada' },
    vic: { role: 'operator', token: TOKENS.vic },
  } as const;
  const world = await openAdmin(t, {
    load: ({ config, ...loaded }) => ({
      ...loaded,
      config: { ...config, admin: { sessionMinutes: 5, auditDays: 400, traffic: 500, tokens: changed } },
    }),
  });
  const [ada, vic] = [await browser(world), await browser(world, 'vic')];
  const reloaded = await program(world).post('/reload');
  assert.equal(reloaded.status, 200, reloaded.text);
  assertCode(await ada.get('/session'), 401, 'ADMIN_UNAUTHORISED');
  assert.equal((await vic.get('/session')).body['role'], 'operator');
});

test('a token does for a program: who it is, and no session behind it', async (t) => {
  const world = await openAdmin(t);
  const { body } = await withHeaders(world, { authorization: `Bearer ${TOKENS.vic}` }).get('/session');
  assert.deepEqual(body, { name: 'vic', role: 'viewer' });
});
