import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Document, World } from '../exchange/world.ts';
import { assertProblem, at, deskOn, edit, openDesk, PUBLIC_URL, resultIdOf, sourcedIdIn } from './desk.ts';

test('AGS §3.3.3 the members of a result', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 6 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3, comment: 'Well done', scoringUserId: 'grader-7' });
  const [result, ...others] = await tool.results(id);
  assert.deepEqual(others, []);
  assert.deepEqual(result, {
    id: `${id}/results/student-1`,
    scoreOf: id,
    userId: 'student-1',
    resultScore: 2,
    resultMaximum: 6,
    comment: 'Well done',
    scoringUserId: 'grader-7',
    timestamp: at(0),
  });
});

/** Each name is a row of the table of results; what it says must hold of every result there is. */
const ROWS: Readonly<Record<string, (result: Document, id: string) => boolean>> = {
  'AGS §3.3.3 id is an absolute URL': ({ id }) =>
    URL.canParse(String(id)) && String(id).startsWith(PUBLIC_URL),
  'AGS §3.3.3 scoreOf is the id of the line item': ({ scoreOf }, id) => scoreOf === id,
  'AGS §3.3.3 userId is a string': ({ userId }) => typeof userId === 'string',
  'AGS §3.3.3 resultScore is a number or absent': (result) =>
    !('resultScore' in result) || typeof result['resultScore'] === 'number',
  'AGS §3.3.3 resultMaximum is a number above 0': ({ resultMaximum }) => Number(resultMaximum) > 0,
  'AGS §3.3.3 scoringUserId is a string or absent': (result) =>
    !('scoringUserId' in result) || typeof result['scoringUserId'] === 'string',
  'AGS §3.3.3 comment is a string or absent': (result) =>
    !('comment' in result) || typeof result['comment'] === 'string',
};

test('AGS §3.3.3 the rows of the table of results', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { comment: 'x', scoringUserId: 'y' });
  await tool.grade(id, { userId: 'student-2', scoreGiven: null, comment: 'z' });
  entered(world, id, { sourcedId: 'r3', student: 'student-3', score: 4 });
  entered(world, id, { sourcedId: 'r4', student: 'student-4', score: 4, comment: null, metadata: null });
  const results = await tool.results(id);
  assert.equal(results.length, 4);
  for (const [name, holds] of Object.entries(ROWS)) {
    await t.test(name, () => {
      for (const result of results) assert.ok(holds(result, id), JSON.stringify(result));
    });
  }
});

/** A result that a person or another tool has entered in OneRoster. */
function entered(world: World, id: string, { student, ...members }: Document, collection = 'results'): void {
  const lineItem = collection === 'results' ? 'lineItem' : 'assessmentLineItem';
  world.sandbox.put(collection, {
    status: 'active',
    scoreDate: at(0),
    scoreStatus: 'fully graded',
    [lineItem]: { sourcedId: sourcedIdIn(id) },
    student: { sourcedId: student },
    ...members,
  });
}

test("AGS §3.3 a teacher's edit is shown as it stands", async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { comment: 'Tool' });
  edit(world, { score: 3.5, comment: 'Teacher' });
  const [result] = await tool.results(id);
  assert.deepEqual([result?.['resultScore'], result?.['comment']], [3.5, 'Teacher']);
  edit(world, { score: 0 });
  assert.equal((await tool.results(id))[0]?.['resultScore'], 0);
  edit(world, { status: 'tobedeleted' });
  assert.deepEqual(await tool.results(id), []);
});

test('AGS §3.3 rows of others are shown: every user with a score is there, those without may be skipped', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { userId: 'student-1', scoreGiven: 0 });
  entered(world, id, { sourcedId: 'r2', student: 'student-2', score: 7 });
  entered(world, id, { sourcedId: 'r3', student: 'student-3', score: null, scoreStatus: 'not submitted' });
  const results = await tool.results(id);
  assert.deepEqual(
    results.map(({ userId, resultScore }) => [userId, resultScore]),
    [
      ['student-1', 0],
      ['student-2', 7],
    ],
  );
});

/** Rows of one student, by the seconds of their scoreDate; the last word is the score that must be shown. */
const SEVERAL: Readonly<Record<string, readonly [readonly (readonly [string, string, number])[], number]>> = {
  'AGS §3.3 several rows of one student: the latest': [
    [
      ['a', at(5), 1],
      ['b', at(9), 2],
      ['c', at(7), 3],
    ],
    2,
  ],
  'AGS §3.3 several rows of one student: with and without milliseconds': [
    [
      ['a', '2025-10-06T14:00:00.500Z', 1],
      ['b', '2025-10-06T14:00:00Z', 2],
    ],
    1,
  ],
  'AGS §3.3 several rows of one student: with offsets': [
    [
      ['a', '2025-10-06T09:00:01-05:00', 1],
      ['b', '2025-10-06T14:00:00Z', 2],
      ['c', '2025-10-06T15:59:59+02:00', 3],
    ],
    1,
  ],
};

