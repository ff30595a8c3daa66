import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused } from './envelope.ts';
import {
  type Answer,
  type Client,
  held,
  LMS_URL,
  openWorld,
  PUBLIC_URL,
  sourcedIdIn,
  type World,
} from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const NOT_FOUND = { status: 404, code: 'LINE_ITEM_NOT_FOUND' } as const;

const ROUTES: readonly { name: string; ask: (client: Client, id: unknown) => Promise<Answer> }[] = [
  { name: 'GET', ask: (client, id) => client.get(id) },
  { name: 'PUT', ask: (client, id) => client.put(id, { label: 'Taken', scoreMaximum: 1 }) },
  { name: 'PUT with If-Match: *', ask: (client, id) => client.put(id, QUIZ, { 'if-match': '*' }) },
  { name: 'DELETE', ask: (client, id) => client.remove(id) },
];

/** Everybody but quizzer in math-101, whose line item it is. */
const STRANGERS = [
  { tool: 'drill', context: 'math-101', what: 'another tool of the same context' },
  { tool: 'quizzer', context: 'science-7', what: 'the same tool in another context' },
  { tool: 'drill', context: 'algebra-1', what: 'another tool in another context of another school' },
] as const;

async function withLineItem(t: Parameters<typeof openWorld>[0]): Promise<{ world: World; id: string }> {
  const world = await openWorld(t);
  const { body } = await (await world.as()).post({ ...QUIZ, tag: 'mine' });
  world.sandbox.clearRequests();
  return { world, id: String(body['id']) };
}

test('a line item is 404 to every stranger on every route, and nothing is written', async (t) => {
  const { world, id } = await withLineItem(t);
  const sourcedId = sourcedIdIn(id);
  const before = held(world, sourcedId);
  for (const { tool, context, what } of STRANGERS) {
    const stranger = await world.as(tool, context);
    const names = [id, id.replace('math-101', context), sourcedId, encodeURIComponent(id)];
    for (const { name, ask } of ROUTES) {
      await t.test(`${name} by ${what}`, async () => {
        for (const called of names) assertRefused(await ask(stranger, called), NOT_FOUND);
      });
    }
    assert.deepEqual((await stranger.list()).body, { lineItems: [] }, what);
    assert.deepEqual((await stranger.list('?tag=mine')).body, { lineItems: [] }, what);
  }
  assert.deepEqual(world.writes(), []);
  assert.deepEqual(held(world, sourcedId), before);
});

test('an id of ours of another context costs the upstream nothing', async (t) => {
  const { world, id } = await withLineItem(t);
  const stranger = await world.as('quizzer', 'science-7');
  for (const { ask } of ROUTES) assertRefused(await ask(stranger, id), NOT_FOUND);
  assert.deepEqual(world.calls(), []);
});

test('addresses of ours that are no line items are 404, and cost the upstream nothing', async (t) => {
  const { world, id } = await withLineItem(t);
  const tool = await world.as();
  const astray = [
    `${id}/scores`,
    `${id}?x=1`,
    `${id}#x`,
    `${PUBLIC_URL}/lti/contexts/math-101/lineitems/a%2`,
    `${PUBLIC_URL}/lti/contexts/math-1011/lineitems/a`,
    `${PUBLIC_URL}/lti/contexts/math-101`,
    `${PUBLIC_URL}/api/lineitems`,
    `${PUBLIC_URL}/`,
  ];
  for (const name of astray) {
    for (const { ask } of ROUTES) assertRefused(await ask(tool, name), NOT_FOUND);
  }
  assert.deepEqual(world.calls(), []);
});

test('a bare sourcedId of another class is 404, whoever made the line item', async (t) => {
  const config = { contexts: { 'science-7': { ownership: 'class' }, 'algebra-1': { ownership: 'class' } } };
  const world = await openWorld(t, { config });
  await (await world.as()).put('li-math', QUIZ);
  world.sandbox.clearRequests();
  const clients = [await world.as('quizzer', 'science-7'), await world.as('drill', 'algebra-1')];
  for (const client of clients) {
    for (const { ask } of ROUTES) {
      for (const id of ['teacher-quiz', 'li-math']) assertRefused(await ask(client, id), NOT_FOUND);
    }
  }
  assert.deepEqual(world.writes(), []);
});

test('a deleted line item of another tool is not brought back under its own id', async (t) => {
  const { world, id } = await withLineItem(t);
  const owner = await world.as();
  await owner.remove(id);
  world.sandbox.clearRequests();
  const before = held(world, sourcedIdIn(id));
  const thief = await world.as('drill');
  assertRefused(await thief.put(sourcedIdIn(id), QUIZ), NOT_FOUND);
  assert.deepEqual([world.writes(), held(world, sourcedIdIn(id))], [[], before]);
});

