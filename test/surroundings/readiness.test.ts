import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { LogFields } from '../../src/log.ts';
import { createStoreReadiness } from '../../src/store-readiness.ts';
import { start } from '../cli/process.ts';
import { eventually } from '../exchange/world.ts';
import { KINDS, newFolder, opened } from '../store/databases.ts';
import { newPlace } from './gateway.ts';

interface Line extends LogFields {
  readonly level: string;
}

function readinessOf(store: Parameters<typeof createStoreReadiness>[0]['store']) {
  const log: Line[] = [];
  let now = 0;
  const ready = createStoreReadiness({
    store,
    clock: () => now,
    log: (level, _event, fields = {}) => void log.push({ level, ...fields }),
  });
  return { ready, log, pass: (milliseconds: number) => (now += milliseconds) };
}

test('a full disk: /readyz says SQLITE_FULL, the log says it once, and both say when it is over', async (t) => {
  const store = await opened(t, { sqlite: join(await newFolder(), 'a.db') });
  const { ready, log, pass } = readinessOf(store);
  assert.deepEqual(await ready(), { reachable: true });
  // What a proof left free is taken, as promises take it.
  await store.settings.write('large', 'x'.repeat(20_000));
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  await sql.raw(`pragma max_page_count = ${Number(rows[0]?.page_count)}`).execute(store.db);
  pass(5_000);
  const full = { reachable: false, code: 'STORE_UNAVAILABLE', cause: 'SQLITE_FULL' };
  assert.deepEqual(await ready(), full);
  pass(5_000);
  assert.deepEqual(await ready(), full);
  assert.equal(log.length, 1);
  assert.equal(log[0]?.level, 'error');
  assert.match(String(log[0]?.['cause']), /SQLITE_FULL/);
  assert.doesNotMatch(String(log[0]?.['cause']), /cannot rollback/);
  await sql.raw('pragma max_page_count = 100000').execute(store.db);
  pass(5_000);
  assert.deepEqual(await ready(), { reachable: true });
  assert.deepEqual(log.slice(1), [{ level: 'info', code: 'usable' }]);
});

test('a store that takes no writes: /readyz says SQLITE_READONLY', async (t) => {
  const store = await opened(t, { sqlite: join(await newFolder(), 'a.db') });
  await sql`pragma query_only = on`.execute(store.db);
  assert.equal((await readinessOf(store).ready()).cause, 'SQLITE_READONLY');
});

for (const { name, skip, open } of KINDS) {
  test(`${name}: whoever asks without end has it written once in five seconds, and nothing is left`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    let proofs = 0;
    const prove = (): Promise<void> => {
      proofs += 1;
      return store.prove();
    };
    const { ready, pass } = readinessOf({ ping: store.ping, prove });
    for (let asked = 0; asked < 50; asked++) assert.deepEqual(await ready(), { reachable: true });
    await Promise.all(Array.from({ length: 50 }, ready));
    assert.equal(proofs, 1);
    pass(4_999);
    await ready();
    assert.equal(proofs, 1);
    pass(1);
    await Promise.all(Array.from({ length: 50 }, ready));
    assert.equal(proofs, 2);
    assert.equal(await store.settings.read('proof'), undefined);
  });
}

const noLimit = spawnSync('prlimit', ['--version']).error ? 'there is no prlimit (util-linux)' : false;

test('a gateway whose files cannot grow: /readyz is red with the first cause, no promise is made, and it heals by itself', {
  skip: noLimit,
}, async (t) => {
  const place = await newPlace(t);
  const serve = start(t, ['serve'], place.folder);
  await serve.until(/listening on/);
  assert.equal((await place.ready()).status, 200);
  assert.equal((await place.put('quiz-1')).status, 201);
  const limit = (bytes: string): void => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(serve.child.pid), `--fsize=${bytes}:`]);
    assert.equal(status, 0, String(stderr));
  };
  limit('4096');
  const red = /"store":{"reachable":false,"code":"STORE_UNAVAILABLE","cause":"SQLITE_(FULL|IOERR\w*)"}/;
  await eventually(async () => red.test((await place.ready()).body), 30_000);
  assert.equal((await place.ready()).status, 503);
  await serve.until(/"msg":"store"[^\n]*|SQLITE_(FULL|IOERR)[^\n]*"msg":"store"/);
  assert.match(serve.said(), /SQLITE_(FULL|IOERR)/);
  assert.doesNotMatch(serve.said(), /cannot rollback/);
  place.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const refused = await place.score('quiz-1');
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /STORE_UNAVAILABLE/);
  limit('unlimited');
  await eventually(async () => (await place.score('quiz-1')).status === 202, 30_000);
  place.sandbox.clearFaults();
  await eventually(async () => (await place.ready()).status === 200, 30_000);
});
