import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ADMIN, openAdmin, program } from '../admin/desk.ts';
import { startKeyServer } from '../auth/key-server.ts';
import { API_KEYS, type Document, eventually, openWorld, type World, worldOn } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
/** Texts of a careless upstream, in which SECRET stands for a credential of ours. */
const ECHOES = [
  'SECRET',
  'The token SECRET is not known.',
  'Authorization: Bearer SECRET',
  `${'x'.repeat(290)}SECRET`,
  'It failed: SECRET\n    at save (/srv/app/db.js:10:5)\n    at node:internal/main',
  'java.lang.NullPointerException at com.school.Db.save(Db.java:42)',
  'Bad value in /srv/app/src/validate.ts:12:3',
];
const INSIDES = /\bat \w|\/srv|\.js|\.java\b|\.ts\b|node:internal/;

/** A gateway whose access token is known here: its token endpoint stands before that of the sandbox. */
async function openKnown(t: TestContext): Promise<{ readonly world: World; readonly token: () => string }> {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const tokens = await startKeyServer(t);
  let token = '';
  tokens.answer(async (_, response) => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    form.set('client_id', sandbox.clientId);
    form.set('client_secret', sandbox.clientSecret);
    const text = await (await fetch(sandbox.tokenUrl, { method: 'POST', body: form })).text();
    token = String((JSON.parse(text) as Document)['access_token']);
    response.end(text);
  });
  const world = await worldOn(t, { ...sandbox, tokenUrl: tokens.url }, { admin: ADMIN });
  return { world, token: () => token };
}

/** The credentials that an upstream could put into its answer, in the forms in which it has them. */
async function secretsOf(world: World): Promise<readonly string[]> {
  const { clientId, clientSecret } = world.sandbox;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const serviceKey = await world.key('quizzer', 'math-101');
  return [clientSecret, `Basic ${basic}`, serviceKey, API_KEYS.quizzer, API_KEYS.drill];
}

function assertNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets)
    for (const part of secret.split(/[ .]/).filter(({ length }) => length > 8))
      assert.ok(!text.includes(part), `it tells ${part}: ${text.slice(0, 600)}`);
}

test('no credential of ours comes back to a tool, into the log or into Traffic with what OneRoster says', async (t) => {
  const { world, token } = await openKnown(t);
  const [client, ada] = [await world.as(), program(world)];
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  assert.ok(token().length > 20);
  for (const secret of [token(), ...(await secretsOf(world))]) {
    for (const echo of ECHOES) {
      const said = echo.replace('SECRET', secret);
      for (const status of [400, 409, 422, 500]) {
        const details = [
          { path: 'lineItem.title', message: said },
          { path: said, message: 'x' },
        ];
        for (const method of ['GET', 'PUT']) {
          world.sandbox.inject({
            kind: 'status',
            status,
            details,
            description: said,
            method,
            path: '/ims/',
            times: 3,
          });
          const answer = await client.put('bare-1', QUIZ);
          world.sandbox.clearFaults();
          assert.ok(answer.status >= 400, answer.text);
          assertNone(answer.text, [secret]);
          assert.doesNotMatch(answer.text, INSIDES);
        }
      }
    }
    const traffic = await ada.get('/traffic?limit=1');
    const [{ id }] = traffic.body['items'] as [{ id: string }];
    const revealed = await ada.post(`/traffic/${id}/reveal`, { reason: 'to see what it holds' });
    assert.equal(revealed.status, 200, revealed.text);
    assertNone(revealed.text + traffic.text, [secret]);
    assertNone(world.log.join('\n'), [secret]);
  }
});

