import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isObject, type Json } from '../../src/core/json.ts';
import { type SandboxOptions, type SandboxProfile, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Document } from '../exchange/world.ts';
import { type Twist, twist } from '../probe/twisted.ts';
import { assertProblem, at, type Desk, deskOn, held, openDesk, resultIn, sourcedIdIn } from './desk.ts';

const PROFILES: Readonly<Record<SandboxProfile, string>> = {
  timeback: 'timeback',
  spec: 'oneroster-1.2',
  google: 'oneroster-1.2',
};

type Habits = Pick<SandboxOptions, 'put' | 'metadata'> & {
  readonly sandbox: SandboxProfile;
  readonly family?: 'lineItems' | 'assessmentLineItems';
};

async function open(t: TestContext, { sandbox, family = 'lineItems', ...habits }: Habits): Promise<Desk> {
  const profile = PROFILES[sandbox];
  const config = { upstreams: { school: { profile } }, contexts: { 'math-101': { family } } };
  return openDesk(t, { config, sandbox: { profile: sandbox, ...habits } });
}

const QUIZ: Document = {
  label: 'Quiz',
  scoreMaximum: 10,
  tag: 'grade',
  resourceId: 'quiz-7',
  'https://quizzer.example/attempts': 3,
  'https://quizzer.example/tree': { deep: 1, other: 2 },
};
const BARE: Document = { label: 'Quiz', scoreMaximum: 10, 'https://quizzer.example/tree': { other: 2 } };
const CLEARED: Document = { scoreGiven: undefined, scoreMaximum: undefined };
const NO_NULLS = ['spec'] as const;

const collectionOf = (family = 'lineItems'): string =>
  family === 'lineItems' ? 'results' : 'assessmentResults';

for (const habits of [
  { sandbox: 'timeback', put: 'merges' },
  { sandbox: 'timeback', put: 'merges', family: 'assessmentLineItems' },
  { sandbox: 'google', put: 'merges' },
  { sandbox: 'timeback', put: 'merges', metadata: 'flat' },
  { sandbox: 'timeback', put: 'replaces' },
  { sandbox: 'spec', put: 'replaces' },
] satisfies readonly Habits[]) {
  const { sandbox, put, family, metadata } = habits;

  test(`${sandbox}, whose PUT ${put}, ${family ?? 'lineItems'}, metadata ${metadata ?? 'kept'}: what is cleared is gone`, async (t) => {
    const { tool, world } = await open(t, habits);
    const id = await tool.create(QUIZ);
    for (const round of [0, 10]) {
      await tool.grade(id, { timestamp: at(round), comment: 'Good', scoringUserId: 'teacher-1' });
      await tool.grade(id, { timestamp: at(round + 1), ...CLEARED });
      const result = resultIn(world, 'student-1', collectionOf(family));
      assert.deepEqual([result['score'] ?? null, result['comment'] ?? null], [null, null]);
      assert.deepEqual(await tool.results(id), []);
      await tool.grade(id, { timestamp: at(round + 1), ...CLEARED });
      await tool.grade(id, { timestamp: at(round + 2) });
      const [shown] = await tool.results(id);
      assert.deepEqual(
        [shown?.['resultScore'], shown?.['comment'], shown?.['scoringUserId']],
        [8, undefined, undefined],
      );
    }
    for (const said of [BARE, QUIZ, BARE]) {
      assert.equal((await tool.put(id, said)).status, 200);
      assert.deepEqual((await tool.get(id)).body, { id, ...said });
    }
  });
}

for (const habits of [
  { sandbox: 'timeback', put: 'mergesAndKeeps' },
  { sandbox: 'timeback', put: 'mergesAndKeeps', family: 'assessmentLineItems' },
  { sandbox: 'spec', put: 'merges' },
] satisfies readonly Habits[]) {
  const { sandbox, put, family } = habits;

  test(`${sandbox}, whose PUT ${put} and which takes no null, ${family ?? 'lineItems'}: nothing is claimed, and nothing is changed`, async (t) => {
    const { tool, world } = await open(t, habits);
    const id = await tool.create(QUIZ);
    await tool.grade(id, { timestamp: at(0), comment: 'Good' });
    const collection = collectionOf(family);
    const { dateLastModified: _, ...before } = resultIn(world, 'student-1', collection);
    for (const _again of ['once', 'again']) {
      const answer = await tool.score(id, { timestamp: at(1), comment: 'Good', ...CLEARED });
      assertProblem(answer, 502, 'UPSTREAM_NOT_CLEARED');
      assert.match(answer.text, /"pointer":"\/scoreGiven"/);
      const { dateLastModified: __, ...now } = resultIn(world, 'student-1', collection);
      assert.deepEqual(
        [now['score'], now['scoreDate'], now['scoreStatus']],
        [8, before['scoreDate'], 'fully graded'],
      );
    }
    assertProblem(await tool.score(id, { timestamp: at(2), scoreGiven: 9 }), 502, 'UPSTREAM_NOT_CLEARED');
    await tool.grade(id, { timestamp: at(3), scoreGiven: 9, comment: 'Better' });
    assert.equal((await tool.results(id))[0]?.['resultScore'], 9);
    if (sandbox !== NO_NULLS[0]) assertProblem(await tool.put(id, BARE), 502, 'UPSTREAM_NOT_CLEARED');
  });
}

/** Answers a PUT with what was sent, whatever is held. */
const ECHO: Twist = {
  back: (answer, { method, text }) =>
    method === 'PUT' && answer.status < 300 && isObject(answer.body)
      ? { ...answer, body: JSON.parse(text) as Json }
      : answer,
};

test('a service that answers an echo and merges: it is read back, and what was cleared is gone', async (t) => {
  const sandbox = await startSandbox({ put: 'merges' });
  t.after(() => sandbox.close());
  const { url, tokenUrl } = await twist(t, sandbox, ECHO);
  const { tool, world } = await deskOn(t, { ...sandbox, url, tokenUrl });
  const id = await tool.create(QUIZ);
  await tool.grade(id, { timestamp: at(0), comment: 'Good' });
  await tool.grade(id, { timestamp: at(1), ...CLEARED });
  assert.deepEqual(await tool.results(id), []);
  await tool.put(id, BARE);
  assert.deepEqual((await tool.get(id)).body, { id, ...BARE });
  assert.equal(held(world, sourcedIdIn(id))['title'], 'Quiz');
});

test('a service that replaces is read back once for each kind, and costs no more then', async (t) => {
  const { tool, world } = await open(t, { sandbox: 'timeback', put: 'replaces' });
  const id = await tool.create(QUIZ);
  const calls = async (seconds: number): Promise<readonly string[]> => {
    await tool.grade(id, { timestamp: at(seconds), comment: 'Good' });
    world.sandbox.clearRequests();
    await tool.grade(id, { timestamp: at(seconds + 1), ...CLEARED });
    return world.calls().map(({ method }) => method);
  };
  assert.deepEqual(await calls(0), ['GET', 'PUT', 'GET']);
  assert.deepEqual(await calls(10), ['GET', 'PUT']);
});
