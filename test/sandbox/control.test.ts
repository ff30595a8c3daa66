import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { at, gradebook, ids, lineItem, send, start } from './client.ts';

const path = `${gradebook}/lineItems/x`;

test('GET /_sandbox says what this is', async (t) => {
  const { sandbox } = await start(t, { profile: 'google' });
  const { body } = await send(`${sandbox.url}/_sandbox`, {});
  assert.deepEqual(
    [at(body, 'profile'), at(body, 'url'), at(body, 'tokenUrl')],
    ['google', sandbox.url, `${sandbox.url}/oauth2/token`],
  );
  const routes = at(body, 'routes') as { method: string; path: string }[];
  assert.ok(routes.some((route) => route.method === 'POST' && route.path === '/_sandbox/faults'));
});

test('faults over HTTP: one, several, cleared, malformed', async (t) => {
  const { call, get } = await start(t);
  const fault = { kind: 'status', status: 500 };
  assert.equal((await call('POST', '/_sandbox/faults', fault)).status, 204);
  assert.equal(
    (
      await call('POST', '/_sandbox/faults', [
        { ...fault, status: 502 },
        { ...fault, times: 0 },
      ])
    ).status,
    204,
  );
  for (const status of [500, 502, 500, 500]) assert.equal((await get(path)).status, status);
  assert.equal((await call('DELETE', '/_sandbox/faults')).status, 204);
  assert.equal((await get(path)).status, 404);
  assert.equal((await call('POST', '/_sandbox/faults', { kind: 'x' })).status, 422);
  assert.equal((await call('POST', '/_sandbox/faults', '{')).status, 400);
});

test('requests over HTTP: in order, without control requests and secrets', async (t) => {
  const { sandbox, call, get } = await start(t, { clock: () => 1234 });
  await call('PUT', `${path}?a=%20b`, { lineItem });
  const { body } = await get('/_sandbox/requests');
  const [token, put, ...others] = body as Record<string, unknown>[];
  assert.deepEqual(at(token, 'body.client_secret'), '***');
  assert.deepEqual(put, {
    at: 1234,
    method: 'PUT',
    path: `${path}?a=%20b`,
    status: 201,
    authorization: 'bearer',
    body: { lineItem },
  });
  assert.deepEqual(others, []);
  assert.equal((await call('DELETE', '/_sandbox/requests')).status, 204);
  assert.deepEqual(sandbox.requests(), []);
});

test('objects over HTTP: stored without validation, aliases included', async (t) => {
  const { call, get, sandbox } = await start(t);
  const put = await call('PUT', '/_sandbox/objects/lineItems/a%3Ab', { title: 7 });
  assert.deepEqual([put.status, at(put.body, 'sourcedId'), at(put.body, 'title')], [200, 'a:b', 7]);
  assert.equal(sandbox.find('lineItems', 'a:b')?.['title'], 7);
  assert.equal(at((await get('/_sandbox/objects/schools/school-1')).body, 'name'), 'Lincoln Middle School');
  assert.equal((await get('/_sandbox/objects/lineItems/no')).status, 404);
  assert.equal((await call('PUT', '/_sandbox/objects/nothing/x', {})).status, 404);
  assert.equal((await call('PUT', '/_sandbox/objects/lineItems/x', [])).status, 422);
});

test('revoke-tokens and reset over HTTP', async (t) => {
  const { sandbox, call, get } = await start(t);
  await call('DELETE', `${gradebook}/lineItems/teacher-quiz`);
  await call('PUT', path, { lineItem });
  sandbox.inject({ kind: 'hang', times: 0 });
  assert.equal((await call('POST', '/_sandbox/reset')).status, 204);
  assert.deepEqual(sandbox.requests(), []);
  const reply = await get(`${gradebook}/lineItems`);
  assert.deepEqual(
    [ids(reply, 'lineItems'), at(reply.body, 'lineItems.0.status')],
    [['teacher-quiz'], 'active'],
  );
  assert.equal((await call('POST', '/_sandbox/revoke-tokens')).status, 204);
  assert.equal((await get(path)).status, 401);
});

test('find and put copy: a test cannot change the store by accident', async (t) => {
  const { sandbox } = await start(t, { clock: () => Date.UTC(2026, 0, 2) });
  const object = { sourcedId: 'm', metadata: { a: '1' } };
  sandbox.put('lineItems', object);
  object.metadata.a = '2';
  const found = sandbox.find('lineItems', 'm');
  assert.deepEqual(found, {
    sourcedId: 'm',
    metadata: { a: '1' },
    dateLastModified: '2026-01-02T00:00:00.000Z',
  });
  (found as typeof object).metadata.a = '3';
  assert.equal(at(sandbox.find('lineItems', 'm'), 'metadata.a'), '1');
  assert.equal(sandbox.find('constructor', 'm'), undefined);
  assert.throws(() => sandbox.put('nothing', object), TypeError);
  assert.throws(() => sandbox.put('lineItems', {}), TypeError);
});

test('a request id is echoed, or made', async (t) => {
  const { call } = await start(t);
  const own = await call('GET', path, undefined, { 'x-request-id': 'abc-1' });
  assert.equal(own.headers.get('x-request-id'), 'abc-1');
  const strange = await call('GET', path, undefined, { 'x-request-id': 'a b' });
  assert.match(strange.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('the log keeps the last 5000 requests', async (t) => {
  const { sandbox, call } = await start(t);
  const { createLog } = await import('../../src/sandbox/log.ts');
  const log = createLog();
  for (let n = 0; n < 12_345; n += 1)
    log.add({ at: n, method: 'GET', path: '/', status: 200, authorization: 'none' });
  assert.deepEqual([log.recent().length, log.recent()[0]?.at, log.recent().at(-1)?.at], [5000, 7345, 12_344]);
  await call('GET', path);
  assert.equal(sandbox.requests().length, 2);
});

test('a taken port is refused, and close can be called twice', async (t) => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  t.after(() => blocker.close());
  const { port } = blocker.address() as { port: number };
  await assert.rejects(startSandbox({ port }), { code: 'EADDRINUSE' });
  const sandbox = await startSandbox();
  await sandbox.close();
  await sandbox.close();
  await assert.rejects(fetch(sandbox.url));
});
