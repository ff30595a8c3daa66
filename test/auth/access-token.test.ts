import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { containerOf, listIn, openDesk, toolOf } from '../ags/desk.ts';
import { type Answer, openWorld } from '../exchange/world.ts';
import { ALL_SCOPES, assertion, formOf, inline, requestToken, scopes, sharedKey } from './assertions.ts';

const CONTAINER = containerOf();

function assertUnauthorised(answer: Answer, challenge: RegExp): void {
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.body['code'], 'INVALID_TOKEN', answer.text);
  assert.match(String(answer.headers['www-authenticate']), challenge);
}

/** Headers in which nobody has tried a bearer token: RFC 6750 §3.1 wants no error code for them. */
const NO_CREDENTIALS = { none: undefined, blank: '', 'another scheme': 'Basic cXVpenplcjpzZWNyZXQ=' };

test('§2.4 without credentials: 401 with a bare challenge', async (t) => {
  const { world } = await openDesk(t);
  for (const [name, authorization] of Object.entries(NO_CREDENTIALS)) {
    await t.test(name, async () => {
      assertUnauthorised(await world.with(authorization).call('GET', CONTAINER), /^Bearer\b(?!.*error=)/);
    });
  }
});

test('§2.4 a token that is not good: 401 with error="invalid_token"', async (t) => {
  const { world, tool } = await openDesk(t);
  const other = await openDesk(t);
  const [header, payload, signature] = tool.token.split('.') as [string, string, string];
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  const bad = {
    'no token': 'Bearer x',
    'several words': 'Bearer x y',
    'a token of another gateway': `Bearer ${other.tool.token}`,
    'alg none': `Bearer ${none}.${payload}.`,
    'no signature': `Bearer ${header}.${payload}.`,
    'a changed payload': `Bearer ${header}.${payload.slice(0, -2)}AA.${signature}`,
    'a service key': `Bearer ${await world.key('quizzer', 'math-101')}`,
    'an ltik': `Bearer ${await world.key('quizzer', 'math-101', { type: 'ltik' })}`,
  };
  for (const [name, authorization] of Object.entries(bad)) {
    await t.test(name, async () => {
      const answer = await world.with(authorization).call('GET', CONTAINER);
      assertUnauthorised(answer, /^Bearer .*error="invalid_token"/);
      assert.ok(!answer.text.includes(payload.slice(0, 20)));
    });
  }
});

test('the LTIAAS face has its own schemes, which the AGS face does not take', async (t) => {
  const { world } = await openDesk(t);
  const { authorization } = await world.as();
  assert.equal((await world.with(authorization).call('GET', CONTAINER)).status, 401);
});

test('§2.4 a token that has expired: 401, so that a tool gets a new one', async (t) => {
  const { world, tool } = await openDesk(t);
  assert.deepEqual(await tool.list(), []);
  // Tokens count whole seconds, and the test takes some of them itself.
  world.advance(3_590_000);
  assert.deepEqual(await tool.list(), []);
  world.advance(20_000);
  assertUnauthorised(await tool.get(CONTAINER), /error="invalid_token"/);
  const again = await (await openDeskAgain(world))();
  assert.deepEqual(listIn(await toolOf(world, again).get(CONTAINER)), []);
});

function openDeskAgain(world: Parameters<typeof toolOf>[0]): () => Promise<string> {
  return () =>
    world.gateway.service.keyring.sign('accessToken', { client_id: 'quizzer', scope: ALL_SCOPES }, 60);
}

/** What each operation needs, and what the challenge names. */
const NEEDS: Readonly<Record<string, readonly [string, string, string]>> = {
  'GET line items': ['GET', '', 'lineitem lineitem.readonly'],
  'POST line items': ['POST', '', 'lineitem'],
  'GET line item': ['GET', '/x', 'lineitem lineitem.readonly'],
  'PUT line item': ['PUT', '/x', 'lineitem'],
  'DELETE line item': ['DELETE', '/x', 'lineitem'],
  'POST scores': ['POST', '/x/scores', 'score'],
  'GET results': ['GET', '/x/results', 'result.readonly'],
};
const EVERY = ['lineitem', 'lineitem.readonly', 'score', 'result.readonly'];

test('§1.1 each operation takes any one of its scopes, and no other: 403 insufficient_scope', async (t) => {
  const { as } = await openDesk(t);
  for (const scope of EVERY) {
    const tool = await as('quizzer', scope);
    for (const [name, [method, path, needed]] of Object.entries(NEEDS)) {
      await t.test(`${name} with ${scope}`, async () => {
        const answer = await tool.call(method, `${CONTAINER}${path}`);
        if (needed.split(' ').includes(scope)) {
          assert.ok(answer.status !== 401 && answer.status !== 403, answer.text);
          return;
        }
        assert.equal(answer.status, 403, answer.text);
        assert.equal(answer.body['code'], 'INSUFFICIENT_SCOPE');
        const challenge = String(answer.headers['www-authenticate']);
        assert.match(challenge, /^Bearer error="insufficient_scope"/);
        assert.ok(challenge.includes(`scope="${scopes(needed)}"`), challenge);
      });
    }
  }
});

test('§2.4 the name of the scheme is taken in any case', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    assert.equal((await world.with(`${scheme} ${tool.token}`).call('GET', CONTAINER)).status, 200);
});

test('§2.2 a token is good in every context of the tool, and in no other', async (t) => {
  const { tool, as } = await openDesk(t);
  assert.deepEqual(await tool.list('', 'math-101'), []);
  assert.deepEqual(await tool.list('', 'science-7'), []);
  for (const context of ['algebra-1', 'nowhere', 'MATH-101']) {
    const answer = await tool.get(containerOf(context));
    assert.equal(answer.status, 404, `${context}: ${answer.text}`);
    assert.equal(answer.body['code'], 'CONTEXT_NOT_FOUND');
  }
  assert.deepEqual(await (await as('drill')).list('', 'algebra-1'), []);
});

test('the LTIAAS face takes the same token, with the context that it names', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const client = world.with(`Bearer ${tool.token}`);
  const listed = await client.call('GET', '/api/lineitems?context=math-101');
  assert.equal(listed.status, 200, listed.text);
  assert.deepEqual(
    (listed.body['lineItems'] as { id: string }[]).map((item) => item.id),
    [id],
  );
  const headers = { 'x-lti-context': 'math-101' };
  assert.equal((await client.call('GET', '/api/lineitems', { headers })).status, 200);
  assert.equal((await client.call('GET', '/api/lineitems')).status, 400);
  assert.equal((await client.call('GET', '/api/lineitems?context=algebra-1')).status, 403);
});

test('§2.5 /.well-known/jwks.json has the public keys, and no private member', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const answer = await world.with(undefined).call('GET', '/.well-known/jwks.json');
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers['content-type']), /json/);
  const { keys } = answer.body as unknown as JSONWebKeySet;
  assert.ok(keys.length >= 1);
  for (const published of keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
      assert.ok(!(secret in published), secret);
    assert.ok(published.kid && published.alg && published.use === 'sig');
  }
  const granted = await requestToken(world, formOf(await assertion(world, key)));
  const { kid } = decodeProtectedHeader(String(granted.body['access_token']));
  assert.ok(
    keys.some((published) => published.kid === kid),
    'tokens are signed with a published key',
  );
});
