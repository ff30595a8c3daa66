import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import type { WorldOptions } from '../exchange/world.ts';
import { ADMIN, anotherAdmin, assertCode, browser, itemsOf, openAdmin, TOKENS, withHeaders } from './desk.ts';

type Place = NonNullable<WorldOptions['store']>;

/** Stores that two gateways can use; undefined where there is no such database on this machine. */
const STORES: Readonly<Record<string, (t: TestContext) => Promise<Place | undefined>>> = {
  SQLite: async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return { sqlite: join(folder, 'shared.db') };
  },
  PostgreSQL: async (t) => {
    const name = `admin_${randomUUID().replaceAll('-', '')}`;
    const server = new pg.Client('postgres://postgres@127.0.0.1:5432/postgres');
    try {
      await server.connect();
    } catch {
      return undefined;
    }
    await server.query(`create database ${name}`);
    t.after(async () => {
      await server.query(`drop database ${name} with (force)`);
      await server.end();
    });
    return { postgres: `postgres://postgres@127.0.0.1:5432/${name}` };
  },
};

for (const [kind, open] of Object.entries(STORES)) {
  test(`a session is known to every gateway on one store, and over for all of them (${kind})`, async (t) => {
    const store = await open(t);
    if (store === undefined) return t.skip(`there is no ${kind} here`);
    const first = await openAdmin(t, { store });
    const second = await anotherAdmin(t, first, store);
    const ada = await browser(first);
    const there = withHeaders(second, { cookie: ada.cookie, 'x-csrf-token': ada.csrf });
    const session = await there.get('/session');
    assert.deepEqual(
      [session.body['name'], session.body['role'], session.body['csrf']],
      ['ada', 'operator', ada.csrf],
    );
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
}

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
  const store = await STORES['SQLite']?.(t);
  assert.ok(store);
  const first = await openAdmin(t, { store });
  const [ada, vic] = [await browser(first), await browser(first, 'vic')];
  const changed = await anotherAdmin(t, first, store, {
    tokens: {
      ada: { role: 'operator', token: 'another-token-of-ada' },
      vic: { role: 'operator', token: TOKENS.vic },
    },
  });
  assertCode(await withHeaders(changed, { cookie: ada.cookie }).get('/session'), 401, 'ADMIN_UNAUTHORISED');
  assert.equal((await withHeaders(changed, { cookie: vic.cookie }).get('/session')).body['role'], 'operator');
});

test('a token does for a program: who it is, and no session behind it', async (t) => {
  const world = await openAdmin(t);
  const { body } = await withHeaders(world, { authorization: `Bearer ${TOKENS.vic}` }).get('/session');
  assert.deepEqual(body, { name: 'vic', role: 'viewer' });
});
