import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import { assertRefused } from '../exchange/envelope.ts';
import { type Answer, openWorld, until, type World } from '../exchange/world.ts';

const TOO_MANY = { status: 429, code: 'TOO_MANY_REQUESTS' } as const;
const upstreams = { school: { timeouts: { call: 3000 }, retry: { attempts: 1 } } };

function assertToldToWait(answer: Answer): void {
  assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/);
}

function isDone({ log }: World): number {
  return log.filter((line) => line.includes('"event":"request"')).length;
}

test('a tool that has all that one may have is refused, and another tool is served', async (t) => {
  const config = { limits: { inFlight: 8, tool: { share: 0.5 } }, upstreams };
  const world = await openWorld(t, { config });
  const [quizzer, drill] = [await world.as(), await world.as('drill')];
  await quizzer.list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 400, path: '/ims/', times: 4 });
  const held = Array.from({ length: 4 }, () => quizzer.list());
  await until(() => world.calls().length === 4);
  const refused = await quizzer.list();
  assertRefused(refused, TOO_MANY);
  assertToldToWait(refused);
  assert.equal((await drill.list()).status, 200);
  assert.equal(world.calls().length, 5, 'what is refused does not reach OneRoster');
  for (const answer of await Promise.all(held)) assert.equal(answer.status, 200);
  assert.equal((await quizzer.list()).status, 200);
});

test('a tool that asks for much at once does not delay another one at the same upstream', async (t) => {
  const world = await openWorld(t, { config: { upstreams: { school: { concurrency: 1 } } } });
  const [quizzer, drill] = [await world.as(), await world.as('drill')];
  await quizzer.list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 100, path: '/ims/', times: 0 });
  const done: string[] = [];
  const asked = async (tool: string, answer: Promise<Answer>): Promise<void> => {
    assert.equal((await answer).status, 200);
    done.push(tool);
  };
  const many = Array.from({ length: 6 }, () => asked('quizzer', quizzer.list()));
  await until(() => world.calls().length === 1);
  await Promise.all([...many, asked('drill', drill.list())]);
  assert.ok(done.indexOf('drill') <= 2, done.join(' '));
});

test('in AGS the refusal is a problem document', async (t) => {
  const world = await openWorld(t, { config: { limits: { tool: { perSecond: 1 } } } });
  const token = await world.gateway.service.keyring.sign('accessToken', { client_id: 'quizzer' }, 60);
  const ask = (): Promise<Answer> =>
    world.with(`Bearer ${token}`).call('GET', '/lti/contexts/math-101/lineitems');
  assert.equal((await ask()).status, 200);
  const { status, headers, body } = await ask();
  assert.deepEqual([status, body['code'], body['retryable']], [429, TOO_MANY.code, true]);
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(headers['retry-after'], '1');
});

test('a rate counts for each tool by itself, and comes back with time', async (t) => {
  const world = await openWorld(t, { config: { limits: { tool: { perSecond: 3 } } } });
  const [quizzer, drill] = [await world.as(), await world.as('drill')];
  const statuses = [];
  for (let n = 0; n < 5; n++) statuses.push((await quizzer.list()).status);
  // The clock of the gateway goes on meanwhile, so that one more may get in.
  assert.deepEqual(statuses.slice(0, 3), [200, 200, 200]);
  assert.equal(statuses.includes(429), true, String(statuses));
  assert.equal((await drill.list()).status, 200);
  world.advance(1_000);
  assert.equal((await quizzer.list()).status, 200);
});

test('without a rate, and within its share, a tool is not held back', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.list()));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  }
});

test('hanging up gives no place back before the work is done', async (t) => {
  const config = { limits: { inFlight: 8, tool: { share: 0.25 } }, upstreams };
  const world = await openWorld(t, { config });
  const client = await world.as();
  await client.list();
  await until(() => isDone(world) === 1);
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 400, path: '/ims/', times: 2 });
  for (let n = 1; n <= 2; n++) {
    const call = get(`${world.url}/api/lineitems`, { headers: { authorization: client.authorization } });
    call.on('error', () => undefined);
    await until(() => world.calls().length === n);
    call.destroy();
  }
  await until(() => isDone(world) === 3);
  assertRefused(await client.list(), TOO_MANY);
  await until(() => world.calls().every(({ status }) => status !== 0));
  let answer = await client.list();
  for (const end = Date.now() + 2_000; answer.status === 429 && Date.now() < end; )
    answer = await client.list();
  assert.equal(answer.status, 200, 'the places are given back when the work is done');
});
