import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { resultIdOf as ownIdOf } from '../../src/core/identity.ts';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import { type Document, eventually } from '../exchange/world.ts';
import { assertProblem, at, type Desk, deskOn, openDesk, sourcedIdIn } from './desk.ts';

/** The services that the gateway may stand before, each in both families. */
const SERVICES: readonly (readonly [SandboxProfile, string, string])[] = [
  ['timeback', 'timeback', 'lineItems'],
  ['timeback', 'timeback', 'assessmentLineItems'],
  ['spec', 'oneroster-1.2', 'lineItems'],
  ['google', 'oneroster-1.2', 'assessmentLineItems'],
];

type Policy = 'toolWins' | 'gradebookWins' | 'hold';

interface Room extends Desk {
  readonly id: string;
  readonly results: string;
  /** Our own id of the student's result. */
  readonly ours: string;
  /** A person, or the school's system, writes a result under an id of its own. */
  put(sourcedId: string, members?: Document): void;
  find(sourcedId: string): Document;
  /** The active results of the student in OneRoster. */
  active(): readonly Document[];
}

const TEACHERS = 'sis-result-4711';

async function open(
  t: TestContext,
  edits: Policy,
  [sandbox, profile, family]: (typeof SERVICES)[number] = ['timeback', 'timeback', 'lineItems'],
): Promise<Room> {
  const config = { upstreams: { school: { profile } }, contexts: { 'math-101': { family, edits } } };
  const desk = await openDesk(t, { config, sandbox: { profile: sandbox } });
  return roomOf(desk, await desk.tool.create({ label: 'Quiz', scoreMaximum: 10 }), family);
}

function roomOf(desk: Desk, id: string, family = 'lineItems'): Room {
  const line = sourcedIdIn(id);
  const [results, lineItem] =
    family === 'lineItems' ? ['results', 'lineItem'] : ['assessmentResults', 'assessmentLineItem'];
  const ours = ownIdOf(line, 'student-1');
  const { sandbox } = desk.world;
  return {
    ...desk,
    id,
    results,
    ours,
    put: (sourcedId, members = {}) =>
      sandbox.put(results, {
        sourcedId,
        status: 'active',
        [lineItem]: { sourcedId: line },
        student: { sourcedId: 'student-1' },
        scoreStatus: 'fully graded',
        scoreDate: '2025-10-01',
        score: 3,
        comment: 'By hand',
        ...members,
      }),
    find: (sourcedId) => sandbox.find(results, sourcedId) ?? {},
    active: () =>
      [ours, TEACHERS, 'sis-result-2']
        .map((sourcedId) => sandbox.find(results, sourcedId))
        .filter((document) => document !== undefined)
        .filter(({ status }) => status === 'active')
        .filter((document) => (document[lineItem] as Document)['sourcedId'] === line),
  };
}

/** The ids of the results that have been written. */
function written({ world, results }: Room): readonly string[] {
  return world
    .writes()
    .filter(({ path }) => path.includes(`/${results}/`))
    .map(({ path }) => path.split('/').at(-1) ?? '');
}

for (const service of SERVICES) {
  const [sandbox, , family] = service;

  test(`a result of the school's own, before ${sandbox}, in ${family}: the score is written over it, and there is one`, async (t) => {
    const room = await open(t, 'toolWins', service);
    const { tool, id, world } = room;
    room.put(TEACHERS);
    await tool.grade(id, { timestamp: at(0), scoreGiven: 8 });
    await tool.grade(id, { timestamp: at(1), scoreGiven: 9 });
    const [only, ...others] = room.active();
    assert.deepEqual([only?.['sourcedId'], others], [TEACHERS, []]);
    // AGS §3.4.5: what a teacher has said stays, as the tool says nothing.
    assert.deepEqual([only?.['score'], only?.['comment']], [9, 'By hand']);
    const [result] = await tool.results(id);
    assert.deepEqual([result?.['resultScore'], result?.['comment']], [9, 'By hand']);
    await tool.grade(id, { timestamp: at(1), scoreGiven: 9 });
    assert.equal(written(room).length, 2, 'the same score again is no write');
    assertProblem(await tool.score(id, { timestamp: at(0), scoreGiven: 8 }), 409, 'SCORE_STALE');
    // Rescaling and reading back know it too.
    await tool.put(id, { label: 'Quiz', scoreMaximum: 20 });
    await eventually(async () => room.find(TEACHERS)['score'] === 18);
    world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
    const { status, headers } = await tool.score(id, { timestamp: at(2), scoreGiven: 7 });
    assert.equal(status, 202);
    world.sandbox.clearFaults();
    const receipt = String(headers['location']);
    await eventually(async () => (await tool.get(receipt)).body['state'] === 'verified');
    assert.equal(room.find(TEACHERS)['score'], 14);
    assert.equal(room.active().length, 1);
  });
}

