import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedRequest } from '../../src/sandbox/sandbox.ts';
import { at, resultIn, sourcedIdIn } from '../ags/desk.ts';
import { until } from '../exchange/world.ts';
import { noPostgres } from '../store/databases.ts';
import { allDelivered, countsOf, openPair, scoresIn } from './pair.ts';

const skip = noPostgres;
const ONE_TRY = { upstreams: { school: { retry: { attempts: 1 } } } };

/**
 * A writer reads the result and then writes it: a PUT that does not follow its own reading was begun while another one was
 * under way.
 */
function assertOneWriter(requests: readonly RecordedRequest[]): void {
  const objects = new Map<string, RecordedRequest[]>();
  for (const request of requests.filter(({ path }) => path.includes('/results/')))
    objects.set(request.path, [...(objects.get(request.path) ?? []), request]);
  for (const [path, all] of objects) {
    const order = all.map(({ method }) => method).join(' ');
    assert.doesNotMatch(order, /^PUT|PUT PUT/, `two writers of ${path} at the same time: ${order}`);
  }
}

test('of many scores of a student at both at once the newest stands, and one is written at a time', {
  skip,
}, async (t) => {
  const { desks, sandbox } = await openPair(t);
  const [one, other] = desks;
  const id = await one.tool.create({ scoreMaximum: 100 });
  sandbox.inject({ kind: 'slow', delayMs: 3, path: '/results/', times: 0 });
  sandbox.clearRequests();
  const order = Array.from({ length: 40 }, (_, index) => ((index * 7) % 40) + 1);
  const answers = await Promise.all(
    order.map((second, index) =>
      (index % 2 ? one : other).tool.score(id, {
        timestamp: at(second),
        scoreGiven: second,
        scoreMaximum: 100,
      }),
    ),
  );
  const { 200: taken = 0, 202: promised = 0, 409: stale = 0, ...others } = countsOf(answers);
  assert.deepEqual(others, {});
  assert.equal(taken + promised + stale, 40);
  await allDelivered(one);
  assert.equal(resultIn(one.world)['score'], 40);
  assertOneWriter(sandbox.requests());
});

test('promised scores are delivered by whoever is there, each of them once', { skip }, async (t) => {
  const { desks, sandbox } = await openPair(t, { config: ONE_TRY, sandbox: { students: 30 } });
  const [one, other] = desks;
  const id = await one.tool.create();
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const students = Array.from({ length: 30 }, (_, index) => `student-${index + 1}`);
  const answers = await Promise.all(
    students.map((userId, index) => (index % 2 ? one : other).tool.score(id, { userId, scoreGiven: 7 })),
  );
  assert.deepEqual(countsOf(answers), { 202: 30 });
  sandbox.clearRequests();
  sandbox.clearFaults();
  await allDelivered(one);
  const writes = sandbox.requests().filter(({ method, status }) => method === 'PUT' && status < 300);
  assert.equal(writes.length, 30);
  assert.deepEqual(scoresIn(sandbox), Object.fromEntries(students.map((student) => [student, 7])));
  assertOneWriter(sandbox.requests());
  const told = (): number =>
    desks.flatMap(({ world }) => world.log).filter((line) => line.includes('"verified"')).length;
  await until(() => told() >= 30);
  assert.equal(told(), 30, 'each was settled once');
});

test('what one has promised before it is stopped, the other delivers', { skip }, async (t) => {
  const { desks, sandbox } = await openPair(t, { config: ONE_TRY });
  const [one, other] = desks;
  const id = await one.tool.create();
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  assert.equal((await one.tool.score(id)).status, 202);
  await one.world.gateway.stop();
  sandbox.clearFaults();
  await allDelivered(other);
  assert.equal(resultIn(other.world)['score'], 8);
});

test('first scores of a student at both at once, and a result of the school: it is the only one', {
  skip,
}, async (t) => {
  const { desks, sandbox } = await openPair(t);
  const [one, other] = desks;
  const id = await one.tool.create({ scoreMaximum: 100 });
  for (const member of [{}, { sourcedId: 'sis-1' }]) {
    const userId = 'sourcedId' in member ? 'student-2' : 'student-1';
    const theirs = {
      status: 'active',
      lineItem: { sourcedId: sourcedIdIn(id) },
      student: { sourcedId: userId },
      scoreStatus: 'not submitted',
    };
    if ('sourcedId' in member) sandbox.put('results', { ...theirs, sourcedId: 'sis-1' });
    sandbox.inject({ kind: 'slow', delayMs: 3, path: '/results', times: 0 });
    sandbox.clearRequests();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? one : other).tool.score(id, {
          userId,
          timestamp: at(index),
          scoreGiven: index,
          scoreMaximum: 100,
        }),
      ),
    );
    const { 200: _taken, 202: _promised, 409: _stale, ...others } = countsOf(answers);
    assert.deepEqual(others, {});
    await allDelivered(one);
    sandbox.clearFaults();
    const ids = new Set(
      sandbox
        .requests()
        .filter(({ method, path }) => method === 'PUT' && path.includes('/results/'))
        .map(({ path }) => path.split('/').at(-1)),
    );
    assert.equal(ids.size, 1, [...ids].join());
    if ('sourcedId' in member) assert.ok(ids.has('sis-1'));
    assert.deepEqual(
      (await one.tool.results(id, `?user_id=${userId}`)).map(({ resultScore }) => resultScore),
      [19],
    );
  }
});
