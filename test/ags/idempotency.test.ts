import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Document } from '../exchange/world.ts';
import {
  assertProblem,
  at,
  containerOf,
  type Desk,
  deskOn,
  openDesk,
  resultIn,
  resultWrites,
  scoreOf,
} from './desk.ts';

const BODY = { label: 'Quiz', scoreMaximum: 10 };

interface Face {
  create(body: Document, key: string): Promise<Answer>;
  score(id: string, body: Document, key: string): Promise<Answer>;
}

/** The two faces, each as a way to send a POST with a key. */
const FACES: Readonly<Record<string, (desk: Desk) => Promise<Face>>> = {
  AGS: async ({ tool }) => ({
    create: (body, key) => tool.call('POST', containerOf(), { body, headers: { 'idempotency-key': key } }),
    score: (id, body, key) =>
      tool.call('POST', `${id}/scores`, { body, headers: { 'idempotency-key': key } }),
  }),
  LTIAAS: async ({ world }) => {
    const client = await world.as();
    return {
      create: (body, key) =>
        client.call('POST', '/api/lineitems', { body, headers: { 'idempotency-key': key } }),
      score: (id, body, key) =>
        client.call('POST', `/api/lineitems/${encodeURIComponent(id)}/scores`, {
          body,
          headers: { 'idempotency-key': key },
        }),
    };
  },
};

function codeOf({ body }: Answer): unknown {
  return body['code'] ?? (body['details'] as Document | undefined)?.['code'];
}

for (const [name, open] of Object.entries(FACES)) {
  test(`${name}: the same key and body make one line item and get the same answer, in parallel too`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    const first = await face.create(BODY, 'key-1');
    assert.equal(first.status, 201, first.text);
    const turned = { scoreMaximum: 10.0, label: 'Quiz' };
    const again = await face.create(turned, 'key-1');
    assert.deepEqual([again.status, again.body], [201, first.body]);
    const many = await Promise.all(Array.from({ length: 20 }, () => face.create(BODY, 'key-2')));
    assert.deepEqual([...new Set(many.map(({ status }) => status))], [201]);
    assert.equal(new Set(many.map(({ body }) => body['id'])).size, 1);
    assert.equal((await desk.tool.list()).length, 2);
  });

  test(`${name}: the same key with another body is 422, and nothing is made`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    await face.create(BODY, 'key-1');
    const other = await face.create({ ...BODY, label: 'Other' }, 'key-1');
    assert.equal(other.status, 422, other.text);
    assert.equal(codeOf(other), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal((await desk.tool.list()).length, 1);
  });

  test(`${name}: keys that cannot be used are 400`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    for (const key of ['', ' ', 'with blanks', 'k'.repeat(256), 'ü']) {
      const answer = await face.create(BODY, key);
      assert.equal(answer.status, 400, `${key}: ${answer.text}`);
      assert.equal(codeOf(answer), 'INVALID_IDEMPOTENCY_KEY');
    }
    assert.equal((await face.create(BODY, 'k'.repeat(255))).status, 201);
    assert.equal((await desk.tool.list()).length, 1);
  });

  test(`${name}: a score with a key is written once, and answered the same although a newer one stands`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    const id = await desk.tool.create();
    const score = scoreOf({ timestamp: at(0) });
    const many = await Promise.all(Array.from({ length: 20 }, () => face.score(id, score, 'key-1')));
    const [first] = many;
    assert.deepEqual([...new Set(many.map(({ status }) => status))], [first?.status]);
    assert.ok(first && first.status < 300, first?.text);
    assert.equal(resultWrites(desk.world), 1);
    await desk.tool.grade(id, { timestamp: at(1), scoreGiven: 9 });
    const again = await face.score(id, score, 'key-1');
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.equal(resultIn(desk.world)['score'], 9);
    assert.equal((await face.score(id, { ...score, scoreGiven: 1 }, 'key-1')).status, 422);
  });

  test(`${name}: a first try that failed can be repeated`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    desk.world.sandbox.inject({ kind: 'status', status: 503, method: 'PUT', path: '/lineItems/', times: 3 });
    assert.ok((await face.create(BODY, 'key-1')).status >= 500);
    desk.world.advance(60_000);
    const again = await face.create(BODY, 'key-1');
    assert.equal(again.status, 201, again.text);
    assert.equal((await desk.tool.list()).length, 1);
  });

  test(`${name}: a first try whose answer was lost makes no second line item`, async (t) => {
    const desk = await openDesk(t);
    const face = await open(desk);
    // OneRoster has written it each time, and the gateway could not know.
    desk.world.sandbox.inject({ kind: 'reset', when: 'after', method: 'PUT', path: '/lineItems/', times: 3 });
    const first = await face.create(BODY, 'key-1');
    assert.ok(first.status >= 500, first.text);
    desk.world.advance(60_000);
    const again = await face.create(BODY, 'key-1');
    assert.equal(again.status, 201, again.text);
    assert.deepEqual(
      (await desk.tool.list()).map(({ id }) => id),
      [again.body['id']],
    );
  });
}