test("a teacher's grade under another id: the policies decide, and what is empty is nobody's", async (t) => {
  for (const policy of ['gradebookWins', 'hold'] as const) {
    const room = await open(t, policy);
    const { tool, id } = room;
    room.put(TEACHERS);
    const before = room.find(TEACHERS);
    const answer = await tool.score(id, { timestamp: at(0), scoreGiven: 8 });
    if (policy === 'hold') assert.deepEqual([answer.status, answer.body['state']], [202, 'held']);
    else assertProblem(answer, 409, 'GRADEBOOK_EDITED', ['/scoreGiven']);
    assert.deepEqual(room.find(TEACHERS), before);
    assert.equal(room.active().length, 1);

    const other = roomOf(room, await tool.create({ label: 'Quiz 2', scoreMaximum: 10 }));
    // Systems make such results for every student, some with a date to come.
    const untouched = {
      score: null,
      comment: null,
      scoreStatus: 'not submitted',
      scoreDate: '2099-01-01T00:00:00.000Z',
    };
    other.put('sis-result-2', untouched);
    await tool.grade(other.id, { timestamp: at(0), scoreGiven: 8 });
    assert.deepEqual(
      other.active().map(({ sourcedId, score }) => [sourcedId, score]),
      [['sis-result-2', 8]],
    );
    await tool.grade(other.id, { timestamp: at(1), scoreGiven: 9 });
    other.put('sis-result-2', { ...other.find('sis-result-2'), score: 2 });
    assert.equal((await tool.score(other.id, { timestamp: at(2) })).status, policy === 'hold' ? 202 : 409);
  }
});

test("a teacher's grade that is later than the score is not overwritten, as everywhere", async (t) => {
  const room = await open(t, 'toolWins');
  room.put(TEACHERS, { scoreDate: at(60) });
  assertProblem(await room.tool.score(room.id, { timestamp: at(0) }), 409, 'SCORE_STALE');
  await room.tool.grade(room.id, { timestamp: at(61), scoreGiven: 9 });
  assert.deepEqual([room.active().length, room.find(TEACHERS)['score']], [1, 9]);
});

test('of two results that stand, our own is written; of two of others, the one that tools are shown', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id } = room;
  await tool.grade(id, { timestamp: at(0) });
  room.put(TEACHERS);
  await tool.grade(id, { timestamp: at(1), scoreGiven: 9 });
  assert.deepEqual([room.find(room.ours)['score'], room.find(TEACHERS)['score']], [9, 3]);
  assert.equal((await tool.results(id))[0]?.['resultScore'], 9);

  const other = roomOf(room, await tool.create({ label: 'Quiz 2', scoreMaximum: 10 }));
  other.put(TEACHERS, { scoreDate: '2025-10-01T10:00:00.000Z' });
  other.put('sis-result-2', { scoreDate: '2025-10-01T11:00:00.000Z', score: 4 });
  await tool.grade(other.id, { timestamp: at(0), scoreGiven: 9 });
  assert.deepEqual([other.find(TEACHERS)['score'], other.find('sis-result-2')['score']], [3, 9]);
  assert.equal(other.active().length, 2, 'no third one');
});

test('first scores at the same moment and a result of the school: one result, and the later score', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id } = room;
  const scores = Array.from({ length: 12 }, (_, second) => ({
    timestamp: at(second),
    scoreGiven: second % 10,
  }));
  room.put(TEACHERS);
  const answers = await Promise.all(scores.map((score) => tool.score(id, score)));
  assert.ok(answers.every(({ status }) => status === 200 || status === 409));
  assert.deepEqual(
    room.active().map(({ sourcedId, score }) => [sourcedId, score]),
    [[TEACHERS, 1]],
  );
});

test('services that refuse to filter by a reference, or do not heed the filter', async (t) => {
  for (const [kind, family] of [
    ['refuses', 'lineItems'],
    ['refuses', 'assessmentLineItems'],
  ] as const) {
    const room = await open(t, 'toolWins', ['timeback', 'timeback', family]);
    const { world, tool, id } = room;
    room.put(TEACHERS);
    world.sandbox.put(room.results, {
      ...room.find(TEACHERS),
      sourcedId: 'of-another',
      student: { sourcedId: 'student-2' },
      scoreDate: at(999),
    });
    world.sandbox.inject({ kind: 'status', status: 400, path: 'student.sourcedId', times: 0 });
    await tool.grade(id, { timestamp: at(0), scoreGiven: 9 });
    assert.deepEqual([room.active().length, room.find(TEACHERS)['score']], [1, 9], `${kind} in ${family}`);
    assert.equal(room.find('of-another')['score'], 3);
    world.sandbox.clearRequests();
    await tool.grade(id, { timestamp: at(1), scoreGiven: 8 });
    assert.equal(world.calls().filter(({ status }) => status === 400).length, 0, 'it is known by now');
  }
});