test('AGS §3.3 several rows of one student are one result', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, [rows, expected]] of Object.entries(SEVERAL)) {
    await t.test(name, async () => {
      const id = await tool.create();
      for (const [sourcedId, scoreDate, score] of rows)
        entered(world, id, {
          sourcedId: `${sourcedId}-${sourcedIdIn(id)}`,
          student: 'student-2',
          scoreDate,
          score,
        });
      const results = await tool.results(id);
      assert.deepEqual(
        results.map(({ resultScore }) => resultScore),
        [expected],
      );
    });
  }
});

test('AGS §3.3.4 user_id: at most one result, an empty list when there is none', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  for (const student of ['student-1', 'student-2']) await tool.grade(id, { userId: student });
  const of = async (userId: string): Promise<unknown[]> =>
    (await tool.results(id, `?user_id=${encodeURIComponent(userId)}`)).map((result) => result['userId']);
  assert.deepEqual(await of('student-2'), ['student-2']);
  for (const nobody of ['student-3', 'student-91', 'teacher-1', "o'neil", '*'])
    assert.deepEqual(await of(nobody), []);
  const queries = world.calls().map(({ path }) => decodeURIComponent(path));
  assert.ok(queries.some((query) => query.includes("student.sourcedId='student-2'")));
  assert.equal((await tool.results(id, '?user_id=')).length, 2, 'a blank filter filters nothing');
});

test('AGS §3.3.4 user_id finds the result of a student who has left, as the whole list shows it', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { userId: 'student-4' });
  const seat = world.sandbox.find('enrollments', 'enrollment-student-4-class-1');
  assert.ok(seat);
  world.sandbox.put('enrollments', { ...seat, status: 'tobedeleted' });
  // A gateway that does not remember who was in the class.
  const later = await deskOn(t, world.sandbox);
  assert.equal((await later.tool.results(id)).length, 1);
  assert.equal((await later.tool.results(id, '?user_id=student-4')).length, 1);
});

test('AGS §3.3 results of another line item are never shown, nor those of another student', async (t) => {
  const { tool } = await openDesk(t);
  const [one, other] = [await tool.create(), await tool.create()];
  await tool.grade(one, { scoreGiven: 1 });
  await tool.grade(other, { scoreGiven: 2, userId: 'student-2' });
  assert.deepEqual(
    (await tool.results(one)).map(({ userId }) => userId),
    ['student-1'],
  );
  assert.deepEqual(
    (await tool.results(other)).map(({ userId }) => userId),
    ['student-2'],
  );
});

test('AGS §3.3 a line item that is gone or of another tool has no results', async (t) => {
  const { world, tool, as } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id);
  const drill = await as('drill');
  assertProblem(await drill.get(`${id}/results`), 404, 'LINE_ITEM_NOT_FOUND');
  assertProblem(await drill.score(id), 404, 'LINE_ITEM_NOT_FOUND');
  assert.equal((await tool.call('DELETE', id)).status, 204);
  assertProblem(await tool.get(`${id}/results`), 404, 'LINE_ITEM_NOT_FOUND');
  assertProblem(await tool.score(id, { timestamp: at(1) }), 404, 'LINE_ITEM_NOT_FOUND');
  assert.equal(world.sandbox.find('results', resultIdOf(world))?.['score'], 8, 'OneRoster keeps the result');
});

test('both families: scores go to the assessment results where the context says so', async (t) => {
  const config = { contexts: { 'math-101': { family: 'assessmentLineItems' } } };
  const { world, tool } = await openDesk(t, { config });
  const id = await tool.create();
  await tool.grade(id, { scoreGiven: 0, comment: 'x' });
  const result = world.sandbox.find('assessmentResults', resultIdOf(world));
  assert.ok(result);
  assert.equal((result['assessmentLineItem'] as Document)['sourcedId'], sourcedIdIn(id));
  assert.deepEqual([result['score'], result['scoreStatus'], result['comment']], [0, 'fully graded', 'x']);
  entered(world, id, { sourcedId: 'ar-2', student: 'student-2', score: 4 }, 'assessmentResults');
  assert.deepEqual(
    (await tool.results(id)).map(({ resultScore }) => resultScore),
    [0, 4],
  );
  assert.equal((await tool.results(id, '?user_id=student-2'))[0]?.['resultScore'], 4);
});

test('the LTIAAS face shows the same results in its envelope', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { comment: 'x' });
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const { body } = await ltiaas.call('GET', path);
  assert.deepEqual(body, { scores: await tool.results(id) });
  assert.deepEqual((await ltiaas.call('GET', `${path}?userId=student-2`)).body, { scores: [] });
});
