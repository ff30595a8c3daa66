import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadedConfig } from '../../src/config/load.ts';
import { onDisk } from '../../src/config/on-disk.ts';
import { itemsOf, openAdmin, program } from './desk.ts';

test('a page that only looks loads nothing: file times and the number of the store say whether it is current', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-looking-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'gradebridge.config.json');
  await writeFile(file, '{ "version": 1 }');
  let [loads, reads] = [0, 0];
  const world = await openAdmin(t, {
    load: (loaded) => {
      loads++;
      return loaded;
    },
    source: ({ config }: LoadedConfig) => {
      const { files, stamp, print } = onDisk(file, config);
      const counted = (): Promise<string> => {
        reads++;
        return print();
      };
      return { files, stamp, print: counted };
    },
  });
  const viewer = program(world, 'vic');
  const isCurrent = async (): Promise<unknown> => {
    // What somebody else has seen some seconds ago does not count any more.
    world.advance(10_001);
    const { body, text } = await viewer.get('/overview');
    assert.ok(body['revision'], text);
    return (body['revision'] as Record<string, unknown>)['isCurrent'];
  };
  for (let look = 0; look < 5; look++) assert.equal(await isCurrent(), true);
  assert.deepEqual(itemsOf(await viewer.get('/configuration/diff')), []);
  assert.deepEqual([loads, reads], [0, 1], 'read when the gateway began, and never for a look');
  await writeFile(file, '{ "version": 2 }');
  for (let look = 0; look < 3; look++) assert.equal(await isCurrent(), false);
  assert.deepEqual([loads, reads], [0, 2], 'read once for the change');
  await writeFile(join(folder, 'new'), '{ "version": 1 }');
  await rename(join(folder, 'new'), file);
  assert.equal(await isCurrent(), true, 'another file that says the same');
  const { mappings } = world.gateway.service.store;
  const author = { who: 'ada', why: 'a test', at: 0 };
  const version = await mappings.add({ name: 'unused', text: '{}', ...author });
  await mappings.change({ name: 'unused', version, verb: 'activated', after: 0, ...author });
  await writeFile(file, '{ "version": 1  }');
  assert.equal(await isCurrent(), false);
});

test('contexts that share their mappings share one compiled lens of each', async (t) => {
  const context = (index: number): readonly [string, object] => [
    `class-${index}`,
    { upstream: 'school', class: `class-${index}`, school: 'school-1', category: 'category-1' },
  ];
  const contexts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => context(index)));
  let lenses = new Set<unknown>();
  await openAdmin(t, {
    config: { contexts: contexts as never },
    source: (loaded) => {
      lenses = new Set([...loaded.lenses.values()].flatMap(({ lineItem, result }) => [lineItem, result]));
      return onDisk('none', loaded.config);
    },
  });
  assert.ok(lenses.size >= 2 && lenses.size <= 4, `${lenses.size} lenses`);
});
