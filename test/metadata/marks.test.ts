import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertProblem,
  at,
  containerOf,
  type Desk,
  edit,
  resultIn,
  resultWrites,
  scoreOf,
  sourcedIdIn,
} from '../ags/desk.ts';
import { type Document, eventually, LMS_URL } from '../exchange/world.ts';
import { HABITS, openDropping, SERVICES } from './dropping.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10 };
const FULL = {
  ...QUIZ,
  tag: 'grade',
  resourceId: 'quiz-231',
  resourceLinkId: 'link-1',
  startDateTime: '2026-04-01T00:00:00+02:00',
  'https://tool.example/x': { a: [null, 1] },
};

type Case = (desk: Desk) => Promise<void>;

/** Everything that a tool relies on and that stands in metadata. */
const CASES: Readonly<Record<string, Case>> = {
  'ids of all three kinds, extensions and dates as the tool wrote them': async ({ world, tool }) => {
    const client = await world.as();
    const posted = String((await client.post(FULL)).body['id']);
    const bare = String((await client.put('bare-1', FULL)).body['id']);
    assert.equal((await client.put(LMS_URL, FULL)).status, 201);
    for (const [name, id] of [
      [posted, posted],
      ['bare-1', bare],
      [LMS_URL, LMS_URL],
    ] as const) {
      assert.deepEqual((await client.get(name)).body, { id, ...FULL });
    }
    const listed = (await client.list('?tag=grade&resourceId=quiz-231')).body['lineItems'] as Document[];
    assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set([posted, bare, LMS_URL]));
    assert.deepEqual((await client.list('?tag=other')).body['lineItems'], []);
    assert.equal((await tool.list('?resource_link_id=link-1')).length, 3);
  },
  'a line item is its own tool’s alone': async (desk) => {
    const id = await desk.tool.create(FULL);
    const other = await desk.as('drill');
    assertProblem(await other.get(id), 404, 'LINE_ITEM_NOT_FOUND');
    assertProblem(await other.put(id, QUIZ), 404, 'LINE_ITEM_NOT_FOUND');
    assert.deepEqual(await other.list(), []);
    const drill = await desk.world.as('drill');
    assert.equal((await drill.put(sourcedIdIn(id), QUIZ)).status, 404);
  },
  'what a PUT leaves out is gone, and a condition holds against what stands': async ({ world }) => {
    const client = await world.as();
    const first = await client.put('bare-1', FULL);
    const second = await client.put('bare-1', QUIZ, { 'if-match': String(first.headers.etag) });
    assert.deepEqual(second.body, { id: first.body['id'], ...QUIZ });
    assert.equal((await client.put('bare-1', FULL, { 'if-match': String(first.headers.etag) })).status, 412);
    assert.deepEqual((await client.get('bare-1')).body, second.body);
  },
  'what was deleted comes to life again for its own tool only': async ({ world }) => {
    const client = await world.as();
    const { body } = await client.put('bare-1', FULL);
    assert.equal((await client.remove('bare-1')).status, 204);
    assert.equal((await client.get('bare-1')).status, 404);
    assert.deepEqual((await client.list()).body['lineItems'], []);
    assert.equal((await (await world.as('drill')).put('bare-1', QUIZ)).status, 404);
    assert.deepEqual((await client.put('bare-1', FULL)).body, body);
  },
  'a key makes one line item, also for a gateway that has forgotten its answer': async ({ world, tool }) => {
    const post = (body: Document) =>
      tool.call('POST', containerOf(), { body, headers: { 'idempotency-key': 'key-1' } });
    const first = await post(QUIZ);
    await world.gateway.service.store.db.deleteFrom('repeatables').execute();
    assert.deepEqual((await post(QUIZ)).body, first.body);
    await world.gateway.service.store.db.deleteFrom('repeatables').execute();
    assertProblem(await post(FULL), 422, 'IDEMPOTENCY_KEY_REUSED');
    assert.equal((await tool.list()).length, 1);
  },
  'a score is told from its repetition, from an older and from another one': async ({ world, tool }) => {
    const id = await tool.create();
    const score = { timestamp: at(10), comment: 'x', 'https://tool.example/x': [1] };
    await tool.grade(id, score);
    await tool.grade(id, score);
    assert.equal(resultWrites(world), 1);
    assertProblem(await tool.score(id, { ...score, timestamp: at(9) }), 409, 'SCORE_STALE');
    assertProblem(await tool.score(id, { ...score, comment: 'y' }), 409, 'SCORE_CONFLICT');
    await tool.grade(id, { timestamp: at(11), scoreGiven: 1, scoreMaximum: 3 });
    assert.equal((await tool.results(id))[0]?.['timestamp'], at(11));
  },
  'results are rescaled, each once, from what the tool gave': async ({ world, tool }) => {
    const id = await tool.create();
    await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
    await tool.grade(id, { userId: 'student-2', scoreGiven: 10 });
    for (const [scoreMaximum, expected] of [
      [7, 7 / 3],
      [3, 1],
      [3, 1],
      [6, 2],
    ] as const) {
      assert.equal((await tool.put(id, { ...QUIZ, scoreMaximum })).status, 200);
      const results = await tool.results(id);
      assert.deepEqual(
        new Set(results.map((result) => result['resultScore'])),
        new Set([expected, scoreMaximum]),
      );
    }
    await eventually(async () => resultIn(world)['score'] === 2);
  },
  'a grade that a teacher edits is seen, and what was said of the old one does not count': async ({
    world,
    tool,
  }) => {
    const id = await tool.create();
    await tool.grade(id, { timestamp: at(0), comment: 'x' });
    edit(world, { score: 3, comment: 'Hers', scoreDate: '2025-10-07T14:00:00.000Z' });
    const [result] = await tool.results(id);
    assert.deepEqual([result?.['resultScore'], result?.['comment']], [3, 'Hers']);
    assertProblem(await tool.score(id, { timestamp: at(5) }), 409, 'SCORE_STALE');
  },
  'a score is promised and delivered': async ({ world, tool }) => {
    const id = await tool.create();
    world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
    const answer = await tool.score(id);
    assert.equal(answer.status, 202, answer.text);
    world.sandbox.clearFaults();
    const receipt = String(answer.headers['location']);
    await eventually(async () => (await tool.get(receipt)).body['state'] === 'verified');
    await tool.grade(id);
    assert.equal(resultWrites(world), 1, 'it is known again');
  },
  'a burst of scores': async ({ world, tool }) => {
    const id = await tool.create();
    const students = ['student-1', 'student-2', 'student-3', 'student-4', 'student-5'];
    const all = students.flatMap((userId) =>
      [1, 2, 3].map((scoreGiven) => ({ userId, scoreGiven, timestamp: at(scoreGiven) })),
    );
    await Promise.all(all.map((score) => tool.score(id, score)));
    for (const userId of students) {
      const newest = scoreOf({ userId, scoreGiven: 3, timestamp: at(3) });
      await tool.grade(id, newest);
      assert.equal(resultIn(world, userId)['score'], 3);
    }
    assert.equal((await tool.results(id)).length, students.length);
  },
};

for (const service of SERVICES) {
  for (const habit of HABITS) {
    for (const [name, run] of Object.entries(CASES)) {
      // A date alone cannot say that a teacher has edited a grade on the day that it was given.
      test(`${service}, metadata ${habit}: ${name}`, async (t) => {
        await run(await openDropping(t, { habit, service, attempts: 3 }));
      });
    }
  }
}
