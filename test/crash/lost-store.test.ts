import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../exchange/world.ts';
import { openScene } from './scene.ts';

const DOWN = { kind: 'status', status: 503, path: '/ims/', times: 0 } as const;

test('what was promised before the store was deleted is delivered by the process that promised it', async (t) => {
  const scene = await openScene(t);
  scene.sandbox.inject(DOWN);
  const { status, location } = await scene.score(5);
  assert.equal(status, 202);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${scene.file}${suffix}`);
  assert.equal((await scene.score(6)).status, 503);
  scene.sandbox.clearFaults();
  await scene.settled(location, 'verified');
  assert.deepEqual(scene.writes, [5], 'once, and nothing else');
});

for (const suffix of ['-shm', '-serving'])
  test(`a store whose ${suffix} was deleted takes no promises`, async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(DOWN);
    assert.equal((await scene.score(1)).status, 202);
    rmSync(`${scene.file}${suffix}`);
    const { status, body } = await scene.score(2);
    assert.equal(status, 503);
    assert.match(JSON.stringify(body), /STORE_REPLACED/);
    const ready = await scene.get('/readyz');
    assert.match(JSON.stringify(ready.body), /"code":"STORE_REPLACED"/);
  });

test('the log says that the store was deleted, though nobody asks', async (t) => {
  const scene = await openScene(t);
  rmSync(String(scene.file));
  const lines = (): readonly string[] =>
    readFileSync(scene.log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"msg":"store"') && line.includes('STORE_REPLACED'));
  await until(() => lines().length > 0, 10_000);
  assert.match(String(lines()[0]), /"level":50/);
  assert.match(String(lines()[0]), /gradebridge\.db is gone/);
});
