import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Answer, openWorld, type World } from './world.ts';

const QUIZ = {
  label: 'Quiz 1',
  scoreMaximum: 20,
  resourceId: 'quiz-1',
  resourceLinkId: 'rl-1',
  tag: 'grade',
};

function times<Result>(count: number, ask: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

const made = (world: World): number => world.writes().filter(({ method }) => method === 'PUT').length;
const idsOf = (answers: readonly Answer[]): ReadonlySet<unknown> => {
  for (const { status, text } of answers) assert.equal(status, 201, text);
  return new Set(answers.map(({ body }) => body['id']));
};

interface Row {
  readonly duplicates: string;
  readonly what: string;
  readonly body: (index: number) => JsonObject;
  readonly headers?: (index: number) => Readonly<Record<string, string>>;
  /** How many line items ten POSTs at once make, and ten more after them. */
  readonly atOnce: number;
  readonly later: number;
}

const ROWS: readonly Row[] = [
  { duplicates: 'notAtOnce', what: 'the same', body: () => QUIZ, atOnce: 1, later: 1 },
  {
    duplicates: 'notAtOnce',
    what: 'other labels for one resource',
    body: (n) => ({ ...QUIZ, label: `Part ${n}` }),
    atOnce: 10,
    later: 10,
  },
  {
    duplicates: 'notAtOnce',
    what: 'the same without a resource',
    body: () => ({ label: 'Quiz 1', scoreMaximum: 20, tag: 'grade' }),
    atOnce: 10,
    later: 10,
  },
  {
    duplicates: 'notAtOnce',
    what: 'the same under keys of their own',
    body: () => QUIZ,
    headers: (n) => ({ 'idempotency-key': `key-${n}` }),
    atOnce: 10,
    later: 0,
  },
  { duplicates: 'allowed', what: 'the same', body: () => QUIZ, atOnce: 10, later: 10 },
  { duplicates: 'never', what: 'the same', body: () => QUIZ, atOnce: 1, later: 0 },
  {
    duplicates: 'never',
    what: 'other labels for one resource',
    body: (n) => ({ ...QUIZ, label: `Part ${n}` }),
    atOnce: 1,
    later: 0,
  },
  { duplicates: 'never', what: 'other tags', body: (n) => ({ ...QUIZ, tag: `t${n}` }), atOnce: 10, later: 0 },
  {
    duplicates: 'never',
    what: 'no tag, and a blank one is none',
    body: () => ({ label: 'Quiz 1', scoreMaximum: 20, resourceId: 'quiz-1' }),
    atOnce: 1,
    later: 0,
  },
];

for (const { duplicates, what, body, headers, atOnce, later } of ROWS) {
  test(`${duplicates}: ten POSTs at once, ${what}, make ${atOnce}; the same later make ${later} more`, async (t) => {
    const world = await openWorld(t, { config: { contexts: { 'math-101': { duplicates } } } });
    const client = await world.as();
    await client.list();
    world.sandbox.clearRequests();
    world.sandbox.inject({ kind: 'slow', delayMs: 300, method: 'PUT', times: 0 });
    const post = (index: number): Promise<Answer> =>
      client.call('POST', '/api/lineitems', {
        body: body(index),
        ...(headers && { headers: headers(index) }),
      });
    const ids = idsOf(await times(10, post));
    assert.deepEqual([ids.size, made(world)], [atOnce, atOnce]);
    const after = idsOf(await times(10, post));
    assert.deepEqual(made(world), atOnce + later);
    if (later === 0) assert.deepEqual(after, ids);
  });
}

test('one who fails makes nobody else fail who comes later', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  await client.list();
  world.sandbox.inject({ kind: 'status', status: 422, method: 'PUT', times: 0 });
  const answers = await times(3, () => client.post(QUIZ));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([422]));
  world.sandbox.clearFaults();
  assert.equal((await client.post(QUIZ)).status, 201);
});

test('line items of another tool or context are other line items', async (t) => {
  const world = await openWorld(t, {
    config: { contexts: { 'math-101': { duplicates: 'never' }, 'science-7': { duplicates: 'never' } } },
  });
  const clients = [await world.as(), await world.as('drill'), await world.as('quizzer', 'science-7')];
  assert.equal(idsOf(await Promise.all(clients.map((client) => client.post(QUIZ)))).size, 3);
});

test('a line item that was deleted is made anew', async (t) => {
  const world = await openWorld(t, { config: { contexts: { 'math-101': { duplicates: 'never' } } } });
  const client = await world.as();
  const first = String((await client.post(QUIZ)).body['id']);
  assert.equal((await client.remove(first)).status, 204);
  assert.notEqual((await client.post(QUIZ)).body['id'], first);
});
