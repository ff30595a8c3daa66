import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { test } from 'node:test';
import { assertRefused } from './envelope.ts';
import { type Answer, LMS_URL, openWorld, until, type World } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;

function times<Result>(count: number, ask: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

const statuses = (answers: readonly Answer[]): ReadonlySet<number> =>
  new Set(answers.map(({ status }) => status));
const methods = (world: World): string =>
  world
    .calls()
    .map(({ method }) => method)
    .join(' ');

test('50 parallel PUTs of one id are written one after the other, and the last state is one of them', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  // That OneRoster takes away what a PUT leaves out is looked at once (decision 042).
  for (const more of [{ 'https://t.example/first': 1 }, {}]) await client.put(LMS_URL, { ...QUIZ, ...more });
  world.sandbox.clearRequests();
  // A call that waits would be overtaken by the next one if that did not wait for it.
  world.sandbox.inject({ kind: 'slow', delayMs: 3, method: 'PUT', times: 0 });
  const answers = await times(50, (n) =>
    client.put(LMS_URL, { ...QUIZ, tag: `t${n}`, [`https://t.example/${n}`]: n }),
  );
  assert.deepEqual(statuses(answers), new Set([201]));
  assert.equal(methods(world), Array(50).fill('GET PUT').join(' '));
  for (const [n, { body }] of answers.entries()) assert.equal(body['tag'], `t${n}`);
  const { body } = await client.get(LMS_URL);
  assert.deepEqual(body, answers.find((answer) => answer.body['tag'] === body['tag'])?.body);
  const { body: last } = world.writes().at(-1) as { body: { lineItem: { metadata: { ltiTag: string } } } };
  assert.equal(body['tag'], last.lineItem.metadata.ltiTag);
});

test('a PUT and a DELETE of one id, from two names of it, do not overlap either', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const id = String((await client.put('bare-1', QUIZ)).body['id']);
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 10, times: 0, path: '/lineItems/' });
  const answers = await times(12, (n) =>
    n % 3 === 2 ? client.remove(id) : client.put(n % 2 ? 'bare-1' : id, QUIZ),
  );
  assert.deepEqual(statuses(answers), new Set([201, 204]));
  // Its results are listed before a deletion, and before it is made again: they follow it.
  const first = 'GET PUT GET PUT GET GET DELETE';
  assert.equal(methods(world), [first, ...Array(3).fill(`GET ${first}`)].join(' '));
});

test('a writer that fails holds nobody up, and writers of other ids do not wait', async (t) => {
  const config = { upstreams: { school: { timeouts: { call: 500 }, retry: { attempts: 1 } } } };
  const world = await openWorld(t, { config });
  const client = await world.as();
  await client.list();
  world.sandbox.inject({ kind: 'hang', path: 'bare-1' });
  let stuck = true;
  const first = client.put('bare-1', QUIZ).finally(() => {
    stuck = false;
  });
  await until(() => world.calls().some(({ path }) => path.includes('bare-1')));
  const second = client.put('bare-1', { ...QUIZ, tag: 'second' });
  assert.deepEqual(statuses(await times(10, (n) => client.put(`other-${n}`, QUIZ))), new Set([201]));
  assert.equal(stuck, true, 'the others have waited for a writer that is not theirs');
  assertRefused(await first, { status: 504, code: 'UPSTREAM_TIMEOUT' });
  assert.deepEqual([(await second).status, (await second).body['tag']], [201, 'second']);
});

test('no more calls are under way at the upstream than are allowed', async (t) => {
  const world = await openWorld(t, { config: { upstreams: { school: { concurrency: 3 } } } });
  const client = await world.as();
  await client.list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 30, path: '/ims/', times: 0 });
  let most = 0;
  const asking = times(12, () => client.list());
  const underWay = (): number => world.calls().filter(({ status }) => status === 0).length;
  await until(() => {
    most = Math.max(most, underWay());
    return world.calls().length === 12 && underWay() === 0;
  });
  assert.equal(most, 3);
  assert.deepEqual(statuses(await asking), new Set([200]));
});

test('more requests than can be held are refused at once, and the gateway recovers', async (t) => {
  const config = {
    limits: { inFlight: 5 },
    upstreams: { school: { timeouts: { call: 600 }, retry: { attempts: 1 } } },
  };
  const world = await openWorld(t, { config });
  const client = await world.as();
  await client.list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 300, path: '/ims/', times: 5 });
  const held = times(5, () => client.list());
  await until(() => world.calls().length === 5);
  for (const answer of [await client.list(), await client.put('bare-1', QUIZ)]) {
    assertRefused(answer, { status: 503, code: 'OVERLOADED' });
    assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/);
  }
  assert.equal(world.calls().length, 5);
  assert.deepEqual(statuses(await held), new Set([200]));
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
});

test('a gateway that is full is still alive', async (t) => {
  const world = await openWorld(t, { config: { limits: { inFlight: 1 } } });
  const client = await world.as();
  await client.list();
  world.sandbox.inject({ kind: 'slow', delayMs: 200, path: '/ims/' });
  world.sandbox.clearRequests();
  const held = client.list();
  await until(() => world.calls().length === 1);
  // An orchestrator that is told otherwise kills the gateway, and with it the requests under way.
  assert.equal((await world.with(undefined).call('GET', '/healthz')).status, 200);
  assert.equal((await held).status, 200);
});

test('a caller that hangs up leaves nothing behind', async (t) => {
  const world = await openWorld(t, { config: { limits: { inFlight: 2 } } });
  const client = await world.as();
  await client.list();
  for (let round = 0; round < 6; round++) {
    world.sandbox.clearRequests();
    world.sandbox.inject({ kind: 'slow', delayMs: 20, path: '/ims/' });
    const call = get(`${world.url}/api/lineitems`, { headers: { authorization: client.authorization } });
    call.on('error', () => undefined);
    await until(() => world.calls().length === 1);
    call.destroy();
    await until(() => world.calls()[0]?.status !== 0);
  }
  await until(() => world.log.filter((line) => line.includes('"request"')).length >= 7);
  assert.deepEqual(statuses(await times(2, () => client.list())), new Set([200]));
});

test('a stop lets what is under way end, takes nothing new, and does not dawdle', async (t) => {
  // A stop that went on when the last answer was given would outlast the test.
  const world = await openWorld(t, { config: { limits: { drain: 3_600_000 } } });
  const client = await world.as();
  await client.put('bare-1', QUIZ);
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 200, method: 'PUT' });
  const underWay = client.put('bare-1', { ...QUIZ, tag: 'last' });
  await until(() => world.writes().length === 1);
  const stopped = world.gateway.stop();
  await assert.rejects(knock(world.url), { code: 'ECONNREFUSED' });
  const answer = await underWay;
  assert.deepEqual([answer.status, answer.body['tag']], [201, 'last']);
  await stopped;
});

test('a stop does not wait for ever', async (t) => {
  const world = await openWorld(t, { config: { limits: { drain: 100 } } });
  const client = await world.as();
  await client.list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'hang', path: '/ims/', times: 0 });
  const cut = assert.rejects(client.list(), { code: 'ECONNRESET' });
  await until(() => world.calls().length === 1);
  await world.gateway.stop();
  await cut;
});

/** One request on a connection of its own. */
function knock(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(`${url}/healthz`, { agent: new Agent() }, resolve).once('error', reject);
  });
}
