import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { assertProblem, LINE_ITEM, openDesk, scoreOf } from '../ags/desk.ts';
import { type Answer, type Document, held, lineItemPath, sourcedIdIn } from './world.ts';

/** What no id may hold. */
const UNFIT: Readonly<Record<string, string>> = {
  NUL: 'a\u0000b',
  'a control character': 'a\u0007b',
  'a line feed': 'a\nb',
  DEL: 'a\u007fb',
  'a control character of C1': 'a\u0085b',
  'the first half of a character': 'a\ud83d',
  'the second half of a character': '\udf93b',
};

/** Every way in which users are found. */
const STRATEGIES: Readonly<Record<string, JsonObject>> = {
  sourcedId: { by: 'sourcedId' },
  template: { by: 'template', template: 'lti-{userId}' },
  table: { by: 'table', users: { a: 'student-1' } },
  lookup: { by: 'lookup', field: 'identifier' },
};

function pointersOf({ body }: Answer): readonly unknown[] {
  const issues = (body['issues'] ?? (body['details'] as Document)['issues']) as
    | readonly Document[]
    | undefined;
  return (issues ?? []).map(({ pointer }) => pointer);
}

for (const [name, users] of Object.entries(STRATEGIES)) {
  for (const isDown of [false, true]) {
    const when = isDown ? 'while OneRoster is down' : 'while OneRoster is up';
    test(`users by ${name}, ${when}: a user id that cannot be one is refused at once, on both faces`, async (t) => {
      const { world, tool } = await openDesk(t, { config: { contexts: { 'math-101': { users } } } });
      const ltiaas = await world.as();
      const id = await tool.create();
      if (isDown) world.sandbox.inject({ kind: 'status', status: 503, times: 0 });
      for (const [what, userId] of Object.entries({ ...UNFIT, 'too long': 'a'.repeat(256) })) {
        const ags = await tool.score(id, { userId });
        assertProblem(ags, 400, 'INVALID_SCORE', ['/userId']);
        const posted = await ltiaas.call('POST', `${lineItemPath(id)}/scores`, { body: scoreOf({ userId }) });
        assert.equal(posted.status, 400, `${what}: ${posted.text}`);
        assert.deepEqual(pointersOf(posted), ['/userId'], what);
      }
    });
  }
}

test('ids in other members are held to the same, on both faces, and nothing is written', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const id = await tool.create();
  world.sandbox.clearRequests();
  for (const [what, unfit] of Object.entries(UNFIT)) {
    const score = await tool.score(id, { scoringUserId: unfit });
    assertProblem(score, 400, 'INVALID_SCORE', ['/scoringUserId']);
    for (const member of ['resourceLinkId', 'resourceId', 'tag']) {
      const lineItem = { label: 'Quiz', scoreMaximum: 10, [member]: unfit };
      const put = await tool.call('PUT', id, { body: lineItem, headers: { 'content-type': LINE_ITEM } });
      assertProblem(put, 400, 'INVALID_LINE_ITEM', [`/${member}`]);
      for (const answer of [await ltiaas.put(id, lineItem), await ltiaas.post(lineItem)]) {
        assert.equal(answer.status, 400, `${what} in ${member}: ${answer.text}`);
        assert.deepEqual(pointersOf(answer), [`/${member}`]);
      }
    }
    const named = await ltiaas.put('bare-1', { label: 'Quiz', scoreMaximum: 10, id: `bare${unfit}` });
    assert.deepEqual([named.status, pointersOf(named)], [400, ['/id']], named.text);
  }
  assert.deepEqual(world.writes(), []);
});

test('a label has no control characters, and no text of a tool has NUL', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const id = await tool.create();
  world.sandbox.clearRequests();
  for (const label of ['a\u0000b', 'a\u0007b', 'a\tb', 'a\r\nb', '\u001b[31mred', 'a\u0085b']) {
    const lineItem = { label, scoreMaximum: 10 };
    assertProblem(await tool.put(id, lineItem), 400, 'INVALID_LINE_ITEM', ['/label']);
    const put = await ltiaas.put(id, lineItem);
    assert.deepEqual([put.status, pointersOf(put)], [400, ['/label']], put.text);
  }
  const extension = { label: 'Quiz', scoreMaximum: 10, 'https://t.example/x': { deep: ['a\u0000'] } };
  assertProblem(await tool.put(id, extension), 400, 'INVALID_LINE_ITEM', ['/https:~1~1t.example~1x/deep/0']);
  assertProblem(await tool.score(id, { comment: 'a\u0000' }), 400, 'INVALID_SCORE', ['/comment']);
  assert.deepEqual(world.writes(), []);
  const comment = 'Two lines,\n\tand a tab.';
  await tool.grade(id, { comment });
  assert.equal((await tool.results(id))[0]?.['comment'], comment);
});

test('a title of OneRoster with control characters is read without them, and is not changed by being written back', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const id = await tool.create();
  const sourcedId = sourcedIdIn(id);
  world.sandbox.put('lineItems', { ...held(world, sourcedId), sourcedId, title: 'Week 1\tQuiz\n' });
  const { body } = await ltiaas.get(id);
  assert.equal(body['label'], 'Week 1 Quiz ');
  assert.equal((await ltiaas.put(id, body)).status, 201);
  const { id: _, ...read } = (await tool.get(id)).body;
  assert.equal((await tool.put(id, read)).status, 200);
  assert.equal(held(world, sourcedId)['title'], 'Week 1\tQuiz\n');
});

test('ids in paths, queries and page links that cannot be any are refused before OneRoster is asked', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const id = await tool.create();
  world.sandbox.clearRequests();
  const cursor = (list: Document): string => Buffer.from(JSON.stringify(list)).toString('hex');
  for (const escaped of ['a%00b', 'a%07', '%C2%85']) {
    assertProblem(await tool.get(`/lti/contexts/math-101/lineitems/${escaped}`), 404, 'LINE_ITEM_NOT_FOUND');
    assert.equal((await ltiaas.call('GET', `/api/lineitems/${escaped}`)).body['status'], 400);
    assertProblem(await tool.get(`${id}/results?user_id=${escaped}`), 400, 'INVALID_QUERY', ['?user_id']);
    const scores = await ltiaas.call('GET', `${lineItemPath(id)}/scores?userId=${escaped}`);
    assert.deepEqual([scores.status, pointersOf(scores)], [400, ['?userId']], scores.text);
  }
  for (const list of [
    { filter: {}, page: {}, sourcedId: '..' },
    { filter: {}, page: {}, sourcedId: 'a\ud800' },
    { filter: {}, page: {}, userId: 'a\u0000' },
  ]) {
    const answer = await tool.get(`${id}/results?page=${cursor(list)}`);
    assertProblem(answer, 400, 'INVALID_QUERY', ['?page']);
  }
  assert.deepEqual(world.calls(), []);
});
