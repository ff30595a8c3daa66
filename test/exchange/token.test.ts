import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, startSandbox } from '../../src/sandbox/sandbox.ts';
import { createCircuit } from '../../src/upstream/circuit.ts';
import { createSlots } from '../../src/upstream/slots.ts';
import { createTransport } from '../../src/upstream/transport.ts';
import { createUpstream } from '../../src/upstream/upstream.ts';
import { startKeyServer } from '../auth/key-server.ts';
import { assertNoSecret, assertRefused, type Expected } from './envelope.ts';
import { type Answer, type Client, openWorld, worldOn } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const TOKEN = { path: '/oauth2/token', times: 0 } as const;

function times<Result>(count: number, ask: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

function assertAllDone(answers: readonly Answer[]): void {
  for (const { status, text } of answers) assert.ok(status === 200 || status === 201, text);
}

test('200 parallel first requests cause one token request', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  world.sandbox.inject({ kind: 'slow', delayMs: 40, ...TOKEN });
  assertAllDone(await times(200, (n) => (n % 2 ? client.list() : client.put(`bare-${n}`, QUIZ))));
  assert.equal(world.tokenRequests().length, 1);
});

test('a 401 in mid-flight under 50 parallel requests costs one more token request', async (t) => {
  for (const delayMs of [0, 60]) {
    const world = await openWorld(t);
    const client = await world.as();
    await client.put('bare-0', QUIZ);
    world.sandbox.inject({ kind: 'slow', delayMs, ...TOKEN });
    const ends = [() => world.sandbox.revokeTokens(), () => world.sandbox.inject({ kind: 'revoke-token' })];
    for (const end of ends) {
      world.sandbox.clearRequests();
      end();
      assertAllDone(await times(50, (n) => (n % 2 ? client.get('bare-0') : client.put(`b-${n}`, QUIZ))));
      assert.equal(world.tokenRequests().length, 1);
    }
  }
});

test('a token is kept, and renewed before it ends', async (t) => {
  const world = await openWorld(t, { sandbox: { tokenLifetime: 2 } });
  const client = await world.as();
  world.sandbox.inject({ kind: 'slow', delayMs: 50, path: '/ims/', times: 0 });
  let answered = 0;
  while (world.tokenRequests().length < 2) {
    assertAllDone([await client.list()]);
    answered++;
  }
  assert.ok(answered > 2, 'the token was not kept');
  assert.deepEqual(
    world.calls().filter(({ status }) => status === 401),
    [],
  );
  const [first, second] = world.tokenRequests();
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 500, 'the token was hardly kept');
});

test('the client authenticates as the upstream wants it', async (t) => {
  for (const [method, authorization] of [
    ['form', 'none'],
    ['basic', 'basic'],
  ] as const) {
    const secret = 'p%20:+ü/=&"';
    const world = await openWorld(t, {
      config: { upstreams: { school: { auth: { method, scope: 'a b' } } } },
      sandbox: { clientSecret: secret, clientId: 'id:with %' },
    });
    assert.equal((await (await world.as()).list()).status, 200);
    const [request] = world.tokenRequests();
    assert.deepEqual(
      [request?.authorization, (request?.body as { scope: string } | undefined)?.scope],
      [authorization, 'a b'],
    );
  }
});

