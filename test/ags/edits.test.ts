import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import { type Answer, type Document, eventually } from '../exchange/world.ts';
import {
  assertProblem,
  at,
  type Desk,
  deskOn,
  edit,
  held,
  LINE_ITEM,
  openDesk,
  resultIn,
  resultWrites,
  sourcedIdIn,
} from './desk.ts';

/** The services that the gateway may stand before, each in both families. */
const SERVICES: readonly (readonly [SandboxProfile, string, string])[] = [
  ['timeback', 'timeback', 'lineItems'],
  ['timeback', 'timeback', 'assessmentLineItems'],
  ['spec', 'oneroster-1.2', 'lineItems'],
  ['spec', 'oneroster-1.2', 'assessmentLineItems'],
  ['google', 'oneroster-1.2', 'lineItems'],
  ['google', 'oneroster-1.2', 'assessmentLineItems'],
];

const QUIZ: Document = {
  label: 'Quiz',
  scoreMaximum: 10,
  tag: 'grade',
  startDateTime: '2026-03-01T08:15:00+02:00',
  'https://quizzer.example/attempts': 3,
};

function assertHeld({ status, body, text }: Answer): void {
  assert.deepEqual([status, body['state']], [202, 'held'], text);
}

type Policy = 'toolWins' | 'gradebookWins' | 'hold';

interface Room extends Desk {
  readonly id: string;
  readonly lineItems: string;
  readonly results: string;
  /** A person edits the line item in OneRoster. */
  editLine(members: Document): void;
  line(): Document;
}

async function open(
  t: TestContext,
  edits: Policy,
  [sandbox, profile, family]: (typeof SERVICES)[number] = ['timeback', 'timeback', 'lineItems'],
): Promise<Room> {
  const config = { upstreams: { school: { profile } }, contexts: { 'math-101': { family, edits } } };
  const desk = await openDesk(t, { config, sandbox: { profile: sandbox } });
  const id = await desk.tool.create(QUIZ);
  return roomOf(desk, id, family);
}

function roomOf(desk: Desk, id: string, family = 'lineItems'): Room {
  const line = (): Document => held(desk.world, sourcedIdIn(id), family);
  return {
    ...desk,
    id,
    lineItems: family,
    results: family === 'lineItems' ? 'results' : 'assessmentResults',
    line,
    editLine: (members) => desk.world.sandbox.put(family, { ...line(), ...members } as { sourcedId: string }),
  };
}

/** The lines of the log about edits, without the ids of requests. */
function logged({ world }: Desk): readonly Document[] {
  const lines = world.log.map((line) => JSON.parse(line) as Document);
  return lines.filter(({ event }) => event === 'edited').map(({ requestId: _, level: __, ...line }) => line);
}

function putIf(room: Room, body: Document, tag: string) {
  const headers = { 'content-type': LINE_ITEM, 'if-match': tag };
  return room.tool.call('PUT', room.id, { body, headers });
}

for (const service of SERVICES) {
  const [sandbox, , family] = service;

  test(`hold before ${sandbox}, in ${family}: what nobody has edited is written, however it is spelled`, async (t) => {
    const room = await open(t, 'hold', service);
    const { tool, id, world } = room;
    for (const label of ['Quiz', 'Quiz', 'Renamed']) {
      assert.equal(
        (await tool.put(id, { ...QUIZ, label, startDateTime: at(0), endDateTime: at(60) })).status,
        200,
      );
    }
    assert.equal((await tool.put(id, { label: 'No dates', scoreMaximum: 10 })).status, 200);
    await tool.grade(id, { timestamp: '2025-10-06T14:00:00.123456Z', comment: 'Good', scoringUserId: 'g' });
    await tool.grade(id, { timestamp: at(10), scoreGiven: undefined, scoreMaximum: undefined });
    await tool.grade(id, { timestamp: at(11), scoreGiven: 1, scoreMaximum: 3 });
    assert.equal((await tool.put(id, { label: 'No dates', scoreMaximum: 30 })).status, 200);
    await tool.grade(id, { timestamp: at(12), scoreGiven: 2, scoreMaximum: 3 });
    assert.equal(resultIn(world, 'student-1', room.results)['score'], 20);
    assert.deepEqual(logged(room), []);
    assert.equal((await tool.call('DELETE', id)).status, 204);
  });

  test(`the three policies before ${sandbox}, in ${family}`, async (t) => {
    for (const policy of ['toolWins', 'gradebookWins', 'hold'] as const) {
      const room = await open(t, policy, service);
      const { tool, id, world } = room;
      await tool.grade(id, { timestamp: at(0), comment: 'Good' });
      room.editLine({ title: 'Teacher', description: 'By hand' });
      edit(world, { score: 3 }, 'student-1', room.results);

      const put = await tool.put(id, { ...QUIZ, label: 'Tool' });
      const title = { toolWins: 'Tool', gradebookWins: 'Teacher', hold: 'Teacher' }[policy];
      assert.equal(put.status, policy === 'hold' ? 202 : 200, put.text);
      assert.equal(put.body['label'], title, put.text);
      assert.equal(room.line()['title'], title);

      const writes = resultWrites(world);
      const score = await tool.score(id, { timestamp: at(1), scoreGiven: 9, comment: 'Good' });
      if (policy === 'toolWins') assert.equal(score.status, 200, score.text);
      else if (policy === 'hold') assertHeld(score);
      else assertProblem(score, 409, 'GRADEBOOK_EDITED', ['/scoreGiven']);
      assert.equal(resultWrites(world) - writes, policy === 'toolWins' ? 1 : 0);
      assert.equal(resultIn(world, 'student-1', room.results)['score'], policy === 'toolWins' ? 9 : 3);
      assert.equal(logged(room).length, 2);
    }
  });
}