test('LTIAAS: a score without a timestamp is repeated under its key', async (t) => {
  const desk = await openDesk(t);
  const face = await FACES['LTIAAS']?.(desk);
  const id = await desk.tool.create();
  const { timestamp: _, ...score } = scoreOf();
  const first = await face?.score(id, score, 'key-1');
  assert.equal(first?.status, 204, first?.text);
  desk.world.advance(5_000);
  const again = await face?.score(id, score, 'key-1');
  assert.equal(again?.status, 204, again?.text);
  assert.equal(resultWrites(desk.world), 1);
});

test('the same key of another tool, or in another context, is another key', async (t) => {
  const desk = await openDesk(t);
  const drill = await desk.as('drill');
  const headers = { 'idempotency-key': 'key-1' };
  const create = (tool: typeof drill, context: string, label: string): Promise<Answer> =>
    tool.call('POST', containerOf(context), { body: { ...BODY, label }, headers });
  const answers = [
    await create(desk.tool, 'math-101', 'A'),
    await create(drill, 'math-101', 'B'),
    await create(desk.tool, 'science-7', 'C'),
    await create(drill, 'algebra-1', 'D'),
  ];
  for (const { status, text } of answers) assert.equal(status, 201, text);
  assert.equal(new Set(answers.map(({ body }) => body['id'])).size, 4);
});

test('a key of a line item is no key of a score, and a refusal is not kept', async (t) => {
  const desk = await openDesk(t);
  const headers = { 'idempotency-key': 'key-1' };
  const created = await desk.tool.call('POST', containerOf(), { body: BODY, headers });
  const id = String(created.body['id']);
  const send = (members: Document): Promise<Answer> =>
    desk.tool.call('POST', `${id}/scores`, { body: scoreOf(members), headers });
  assertProblem(await send({ userId: 'student-91' }), 404, 'USER_NOT_ENROLLED');
  assert.equal((await send({})).status, 200);
});

test('a key that was used before a restart: the same body gets the same line item, another is not told that it was made', async (t) => {
  const { world, tool } = await openDesk(t);
  const headers = { 'idempotency-key': 'key-1' };
  const first = await tool.call('POST', containerOf(), { body: BODY, headers });
  const { tool: later } = await deskOn(t, world.sandbox);
  const again = await later.call('POST', containerOf(), { body: BODY, headers });
  assert.deepEqual([again.status, again.body], [201, first.body]);
  const { tool: last } = await deskOn(t, world.sandbox);
  const other = await last.call('POST', containerOf(), { body: { ...BODY, label: 'Other' }, headers });
  assert.deepEqual(
    (await tool.get(String(first.body['id']))).body,
    first.body,
    'the first one is left alone',
  );
  assert.ok(other.status === 422 || other.body['label'] === 'Other', other.text);
});
