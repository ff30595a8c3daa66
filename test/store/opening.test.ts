import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { KEYS, openStore } from '../../src/store/store.ts';
import { KINDS, newFolder, opened } from './databases.ts';

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: several processes that find nothing make one store, and find it again`, {
    skip,
  }, async (t) => {
    const place = await newPlace();
    const stores = await Promise.all(Array.from({ length: 6 }, () => opened(t, place)));
    const answers = await Promise.all(
      stores.map(({ settings }, index) => settings.settle('a', String(index))),
    );
    assert.equal(new Set(answers).size, 1);
    const again = await opened(t, place);
    assert.equal(await again.settings.read('a'), answers[0]);
    const versions = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      again.db,
    );
    const shared = name === 'SQLite' ? [] : ['002-leases'];
    const expected = [
      '001-first',
      ...shared,
      '003-admin',
      '004-mappings',
      '005-registry',
      '006-reconciling',
      '007-backlog',
      '008-mapping-rows',
    ];
    assert.deepEqual(
      versions.rows.map((row) => row.name),
      expected,
    );
  });

  test(`${name}: a store of a later version is not touched`, { skip }, async (t) => {
    const place = await newPlace();
    const { db } = await opened(t, place);
    await sql`insert into kysely_migration (name, timestamp) values ('999-later', 'x')`.execute(db);
    await assert.rejects(openStore(place, { clock: Date.now }), /999-later/);
  });
}

/** What others than the owner may do with a file, and what the owner may. */
const rightsOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('SQLite: nobody but its owner can read the store, nor what SQLite puts beside it', async (t) => {
  const folder = join(await newFolder(), 'new', 'data');
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const { settings } = await opened(t, { sqlite: join(folder, 'gradebridge.db') });
  await settings.write('a', 'b');
  const files = readdirSync(folder).sort();
  assert.deepEqual(files, ['gradebridge.db', 'gradebridge.db-shm', 'gradebridge.db-wal']);
  assert.deepEqual(
    files.map((file) => rightsOf(join(folder, file))),
    ['600', '600', '600'],
  );
  assert.deepEqual([rightsOf(folder), rightsOf(dirname(folder))], ['700', '700']);
});

test('SQLite: a store that others could read is closed to them when it is opened', async (t) => {
  const folder = await newFolder();
  const file = join(folder, 'gradebridge.db');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  await opened(t, { sqlite: file });
  assert.equal(rightsOf(file), '600');
});

test('SQLite: keys of version 0.1 are taken in, unless there are others already', async (t) => {
  const folder = await newFolder();
  const place = { sqlite: join(folder, 'gradebridge.db') };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'keys.json'), 'old keys');
  const store = await opened(t, place);
  assert.equal(await store.settings.read(KEYS), 'old keys');
  assert.ok(!existsSync(join(folder, 'keys.json')) && existsSync(join(folder, 'keys.json.taken-over')));
  writeFileSync(join(folder, 'keys.json'), 'others');
  assert.equal(await (await opened(t, place)).settings.read(KEYS), 'old keys');
});
