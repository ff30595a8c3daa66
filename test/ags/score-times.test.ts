import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../exchange/world.ts';
import { assertProblem, at, deskOn, edit, openDesk, resultIn, resultWrites, scoreOf } from './desk.ts';

const MINUTE = 60_000;

test('AGS §3.4.9 an older timestamp is 409 and names the one that stands', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { timestamp: at(10) });
  const stale = await tool.score(id, { timestamp: at(9), scoreGiven: 1 });
  assertProblem(stale, 409, 'SCORE_STALE');
  assert.ok(String(stale.body['detail']).includes(at(10)), stale.text);
  assert.equal(resultIn(world)['score'], 8);
  await tool.grade(id, { timestamp: at(11), scoreGiven: 1 });
  assert.equal(resultIn(world)['score'], 1);
});

test('AGS §4 an equal timestamp with the same content is 200 without a second write', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const score = {
    timestamp: at(0),
    comment: 'x',
    submission: { submittedAt: at(0) },
    'https://t.example/a': [1],
  };
  await tool.grade(id, score);
  const before = resultWrites(world);
  await tool.grade(id, score);
  const turned = Object.fromEntries(Object.entries(scoreOf(score)).reverse());
  await tool.grade(id, turned);
  assert.equal(resultWrites(world), before);
});

test('AGS §4 an equal timestamp with other content is 409', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id);
  for (const members of [
    { scoreGiven: 9 },
    { comment: 'x' },
    { scoreGiven: null },
    { gradingProgress: 'Pending' },
  ]) {
    assertProblem(await tool.score(id, members), 409, 'SCORE_CONFLICT');
  }
  assert.equal(resultWrites(world), 1);
});

/** Each pair is earlier, later. */
const ORDERED: Readonly<Record<string, readonly [string, string]>> = {
  'AGS §4 timestamp resolution: milliseconds': ['2025-10-06T14:00:00.123Z', '2025-10-06T14:00:00.124Z'],
  'AGS §4 timestamp resolution: digits beyond the millisecond': [
    '2025-10-06T14:00:00.123456Z',
    '2025-10-06T14:00:00.1234561Z',
  ],
  'AGS §4 timestamp resolution: three digits are before six': [
    '2025-10-06T14:00:00.123Z',
    '2025-10-06T14:00:00.123001Z',
  ],
  'offsets are no order: the instant is': ['2025-10-06T20:00:00+09:00', '2025-10-06T14:00:00-05:00'],
  'a comma is a decimal point': ['2025-10-06T14:00:00,5Z', '2025-10-06T14:00:00.6Z'],
};

test('AGS §3.4.9 timestamps are ordered to the last digit', async (t) => {
  const { tool } = await openDesk(t);
  for (const [name, [earlier, later]] of Object.entries(ORDERED)) {
    await t.test(name, async () => {
      const id = await tool.create();
      await tool.grade(id, { timestamp: earlier });
      await tool.grade(id, { timestamp: later });
      assertProblem(await tool.score(id, { timestamp: earlier }), 409, 'SCORE_STALE');
    });
  }
});

test('AGS §3.4.9 the order is per line item and student', async (t) => {
  const { tool } = await openDesk(t);
  const [one, other] = [await tool.create(), await tool.create()];
  await tool.grade(one, { timestamp: at(10) });
  await tool.grade(one, { timestamp: at(1), userId: 'student-2' });
  await tool.grade(other, { timestamp: at(1) });
});

test('AGS §4 a timestamp in the future is taken within five minutes, and refused beyond', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const ahead = (milliseconds: number): string => new Date(world.now() + milliseconds).toISOString();
  await tool.grade(id, { timestamp: ahead(4 * MINUTE) });
  assertProblem(await tool.score(id, { timestamp: ahead(6 * MINUTE) }), 400, 'INVALID_SCORE', ['/timestamp']);
  assertProblem(await tool.score(id, { timestamp: '9999-12-31T23:59:59Z' }), 400, 'INVALID_SCORE', [
    '/timestamp',
  ]);
});