test('toolWins: an edit is overwritten, and the log says where, never what', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id, world } = room;
  await tool.grade(id, { timestamp: at(0) });
  room.editLine({ title: 'Secret title', resultValueMax: 77 });
  edit(world, { score: 3.25, comment: 'Secret comment' });
  const { body } = await tool.put(id, { ...QUIZ, label: 'Tool' });
  assert.deepEqual([body['label'], body['scoreMaximum']], ['Tool', 10]);
  await tool.grade(id, { timestamp: at(1), scoreGiven: 9, comment: 'Mine' });
  const common = { event: 'edited', tool: 'quizzer', context: 'math-101', outcome: 'overwritten' };
  const sourcedId = resultIn(world)['sourcedId'];
  assert.deepEqual(logged(room), [
    { ...common, thing: 'lineItem', sourcedId: sourcedIdIn(id), places: '/title /resultValueMax' },
    { ...common, thing: 'score', sourcedId, places: '/score /comment' },
  ]);
  assert.doesNotMatch(world.log.join(), /Secret|3\.25|"77"|Mine/);
  // What a write has settled is no edit any more.
  await tool.put(id, { ...QUIZ, label: 'Once more' });
  await tool.grade(id, { timestamp: at(2), scoreGiven: 1 });
  assert.equal(logged(room).length, 2);
});

test('gradebookWins: a PUT leaves what was edited and writes the rest; the answer shows what stands', async (t) => {
  const room = await open(t, 'gradebookWins');
  const { tool, id } = room;
  room.editLine({
    title: 'Teacher',
    assignDate: '2026-04-01T08:00:00.000Z',
    dueDate: '2026-04-15T08:00:00.000Z',
  });
  const said = { ...QUIZ, label: 'Tool', tag: 'other', startDateTime: '2026-03-02T08:00:00Z' };
  for (const again of ['first', 'second']) {
    const { body, headers } = await tool.put(id, said);
    const shown = { ...said, label: 'Teacher', startDateTime: '2026-04-01T08:00:00Z' };
    assert.deepEqual(body, { id, ...shown, endDateTime: '2026-04-15T08:00:00Z' }, again);
    assert.deepEqual(body, (await tool.get(id)).body);
    assert.equal(headers['etag'], (await tool.get(id)).headers['etag']);
  }
  assert.equal(room.line()['dueDate'], '2026-04-15T08:00:00.000Z');
  assert.deepEqual(
    logged(room).map(({ outcome, places }) => `${outcome} ${places}`),
    // An end that nobody says would have followed the start of the tool.
    ['kept /title /assignDate /dueDate', 'kept /title /assignDate /dueDate'],
  );
  // Set back, it is the tool's again.
  room.editLine({ title: 'Quiz' });
  assert.equal((await tool.put(id, said)).body['label'], 'Tool');
});

test('gradebookWins: a tag that was taken away, and one that was added, stay so', async (t) => {
  const room = await open(t, 'gradebookWins');
  const { ltiTag: _, ...metadata } = room.line()['metadata'] as Document;
  room.editLine({ metadata: { ...metadata, ltiResourceId: 'teacher' } });
  const { body } = await room.tool.put(room.id, QUIZ);
  assert.deepEqual([body['tag'], body['resourceId']], [undefined, 'teacher']);
});

