import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AgsTool, at, deskOn, openDesk, sourcedIdIn } from '../ags/desk.ts';
import { type Document, eventually, type World } from '../exchange/world.ts';
import { KINDS } from '../store/databases.ts';
import { writtenIn } from './written.ts';

const STUDENTS = 40;
/** Longer than anything may go by the maximum before. */
const SETTLED = 60_000;

async function open(t: TestContext, { students = STUDENTS, limits = {} } = {}) {
  const { world, tool } = await openDesk(t, { sandbox: { students }, config: { limits } });
  const id = await tool.create({ label: 'Quiz', scoreMaximum: 100 });
  for (let student = 1; student <= students; student++)
    await tool.grade(id, { userId: `student-${student}`, scoreGiven: student, scoreMaximum: 100 });
  return { world, tool, id };
}

function resultsIn(world: World): readonly Document[] {
  return writtenIn(world, 'results').filter((result) => result['status'] === 'active');
}

/** Whether everything in OneRoster is on a maximum. */
function isOn(world: World, id: string, maximum: number): boolean {
  const lineItem = world.sandbox.find('lineItems', sourcedIdIn(id));
  return (
    lineItem?.['resultValueMax'] === maximum &&
    resultsIn(world).every(({ score, student }) => {
      const given = Number(String((student as Document)['sourcedId']).slice('student-'.length));
      return score === (given * maximum) / 100;
    })
  );
}

/** Each student has the share that the tool gave, whatever the maximum is now. */
async function assertShares(tool: AgsTool, id: string): Promise<void> {
  for (const { userId, resultScore, resultMaximum } of await tool.results(id))
    assert.ok(
      Math.abs(
        Number(resultScore) / Number(resultMaximum) - Number(String(userId).slice('student-'.length)) / 100,
      ) < 1e-9,
      `${userId}: ${resultScore} of ${resultMaximum}`,
    );
}

async function replaced(tool: AgsTool, id: string, scoreMaximum: number): Promise<void> {
  const answer = await tool.put(id, { label: 'Quiz', scoreMaximum });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body['scoreMaximum'], scoreMaximum);
}

async function deliveries(world: World): Promise<readonly { readonly state: string }[]> {
  return world.gateway.service.store.deliveries.list({}, 100);
}

test('a PUT with another maximum answers before any result is written; what is left is done by itself, and seen', async (t) => {
  const { world, tool, id } = await open(t);
  world.sandbox.inject({ kind: 'status', status: 500, method: 'PUT', path: '/results/', times: 0 });
  await replaced(tool, id, 50);
  assert.equal((await tool.get(id)).body['scoreMaximum'], 50, 'the line item is read meanwhile');
  await assertShares(tool, id);
  assert.deepEqual(
    (await deliveries(world)).map(({ state }) => state === 'accepted' || state === 'sent'),
    [true],
  );
  // More attempts than a score would be given.
  await eventually(async () => {
    return ((await world.gateway.service.store.deliveries.list({}, 1))[0]?.attempts ?? 0) > 35;
  }, 60_000);
  assert.equal(isOn(world, id, 50), false);
  world.sandbox.clearFaults();
  await eventually(async () => isOn(world, id, 50), 60_000);
  await assertShares(tool, id);
  world.advance(SETTLED);
  await eventually(async () => (await deliveries(world)).every(({ state }) => state === 'acknowledged'));
  const metadata = world.sandbox.find('lineItems', sourcedIdIn(id))?.['metadata'] as Document;
  assert.equal(metadata['ltiAligning'], undefined);
});

test('a PUT whose write of the line item fails leaves every grade as it is', async (t) => {
  const { world, tool, id } = await open(t, { students: 5 });
  world.sandbox.inject({ kind: 'status', status: 500, method: 'PUT', path: '/lineItems/', times: 3 });
  assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 50 })).status, 502);
  world.advance(SETTLED);
  await eventually(async () => (await deliveries(world)).every(({ state }) => state === 'acknowledged'));
  assert.ok(isOn(world, id, 100));
});

test('two maxima in a row, one back, and scores meanwhile: all land on the last one', async (t) => {
  const { world, tool, id } = await open(t, { students: 12 });
  world.sandbox.inject({ kind: 'slow', delayMs: 20, method: 'PUT', path: '/results/', times: 0 });
  await replaced(tool, id, 50);
  await replaced(tool, id, 30);
  await tool.grade(id, { userId: 'student-1', scoreGiven: 1, scoreMaximum: 100, timestamp: at(9) });
  await assertShares(tool, id);
  await eventually(async () => isOn(world, id, 30), 60_000);
  await replaced(tool, id, 100);
  await eventually(async () => isOn(world, id, 100), 60_000);
  await assertShares(tool, id);
});

test("a teacher's score is on the maximum that stood when it was given, also when it is changed twice", async (t) => {
  const { world, tool, id } = await open(t, { students: 3 });
  const entered = (student: number, score: number): void =>
    world.sandbox.put('results', {
      ...{ sourcedId: `teacher-${student}`, status: 'active', scoreDate: at(0), scoreStatus: 'fully graded' },
      ...{ lineItem: { sourcedId: sourcedIdIn(id) }, class: { sourcedId: 'class-1' }, score },
      student: { sourcedId: `student-${student}` },
    });
  // Nothing of the tool beside it.
  for (const { sourcedId } of resultsIn(world))
    world.sandbox.put('results', {
      ...world.sandbox.find('results', String(sourcedId)),
      sourcedId: String(sourcedId),
      status: 'tobedeleted',
    });
  entered(1, 80);
  world.sandbox.inject({ kind: 'status', status: 503, method: 'PUT', path: '/results/', times: 0 });
  await replaced(tool, id, 50);
  // By the maximum that the teacher sees.
  entered(2, 40);
  await replaced(tool, id, 20);
  const shares = async () =>
    Object.fromEntries((await tool.results(id)).map(({ userId, resultScore }) => [userId, resultScore]));
  assert.deepEqual(await shares(), { 'student-1': 16, 'student-2': 16 });
  world.sandbox.clearFaults();
  await eventually(async () => {
    return [1, 2].every((one) => world.sandbox.find('results', `teacher-${one}`)?.['score'] === 16);
  });
  world.advance(SETTLED);
  await eventually(async () =>
    (await deliveries(world)).every(({ state }) => state === 'acknowledged' || state === 'superseded'),
  );
  assert.deepEqual(await shares(), { 'student-1': 16, 'student-2': 16 });
});

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: what is left of a changed maximum is done by whoever comes next`, { skip }, async (t) => {
    const store = await newPlace();
    const sandbox = await startSandbox({ students: 12 });
    t.after(() => sandbox.close());
    const first = await deskOn(t, sandbox, {}, store);
    const id = await first.tool.create({ label: 'Quiz', scoreMaximum: 100 });
    for (let student = 1; student <= 12; student++)
      await first.tool.grade(id, { userId: `student-${student}`, scoreGiven: student, scoreMaximum: 100 });
    sandbox.inject({ kind: 'status', status: 503, method: 'PUT', path: '/results/', times: 0 });
    await replaced(first.tool, id, 50);
    await first.world.gateway.stop();
    sandbox.clearFaults();
    const next = await deskOn(t, sandbox, {}, store);
    await eventually(async () => {
      return isOn(next.world, id, 50);
    }, 60_000);
    await assertShares(next.tool, id);
  });
}