test('the same URL is another line item for each tool and context', async (t) => {
  const world = await openWorld(t);
  const clients = [await world.as(), await world.as('drill'), await world.as('quizzer', 'science-7')];
  for (const [index, client] of clients.entries()) {
    assertRefused(await client.get(LMS_URL), NOT_FOUND);
    const put = await client.put(LMS_URL, { ...QUIZ, tag: `t${index}` });
    assert.deepEqual([put.status, put.body['id']], [201, LMS_URL]);
  }
  for (const [index, client] of clients.entries()) {
    assert.equal((await client.get(LMS_URL)).body['tag'], `t${index}`);
    const { lineItems } = (await client.list()).body as { lineItems: { tag: string }[] };
    assert.deepEqual(
      lineItems.map(({ tag }) => tag),
      [`t${index}`],
    );
  }
  await clients[0]?.remove(LMS_URL);
  assert.equal((await clients[1]?.get(LMS_URL))?.status, 200);
  assert.equal(new Set(world.writes().map(({ path }) => path)).size, 3);
});

test('every id in a list can be read, though two contexts of one tool share the class', async (t) => {
  const shared = { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-2' };
  const config = {
    contexts: { 'math-101b': shared },
    tools: { quizzer: { contexts: ['math-101', 'math-101b'] } },
  };
  const world = await openWorld(t, { config });
  const [first, second] = [await world.as(), await world.as('quizzer', 'math-101b')];
  await first.put(LMS_URL, QUIZ);
  await first.post(QUIZ);
  const { lineItems } = (await second.list()).body as { lineItems: { id: string }[] };
  for (const { id } of lineItems) assert.equal((await second.get(id)).status, 200, id);
});

test('somebody who clears the marks in OneRoster takes nothing from the tool that has a URL for it', async (t) => {
  const world = await openWorld(t);
  const [owner, other] = [await world.as(), await world.as('drill')];
  await owner.put(LMS_URL, QUIZ);
  const id = decodeURIComponent(String(world.writes()[0]?.path.split('/').at(-1)));
  const { metadata: _, ...bare } = held(world, id);
  world.sandbox.put('lineItems', bare);
  assert.equal((await owner.get(LMS_URL)).status, 200);
  assertRefused(await other.get(id), NOT_FOUND);
  const put = await owner.put(LMS_URL, { ...QUIZ, tag: 'again' });
  assert.deepEqual(put.body, { id: LMS_URL, ...QUIZ, tag: 'again' });
  assert.deepEqual((await owner.list()).body['lineItems'], [put.body]);
});

test('a key for a context that the tool does not have reaches nothing', async (t) => {
  const world = await openWorld(t);
  const answers: Answer[] = [];
  for (const context of ['algebra-1', 'no-such-context', '__proto__', '']) {
    const client = await world.as('quizzer', context);
    for (const { ask } of ROUTES) answers.push(await ask(client, 'teacher-quiz'));
    answers.push(await client.list(), await client.post(QUIZ));
  }
  // Whether a context exists that is not the tool's must not be told.
  for (const answer of answers) assertRefused(answer, { status: 403, code: 'CONTEXT_NOT_ALLOWED' });
  assert.deepEqual(world.calls(), []);
});

test('a page link of another context is refused', async (t) => {
  const world = await openWorld(t);
  const [math, science] = [await world.as(), await world.as('quizzer', 'science-7')];
  for (const id of ['a', 'b']) await math.put(id, QUIZ);
  const { next } = (await math.list('?limit=1')).body;
  world.sandbox.clearRequests();
  const answer = await science.list(`?url=${encodeURIComponent(String(next))}`);
  assertRefused(answer, { status: 400, code: 'INVALID_PAGE_URL' });
  assert.deepEqual(world.calls(), []);
});

test('contexts of one class are one gradebook of a tool, and another tool has its own there', async (t) => {
  const world = await openWorld(t, {
    config: {
      contexts: {
        'math-102': { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-1' },
      },
      tools: {
        quizzer: { contexts: ['math-101', 'math-102'] },
        drill: { contexts: ['math-102'] },
      },
    },
  });
  const { body } = await (await world.as()).post(QUIZ);
  const sourcedId = sourcedIdIn(body['id']);
  const beside = await world.as('quizzer', 'math-102');
  const [listed] = (await beside.list()).body['lineItems'] as { id: string }[];
  assert.equal(sourcedIdIn(listed?.id, 'math-102'), sourcedId);
  assert.equal((await beside.put(sourcedId, { ...QUIZ, label: 'Quiz 2' })).status, 201);
  assert.equal(held(world, sourcedId)['title'], 'Quiz 2');
  // An id that names the other context is none of this one, as everywhere.
  assertRefused(await beside.get(body['id']), NOT_FOUND);
  const stranger = await world.as('drill', 'math-102');
  assertRefused(await stranger.put(sourcedId, QUIZ, { 'if-match': '*' }), NOT_FOUND);
  assert.deepEqual((await stranger.list()).body, { lineItems: [] });
});
