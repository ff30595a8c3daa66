import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKeySet, retiredKeySet, rotatedKeySet } from '../../src/auth/keyring.ts';
import { KEYS } from '../../src/store/store.ts';
import { ADMIN, program, until } from '../admin/desk.ts';
import { assertProblem, at, containerOf, toolOf } from '../ags/desk.ts';
import { assertion, formOf, requestToken } from '../auth/assertions.ts';
import { openWorld } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { openPair } from './pair.ts';

const skip = noPostgres;

test('an assertion that was used at one is refused at the other', { skip }, async (t) => {
  const { desks } = await openPair(t);
  const [one, other] = desks;
  const form = formOf(await assertion(one.world, one.key));
  const answers = await Promise.all([one, other, one, other].map(({ world }) => requestToken(world, form)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
  assert.match(String(answers.find(({ status }) => status === 400)?.text), /used before/);
});

test('a token of one is good at the other, and a rotation reaches both', { skip }, async (t) => {
  const [one, other] = (await openPair(t)).desks;
  const id = await one.tool.create();
  assert.equal((await toolOf(other.world, one.tool.token).get(id)).status, 200);
  // Signatures that were checked are good for another minute: these have not been seen yet.
  const [early, late] = [await one.as('quizzer'), await one.as('quizzer')];
  const { settings } = one.world.gateway.service.store;
  const [old] = (await one.world.gateway.service.keyring.publicKeys()).keys;
  const fresh = await newKeySet('fresh');
  await settings.change(KEYS, (text) => rotatedKeySet(text, fresh));
  // Each looks again after a minute, and at once when it meets a key that it does not know.
  one.world.advance(61_000);
  other.world.advance(2_000);
  const { token } = await one.as('quizzer');
  assert.match(Buffer.from(String(token.split('.')[0]), 'base64url').toString(), /"kid":"fresh"/);
  assert.equal((await toolOf(other.world, token).get(id)).status, 200);
  await settings.change(KEYS, (text) => String(retiredKeySet(text, String(old?.kid))));
  for (const [{ world }, unseen] of [
    [one, early],
    [other, late],
  ] as const) {
    world.advance(61_000);
    assertProblem(await toolOf(world, unseen.token).get(id), 401, 'INVALID_TOKEN');
    assert.equal((await toolOf(world, token).get(id)).status, 200);
  }
});

test('a request under an Idempotency-Key at both at once makes one line item, with one answer', {
  skip,
}, async (t) => {
  const [one, other] = (await openPair(t)).desks;
  for (const key of ['a', 'b', 'c']) {
    const ask = { body: { label: key, scoreMaximum: 10 }, headers: { 'idempotency-key': key } };
    const answers = await Promise.all(
      [one, other, one, other].map(({ tool }) => tool.call('POST', containerOf(), ask)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201, 201],
    );
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    const reused = await other.tool.call('POST', containerOf(), {
      ...ask,
      body: { ...ask.body, label: 'x' },
    });
    assertProblem(reused, 422, 'IDEMPOTENCY_KEY_REUSED');
  }
  assert.equal((await one.tool.list()).length, 3);
});

test('the same line item asked for at both at once without a key is one, too', { skip }, async (t) => {
  const { desks, sandbox } = await openPair(t);
  const [one, other] = desks;
  // So long that all of them have come before the first is made.
  sandbox.inject({ kind: 'slow', delayMs: 300, method: 'PUT', times: 0 });
  const members = { resourceLinkId: 'link-1', resourceId: 'quiz-1', tag: 'grade' };
  const ids = await Promise.all([one, other, one, other].map(({ tool }) => tool.create(members)));
  assert.equal(new Set(ids).size, 1, String(ids));
  assert.equal((await other.tool.list()).length, 1);
});

test('a receipt of one is shown by the other', { skip }, async (t) => {
  const { desks, sandbox } = await openPair(t, {
    config: { upstreams: { school: { retry: { attempts: 1 } } } },
  });
  const [one, other] = desks;
  const id = await one.tool.create();
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const promised = await one.tool.score(id, { timestamp: at(2) });
  assert.equal(promised.status, 202, promised.text);
  const receipt = await other.tool.get(String(promised.headers['location']));
  assert.deepEqual([receipt.status, receipt.body['id']], [200, promised.headers['location']]);
  assertProblem(await other.tool.score(id, { timestamp: at(1) }), 409, 'SCORE_STALE');
  assertProblem(await other.tool.score(id, { timestamp: at(2), scoreGiven: 1 }), 409, 'SCORE_CONFLICT');
  const again = await other.tool.score(id, { timestamp: at(2) });
  assert.equal(again.headers['location'], promised.headers['location']);
});

test('a tool that is registered at one is known at the other, and so is that it is disabled', {
  skip,
}, async (t) => {
  const store = { postgres: await newDatabase() };
  const open = () => openWorld(t, { store, takesVersions: true, config: { admin: ADMIN } });
  const [one, other] = [await open(), await open()];
  const entry = { clientId: 'abacus', contexts: ['math-101'] };
  const ada = program(one);
  const made = await ada.call('PUT', '/tools/abacus', {
    body: { entry, revision: null, apiKey: 'new', why: 'A new tool' },
  });
  assert.equal(made.status, 200, made.text);
  const issued = await ada.post('/tools/abacus/service-keys', { context: 'math-101', why: 'A new tool' });
  const tool = other.with(`SERVICE-AUTH-V1 ${made.body['apiKey']}:${issued.body['serviceKey']}`);
  const becomes = (status: number) =>
    until(async () => ((await tool.list()).status === status ? status : undefined));
  await becomes(200);
  await ada.post('/tools/abacus/disable', { why: 'It floods us' });
  await becomes(403);
});
