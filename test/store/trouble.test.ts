import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { firstCode } from '../../src/store/first-cause.ts';
import { openStore } from '../../src/store/store.ts';
import { eventually } from '../exchange/world.ts';
import { assertCode, newDatabase, newFolder, noPostgres, opened } from './databases.ts';
import { lineTo } from './line.ts';
import { promise } from './promises.ts';

const UNAVAILABLE = 'STORE_UNAVAILABLE';

test('SQLite: a full disk takes nothing more, and what is there can be read', async (t) => {
  const { db, settings, deliveries } = await opened(t, { sqlite: join(await newFolder(), 'a.db') });
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql.raw(`pragma max_page_count = ${Number(rows[0]?.page_count)}`).execute(db);
  await settings.write('small', 'fits');
  const large = { operation: { comment: 'x'.repeat(20_000) } };
  const accepts = Array.from({ length: 3 }, () => deliveries.accept(promise(1, large)));
  await Promise.all(accepts.map((accept) => assertCode(accept, UNAVAILABLE)));
  assert.equal(await settings.read('small'), 'fits');
  await sql.raw('pragma max_page_count = 100000').execute(db);
  assert.equal((await deliveries.accept(promise(1, large))).kind, 'accepted');
});

test('SQLite: another process that writes for long is waited for, and then it is said', async (t) => {
  const place = { sqlite: join(await newFolder(), 'a.db') };
  const [store, other] = [await opened(t, place), await opened(t, place)];
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const writing = other.db.transaction().execute(async (tx) => {
    await tx.insertInto('settings').values({ name: 'long', value: '' }).execute();
    await ended;
  });
  const write = store.settings.write('short', 'yes');
  await store.settings.read('short');
  end();
  await Promise.all([writing, write]);
  assert.equal(await other.settings.read('short'), 'yes');
});

test('SQLite: what is no database, or a folder, is not opened', async () => {
  const folder = await newFolder();
  await assert.rejects(openStore({ sqlite: folder }, { clock: Date.now }), /EISDIR/);
});

test('PostgreSQL: a connection that breaks ends neither the process nor the store', {
  skip: noPostgres,
}, async (t) => {
  const line = await lineTo(t, await newDatabase());
  const store = await opened(t, { postgres: line.url });
  await store.settings.write('kept', 'yes');
  const slow = sql`select pg_sleep(5)`.execute(store.db);
  const refused = assert.rejects(slow);
  await eventually(async () => {
    const { rows } = await sql`select 1 from pg_stat_activity where query like 'select pg_sleep%'`.execute(
      store.db,
    );
    return rows.length > 0;
  });
  line.cut();
  await refused;
  const writes = Array.from({ length: 50 }, () => store.usedOnce.claim(randomUUID(), 1));
  await Promise.all(writes.map((write) => assertCode(write, UNAVAILABLE)));
  await assertCode(store.settings.read('kept'), UNAVAILABLE);
  await assertCode(store.ping(), UNAVAILABLE);
  await assertCode(
    store.leases?.acquire({ key: 'a', holder: 'b', milliseconds: 1 }) ?? Promise.resolve(),
    UNAVAILABLE,
  );
  line.mend();
  assert.equal(await store.settings.read('kept'), 'yes');
  assert.equal(await store.usedOnce.claim(randomUUID(), 1), true);
});

test('PostgreSQL: a server that has become read-only is told from one that can be used', {
  skip: noPostgres,
}, async (t) => {
  const url = await newDatabase();
  const [store, admin] = [await opened(t, { postgres: url }), await opened(t, { postgres: url })];
  const name = new URL(url).pathname.slice(1);
  await store.settings.write('kept', 'yes');
  await store.ping();
  await sql.raw(`alter database ${name} set default_transaction_read_only = on`).execute(admin.db);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = ${name} and pid <> pg_backend_pid()`.execute(admin.db);
  await eventually(async () => (await store.settings.read('kept').catch(() => undefined)) === 'yes');
  await assertCode(store.settings.write('kept', 'no'), UNAVAILABLE);
  await assertCode(store.ping(), UNAVAILABLE);
  assert.equal(firstCode(await store.ping().catch((error: unknown) => error)), '25006');
  assert.equal(await store.settings.read('kept'), 'yes');
});

test('PostgreSQL: a server that does not answer any more keeps nobody for long', {
  skip: noPostgres,
}, async (t) => {
  const line = await lineTo(t, await newDatabase());
  const store = await opened(t, { postgres: `${line.url}?query_timeout=1000` });
  await store.settings.write('kept', 'yes');
  line.hush();
  const begun = Date.now();
  // Each takes a second or more: one after another they would need longer.
  const writes = Array.from({ length: 50 }, () => store.usedOnce.claim(randomUUID(), 1));
  const reads = Array.from({ length: 3 }, () => store.settings.read('kept'));
  await Promise.all([...reads, ...writes].map((work) => assertCode(work, UNAVAILABLE)));
  assert.ok(Date.now() - begun < 50_000, `it took ${Date.now() - begun} ms`);
  line.mend();
  assert.equal(await store.usedOnce.claim(randomUUID(), 1), true);
  assert.equal(await store.settings.read('kept'), 'yes');
});

test('SQLite: a write that met the lock of another process leaves nothing behind that stops the next ones', async (t) => {
  const place = { sqlite: join(await newFolder(), 'a.db') };
  const [store, other] = [await opened(t, place), await opened(t, place)];
  const write = (name: string): Promise<unknown> =>
    store.db.transaction().execute(async (transaction) => {
      await transaction.selectFrom('settings').selectAll().execute();
      await transaction.insertInto('settings').values({ name, value: '' }).execute();
    });
  await other.db.transaction().execute(async (transaction) => {
    await transaction.insertInto('settings').values({ name: 'theirs', value: '' }).execute();
    await assert.rejects(write('ours'), { code: 'SQLITE_BUSY' });
  });
  await write('ours');
  await store.settings.write('ours too', '');
  assert.equal(await other.settings.read('ours too'), '');
});
