import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { assertNoSecret, assertRefused } from './envelope.ts';
import { type Answer, type Client, openWorld, type World, worldOn } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const LIMITS: JsonObject = {
  limits: { request: 10_000 },
  upstreams: { school: { timeouts: { call: 4000 } } },
};

/** A line item a request, so that no one has to be there before. */
const ASKED: readonly { name: string; ask: (client: Client) => Promise<Answer>; status: number }[] = [
  { name: 'list', ask: (client) => client.list(), status: 200 },
  { name: 'create', ask: (client) => client.post(QUIZ), status: 201 },
  { name: 'read', ask: (client) => client.get('bare-0'), status: 404 },
  { name: 'replace', ask: (client) => client.put('bare-1', QUIZ), status: 201 },
  { name: 'delete', ask: (client) => client.remove('bare-0'), status: 404 },
];

/** Brings the upstream back where it was, empty as after a restart, tokens forgotten. */
async function comeBack(t: TestContext, { url }: Sandbox): Promise<Sandbox> {
  const sandbox = await startSandbox({ port: Number(new URL(url).port) });
  t.after(() => sandbox.close());
  return sandbox;
}

async function assertDown(world: World, asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking;
  const { message } = answer.body['details'] as { message: string };
  const row = {
    UPSTREAM_UNREACHABLE: { status: 502, code: 'UPSTREAM_UNREACHABLE' },
    UPSTREAM_DOWN: { status: 503, code: 'UPSTREAM_DOWN' },
    UPSTREAM_TIMEOUT: { status: 504, code: 'UPSTREAM_TIMEOUT' },
  }[message];
  assert.ok(row, answer.text);
  assertRefused(answer, row as Parameters<typeof assertRefused>[1]);
  assertNoSecret(answer.text + world.log.join('\n'), world);
  assert.ok(!answer.text.includes(new URL(world.sandbox.url).port), 'the address of the upstream is told');
  return answer;
}

test('an upstream that is killed is told in time, and the first request after its return works', async (t) => {
  for (const { name, ask, status } of ASKED) {
    await t.test(name, async (t) => {
      const world = await openWorld(t, { config: LIMITS });
      const client = await world.as();
      assert.equal((await client.list()).status, 200);
      await world.sandbox.close();
      await assertDown(world, ask(client));
      await comeBack(t, world.sandbox);
      const answer = await ask(client);
      assert.equal(answer.status, status, answer.text);
    });
  }
});

test('the same when it was away so long that the circuit has opened', async (t) => {
  for (const { name, ask, status } of ASKED) {
    await t.test(name, async (t) => {
      const world = await openWorld(t, { config: LIMITS });
      const client = await world.as();
      await world.sandbox.close();
      for (let round = 0; round < 6; round++) await assertDown(world, ask(client));
      await comeBack(t, world.sandbox);
      const answer = await ask(client);
      assert.equal(answer.status, status, answer.text);
      for (const other of ASKED) assert.equal((await other.ask(client)).status, other.status, other.name);
    });
  }
});

test('the same when the context has yet to be looked up', async (t) => {
  const lookup = { school: { lookup: 'class' }, category: { lookup: { title: 'Homework' } } };
  const world = await openWorld(t, { config: { ...LIMITS, contexts: { 'math-101': lookup } } });
  const client = await world.as();
  await world.sandbox.close();
  for (let round = 0; round < 6; round++) await assertDown(world, client.put('bare-1', QUIZ));
  await comeBack(t, world.sandbox);
  const answer = await client.put('bare-1', QUIZ);
  assert.equal(answer.status, 201, answer.text);
});

test('while the circuit is open nobody waits, and one at a time tries', async (t) => {
  const config = { ...LIMITS, upstreams: { school: { failuresToOpen: 3, retry: { attempts: 1 } } } };
  const world = await openWorld(t, { config });
  const client = await world.as();
  await client.list();
  world.sandbox.inject({ kind: 'status', status: 500, path: '/ims/', times: 0 });
  for (let round = 0; round < 3; round++)
    assertRefused(await client.list(), { status: 502, code: 'UPSTREAM_FAILED' });
  world.sandbox.clearRequests();
  world.sandbox.clearFaults();
  world.sandbox.inject({ kind: 'slow', delayMs: 1500, path: '/ims/' });
  const trial = client.list();
  const others = await Promise.all(Array.from({ length: 20 }, () => client.list()));
  for (const answer of others) {
    assertRefused(answer, { status: 503, code: 'UPSTREAM_DOWN' });
    assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/);
  }
  assert.equal(world.calls().length, 1);
  assert.equal((await trial).status, 200);
  const after = await Promise.all(Array.from({ length: 20 }, () => client.list()));
  assert.deepEqual(new Set(after.map(({ status }) => status)), new Set([200]));
});

test('refusals open no circuit: a tool that sends nonsense takes nothing from the others', async (t) => {
  const world = await openWorld(t, { config: { upstreams: { school: { failuresToOpen: 2 } } } });
  const client = await world.as();
  for (const status of [422, 400, 404, 409, 429]) {
    world.sandbox.inject({ kind: 'status', status, method: 'PUT', retryAfter: 60, times: 3 });
    for (let round = 0; round < 3; round++) assert.notEqual((await client.put('bare-1', QUIZ)).status, 201);
    world.sandbox.clearFaults();
    assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  }
});

const probe = (world: World, path: string): Promise<Answer> => world.with(undefined).call('GET', path);

test('healthz and readyz say how things stand', async (t) => {
  const world = await openWorld(t);
  const healthy = await probe(world, '/healthz');
  assert.deepEqual([healthy.status, healthy.body], [200, { status: 'ok' }]);
  const ready = await probe(world, '/readyz');
  assert.deepEqual([ready.status, ready.body['upstreams']], [200, { school: { reachable: true } }]);
  await world.sandbox.close();
  world.advance(10_000);
  const { status, body } = await probe(world, '/readyz');
  const { school } = body['upstreams'] as { school: { reachable: boolean; code: string } };
  assert.deepEqual([status, school.reachable], [503, false]);
  assert.match(school.code, /^UPSTREAM_/);
  assert.equal((await probe(world, '/healthz')).status, 200);
  await comeBack(t, world.sandbox);
  world.advance(10_000);
  assert.equal((await probe(world, '/readyz')).status, 200);
});

test('readyz tells credentials that are refused', async (t) => {
  const config = { upstreams: { school: { auth: { clientSecret: 'not-the-secret' } } } };
  const { status, text } = await probe(await openWorld(t, { config }), '/readyz');
  assert.equal(status, 503);
  assert.match(text, /"UPSTREAM_REFUSED"/);
  assert.doesNotMatch(text, /not-the-secret/);
});

test('many probes cost the upstream one request', async (t) => {
  const world = await openWorld(t);
  const answers = await Promise.all(Array.from({ length: 50 }, () => probe(world, '/readyz')));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(world.calls().length, 1);
});

test('the gateway starts although the upstream is down, and works when it comes', async (t) => {
  const sandbox = await startSandbox();
  await sandbox.close();
  const world = await worldOn(t, sandbox, LIMITS);
  assert.equal((await probe(world, '/healthz')).status, 200);
  assert.equal((await probe(world, '/readyz')).status, 503);
  const client = await world.as();
  await assertDown(world, client.put('bare-1', QUIZ));
  await comeBack(t, sandbox);
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
});