test('gradebookWins: a maximum that was edited stands, and scores go by it', async (t) => {
  const room = await open(t, 'gradebookWins');
  const { tool, id, world } = room;
  await tool.grade(id, { timestamp: at(0), scoreGiven: 8, scoreMaximum: 10 });
  room.editLine({ resultValueMax: 20 });
  const writes = resultWrites(world);
  assert.equal((await tool.put(id, { ...QUIZ, label: 'Tool' })).body['scoreMaximum'], 20);
  assert.equal(resultWrites(world), writes, 'the maximum has not changed, so nothing is rescaled');
  assert.deepEqual(
    (await tool.results(id)).map(({ resultScore, resultMaximum }) => [resultScore, resultMaximum]),
    [[16, 20]],
  );
  await tool.grade(id, { timestamp: at(1), scoreGiven: 5, scoreMaximum: 10 });
  assert.equal(resultIn(world)['score'], 10);
});

test('toolWins: a maximum that was edited goes back, and the scores with it', async (t) => {
  const room = await open(t, 'toolWins');
  const { tool, id, world } = room;
  await tool.grade(id, { timestamp: at(0), scoreGiven: 8, scoreMaximum: 10 });
  room.editLine({ resultValueMax: 20 });
  assert.equal((await tool.put(id, QUIZ)).body['scoreMaximum'], 10);
  assert.equal(resultIn(world)['score'], 8);
  assert.equal((await tool.results(id))[0]?.['resultScore'], 8);
});

test('gradebookWins: a score does not overwrite what a teacher has changed of a grade', async (t) => {
  const changes: readonly (readonly [Document, Document, readonly string[]])[] = [
    [{ score: 3 }, {}, ['/scoreGiven']],
    [{ score: null }, {}, ['/scoreGiven']],
    [{ comment: 'Teacher' }, { comment: 'Tool' }, ['/comment']],
    [{ scoreStatus: 'submitted' }, {}, ['/activityProgress']],
    [{ scoreStatus: 'exempt', score: 1, comment: 'Sick' }, {}, ['/activityProgress', '/scoreGiven']],
  ];
  const { tool, world } = await open(t, 'gradebookWins');
  for (const [members, score, pointers] of changes) {
    const id = await tool.create(QUIZ);
    await tool.grade(id, { timestamp: at(0) });
    edit(world, members);
    const before = resultIn(world);
    const later = { timestamp: at(1), scoreGiven: 9, ...score };
    for (const _ of ['once', 'again'])
      assertProblem(await tool.score(id, later), 409, 'GRADEBOOK_EDITED', pointers);
    assert.deepEqual(resultIn(world), before);
    // The tool's own score of before, repeated, is no write; and what OneRoster is set back to gives way again.
    await tool.grade(id, { timestamp: at(0) });
    edit(world, { score: 8, comment: null, scoreStatus: 'fully graded' });
    await tool.grade(id, later);
    assert.equal(resultIn(world)['score'], 9);
  }
});

test('gradebookWins: what a score would leave as it is is no conflict', async (t) => {
  const { tool, world, id } = await open(t, 'gradebookWins');
  await tool.grade(id, { timestamp: at(0) });
  // A score without a comment leaves a teacher's (AGS §3.4.5); services date a result when it is touched.
  edit(world, { comment: 'Teacher', scoreDate: at(2) });
  await tool.grade(id, { timestamp: at(5), scoreGiven: 9 });
  assert.deepEqual([resultIn(world)['score'], resultIn(world)['comment']], [9, 'Teacher']);
  assertProblem(await tool.score(id, { timestamp: at(6), comment: 'Tool' }), 409, 'GRADEBOOK_EDITED', [
    '/comment',
  ]);
  edit(world, { comment: null });
  await tool.grade(id, { timestamp: at(6), comment: 'Tool' });
});

test('hold: a PUT that leaves the edit as it stands goes through, and the edit goes on being one', async (t) => {
  const room = await open(t, 'hold');
  const { tool, id } = room;
  room.editLine({ title: 'Teacher', resultValueMax: 20 });
  const before = room.line();
  assert.equal((await tool.put(id, QUIZ)).status, 202);
  assert.deepEqual(room.line(), before);
  const read = (await tool.get(id)).body;
  assert.equal((await tool.put(id, { ...read, tag: 'other' })).status, 200);
  assert.equal(room.line()['title'], 'Teacher');
  assert.equal((await tool.put(id, { ...read, label: 'Tool' })).status, 202);
});

