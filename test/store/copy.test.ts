import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { claimStore } from '../../src/store/claim.ts';
import { KEYS, type OpenedStore, SERVING, type StorePlace } from '../../src/store/store.ts';
import { type Ran, run, writeFile } from '../cli/run.ts';
import { KINDS, newFolder, opened } from './databases.ts';
import { NOW, promise, SHELF } from './promises.ts';

/** Runs `gradebridge store` with a configuration that names a store. */
function onStore(store: StorePlace, ...args: string[]): Promise<Ran> {
  const auth = { tokenUrl: 'http://127.0.0.1:9/t', clientId: 'c', clientSecret: 's' };
  const { file } = writeFile('gradebridge.config.json', {
    version: 1,
    store,
    upstreams: { sis: { profile: 'timeback', baseUrl: 'http://127.0.0.1:9', auth } },
    contexts: { a: { upstream: 'sis', class: 'c', category: 'k' } },
    tools: { t: { clientId: 't', contexts: ['a'], apiKey: 'quizzer-key' } },
  });
  return run(['store', ...args, '--config', file]);
}

const FILL = fileURLToPath(new URL('./fill.js', import.meta.url));

/** Fills a file by another process: in this one SQLite would keep it open. @returns the ids of the deliveries */
function fill(file: string, ...change: string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [FILL, file, ...change], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as string[];
}

async function assertTheSame(from: OpenedStore, to: OpenedStore, ids: readonly string[]): Promise<void> {
  const all = await to.deliveries.list({}, 10_000);
  assert.deepEqual(all.map(({ id }) => id).sort(), [...ids].sort());
  for (const id of ids.slice(0, 5)) {
    assert.deepEqual(await to.deliveries.find(id), await from.deliveries.find(id));
  }
  assert.equal(await to.settings.read(KEYS), 'the secret');
  assert.equal(await to.settings.read(SERVING), undefined);
  assert.equal(await to.usedOnce.claim('jti \0', NOW + 5), false);
  assert.equal(await to.stashes.drops(SHELF), true);
  assert.deepEqual((await to.stashes.read(SHELF, ['a'])).get('a'), { x: ['\0', 'é🙂'] });
  assert.equal((await to.registry.latest()).length, 1);
  assert.deepEqual(await to.registry.latest(), await from.registry.latest());
  const claim = { key: 'k', said: 's', holder: 'other', now: NOW, leaseUntil: NOW + 9, until: NOW + 99 };
  assert.deepEqual(await to.repeatables.claim(claim), { kind: 'busy' });
}

async function openAt(t: TestContext, place: StorePlace): Promise<OpenedStore> {
  return opened(t, place, () => NOW);
}

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: everything of a SQLite file is copied in, once`, { skip }, async (t) => {
    const file = join(await newFolder(), 'old.db');
    const ids = fill(file);
    const place = await newPlace();
    const { code, out, error } = await onStore(place, 'copy', '--from', file);
    assert.equal(code, 0, error);
    assert.match(out, /^ +1103 {2}deliveries and receipts\n +1 {2}settings/);
    assert.doesNotMatch(error + out, /secret/);
    await assertTheSame(await openAt(t, { sqlite: file }), await openAt(t, place), ids);
    const again = await onStore(place, 'copy', '--from', file);
    assert.equal(again.code, 1);
    assert.match(again.error, /is not empty.*[\s\S]*Nothing was copied/);
  });

  test(`${name}: nothing is copied from a file in use, nor from one that is not there`, {
    skip,
  }, async (t) => {
    const folder = await newFolder();
    const place = await newPlace();
    const absent = await onStore(place, 'copy', '--from', join(folder, 'odl.db'));
    assert.equal(absent.code, 1);
    assert.match(absent.error, /There is no file .*odl\.db/);
    assert.ok(!existsSync(join(folder, 'odl.db')), 'nor is it made');
    writeFileSync(join(folder, 'text.db'), 'this is no database, but a text that is long enough to look at');
    const text = await onStore(place, 'copy', '--from', join(folder, 'text.db'));
    assert.equal(text.code, 1);
    assert.match(text.error, /not a database/);
    const file = join(folder, 'old.db');
    fill(file);
    t.after(claimStore(file));
    const busy = await onStore(place, 'copy', '--from', file);
    assert.equal(busy.code, 1);
    assert.match(busy.error, /A gateway serves from .*: stop it/);
    const store = await openAt(t, place);
    assert.deepEqual(await store.deliveries.count(), []);
  });

  test(`${name}: a copy that cannot be finished leaves nothing behind`, { skip }, async (t) => {
    const file = join(await newFolder(), 'old.db');
    // As a version that we do not know might leave it.
    fill(file, 'alter table stashes add column later text');
    const place = await newPlace();
    const { code, error } = await onStore(place, 'copy', '--from', file);
    assert.equal(code, 1, error);
    assert.match(error, /later/);
    const { deliveries, settings } = await openAt(t, place);
    assert.deepEqual([await deliveries.count(), await settings.read(KEYS)], [[], undefined]);
  });

  test(`${name}: the status tells what waits, and changes nothing`, { skip }, async (t) => {
    const place = await newPlace();
    const nothing = await onStore(place, 'status', '--json');
    if (name === 'SQLite') {
      assert.equal(nothing.code, 1);
      assert.match(nothing.error, /there is no file/);
    } else assert.equal(JSON.parse(nothing.out).schema.is, null);
    const store = await openAt(t, place);
    for (const second of [2, 1]) {
      const acceptedAt = NOW + second * 1000;
      await store.deliveries.accept(promise(second, { upstream: 'sis', acceptedAt }));
    }
    const { code, out } = await onStore(place, 'status', '--json');
    const told = JSON.parse(out);
    assert.equal(code, 0);
    const oldest = new Date(NOW + 1000).toISOString();
    assert.deepEqual(told.deliveries, [{ upstream: 'sis', state: 'accepted', count: 2, oldest }]);
    assert.equal(told.oldestWaiting, oldest);
    assert.equal(told.schema.is, told.schema.newest);
    const forPeople = await onStore(place, 'status');
    assert.match(forPeople.out, /^ +2 {2}accepted +sis +since 2026-03-06T00:00:01/m);
    assert.doesNotMatch(forPeople.out, /postgres@|postgres:/, 'neither user nor password');
  });
}

test('a store that cannot be reached is told in a sentence', async () => {
  const url = 'postgres://someone:geheim@127.0.0.1:9/grades';
  for (const verb of [['status'], ['copy', '--from', 'x.db']]) {
    const { code, error } = await onStore({ postgres: url }, ...verb);
    assert.equal(code, 1);
    assert.match(
      error,
      verb.length === 1
        ? /PostgreSQL at 127\.0\.0\.1:9\/grades cannot be opened.*ECONNREFUSED/
        : /There is no file/,
    );
    assert.doesNotMatch(error, /geheim|\n +at /);
  }
});
