import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNoSecret } from './envelope.ts';
import { type Document, LMS_URL, openWorld, until } from './world.ts';

test('each request leaves one line, with what helps and without what is private', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const label = 'Make-up test for Ada Student1';
  const put = await client.put(LMS_URL, { label, scoreMaximum: 1, tag: 'private-tag' });
  const refused = await client.post({ label, scoreMaximum: 'private-maximum' });
  world.sandbox.inject({
    kind: 'status',
    status: 500,
    times: 0,
    path: '/ims/',
    description: 'private-trouble',
  });
  const failed = await client.list('?tag=private-tag');
  await world.with('SERVICE-AUTH-V1 private-key:x').list();
  await until(() => world.log.length >= 4);
  const lines = world.log
    .map((line) => JSON.parse(line) as Document)
    .filter(({ event }) => event === 'request');
  const told = lines.map(({ requestId, route, status, code, tool, context }) => [
    requestId,
    route,
    status,
    code,
    tool,
    context,
  ]);
  const who = ['quizzer', 'math-101'];
  assert.deepEqual(told.slice(0, 3), [
    [put.headers['x-request-id'], '/api/lineitems/:id', 201, undefined, ...who],
    [refused.headers['x-request-id'], '/api/lineitems', 400, 'INVALID_LINE_ITEM', ...who],
    [failed.headers['x-request-id'], '/api/lineitems', 502, 'UPSTREAM_FAILED', ...who],
  ]);
  assert.deepEqual([told.length, told[3]?.[2], lines[2]?.['level']], [4, 401, 'warn']);
  const log = world.log.join('\n');
  assertNoSecret(log, world);
  assert.doesNotMatch(log, /private|Ada|lms\.example/);
});

test('the request id goes on to the upstream', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const answer = await client.call('GET', '/api/lineitems', {
    headers: { 'x-request-id': 'tool-request-0001' },
  });
  assert.equal(answer.headers['x-request-id'], 'tool-request-0001');
  await until(() => world.log.length > 0);
  assert.match(world.log[0] ?? '', /"requestId":"tool-request-0001"/);
});
