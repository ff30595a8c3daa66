import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import type { WorldOptions } from '../exchange/world.ts';
import { assertProblem, at, type Desk, edit, openDesk, resultIn, resultWrites } from './desk.ts';

/** The services that the gateway may stand before, each in both families. */
const SERVICES: readonly (readonly [SandboxProfile, string, string])[] = [
  ['timeback', 'timeback', 'lineItems'],
  ['timeback', 'timeback', 'assessmentLineItems'],
  ['spec', 'oneroster-1.2', 'lineItems'],
  ['spec', 'oneroster-1.2', 'assessmentLineItems'],
  ['google', 'oneroster-1.2', 'lineItems'],
  ['google', 'oneroster-1.2', 'assessmentLineItems'],
];

function before(sandbox: SandboxProfile, profile: string, family: string): WorldOptions {
  return {
    config: { upstreams: { school: { profile } }, contexts: { 'math-101': { family } } },
    sandbox: { profile: sandbox },
  };
}

for (const [sandbox, profile, family] of SERVICES) {
  const collection = family === 'lineItems' ? 'results' : 'assessmentResults';

  test(`scores and results before ${sandbox}, in ${family}`, async (t) => {
    const { world, tool } = await openDesk(t, before(sandbox, profile, family));
    const id = await tool.create({ scoreMaximum: 6, endDateTime: at(-3600) });
    const score = {
      scoreGiven: 1,
      scoreMaximum: 3,
      comment: 'Well done',
      timestamp: '2025-10-06T14:00:00.123456Z',
    };
    await tool.grade(id, score);
    const { score: stored, scoreStatus, comment } = resultIn(world, 'student-1', collection);
    assert.deepEqual([stored, scoreStatus, comment], [2, 'fully graded', 'Well done']);
    assert.equal(resultIn(world, 'student-1', collection)['late'], 'true');

    // The whole timestamp orders the scores, also where the service keeps its day only.
    const writes = resultWrites(world);
    await tool.grade(id, score);
    assert.equal(resultWrites(world), writes);
    assertProblem(await tool.score(id, { timestamp: '2025-10-06T14:00:00.123455Z' }), 409, 'SCORE_STALE');
    assertProblem(await tool.score(id, { ...score, scoreGiven: 2 }), 409, 'SCORE_CONFLICT');
    await tool.grade(id, { scoreGiven: 0, timestamp: '2025-10-06T14:00:00.123457Z' });
    assertProblem(await tool.score(id, score), 409, 'SCORE_STALE');

    const [result] = await tool.results(id);
    assert.deepEqual(
      [result?.['resultScore'], result?.['resultMaximum'], result?.['timestamp'], result?.['comment']],
      [0, 6, '2025-10-06T14:00:00.123457Z', undefined],
    );
    edit(world, { score: 4, comment: 'Teacher' }, 'student-1', collection);
    assert.equal((await tool.results(id))[0]?.['resultScore'], 4);
    assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 12 })).status, 200);
    assert.deepEqual(
      (await tool.results(id)).map((one) => [one['resultScore'], one['resultMaximum'], one['comment']]),
      [[8, 12, 'Teacher']],
    );
    await tool.grade(id, {
      scoreGiven: undefined,
      scoreMaximum: undefined,
      timestamp: '2025-10-07T00:00:00Z',
    });
    assert.ok((resultIn(world, 'student-1', collection)['score'] ?? null) === null);
    assert.equal(resultIn(world, 'student-1', collection)['comment'], 'Teacher');
    assert.equal((await tool.call('DELETE', id)).status, 204);
  });

  test(`users that may not get a score are told apart before ${sandbox}, in ${family}`, async (t) => {
    const { tool } = await openDesk(t, before(sandbox, profile, family));
    const id = await tool.create();
    const refused = {
      nobody: 'USER_UNKNOWN',
      'student-91': 'USER_NOT_ENROLLED',
      'teacher-1': 'USER_NOT_STUDENT',
    };
    for (const [userId, code] of Object.entries(refused))
      assertProblem(await tool.score(id, { userId }), 404, code);
    assertProblem(await tool.score(id, { userId: 'student-93' }), 404, 'USER_NOT_ENROLLED');
    await tool.grade(id, { userId: 'student-5' });
  });
}

test('before spec the day is the one that the tool has written, whatever it is in UTC', async (t) => {
  const { world, tool } = await openDesk(t, before('spec', 'oneroster-1.2', 'lineItems'));
  await tool.grade(await tool.create(), { timestamp: '2025-10-07T01:30:00+02:00' });
  assert.equal(resultIn(world)['scoreDate'], '2025-10-07');
});

interface Row {
  readonly ags?: string;
  readonly codec?: { readonly table?: { readonly values: Record<string, string | null> } };
}

/** A desk whose status table has other values for some pairs of progress words. */
async function withTable(t: TestContext, values: Readonly<Record<string, string | null>>): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  t.after(() => rm(folder, { recursive: true }));
  const shipped = await readFile(join(PACKAGE_ROOT, 'mappings', 'result.json'), 'utf8');
  const mapping = JSON.parse(shipped) as {
    name: string;
    fields: Row[];
    $schema?: string;
    examples?: unknown;
  };
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