const TROUBLE: readonly {
  name: string;
  fault: Fault;
  expected: Expected;
  tries: number;
  retryAfter?: string;
}[] = [
  {
    name: '400',
    fault: { kind: 'status', status: 400, body: 'message', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_REFUSED' },
    tries: 1,
  },
  {
    name: '401',
    fault: { kind: 'status', status: 401, body: 'empty', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_REFUSED' },
    tries: 1,
  },
  {
    name: '500 in HTML',
    fault: { kind: 'status', status: 500, body: 'html', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_FAILED' },
    tries: 3,
  },
  {
    name: '429, 30 s',
    fault: { kind: 'status', status: 429, retryAfter: 30, ...TOKEN },
    expected: { status: 503, code: 'UPSTREAM_BUSY' },
    tries: 1,
    retryAfter: '30',
  },
  {
    name: '200 in HTML',
    fault: { kind: 'status', status: 200, body: 'html', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_BAD_ANSWER' },
    tries: 3,
  },
  {
    name: 'bad JSON',
    fault: { kind: 'bad-json', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_BAD_ANSWER' },
    tries: 3,
  },
  {
    name: 'a reset',
    fault: { kind: 'reset', when: 'before', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_UNREACHABLE' },
    tries: 3,
  },
  {
    name: 'a redirect',
    fault: { kind: 'redirect', location: '/elsewhere', ...TOKEN },
    expected: { status: 502, code: 'UPSTREAM_REFUSED' },
    tries: 1,
  },
];

test('trouble at the token endpoint is told as what it is, and passes', async (t) => {
  for (const { name, fault, expected, tries, retryAfter } of TROUBLE) {
    await t.test(name, async (t) => {
      const world = await openWorld(t);
      const client = await world.as();
      world.sandbox.inject(fault);
      const answer = await client.list();
      assertRefused(answer, expected);
      if (retryAfter !== undefined) assert.equal(answer.headers['retry-after'], retryAfter);
      assertNoSecret(answer.text + world.log.join('\n'), world);
      assert.equal(world.tokenRequests().length, tries);
      assert.deepEqual(world.calls(), []);
      world.sandbox.clearFaults();
      assert.equal((await client.list()).status, 200);
    });
  }
});

test('a token endpoint that is silent holds nobody beyond the deadline', async (t) => {
  const config = { limits: { request: 500 }, upstreams: { school: { timeouts: { call: 400 } } } };
  const world = await openWorld(t, { config });
  const client = await world.as();
  world.sandbox.inject({ kind: 'hang', ...TOKEN });
  // It never answers: that there is an answer shows the deadline.
  for (const ask of [(it: Client) => it.list(), (it: Client) => it.put('bare-1', QUIZ)]) {
    assertRefused(await ask(client), { status: 504, code: 'UPSTREAM_TIMEOUT' });
  }
});

test('wrong credentials are told as such, and not told', async (t) => {
  const config = { upstreams: { school: { auth: { clientSecret: 'not-the-secret' } } } };
  const world = await openWorld(t, { config });
  const answer = await (await world.as()).post(QUIZ);
  assertRefused(answer, { status: 502, code: 'UPSTREAM_REFUSED' });
  assert.doesNotMatch(answer.text + world.log.join('\n'), /not-the-secret/);
});

test('a redirect is not followed, with the token least of all', async (t) => {
  const [world, elsewhere] = [await openWorld(t), await startSandbox()];
  t.after(() => elsewhere.close());
  const client = await world.as();
  for (const fault of [{ path: '/ims/' }, { path: '/oauth2/' }]) {
    world.sandbox.clearFaults();
    world.sandbox.inject({ kind: 'redirect', location: `${elsewhere.url}/ims/x`, times: 0, ...fault });
    world.sandbox.revokeTokens();
    for (const answer of [await client.list(), await client.put('bare-1', QUIZ)])
      assert.equal(answer.status, 502);
  }
  assert.deepEqual(elsewhere.requests(), []);
});

test('an answer that does not end is cut off', async (t) => {
  const world = await openWorld(t, { config: { upstreams: { school: { retry: { attempts: 1 } } } } });
  const client = await world.as();
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  world.sandbox.inject({ kind: 'huge', bytes: 65 * 1024 * 1024, path: '/ims/' });
  assertRefused(await client.list(), { status: 502, code: 'UPSTREAM_BAD_ANSWER' });
  assert.equal((await client.list()).status, 200);
});

/** Answers of a broken token endpoint, each with 200. */
const BROKEN_TOKENS: Readonly<Record<string, unknown>> = {
  'a line end in it': { access_token: 'tok-abc\ndef', expires_in: 3600 },
  'a line end behind it': { access_token: 'tok-abc\r\n', expires_in: 3600 },
  'a blank in it': { access_token: 'tok-abc def' },
  'another alphabet': { access_token: 'käse' },
  'NUL in it': { access_token: 'a\0b' },
  'a megabyte': { access_token: 'x'.repeat(1_000_000) },
};

test('a token that no header can carry is not kept: the next request asks again', async (t) => {
  for (const [name, body] of Object.entries(BROKEN_TOKENS)) {
    await t.test(name, async (t) => {
      const sandbox = await startSandbox();
      t.after(() => sandbox.close());
      const tokens = await startKeyServer(t);
      tokens.answer((_, response) => void response.end(JSON.stringify(body)));
      const config = { upstreams: { school: { retry: { attempts: 1 } } } };
      const world = await worldOn(t, { ...sandbox, tokenUrl: tokens.url }, config);
      const client = await world.as();
      assertRefused(await client.list(), { status: 502, code: 'UPSTREAM_BAD_ANSWER' });
      tokens.answer(async (_, response) => {
        const form = new URLSearchParams({ grant_type: 'client_credentials' });
        form.set('client_id', sandbox.clientId);
        form.set('client_secret', sandbox.clientSecret);
        const good = await fetch(sandbox.tokenUrl, { method: 'POST', body: form });
        response.end(await good.text());
      });
      assert.equal((await client.list()).status, 200);
      assert.equal(tokens.asked(), 2);
      assert.doesNotMatch(world.log.join(''), /käse|tok-abc/);
    });
  }
});

test('a token whose request cannot be sent is dropped, whatever the reason', async (t) => {
  const dropped: unknown[] = [];
  const token = { header: 'Bearer a\nb' };
  const transport = createTransport({ connections: 1, maxBytes: 1024 });
  t.after(() => transport.close());
  const upstream = createUpstream({
    transport,
    credentials: { token: async () => token, drop: (one) => void dropped.push(one) },
    circuit: createCircuit(10),
    slots: createSlots(1),
    retry: { attempts: 1, firstDelay: 1, longestDelay: 1 },
    callTimeout: 1000,
    clock: Date.now,
    random: () => 0,
  });
  const request = {
    method: 'GET',
    url: 'http://127.0.0.1:9/x',
    deadline: Date.now() + 5000,
    requestId: 'r',
  } as const;
  await assert.rejects(upstream.call(request));
  assert.deepEqual(dropped, [token]);
});

/** What a token endpoint may say besides a code of OAuth, all of which must stay out of the log. */
const ERROR_TEXTS = ['SECRET', 'client_secret=SECRET', 'invalid_client SECRET', 'invalid_client\nSECRET'];

test('of an error of the token endpoint, only a code of OAuth goes into the log', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const tokens = await startKeyServer(t);
  const world = await worldOn(t, { ...sandbox, tokenUrl: tokens.url });
  const client = await world.as();
  for (const text of [...ERROR_TEXTS, 'invalid_client']) {
    const error = text.replace('SECRET', sandbox.clientSecret);
    tokens.answer((_, response) => {
      response.writeHead(400).end(JSON.stringify({ error, error_description: sandbox.clientSecret }));
    });
    const answer = await client.list();
    assertRefused(answer, { status: 502, code: 'UPSTREAM_REFUSED' });
    assertNoSecret(answer.text + world.log.join('\n'), world);
  }
  const causes = world.log.filter((line) => line.includes('token endpoint answered 400'));
  assert.equal(causes.filter((line) => line.includes('answered 400 invalid_client')).length, 1);
  assert.equal(causes.length, ERROR_TEXTS.length + 1);
});
