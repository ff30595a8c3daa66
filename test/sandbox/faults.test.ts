import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, startSandbox } from '../../src/sandbox/sandbox.ts';
import { at, fetchToken, gradebook, lineItem, minorCode, start } from './client.ts';

const path = `${gradebook}/lineItems/x`;
const body = { lineItem: { ...lineItem, metadata: { a: '1' } } };

const statuses: [Omit<Extract<Fault, { kind: 'status' }>, 'kind'>, string | null, unknown][] = [
  [{ status: 429 }, null, 'server_busy'],
  [{ status: 429, retryAfter: 7 }, '7', 'server_busy'],
  [
    { status: 503, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
    'Wed, 21 Oct 2026 07:28:00 GMT',
    'server_busy',
  ],
  [{ status: 500 }, null, 'internal_server_error'],
  [{ status: 403 }, null, 'forbidden'],
];

test('status: the IMS payload, with Retry-After as told', async (t) => {
  const { sandbox, call } = await start(t);
  for (const [fault, retryAfter, minor] of statuses) {
    sandbox.inject({ kind: 'status', ...fault });
    const reply = await call('PUT', path, body);
    assert.deepEqual(
      [reply.status, reply.headers.get('retry-after'), minorCode(reply)],
      [fault.status, retryAfter, minor],
    );
    assert.equal(sandbox.find('lineItems', 'x'), undefined);
  }
  assert.equal((await call('PUT', path, body)).status, 201, 'each was used up');
});

test('status: other bodies, descriptions and details', async (t) => {
  const { sandbox, get } = await start(t);
  const answer = (fault: Omit<Extract<Fault, { kind: 'status' }>, 'kind'>) => {
    sandbox.inject({ kind: 'status', ...fault });
    return get(path);
  };
  assert.deepEqual((await answer({ status: 401, body: 'message' })).body, { message: 'Unauthorized' });
  assert.match(String((await answer({ status: 502, body: 'html' })).body), /<h1>502 Bad Gateway/);
  assert.equal((await answer({ status: 504, body: 'empty' })).body, undefined);
  const details = [{ path: 'lineItem.title', message: 'Too long' }];
  const refused = await answer({ status: 422, description: 'No.', details });
  assert.deepEqual(
    [at(refused.body, 'imsx_description'), at(refused.body, 'imsx_error_details')],
    ['No.', details],
  );
});

test('method, path and times decide whom a fault hits', async (t) => {
  const { sandbox, call, get } = await start(t);
  sandbox.inject({ kind: 'status', status: 500, method: 'PUT', path: '/lineItems/', times: 2 });
  sandbox.inject({ kind: 'status', status: 503, path: 'limit=5', times: 0 });
  assert.equal((await get(path)).status, 404);
  assert.equal((await call('PUT', `${gradebook}/categories/x`, {})).status, 422);
  for (const expected of [500, 500, 201]) assert.equal((await call('PUT', path, body)).status, expected);
  for (let n = 0; n < 3; n += 1) assert.equal((await get(`${gradebook}/results?limit=5`)).status, 503);
  sandbox.clearFaults();
  assert.equal((await get(`${gradebook}/results?limit=5`)).status, 200);
});

test('faults hit the token endpoint too', async (t) => {
  const { sandbox } = await start(t);
  sandbox.inject({ kind: 'status', status: 500, path: '/oauth2/token' });
  assert.equal(await fetchToken(sandbox), 'undefined');
  assert.match(await fetchToken(sandbox), /^sandbox-/);
});

test('slow: answers as ever, later', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.inject({ kind: 'slow', delayMs: 60 });
  const before = performance.now();
  assert.equal((await call('PUT', path, body)).status, 201);
  assert.ok(performance.now() - before >= 50);
});

