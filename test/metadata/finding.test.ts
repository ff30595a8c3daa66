import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GradebridgeError } from '../../src/core/errors.ts';
import { assertProblem, openDesk, sourcedIdIn } from '../ags/desk.ts';
import { held } from '../exchange/world.ts';
import {
  breakStashes,
  configOf,
  countStashes,
  HABITS,
  openDropping,
  restarted,
  SERVICES,
} from './dropping.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10, tag: 'grade' };

for (const service of SERVICES) {
  test(`${service}: where metadata is kept, the store is asked once and upstream calls are as few as ever`, async (t) => {
    const { world, tool } = await openDesk(t, {
      config: configOf({ habit: 'dropped', service }),
      sandbox: { profile: service },
    });
    const id = await tool.create(QUIZ);
    await tool.grade(id);
    await tool.results(id);
    const counts = countStashes(world);
    world.sandbox.clearRequests();
    await tool.put(id, { ...QUIZ, label: 'Changed' });
    assert.deepEqual(
      world.calls().map(({ method }) => method),
      ['GET', 'PUT'],
    );
    await tool.grade(id, { timestamp: '2026-01-01T00:00:00Z' });
    await tool.get(id);
    await tool.list();
    assert.deepEqual(counts, { drops: 0, found: 0, read: 0, write: 0, remove: 0 });
  });

  for (const habit of HABITS) {
    test(`${service}, ${habit}: the write that finds it out is whole already, and it is logged once`, async (t) => {
      const { world, tool } = await openDropping(t, { habit, service });
      const id = await tool.create(QUIZ);
      const lines = (): number => world.log.filter((line) => line.includes('metadata dropped')).length;
      assert.equal(lines(), 1);
      assert.equal((await tool.get(id)).body['tag'], 'grade');
      await Promise.all(
        [1, 2, 3].map((scoreGiven) => tool.grade(id, { userId: `student-${scoreGiven}`, scoreGiven })),
      );
      assert.equal((await tool.results(id)).length, 3);
      assert.equal(lines(), 2, 'once for each collection');
      const { metadata } = held(world, sourcedIdIn(id));
      assert.equal(metadata === undefined, habit === 'dropped');
    });
  }

  test(`${service}: a list asks the store once for a page`, async (t) => {
    const { world, tool } = await openDropping(t, { habit: 'dropped', service });
    await Promise.all(Array.from({ length: 12 }, () => tool.create(QUIZ)));
    const counts = countStashes(world);
    assert.equal((await tool.list('?tag=grade')).length, 12);
    assert.deepEqual(counts, { drops: 0, found: 0, read: 1, write: 0, remove: 0 });
  });

  test(`${service}: what was found out, and what was kept, is known after a restart`, async (t) => {
    const dropping = { habit: 'dropped', service } as const;
    const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
    t.after(() => rm(folder, { recursive: true }));
    const store = { sqlite: join(folder, 'gradebridge.db') };
    const desk = await openDropping(t, dropping);
    const first = await restarted(t, desk, dropping, store);
    const id = await first.tool.create({ ...QUIZ, resourceId: 'r' });
    await first.tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
    const [read, results] = [await first.tool.get(id), await first.tool.results(id)];
    await first.world.gateway.stop();
    const second = await restarted(t, desk, dropping, store);
    assert.deepEqual((await second.tool.get(id)).body, read.body);
    assert.equal((await second.tool.get(id)).headers.etag, read.headers.etag);
    assert.deepEqual(await second.tool.results(id), results);
    await second.tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
    assert.equal((await second.tool.put(id, { ...QUIZ, scoreMaximum: 3 })).status, 200);
    assert.equal((await second.tool.results(id))[0]?.['resultScore'], 1);
    assert.equal(second.world.log.filter((line) => line.includes('metadata dropped')).length, 0);
  });
}

test('an upstream that begins to drop metadata is found out by the next write', async (t) => {
  const { world, tool } = await openDesk(t);
  const ids = [await tool.create(QUIZ), await tool.create(QUIZ)] as const;
  await tool.grade(ids[0]);
  const { db } = world.gateway.service.store;
  assert.deepEqual(
    await db.selectFrom('stashes').selectAll().execute(),
    [],
    'what is kept lies nowhere else',
  );
  world.sandbox.inject({ kind: 'drop-metadata', times: 0 });
  const changed = { ...QUIZ, label: 'Changed', 'https://tool.example/x': [1] };
  for (const id of [...ids, await tool.create(QUIZ)]) {
    assert.equal((await tool.put(id, changed)).status, 200);
    assert.deepEqual((await tool.get(id)).body, { id, ...changed });
  }
  await tool.grade(ids[0], { timestamp: '2026-01-01T00:00:00Z' });
  await tool.grade(ids[0], { timestamp: '2026-01-01T00:00:00Z' });
  assert.equal((await tool.list('?tag=grade')).length, 3);
});

test('"stored": nothing is looked for, and the first write lies in the store before OneRoster hears of it', async (t) => {
  const school = { metadata: 'stored' };
  const { world, tool } = await openDesk(t, { config: { upstreams: { school } } });
  const counts = countStashes(world);
  const id = await tool.create(QUIZ);
  assert.deepEqual([counts['found'], counts['drops'], counts['write']], [1, 0, 2]);
  // OneRoster keeps it as well, and what somebody edits there is seen.
  const { metadata, ...document } = held(world, sourcedIdIn(id));
  world.sandbox.put('lineItems', {
    ...document,
    metadata: { ...(metadata as object), ltiTag: 'theirs', v: 1 },
  });
  assert.equal((await tool.get(id)).body['tag'], 'theirs');
  assert.equal((await tool.put(id, { ...QUIZ, tag: 'mine' })).status, 200);
  const after = held(world, sourcedIdIn(id))['metadata'] as Record<string, unknown>;
  assert.deepEqual([after['v'], after['ltiTag']], [1, 'mine']);
});

test('"kept": a score whose metadata is dropped in part is refused, too', async (t) => {
  const config = { upstreams: { school: { metadata: 'kept' } } };
  for (const metadata of HABITS) {
    const { world, tool } = await openDesk(t, { config, sandbox: { metadata } });
    const answer = await tool.call('POST', '/lti/contexts/math-101/lineitems', { body: { ...QUIZ, x: 1 } });
    assertProblem(answer, 502, 'UPSTREAM_DROPS_METADATA');
    assert.deepEqual(await world.gateway.service.store.db.selectFrom('traits').selectAll().execute(), []);
  }
});

test('a store that fails is told, and nothing is read or written without it', async (t) => {
  const { world, tool } = await openDropping(t, { habit: 'dropped' });
  const id = await tool.create(QUIZ);
  await tool.grade(id);
  for (const name of ['read', 'write']) {
    breakStashes(world, name, new GradebridgeError('STORE_UNAVAILABLE'));
    world.sandbox.clearRequests();
    assertProblem(await tool.put(id, QUIZ), 503, 'STORE_UNAVAILABLE');
    assert.deepEqual(world.writes(), []);
  }
  assertProblem(await tool.get(id), 503, 'STORE_UNAVAILABLE');
});
