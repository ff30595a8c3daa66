import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { createStoreReadiness } from '../../src/store-readiness.ts';
import { newDatabase, noPostgres, opened } from '../store/databases.ts';

test('PostgreSQL that gives few connections: all is done over those, and without any the reason is said', {
  skip: noPostgres,
}, async (t) => {
  const connectionString = await newDatabase();
  const url = new URL(connectionString);
  const admin = await opened(t, { postgres: url.href });
  const role = `few_${randomUUID().replaceAll('-', '')}`;
  const run = (text: string) => sql.raw(text).execute(admin.db);
  await run(`create role ${role} login password 'few' connection limit 2`);
  t.after(async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query(`drop owned by ${role}`);
    await client.query(`drop role ${role}`);
    await client.end();
  });
  await run(`grant all on all tables in schema public to ${role}`);
  [url.username, url.password] = [role, 'few'];
  const store = await opened(t, { postgres: url.href });
  const reads = Array.from({ length: 60 }, () => store.settings.read('nothing'));
  const writes = Array.from({ length: 60 }, () => store.usedOnce.claim(randomUUID(), 1));
  await Promise.all([...reads, ...writes]);
  const ready = createStoreReadiness({ store, clock: Date.now, log: () => {} });
  assert.deepEqual(await ready(), { reachable: true });
  // Its connections go, and others have all there are.
  await run(`alter role ${role} connection limit 0`);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`.execute(admin.db);
  let answer = await ready();
  // One that was just broken says that first.
  for (let tries = 0; answer.cause !== '53300' && tries < 20; tries++) answer = await ready();
  assert.deepEqual(answer, { reachable: false, code: 'STORE_UNAVAILABLE', cause: '53300' });
  await run(`alter role ${role} connection limit 2`);
  assert.deepEqual(await ready(), { reachable: true });
});