test('slow and hang do not keep close waiting', async (t) => {
  const { sandbox, get } = await start(t);
  sandbox.inject({ kind: 'slow', delayMs: 60_000 });
  sandbox.inject({ kind: 'hang' });
  const pending = [get(path), get(path)].map((reply) => assert.rejects(reply));
  while (sandbox.requests().length < 3) await delay(1);
  await sandbox.close();
  await Promise.all(pending);
  assert.deepEqual(
    sandbox.requests().map(({ status }) => status),
    [200, 0, 0],
  );
});

test('hang: no answer, until the client gives up', async (t) => {
  const { sandbox } = await start(t);
  sandbox.inject({ kind: 'hang' });
  await assert.rejects(fetch(sandbox.url + path, { signal: AbortSignal.timeout(40) }), {
    name: 'TimeoutError',
  });
});

for (const [when, applied] of [
  ['before', false],
  ['after', true],
] as const) {
  test(`reset ${when}: the connection ends, the write is ${applied ? '' : 'not '}applied`, async (t) => {
    const { sandbox, call } = await start(t);
    sandbox.inject({ kind: 'reset', when });
    await assert.rejects(call('PUT', path, body));
    assert.equal(sandbox.find('lineItems', 'x') !== undefined, applied);
    assert.equal(sandbox.requests().at(-1)?.status, 0);
  });
}

test('bad-json: the write is applied, the answer cut short', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.inject({ kind: 'bad-json', times: 2 });
  const reply = await call('PUT', path, body);
  assert.deepEqual([reply.status, typeof reply.body], [201, 'string']);
  assert.equal(reply.headers.get('content-type'), 'application/json');
  assert.ok(sandbox.find('lineItems', 'x'));
  const deleted = await call('DELETE', path);
  assert.deepEqual([deleted.status, typeof deleted.body], [200, 'string']);
});

test('drop-metadata: passes over reads and stores the next write without metadata', async (t) => {
  const { sandbox, call, get } = await start(t);
  sandbox.inject({ kind: 'drop-metadata' });
  await get(path);
  const reply = await call('PUT', path, body);
  assert.deepEqual([reply.status, at(reply.body, 'lineItem.metadata')], [201, undefined]);
  assert.equal(sandbox.find('lineItems', 'x')?.['title'], 'Quiz 1');
  await call('PUT', path, body);
  assert.deepEqual(sandbox.find('lineItems', 'x')?.['metadata'], { a: '1' });
});

test('revoke-token: 401, and the token stays dead', async (t) => {
  const { sandbox, get, call } = await start(t);
  sandbox.inject({ kind: 'revoke-token' });
  const authorization = `Bearer ${await fetchToken(sandbox)}`;
  const first = await get(`${gradebook}/categories`);
  assert.deepEqual([first.status, minorCode(first)], [401, 'unauthorisedrequest']);
  assert.equal((await get(`${gradebook}/categories`)).status, 401);
  const other = await call('GET', `${gradebook}/categories`, undefined, { authorization });
  assert.equal(other.status, 200, 'another token lives on');
});

test('redirect and huge', async (t) => {
  const { sandbox, get } = await start(t);
  sandbox.inject({ kind: 'redirect', location: 'http://elsewhere.example/' });
  const moved = await get(path);
  assert.deepEqual([moved.status, moved.headers.get('location')], [302, 'http://elsewhere.example/']);
  const bytes = 3_000_001;
  sandbox.inject({ kind: 'huge', bytes });
  const huge = await get(path);
  assert.deepEqual(
    [huge.status, String(huge.body).length],
    [200, bytes - 2],
    'a JSON string and its two quotes',
  );
});

const malformed: unknown[] = [
  { kind: 'nonsense' },
  { kind: 'constructor' },
  { kind: 'status' },
  { kind: 'status', status: 99 },
  { kind: 'slow', delayMs: -1 },
  { kind: 'reset', when: 'never' },
  { kind: 'redirect' },
  { kind: 'hang', times: -1 },
  null,
];

test('a malformed fault is refused', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  for (const fault of malformed) {
    assert.throws(() => sandbox.inject(fault as Fault), TypeError, JSON.stringify(fault));
  }
});
