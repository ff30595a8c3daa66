import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { assertProblem, at, deskOn, resultIn } from '../ags/desk.ts';
import { assertion, formOf, requestToken } from '../auth/assertions.ts';
import { type Answer, eventually } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { lineTo } from '../store/line.ts';
import { allDelivered } from './pair.ts';

const skip = noPostgres;

test('while PostgreSQL is away, what can be read is read, and nothing is promised; then all is well again', {
  skip,
}, async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const line = await lineTo(t, await newDatabase());
  const config = { upstreams: { school: { retry: { attempts: 1 } } } };
  const desk = await deskOn(t, sandbox, config, { postgres: line.url });
  const { tool, world } = desk;
  const id = await tool.create();
  const ready = (): Promise<Answer> => world.with(undefined).call('GET', '/readyz');
  assert.deepEqual((await ready()).body['store'], { reachable: true });
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  assert.equal((await tool.score(id, { userId: 'student-2' })).status, 202);
  line.cut();
  sandbox.clearFaults();

  assert.equal((await tool.get(id)).status, 200);
  assert.equal((await tool.list()).length, 1);
  const refused = await tool.score(id, { timestamp: at(1) });
  assertProblem(refused, 503, 'STORE_UNAVAILABLE');
  assert.match(String(refused.headers['retry-after']), /^\d+$/);
  assertProblem(await tool.put(id, { label: 'Other', scoreMaximum: 10 }), 503, 'STORE_UNAVAILABLE');
  const token = await requestToken(world, formOf(await assertion(world, desk.key)));
  assert.equal(token.status, 503, token.text);
  const { status, body } = await ready();
  assert.deepEqual(
    [status, body['status'], body['store']],
    [503, 'store unreachable', { reachable: false, code: 'STORE_UNAVAILABLE' }],
  );
  assert.equal((await world.with(undefined).call('GET', '/healthz')).status, 200);

  line.mend();
  await eventually(async () => (await ready()).status === 200);
  assert.equal((await tool.score(id, { timestamp: at(1), scoreGiven: 3 })).status, 200);
  assert.equal(resultIn(world)['score'], 3);
  assert.equal((await tool.put(id, { label: 'Other', scoreMaximum: 10 })).status, 200);
  await allDelivered(desk);
  assert.equal(resultIn(world, 'student-2')['score'], 8, 'what was promised before is delivered');
});
