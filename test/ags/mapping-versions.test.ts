import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { completeConfig, loadConfig } from '../../src/config/load.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { storedOf } from '../../src/keep.ts';
import { benchHere } from '../../src/workbench/bench.ts';
import { judge } from '../../src/workbench/judge.ts';
import { createVersions, MappingRefused, type Versions } from '../../src/workbench/versions.ts';
import { type Document, eventually, type World, type WorldOptions } from '../exchange/world.ts';
import { KINDS, newFolder } from '../store/databases.ts';
import { CONFIG } from '../workbench/authors.ts';
import { changedText, withRow } from '../workbench/texts.ts';
import { at, type Desk, openDesk, resultIdOf, resultWrites, sourcedIdIn } from './desk.ts';

const WEIGHT = 'https://x.example/weight';
const ROW: MappingRow = {
  ags: '/https:~1~1x.example~1weight',
  oneroster: '/metadata/weight',
  codec: 'number',
};
const AUTHOR = { who: 'alice', why: 'A new field' };

interface Scene extends Desk {
  readonly versions: Versions;
  /** Makes a text the active version, and has the gateway take it up. */
  activate(name: string, text: string): Promise<void>;
  rollback(name: string): Promise<void>;
}

async function openScene(t: TestContext, options: WorldOptions = {}, runs = 60): Promise<Scene> {
  const desk = await openDesk(t, { takesVersions: true, ...options });
  const { store, reloads } = desk.world.gateway.service;
  // How thoroughly an activation is judged is tried elsewhere.
  const judgeOptions = { runs, milliseconds: 20_000, clock: Date.now };
  const bench = {
    judge: async (text: string, name: string, earlier: readonly string[] = []) =>
      judge(text, { ...judgeOptions, name, earlier }).judged,
    faultsIn: benchHere(Date.now).faultsIn,
  };
  const versions = createVersions({ store: store.mappings, config: () => CONFIG, bench, clock: Date.now });
  const take = async (): Promise<void> => assert.deepEqual((await reloads.reload()).findings, []);
  return {
    ...desk,
    versions,
    activate: async (name, text) => {
      await versions.activate(name, await versions.draft(name, text, AUTHOR), AUTHOR);
      await take();
    },
    rollback: async (name) => {
      await versions.rollback(name, AUTHOR);
      await take();
    },
  };
}

const metadataOf = (world: World, id: string): Document =>
  (world.sandbox.find('lineItems', sourcedIdIn(id))?.['metadata'] ?? {}) as Document;

describe('a row that is new takes over what stood in the stash, and one that goes gives back', () => {
  const ways = KINDS.flatMap((kind) =>
    (['kept', 'dropped'] as const).map((metadata) => ({ kind, metadata }) as const),
  );
  for (const { kind, metadata } of ways) {
    test(`${kind.name}, metadata ${metadata}`, { skip: kind.skip }, async (t) => {
      const options = { store: await kind.newPlace(), sandbox: { metadata } };
      const { world, tool, activate, rollback } = await openScene(t, options);
      const id = await tool.create({ [WEIGHT]: 7 });
      const change = async (label: string): Promise<void> => {
        const { body } = await tool.get(id);
        assert.equal((await tool.put(id, { ...body, label })).status, 200);
      };
      await activate('line-item', withRow(ROW));
      assert.equal((await tool.get(id)).body[WEIGHT], 7);
      assert.deepEqual((await tool.list())[0]?.[WEIGHT], 7);
      await change('Changed under the new row');
      assert.equal((await tool.get(id)).body[WEIGHT], 7);
      if (metadata === 'kept') assert.equal(metadataOf(world, id)['weight'], 7);

      await rollback('line-item');
      assert.equal((await tool.get(id)).body[WEIGHT], 7);
      await change('Changed without it');
      assert.equal((await tool.get(id)).body[WEIGHT], 7);
      if (metadata === 'kept') assert.equal(metadataOf(world, id)['weight'], undefined);

      await activate('line-item', withRow(ROW));
      assert.equal((await tool.get(id)).body[WEIGHT], 7);
    });
  }
});

test('a row that moves, and another stash, are read across versions', async (t) => {
  const { world, tool, activate } = await openScene(t);
  const id = await tool.create({ tag: 'grade', endDateTime: '2026-04-06T22:05:03+02:00', [WEIGHT]: 7 });
  await activate(
    'line-item',
    changedText(({ examples: _, ...mapping }) => ({
      ...mapping,
      stash: { oneroster: '/metadata/elsewhere' },
      fields: mapping.fields.map((row) =>
        row.ags === '/tag' ? { ...row, oneroster: '/metadata/tag' } : row,
      ),
    })),
  );
  const read = (await tool.get(id)).body;
  assert.deepEqual([read['tag'], read['endDateTime'], read[WEIGHT]], ['grade', '2026-04-06T20:05:03Z', 7]);
  assert.equal((await tool.list('?tag=grade')).length, 1);
  assert.equal((await tool.put(id, { ...read, label: 'Changed' })).status, 200);
  const { tag, ltiTag, lti, elsewhere } = metadataOf(world, id);
  assert.deepEqual([tag, ltiTag, lti], ['grade', undefined, undefined]);
  assert.deepEqual((elsewhere as Document)['members'], { [WEIGHT]: 7 });
});

