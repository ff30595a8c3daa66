import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { deskOn, openDesk } from '../ags/desk.ts';
import { type Client, type Document, eventually, LMS_URL, type World } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { writtenIn } from './written.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10 };
const PATH = `/api/lineitems/${encodeURIComponent(LMS_URL)}`;
const SCORE = {
  ...{ userId: 'student-1', scoreGiven: 5, scoreMaximum: 10, comment: 'Well done' },
  ...{ activityProgress: 'Completed', gradingProgress: 'FullyGraded', timestamp: '2025-10-06T14:00:00Z' },
};
const EARLIER = { ...SCORE, scoreGiven: 3, comment: undefined, timestamp: '2025-10-05T14:00:00Z' };

interface Room {
  readonly world: World;
  readonly client: Client;
  put(): Promise<void>;
  score(score: object, status?: number): Promise<void>;
  scores(): Promise<readonly Document[]>;
  lineItem(): Document;
  results(status: string): readonly Document[];
}

async function open(t: TestContext): Promise<Room> {
  const { world } = await openDesk(t);
  const client = await world.as();
  const room: Room = {
    world,
    client,
    put: async () => {
      const answer = await client.call('PUT', PATH, { body: QUIZ });
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.body['id'], LMS_URL);
    },
    score: async (score, status = 204) => {
      const answer = await client.call('POST', `${PATH}/scores`, { body: score });
      assert.equal(answer.status, status, answer.text);
    },
    scores: async () => ((await client.call('GET', `${PATH}/scores`)).body['scores'] ?? []) as Document[],
    lineItem: () => writtenIn(world, 'lineItems')[0] as Document,
    results: (status) =>
      writtenIn(world, 'results', 'teacher-2').filter((result) => result['status'] === status),
  };
  await room.put();
  await room.score(SCORE);
  return room;
}

/** By the tool, or by somebody in OneRoster. */
const DELETIONS: Readonly<Record<string, (room: Room) => Promise<void>>> = {
  'its tool': async ({ client }) => assert.equal((await client.call('DELETE', PATH)).status, 204),
  'somebody in OneRoster': async ({ world, lineItem }) =>
    world.sandbox.put('lineItems', { ...lineItem(), status: 'tobedeleted' }),
};

for (const [who, remove] of Object.entries(DELETIONS)) {
  test(`a line item that ${who} has deleted, and that is made again, is a new and empty one`, async (t) => {
    const room = await open(t);
    await remove(room);
    await room.put();
    assert.deepEqual(await room.scores(), []);
    await room.score(EARLIER);
    const [only, ...others] = await room.scores();
    assert.deepEqual([only?.['resultScore'], only?.['comment'], others.length], [3, undefined, 0]);
    await eventually(async () => room.results('active').length === 1);
    assert.equal(room.results('active')[0]?.['score'], 3);
    assert.equal(room.results('tobedeleted')[0]?.['score'], 5);
  });
}

test('a result of a deleted line item does not stay active, and a teacher has graded it too', async (t) => {
  const room = await open(t);
  const [ours] = room.results('active');
  room.world.sandbox.put('results', {
    ...{
      sourcedId: 'teacher-2',
      status: 'active',
      scoreDate: '2025-10-06',
      scoreStatus: 'fully graded',
      score: 7,
    },
    ...{ lineItem: ours?.['lineItem'], class: { sourcedId: 'class-1' }, student: { sourcedId: 'student-2' } },
  });
  await DELETIONS['its tool']?.(room);
  await eventually(async () => room.results('active').length === 0);
  await room.put();
  assert.deepEqual(await room.scores(), []);
  // Nothing comes back, however long it is looked at.
  room.world.advance(60_000);
  const { deliveries } = room.world.gateway.service.store;
  await eventually(async () =>
    (await deliveries.list({}, 9)).every(({ state }) => state === 'acknowledged' || state === 'superseded'),
  );
  assert.equal(room.results('active').length, 0);
});

test('what was promised for a deleted line item is not written into the one that is made again', async (t) => {
  const room = await open(t);
  const { sandbox } = room.world;
  sandbox.inject({ kind: 'status', status: 503, path: '/results/', times: 0 });
  await room.score({ ...SCORE, scoreGiven: 9, timestamp: '2025-10-07T14:00:00Z' }, 202);
  await DELETIONS['somebody in OneRoster']?.(room);
  sandbox.inject({ kind: 'status', status: 503, method: 'PUT', path: '/results/', times: 0 });
  await room.put();
  // Older than what was promised for the other one, and as good as it was at first.
  await room.score(EARLIER, 202);
  sandbox.clearFaults();
  await eventually(async () => {
    return (await room.scores()).length === 1;
  });
  assert.deepEqual(
    (await room.scores()).map(({ resultScore }) => resultScore),
    [3],
  );
  const { deliveries } = room.world.gateway.service.store;
  await eventually(async () => (await deliveries.list({ state: 'accepted' }, 9)).length <= 1);
  assert.deepEqual(
    (await room.scores()).map(({ resultScore }) => resultScore),
    [3],
  );
});

test('a score through a replica that has not heard that a line item was made again is not lost', {
  skip: noPostgres,
}, async (t) => {
  const store = { postgres: await newDatabase() };
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const [one, other] = [await deskOn(t, sandbox, {}, store), await deskOn(t, sandbox, {}, store)];
  const [client, behind] = [await one.world.as(), await other.world.as()];
  const post = async (score: object): Promise<void> =>
    assert.equal((await behind.call('POST', `${PATH}/scores`, { body: score })).status, 204);
  const scores = async () =>
    ((await client.call('GET', `${PATH}/scores`)).body['scores'] ?? []) as readonly Document[];
  assert.equal((await client.call('PUT', PATH, { body: QUIZ })).status, 201);
  await post(SCORE);
  assert.equal((await client.call('DELETE', PATH)).status, 204);
  assert.equal((await client.call('PUT', PATH, { body: QUIZ })).status, 201);
  await post({ ...SCORE, scoreGiven: 9, timestamp: '2025-10-08T14:00:00Z' });
  for (const { world } of [one, other]) world.advance(60_000);
  const { deliveries } = one.world.gateway.service.store;
  await eventually(async () => {
    const open = [
      ...(await deliveries.list({ state: 'accepted' }, 9)),
      ...(await deliveries.list({ state: 'sent' }, 9)),
    ];
    return open.length === 0;
  }, 60_000);
  assert.deepEqual(
    (await scores()).map(({ resultScore }) => resultScore),
    [9],
  );
});