test('one writer per line item and student: 50 scores at once end with the newest', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const order = Array.from({ length: 50 }, (_, index) => (index * 37) % 50);
  const answers = await Promise.all(
    order.map((index) => tool.score(id, { timestamp: at(index), scoreGiven: index, scoreMaximum: 10 })),
  );
  for (const { status, text } of answers) assert.ok(status === 200 || status === 409, text);
  assert.equal(answers[order.indexOf(49)]?.status, 200);
  assert.equal(resultIn(world)['score'], 49);
  assert.equal((await tool.results(id))[0]?.['resultScore'], 49);
});

test('the same score 20 times at once is written once', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tool.score(id)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(resultWrites(world), 1);
});

test("a teacher's edit does not reset the order of the tool's scores", async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { timestamp: at(10) });
  edit(world, { score: 3, comment: 'Late work' });
  assertProblem(await tool.score(id, { timestamp: at(9) }), 409, 'SCORE_STALE');
  await tool.grade(id, { timestamp: at(10) });
  assert.equal(resultIn(world)['score'], 3, 'a repeated score is no new score');
  await tool.grade(id, { timestamp: at(11), scoreGiven: 9 });
  assert.equal(resultIn(world)['score'], 9);
});

test('a later score after its result was deleted in OneRoster begins from nothing; an earlier one stays earlier', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { timestamp: at(10), comment: 'Good' });
  edit(world, { status: 'tobedeleted', comment: 'By hand' });
  assert.deepEqual(await tool.results(id), []);
  assertProblem(await tool.score(id, { timestamp: at(9), scoreGiven: 2 }), 409, 'SCORE_STALE');
  await tool.grade(id, { timestamp: at(11), scoreGiven: 2 });
  assert.equal(resultIn(world)['comment'] ?? null, null);
  assert.equal(resultIn(world)['status'], 'active');
  assert.equal((await tool.results(id))[0]?.['resultScore'], 2);
});

test('LTIAAS adds the timestamp: scores without one follow each other', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const { timestamp: _, ...score } = scoreOf();
  for (const scoreGiven of [3, 4, 5]) {
    world.advance(10);
    const answer = await ltiaas.call('POST', path, { body: { ...score, scoreGiven } });
    assert.equal(answer.status, 204, answer.text);
  }
  assert.equal(resultIn(world)['score'], 5);
  const named = await ltiaas.call('POST', path, { body: { ...score, timestamp: at(0) } });
  assert.equal(named.status, 409, named.text);
});

test('LTIAAS adds the timestamp: scores of the same millisecond, and after one from a clock that is ahead', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const { timestamp: _, ...score } = scoreOf();
  await tool.grade(id, { timestamp: new Date(world.now() + 2 * MINUTE).toISOString(), scoreGiven: 1 });
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (const scoreGiven of [3, 4]) {
    const answer = await ltiaas.call('POST', path, { body: { ...score, scoreGiven } });
    assert.equal(answer.status, 204, answer.text);
    assert.equal(resultIn(world)['score'], scoreGiven);
  }
});

test('LTIAAS adds the timestamp: a score that was outrun on its way is not written over the one that came after', async (t) => {
  const { world, tool } = await openDesk(t);
  const path = `/api/lineitems/${encodeURIComponent(await tool.create())}/scores`;
  // Its client has given up, and has sent the next score, which another replica takes.
  const [one, other] = [await world.as(), await (await deskOn(t, world.sandbox)).world.as()];
  const { timestamp: _, ...score } = scoreOf();
  const post = async (client: typeof one, scoreGiven: number): Promise<void> => {
    const { status, text } = await client.call('POST', path, { body: { ...score, scoreGiven } });
    assert.equal(status, 204, text);
  };
  await post(one, 1);
  await post(other, 2);
  const reads = (): number =>
    world.calls().filter(({ method, path: called }) => method === 'GET' && called.includes('/results/'))
      .length;
  const before = reads();
  world.sandbox.inject({ kind: 'slow', delayMs: 500, method: 'GET', path: '/results/' });
  const outrun = post(one, 3);
  await until(() => reads() > before);
  await post(other, 4);
  await outrun;
  assert.equal(resultIn(world)['score'], 4);
});
