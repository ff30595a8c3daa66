import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AgsTool, assertProblem, at, edit, openDesk, resultIn, sourcedIdIn } from '../ags/desk.ts';
import { type Document, eventually, type World } from '../exchange/world.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10 } as const;

interface Room {
  readonly tool: AgsTool;
  readonly world: World;
  readonly id: string;
  /** A person edits the line item in OneRoster. */
  rename(title: string): void;
  title(): unknown;
  /** What an administrator's command does with a held delivery, of which the tool has the receipt. */
  retry(receipt: string): Promise<boolean>;
  discard(receipt: string): Promise<boolean>;
  settled(receipt: string, state: string): Promise<Document>;
}

async function open(t: TestContext, edits: 'hold' | 'gradebookWins' = 'hold'): Promise<Room> {
  const { tool, world } = await openDesk(t, { config: { contexts: { 'math-101': { edits } } } });
  const id = await tool.create(QUIZ);
  const line = (): Document => world.sandbox.find('lineItems', sourcedIdIn(id)) as Document;
  const { store } = world.gateway.service;
  const idIn = (receipt: string): string => String(receipt.split('/').at(-1));
  return {
    tool,
    world,
    id,
    rename: (title) => world.sandbox.put('lineItems', { ...line(), title }),
    title: () => line()['title'],
    retry: (receipt) => store.deliveries.retry(idIn(receipt), 0),
    discard: (receipt) => store.deliveries.discard(idIn(receipt), 'The teacher is right.', Date.now()),
    settled: async (receipt, state) => {
      await eventually(async () => (await tool.get(receipt)).body['state'] === state, 8000);
      return (await tool.get(receipt)).body;
    },
  };
}

test('a PUT that meets an edit is held, shows what stands, and is made when a person says so', async (t) => {
  const room = await open(t);
  room.rename('Teacher');
  const answer = await room.tool.put(room.id, { ...QUIZ, label: 'Tool' });
  assert.deepEqual(
    [answer.status, answer.body['id'], answer.body['label']],
    [202, room.id, 'Teacher'],
    answer.text,
  );
  assert.equal(answer.headers['etag'], (await room.tool.get(room.id)).headers['etag']);
  const receipt = String(answer.headers['location']);
  const { state, error } = (await room.tool.get(receipt)).body;
  assert.deepEqual([state, (error as Document)['code']], ['held', 'GRADEBOOK_EDITED']);
  assert.equal(room.title(), 'Teacher');
  assert.equal(await room.retry(receipt), true);
  await room.settled(receipt, 'acknowledged');
  assert.equal(room.title(), 'Tool');
  assert.equal(
    (await room.tool.put(room.id, { ...QUIZ, label: 'Tool 2' })).status,
    200,
    'the edit is settled',
  );
});

test('of several held PUTs the newest alone is before a person', async (t) => {
  const room = await open(t);
  room.rename('Teacher');
  const answers = [];
  for (const label of ['One', 'Two', 'Three']) answers.push(await room.tool.put(room.id, { ...QUIZ, label }));
  const [one, two, three] = answers.map(({ headers }) => String(headers['location']));
  for (const older of [one, two]) {
    assert.equal((await room.tool.get(String(older))).body['state'], 'superseded');
    assert.equal(await room.retry(String(older)), false);
  }
  await room.retry(String(three));
  await room.settled(String(three), 'acknowledged');
  assert.equal(room.title(), 'Three');
});

test('a held PUT is made over what stood when it was held, and over nothing newer', async (t) => {
  const room = await open(t);
  room.rename('Teacher');
  const receipt = String((await room.tool.put(room.id, { ...QUIZ, label: 'Old' })).headers['location']);
  const tag = String((await room.tool.get(room.id)).headers['etag']);
  const headers = { 'if-match': tag, 'content-type': 'application/vnd.ims.lis.v2.lineitem+json' };
  const newer = await room.tool.call('PUT', room.id, { body: { ...QUIZ, label: 'New' }, headers });
  assert.equal(newer.status, 200, newer.text);
  await room.retry(receipt);
  const { error } = await room.settled(receipt, 'failed');
  assert.equal((error as Document)['code'], 'PRECONDITION_FAILED');
  assert.equal(room.title(), 'New');
});

test('a score that meets an edit is held; a person has it delivered, or gives it up', async (t) => {
  for (const verdict of ['retry', 'discard'] as const) {
    const room = await open(t);
    await room.tool.grade(room.id, { timestamp: at(0), scoreGiven: 5 });
    edit(room.world, { score: 3 });
    const answer = await room.tool.score(room.id, { timestamp: at(1), scoreGiven: 9 });
    assert.deepEqual([answer.status, answer.body['state']], [202, 'held'], answer.text);
    const receipt = String(answer.headers['location']);
    assert.equal(await room[verdict](receipt), true);
    const { reason } = await room.settled(receipt, verdict === 'retry' ? 'verified' : 'discarded');
    assert.equal(reason, verdict === 'retry' ? undefined : 'The teacher is right.');
    assert.equal(resultIn(room.world)['score'], verdict === 'retry' ? 9 : 3);
  }
});

test('a promised score that meets an edit: held under hold, given up under gradebookWins', async (t) => {
  for (const [edits, state] of [
    ['hold', 'held'],
    ['gradebookWins', 'discarded'],
  ] as const) {
    const room = await open(t, edits);
    await room.tool.grade(room.id, { timestamp: at(0), scoreGiven: 5 });
    edit(room.world, { score: 3 });
    room.world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
    const receipt = String((await room.tool.score(room.id, { timestamp: at(1) })).headers['location']);
    room.world.sandbox.clearFaults();
    const { error } = await room.settled(receipt, state);
    assert.equal((error as Document)['code'], 'GRADEBOOK_EDITED');
    assert.equal(resultIn(room.world)['score'], 3);
  }
});

test('a DELETE is not held: it is refused until its sender has seen the edit', async (t) => {
  const room = await open(t);
  room.rename('Teacher');
  assertProblem(await room.tool.call('DELETE', room.id), 409, 'GRADEBOOK_EDITED', ['/label']);
});

test('on the LTIAAS face a held PUT answers 202 with the line item as it stands', async (t) => {
  const { world } = await open(t);
  const client = await world.as();
  await client.put('quiz-1', QUIZ);
  world.sandbox.put('lineItems', { ...world.sandbox.find('lineItems', 'quiz-1'), title: 'Teacher' });
  const { status, body, headers, text } = await client.put('quiz-1', QUIZ);
  assert.deepEqual([status, body['label']], [202, 'Teacher'], text);
  const path = String(headers['location']).replace('https://grades.example', '');
  assert.equal((await client.call('GET', path)).body['state'], 'held');
});