test('a service that answers 404 to the list of a line item without results: the first score is taken', async (t) => {
  const { tool, id, ours, world, find } = await open(t, 'toolWins');
  world.sandbox.inject({ kind: 'status', status: 404, path: '/results?' });
  await tool.grade(id);
  assert.equal(find(ours)['score'], 8);
});

test('a result that was deleted in OneRoster: the same score again changes nothing, whatever edits says', async (t) => {
  for (const policy of ['toolWins', 'gradebookWins', 'hold'] as const) {
    const room = await open(t, policy);
    const { tool, id, ours } = room;
    await tool.grade(id, { timestamp: at(0), scoreGiven: 7 });
    await tool.grade(id, { timestamp: at(1) });
    room.put(ours, { ...room.find(ours), status: 'tobedeleted' });
    const before = room.find(ours);
    await tool.grade(id, { timestamp: at(1) });
    assert.deepEqual(room.find(ours), before, policy);
    assertProblem(await tool.score(id, { timestamp: at(0), scoreGiven: 7 }), 409, 'SCORE_STALE');
    assertProblem(await tool.score(id, { timestamp: at(1), scoreGiven: 7 }), 409, 'SCORE_CONFLICT');
    assert.deepEqual(room.find(ours), before, policy);

    const answer = await tool.score(id, { timestamp: at(2), scoreGiven: 9 });
    if (policy === 'toolWins') assert.equal(answer.status, 200, answer.text);
    else if (policy === 'hold') assert.deepEqual([answer.status, answer.body['state']], [202, 'held']);
    else assertProblem(answer, 409, 'GRADEBOOK_EDITED', ['']);
    assert.equal(room.find(ours)['status'], policy === 'toolWins' ? 'active' : 'tobedeleted');
  }
});

test('a retry after the deletion of a result under a foreign id, and at another gateway', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id, world } = room;
  room.put(TEACHERS);
  await tool.grade(id, { timestamp: at(0), scoreGiven: 9 });
  room.put(TEACHERS, { ...room.find(TEACHERS), status: 'tobedeleted' });
  const second = await deskOn(t, world.sandbox);
  for (const one of [tool, second.tool]) await one.grade(id, { timestamp: at(0), scoreGiven: 9 });
  assert.deepEqual(room.active(), []);
  await tool.grade(id, { timestamp: at(1), scoreGiven: 5 });
  assert.equal(room.active().length, 1);
});

test('a promised score that stands already and was deleted meanwhile is over, and not tried for ever', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id, ours, world } = room;
  await tool.grade(id, { timestamp: at(1) });
  room.put(ours, { ...room.find(ours), status: 'tobedeleted' });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const { status, headers } = await tool.score(id, { timestamp: at(1) });
  assert.equal(status, 202);
  world.sandbox.clearFaults();
  await eventually(async () => (await tool.get(String(headers['location']))).body['state'] === 'superseded');
  assert.equal(room.find(ours)['status'], 'tobedeleted');
});

test('a column with a minimum: what is below it is refused with the reason, and the rest is to scale', async (t) => {
  for (const [sandbox, profile, family] of SERVICES) {
    const room = await open(t, 'toolWins', [sandbox, profile, family]);
    const { tool, world } = room;
    const id = await tool.create({ label: 'With a minimum', scoreMaximum: 100 });
    const line = world.sandbox.find(family, sourcedIdIn(id)) as { sourcedId: string };
    world.sandbox.put(family, { ...line, resultValueMin: 50 });
    const refused = await tool.score(id, { timestamp: at(0), scoreGiven: 0, scoreMaximum: 10 });
    assertProblem(refused, 422, 'SCORE_BELOW_MINIMUM', ['/scoreGiven']);
    assert.match(refused.text, /which is 50/);
    assert.deepEqual(await tool.results(id), []);
    await tool.grade(id, { timestamp: at(1), scoreGiven: 8, scoreMaximum: 10 });
    const [result] = await tool.results(id);
    assert.deepEqual([result?.['resultScore'], result?.['resultMaximum']], [80, 100]);
    await tool.grade(id, { timestamp: at(2), scoreGiven: undefined, scoreMaximum: undefined });
    await tool.grade(id, { timestamp: at(3), scoreGiven: 5, scoreMaximum: 10 });
    const lower = await tool.put(id, { label: 'With a minimum', scoreMaximum: 60 });
    assertProblem(lower, 400, 'INVALID_LINE_ITEM', ['/scoreMaximum']);
    assert.equal((await tool.results(id))[0]?.['resultScore'], 50);
    assert.equal((await tool.put(id, { label: 'Higher', scoreMaximum: 200 })).status, 200);
    assert.equal((await tool.results(id))[0]?.['resultScore'], 100);
    assert.equal((await tool.put(id, { label: 'Renamed', scoreMaximum: 200 })).status, 200);
  }
});