/** Reads of the gateway's own, and the request of a tool that makes each. */
test('what OneRoster refuses of the gateway’s own requests is 502, and said to the admin alone', async (t) => {
  const users = { by: 'lookup', field: 'email' };
  const world = await openAdmin(t, { config: { contexts: { 'math-101': { users } } } });
  const [client, ada] = [await world.as(), program(world)];
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  const score = {
    userId: 'someone@school.example',
    timestamp: '2026-01-01T00:00:00Z',
    scoreGiven: 1,
    scoreMaximum: 20,
  };
  const posted = { ...score, activityProgress: 'Completed', gradingProgress: 'FullyGraded' };
  const own = [
    ['a list', () => client.list(), 'GET'],
    ['a read before a write', () => client.put('bare-1', { ...QUIZ, label: 'x' }), 'GET'],
    ['a read', () => client.get('bare-1'), 'GET'],
    ['a deletion', () => client.remove('bare-1'), 'DELETE'],
    ['results', () => client.call('GET', '/api/lineitems/bare-1/scores'), 'GET'],
  ] as const;
  const description = 'No filter by user email someone@school.example';
  for (const [name, ask, method] of own) {
    for (const status of [400, 409, 422]) {
      await t.test(`${name}, ${status}`, async () => {
        world.sandbox.inject({ kind: 'status', status, description, method, path: '/ims/' });
        const answer = await ask();
        world.sandbox.clearFaults();
        assert.equal(answer.status, 502, answer.text);
        const { message, issues, description: sentence } = answer.body['details'] as Document;
        assert.equal(message, 'UPSTREAM_REQUEST_REJECTED', answer.text);
        assert.equal(issues, undefined);
        assert.doesNotMatch(answer.text, /someone|filter/);
        assert.doesNotMatch(String(sentence), /document/);
        const line = world.log.findLast((one) => one.includes('"request"')) ?? '';
        assert.match(line, new RegExp(`upstream answered ${status} to ${method} /`));
        assert.doesNotMatch(line, /someone/);
      });
    }
  }
  await t.test('the same at the admin API says what was refused', async () => {
    world.sandbox.inject({ kind: 'status', status: 422, description, method: 'GET', path: '/classes' });
    const answer = await ada.get('/upstreams/school/classes?search=Math');
    assert.equal(answer.status, 502, answer.text);
    assert.equal(answer.body['code'], 'UPSTREAM_REQUEST_REJECTED');
    const { request, said } = answer.body['upstream'] as { request: string; said: string[] };
    assert.match(request, /^GET \/.*\/classes by filter\(title, sourcedId\), sort/);
    assert.deepEqual(said, [description]);
  });
  await t.test(
    'a score is not lost by it: it is promised, and delivered when the settings are mended',
    async () => {
      const before = { userId: 'student-1' };
      void before;
      world.sandbox.inject({
        kind: 'status',
        status: 400,
        description,
        method: 'GET',
        path: '/ims/',
        times: 0,
      });
      const answer = await client.call('POST', '/api/lineitems/bare-1/scores', { body: posted });
      assert.equal(answer.status, 202, answer.text);
      assert.doesNotMatch(answer.text + world.log.join(''), /No filter by/);
      const path = new URL(String(answer.headers['location'])).pathname;
      await eventually(async () => {
        const receipt = await client.call('GET', path);
        return Number(receipt.body['attempts']) >= 2 && receipt.body['state'] !== 'failed';
      });
    },
  );
});

test('a rescaled result that OneRoster refuses is a delivery that fails, with nothing of what OneRoster said', async (t) => {
  const world = await openWorld(t, { config: { admin: ADMIN } });
  const client = await world.as();
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  const score = {
    ...{ userId: 'student-1', timestamp: '2026-01-01T00:00:00Z', scoreGiven: 1, scoreMaximum: 20 },
    ...{ activityProgress: 'Completed', gradingProgress: 'FullyGraded' },
  };
  const posted = await client.call('POST', '/api/lineitems/bare-1/scores', { body: score });
  assert.equal(posted.status, 204, posted.text);
  const details = [{ path: 'result.score', message: 'Student Ann has another score' }];
  world.sandbox.inject({ kind: 'status', status: 422, details, method: 'PUT', path: '/results', times: 0 });
  const answer = await client.put('bare-1', { ...QUIZ, scoreMaximum: 40 });
  assert.equal(answer.status, 201, answer.text);
  const { deliveries } = world.gateway.service.store;
  const first = async () => (await deliveries.list({}, 10))[0];
  await eventually(
    async () => Number((await first())?.attempts) > 0 && (await first())?.state === 'accepted',
  );
  // What goes by the line item as it was may arrive until then; after that it is certain.
  world.advance(3_600_000);
  await eventually(async () => (await first())?.state === 'failed');
  const delivery = await first();
  assert.equal(delivery?.errorCode, 'UPSTREAM_REJECTED');
  assert.doesNotMatch(answer.text + world.log.join('') + JSON.stringify(delivery), /Ann/);
});

test('an answer that holds our token is not shown to a tool, though its status is a success', async (t) => {
  const { world, token } = await openKnown(t);
  const client = await world.as();
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  const document = world.sandbox.find('lineItems', 'bare-1');
  assert.ok(document);
  world.sandbox.put('lineItems', { ...document, title: `Bearer ${token()}` });
  for (const answer of [await client.get('bare-1'), await client.list()]) {
    assert.equal(answer.status, 502, answer.text);
    assert.ok(!(answer.text + world.log.join('')).includes(token()));
  }
});