test('a result keeps what the gateway notes of it: a score is known again, an older one is stale, a maximum rescales', async (t) => {
  const { world, tool, activate } = await openScene(t);
  const id = await tool.create({ scoreMaximum: 30 });
  const score = { timestamp: at(10), scoreGiven: 1, scoreMaximum: 3, userId: 'student-1' };
  await tool.grade(id, score);
  await activate(
    'result',
    changedText(
      ({ examples: _, ...mapping }) => ({ ...mapping, stash: { oneroster: '/metadata/elsewhere' } }),
      'result',
    ),
  );
  assert.equal(resultWrites(world), 1);
  await tool.grade(id, score);
  assert.equal(resultWrites(world), 1);
  assert.equal((await tool.score(id, { ...score, timestamp: at(5) })).status, 409);
  const { body } = await tool.get(id);
  assert.equal((await tool.put(id, { ...body, scoreMaximum: 60 })).status, 200);
  await eventually(async () => world.sandbox.find('results', resultIdOf(world))?.['score'] === 20);
});

test('an edit in OneRoster at a place that a row has left is met by the policy', async (t) => {
  const config = { contexts: { 'math-101': { edits: 'hold' } } };
  const { world, tool, activate } = await openScene(t, { config });
  const id = await tool.create({ tag: 'grade' });
  const column = world.sandbox.find('lineItems', sourcedIdIn(id)) as Document;
  const metadata = { ...(column['metadata'] as Document), ltiTag: 'teacher' };
  world.sandbox.put('lineItems', { ...column, metadata } as never);
  const moved = ({ ags, ...row }: MappingRow): MappingRow => ({
    ...row,
    ...(ags !== undefined && { ags }),
    ...(ags === '/tag' && { oneroster: '/metadata/tag' }),
  });
  await activate(
    'line-item',
    changedText(({ examples: _, ...mapping }) => ({ ...mapping, fields: mapping.fields.map(moved) })),
  );
  const { body } = await tool.get(id);
  assert.equal(body['tag'], 'teacher');
  // Held for a person: OneRoster keeps what stands there.
  assert.equal((await tool.put(id, { ...body, tag: 'grade' })).status, 202);
  assert.equal(metadataOf(world, id)['ltiTag'], 'teacher');
});

test('an activation that loses what stands is refused, with a counter-example', async (t) => {
  const { versions } = await openScene(t, {}, 1_000);
  const words = changedText((mapping) => {
    const fields = mapping.fields.map((row) => (row.ags === '/progress' ? withoutWord(row) : row));
    return { ...mapping, examples: [], fields };
  }, 'result');
  const version = await versions.draft('result', words, AUTHOR);
  await assert.rejects(versions.activate('result', version, AUTHOR), (error: unknown) => {
    assert.ok(error instanceof MappingRefused);
    const law = error.judged.laws.find(({ holds }) => !holds);
    assert.equal(law?.law, 'migrate');
    assert.equal(law.counterExample?.difference.pointer, '/progress');
    return true;
  });
});

function withoutWord(row: MappingRow): MappingRow {
  const { values, back } = (row.codec as { table: { values: Document; back: Document } }).table;
  const { 'Started Pending': _, ...others } = values;
  return { ...row, codec: { table: { values: others, back } } } as unknown as MappingRow;
}

test('what a file wrote is read when the file has changed since', async (t) => {
  const mappingsDir = await newFolder();
  const file = join(mappingsDir, 'line-item.json');
  await writeFile(file, withRow(ROW));
  const [kind] = KINDS;
  const store = (await kind?.newPlace()) ?? assert.fail();
  const { world, tool } = await openScene(t, { store, config: { mappingsDir } });
  const id = await tool.create({ [WEIGHT]: 7 });
  assert.equal(metadataOf(world, id)['weight'], 7);
  await writeFile(
    file,
    changedText((mapping) => mapping),
  );
  const findings = (await world.gateway.service.reloads.reload()).findings;
  assert.deepEqual(findings, []);
  assert.equal((await tool.get(id)).body[WEIGHT], 7);

  // As a process that starts later reads it: of the text that wrote, only the store knows.
  const { inFile } = loaded(mappingsDir);
  const later = completeConfig(inFile, await storedOf(world.gateway.service.store));
  assert.ok('config' in later);
  const column = world.sandbox.find('lineItems', sourcedIdIn(id));
  const lens = later.lenses.get('math-101')?.lineItem;
  assert.equal(lens?.read(column as never, ROW.ags as string), 7);
});

function loaded(mappingsDir: string): Extract<ReturnType<typeof loadConfig>, { config: unknown }> {
  const config = loadConfig(
    {
      version: 1,
      publicUrl: 'https://grades.example',
      mappingsDir,
      upstreams: {
        school: {
          profile: 'timeback',
          baseUrl: 'http://127.0.0.1:9',
          auth: { tokenUrl: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'x' },
        },
      },
      contexts: { 'math-101': { upstream: 'school', class: 'c', school: 's', category: 'k' } },
      tools: { quizzer: { clientId: 'q', contexts: ['math-101'], jwks: { keys: [] } } },
    },
    join(mappingsDir, 'gradebridge.config.json'),
    {},
  );
  assert.ok('config' in config, JSON.stringify(config));
  return config;
}
