import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { assertProblem, at, type Desk, openDesk, resultIn, resultWrites } from './desk.ts';

interface Row {
  readonly ags?: string;
  readonly codec?: { readonly table?: { readonly values: Record<string, string | null> } };
}

/** A desk whose status table has other values for some pairs of progress words. */
async function withTable(t: TestContext, values: Readonly<Record<string, string | null>>): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  t.after(() => rm(folder, { recursive: true }));
  const shipped = await readFile(join(PACKAGE_ROOT, 'mappings', 'result.json'), 'utf8');
  const mapping = JSON.parse(shipped) as { name: string; fields: Row[]; $schema?: string; examples?: unknown };
  const { table } = mapping.fields.find(({ ags }) => ags === '/progress')?.codec ?? {};
  assert.ok(table);
  Object.assign(table.values, values);
  const { $schema: _, ...own } = { ...mapping, name: 'own-result', examples: [] };
  await writeFile(join(folder, 'own-result.json'), JSON.stringify(own));
  return openDesk(t, {
    config: { mappingsDir: folder, contexts: { 'math-101': { mappings: { result: 'own-result' } } } },
  });
}

test('a progress that the status table has null for is not recorded', async (t) => {
  const { world, tool } = await withTable(t, { 'Started NotReady': null });
  const id = await tool.create();
  const started = { activityProgress: 'Started', gradingProgress: 'NotReady' };
  await tool.grade(id, { ...started, scoreGiven: 0 });
  assert.equal(resultWrites(world), 0, 'work that was opened is no zero');
  assert.deepEqual(await tool.results(id), []);
  await tool.grade(id, { timestamp: at(1) });
  await tool.grade(id, { ...started, timestamp: at(2), scoreGiven: undefined, scoreMaximum: undefined });
  assert.equal(resultIn(world)['score'], 8, 'what stands is left alone');
  assertProblem(await tool.score(id, { timestamp: at(0), scoreGiven: 1 }), 409, 'SCORE_STALE');
  await tool.grade(id, { timestamp: at(3), scoreGiven: 9 });
  assert.equal(resultIn(world)['score'], 9);
});

test('a pair of progress words may have another status', async (t) => {
  const { world, tool } = await withTable(t, { 'Completed PendingManual': 'partially graded' });
  await tool.grade(await tool.create(), { gradingProgress: 'PendingManual' });
  assert.equal(resultIn(world)['scoreStatus'], 'partially graded');
});

/** Some rows of the shipped table by name. */
const SHIPPED: Readonly<Record<string, string>> = {
  'Initialized NotReady': 'not submitted',
  'Started NotReady': 'not submitted',
  'InProgress Pending': 'partially graded',
  'Submitted PendingManual': 'submitted',
  'Submitted NotReady': 'submitted',
  'Completed Failed': 'submitted',
  'Completed Pending': 'partially graded',
  'Completed FullyGraded': 'fully graded',
  'Initialized FullyGraded': 'fully graded',
};

test('the shipped status table', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  for (const [index, [pair, status]] of Object.entries(SHIPPED).entries()) {
    const [activityProgress, gradingProgress] = pair.split(' ');
    await tool.grade(id, { activityProgress, gradingProgress, timestamp: at(index) });
    assert.equal(resultIn(world)['scoreStatus'], status, pair);
  }
});