test('If-Match with the tag of what stands goes ahead under every policy, and settles the edits', async (t) => {
  for (const policy of ['toolWins', 'gradebookWins', 'hold'] as const) {
    const room = await open(t, policy);
    const { tool, id } = room;
    const old = String((await tool.get(id)).headers['etag']);
    room.editLine({ title: 'Teacher', resultValueMax: 20 });
    assertProblem(await putIf(room, QUIZ, old), 412, 'PRECONDITION_FAILED');
    const star = await putIf(room, { ...QUIZ, label: 'Star', scoreMaximum: 20 }, '*');
    if (policy === 'hold') assert.equal(star.status, 202, star.text);
    else assert.equal(star.body['label'], policy === 'toolWins' ? 'Star' : 'Teacher');
    const tag = String((await tool.get(id)).headers['etag']);
    const seen = await putIf(room, { ...QUIZ, label: 'Tool', scoreMaximum: 20 }, tag);
    assert.deepEqual([seen.status, seen.body['label']], [200, 'Tool'], policy);
    assert.equal((await tool.put(id, QUIZ)).body['scoreMaximum'], 10, 'nothing is edited any more');
  }
});

test('DELETE of an edited line item waits under hold only, for If-Match too', async (t) => {
  for (const policy of ['toolWins', 'gradebookWins', 'hold'] as const) {
    const room = await open(t, policy);
    const { tool, id } = room;
    room.editLine({ title: 'Teacher' });
    const answer = await tool.call('DELETE', id);
    if (policy === 'hold') {
      assertProblem(answer, 409, 'GRADEBOOK_EDITED', ['/label']);
      assert.equal(room.line()['status'], 'active');
      const tag = String((await tool.get(id)).headers['etag']);
      assert.equal((await tool.call('DELETE', id, { headers: { 'if-match': tag } })).status, 204);
    } else assert.equal(answer.status, 204, answer.text);
    assert.equal(room.line()['status'], 'tobedeleted');
  }
});

test('rescaling takes no edit of a result for the value of the tool', async (t) => {
  const { tool, world, id } = await open(t, 'gradebookWins');
  await tool.grade(id, { timestamp: at(0), scoreGiven: 5 });
  edit(world, { score: 10 });
  assert.equal((await tool.put(id, { ...QUIZ, scoreMaximum: 5 })).status, 200);
  // What the tool gave, by chance, on the scale of before.
  await eventually(async () => resultIn(world)['score'] === 5);
  assertProblem(await tool.score(id, { timestamp: at(1), scoreGiven: 1 }), 409, 'GRADEBOOK_EDITED', [
    '/scoreGiven',
  ]);
});

test('a grade that was edited and then deleted in OneRoster: the deletion is what a new score meets', async (t) => {
  for (const policy of ['toolWins', 'hold'] as const) {
    const { tool, world, id } = await open(t, policy);
    await tool.grade(id, { timestamp: at(0) });
    edit(world, { score: 3, status: 'tobedeleted' });
    const answer = await tool.score(id, { timestamp: at(1), scoreGiven: 9 });
    if (policy === 'hold') assertHeld(answer);
    else assert.equal(answer.status, 200, answer.text);
    assert.equal(resultIn(world)['score'], policy === 'hold' ? 3 : 9);
  }
});

test('without a mark nothing is edited: cleared metadata, and what a teacher made', async (t) => {
  const config = { contexts: { 'math-101': { edits: 'hold', ownership: 'class' } } };
  const desk = await openDesk(t, { config });
  const room = roomOf(desk, await desk.tool.create(QUIZ));
  room.editLine({ title: 'Teacher', metadata: null });
  assert.equal((await room.tool.put(room.id, QUIZ)).body['label'], 'Quiz');
  room.editLine({ title: 'Teacher' });
  assert.equal((await room.tool.put(room.id, QUIZ)).status, 202);
  const theirs = `${room.id.slice(0, room.id.lastIndexOf('/'))}/teacher-quiz`;
  assert.equal((await room.tool.put(theirs, QUIZ)).status, 200);
});

test('the memory is in the object: another gateway notices, and a line item that comes to life again has none', async (t) => {
  const first = await open(t, 'hold');
  first.editLine({ title: 'Teacher' });
  const config = { contexts: { 'math-101': { edits: 'hold' } } };
  const second = roomOf(await deskOn(t, first.world.sandbox, config), first.id);
  assert.equal((await second.tool.put(first.id, QUIZ)).status, 202);

  const tool = await first.world.as();
  const url = 'https://lms.example.com/lineitems/9';
  assert.equal((await tool.put(url, QUIZ)).status, 201);
  const sourcedId = decodeURIComponent(first.world.writes().at(-1)?.path.split('/').at(-1) ?? '');
  const gone = { ...held(first.world, sourcedId), sourcedId, title: 'Teacher', status: 'tobedeleted' };
  first.world.sandbox.put('lineItems', gone);
  assert.equal((await tool.put(url, QUIZ)).body['label'], 'Quiz');
});
