import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { JsonObject } from '../../src/core/json.ts';
import { assertRefused } from './envelope.ts';
import { type Answer, type Client, openWorld, type World } from './world.ts';

const ISSUER = 'https://login.example/pool';
const AUDIENCE = 'https://grades.example';
const SCOPES = 'https://purl.imsglobal.org/spec/lti-ags/scope/';
const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const UNAUTHORISED = { status: 401, code: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER' } as const;

interface Issued {
  readonly world: World;
  readonly keys: Awaited<ReturnType<typeof generateKeyPair>>;
  /** A client with a token of the issuer, its claims laid over good ones; undefined takes a claim away. */
  as(claims?: Claims): Promise<Client>;
}

type Claims = Readonly<Record<string, unknown>>;

const good = (now: number): Claims => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'solo',
  client_id: 'solo',
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 3600,
  scope: `${SCOPES}lineitem`,
});

async function openIssued(t: TestContext, config: JsonObject = {}): Promise<Issued> {
  const keys = await generateKeyPair('ES256', { extractable: true });
  const jwk = {
    ...(await exportJWK(keys.publicKey)),
    kid: 'issuer-1',
    alg: 'ES256',
  } as unknown as JsonObject;
  const world = await openWorld(t, {
    config: {
      issuers: { pool: { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [jwk] } } },
      tools: { solo: { clientId: 'solo', contexts: ['math-101'], apiKey: 'solo-api-key' } },
      ...config,
    },
  });
  const as = async (claims: Claims = {}): Promise<Client> => {
    const token = new SignJWT({ ...good(world.now()), ...claims } as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid: 'issuer-1' })
      .sign(keys.privateKey);
    return world.with(`Bearer ${await token}`);
  };
  return { world, keys, as };
}

test('a token of a configured issuer acts for its tool in its only context', async (t) => {
  const { world, as } = await openIssued(t);
  const tool = await as();
  const put = await tool.put('bare-1', QUIZ);
  assert.equal(put.status, 201, put.text);
  assert.deepEqual((await tool.list()).body['lineItems'], [put.body]);
  const named = await as({ aud: ['https://other.example', AUDIENCE] });
  assert.equal((await named.get('bare-1')).status, 200);
  assert.match(world.log.join('\n'), /"tool":"solo","context":"math-101"/);
});

test('a token of our own acts as one of an issuer does', async (t) => {
  const { world } = await openIssued(t);
  const token = (claims: JsonObject): Promise<string> =>
    world.gateway.service.keyring.sign('accessToken', claims as JWTPayload, 60);
  const tool = world.with(`Bearer ${await token({ client_id: 'solo', scope: `${SCOPES}lineitem` })}`);
  assert.equal((await tool.post(QUIZ)).status, 201);
  world.advance(61_000);
  assertRefused(await tool.list(), UNAUTHORISED);
});

test('a token of a tool with several contexts says which one is meant', async (t) => {
  const { world, as } = await openIssued(t);
  const tool = await as({ client_id: 'quizzer' });
  assertRefused(await tool.list(), { status: 400, code: 'CONTEXT_REQUIRED' });
  assertRefused(await tool.put('bare-1', QUIZ), { status: 400, code: 'CONTEXT_REQUIRED' });
  assert.deepEqual(world.calls(), []);
  const list = (query: string, context?: string): Promise<Answer> =>
    tool.call('GET', `/api/lineitems${query}`, {
      headers: context === undefined ? {} : { 'x-lti-context': context },
    });
  const path = '/api/lineitems/li-1?context=math-101';
  assert.equal((await tool.call('PUT', path, { body: QUIZ })).status, 201);
  const seen = async (answer: Promise<Answer>): Promise<number> =>
    ((await answer).body['lineItems'] as unknown[]).length;
  assert.equal(await seen(list('?context=math-101')), 1);
  assert.equal(await seen(list('', 'math-101')), 1);
  assert.equal(await seen(list('?context=science-7')), 0);
  assert.equal(await seen(list('', 'science-7')), 0);
  for (const context of ['algebra-1', 'no-such-context', '', 'math-101,science-7']) {
    assertRefused(await list(`?context=${context}`), { status: 403, code: 'CONTEXT_NOT_ALLOWED' });
  }
});

test('the page links of a token with several contexts can be followed', async (t) => {
  const { as } = await openIssued(t);
  const tool = await as({ client_id: 'quizzer' });
  for (const id of ['a', 'b'])
    await tool.call('PUT', `/api/lineitems/${id}?context=math-101`, { body: QUIZ });
  const { next } = (await tool.list('?context=math-101&limit=1')).body;
  const page = await tool.call(
    'GET',
    `/api/lineitems?context=math-101&url=${encodeURIComponent(String(next))}`,
  );
  assert.deepEqual([page.status, (page.body['lineItems'] as unknown[]).length], [200, 1], page.text);
});

/** What a scope claim lets a tool do: read, and write. */
const GRANTS: readonly { scope: unknown; reads: boolean; writes: boolean }[] = [
  { scope: `${SCOPES}lineitem`, reads: true, writes: true },
  { scope: 'lineitem', reads: true, writes: true },
  { scope: `${SCOPES}lineitem.readonly`, reads: true, writes: false },
  { scope: 'lineitem.readonly', reads: true, writes: false },
  { scope: `${SCOPES}score ${SCOPES}lineitem.readonly`, reads: true, writes: false },
  { scope: `${SCOPES}score ${SCOPES}lineitem`, reads: true, writes: true },
  { scope: `${SCOPES}score ${SCOPES}result.readonly`, reads: false, writes: false },
  { scope: '', reads: false, writes: false },
  { scope: 'lineitems', reads: false, writes: false },
  { scope: 'xlineitem', reads: false, writes: false },
  { scope: 'LINEITEM', reads: false, writes: false },
  { scope: 'lineitem.write', reads: false, writes: false },
  { scope: 'https://evil.example/scope/lineitem', reads: false, writes: false },
  { scope: `${SCOPES}lineitem/x`, reads: false, writes: false },
  { scope: 'openid,lineitem', reads: false, writes: false },
  { scope: 7, reads: false, writes: false },
  { scope: { lineitem: true }, reads: false, writes: false },
];

test('a scope grants by whole words', async (t) => {
  const { world, as } = await openIssued(t);
  for (const { scope, reads, writes } of GRANTS) {
    await t.test(JSON.stringify(scope), async () => {
      const tool = await as({ scope });
      world.sandbox.clearRequests();
      const forbidden = { status: 403, code: 'INSUFFICIENT_SCOPE' } as const;
      for (const answer of [await tool.list(), await tool.get('bare-1')]) {
        if (reads) assert.notEqual(answer.status, 403);
        else assertRefused(answer, forbidden);
      }
      for (const answer of [
        await tool.put('bare-1', QUIZ),
        await tool.post(QUIZ),
        await tool.remove('bare-1'),
      ]) {
        if (writes) assert.ok(answer.status < 300, answer.text);
        else assertRefused(answer, forbidden);
      }
      assert.equal(world.writes().length > 0, writes);
    });
  }
});

test('a token grants no more than the tool is configured for', async (t) => {
  const tools = {
    solo: { clientId: 'solo', contexts: ['math-101'], apiKey: 'solo-api-key', scopes: ['lineitem.readonly'] },
  };
  const { world, as } = await openIssued(t, { tools });
  for (const claims of [{ scope: 'lineitem lineitem.readonly score' }, { scope: undefined }]) {
    const tool = await as(claims);
    assert.equal((await tool.list()).status, 200);
    assertRefused(await tool.post(QUIZ), { status: 403, code: 'INSUFFICIENT_SCOPE' });
  }
  assert.deepEqual(world.writes(), []);
});

const hours = (count: number) => (now: number) => Math.floor(now / 1000) + count * 3600;
const WRONG: Readonly<Record<string, (now: number) => Claims>> = {
  'another audience': () => ({ aud: 'https://other.example' }),
  'no audience': () => ({ aud: undefined }),
  'another issuer': () => ({ iss: 'https://login.example/other' }),
  'our own URL as issuer': () => ({ iss: AUDIENCE }),
  'no issuer': () => ({ iss: undefined }),
  expired: (now) => ({ exp: hours(-1)(now) }),
  'no end': () => ({ exp: undefined }),
  'not yet valid': (now) => ({ nbf: hours(1)(now) }),
  'an unknown client': () => ({ client_id: 'nobody' }),
  'no client': () => ({ client_id: undefined }),
  'the name of a prototype for a client': () => ({ client_id: '__proto__' }),
};

test('a token that claims the wrong thing is 401', async (t) => {
  const { world, as } = await openIssued(t);
  for (const [name, claims] of Object.entries(WRONG)) {
    await t.test(name, async () => {
      const tool = await as(claims(world.now()));
      for (const answer of [await tool.list(), await tool.put('bare-1', QUIZ)])
        assertRefused(answer, UNAUTHORISED);
    });
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

test('a token that the issuer did not sign is 401', async (t) => {
  const { world, keys, as } = await openIssued(t);
  const claims = good(world.now()) as JWTPayload;
  const other = await generateKeyPair('ES256');
  const secret = (text: string): Uint8Array => new TextEncoder().encode(text);
  const signed = (alg: string, key: Parameters<SignJWT['sign']>[0]): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg, kid: 'issuer-1' }).sign(key);
  const [header, payload, signature] = (await as()).authorization.slice('Bearer '.length).split('.');
  const forged = Buffer.from(JSON.stringify({ ...claims, client_id: 'quizzer' })).toString('base64url');
  const tokens: Readonly<Record<string, string>> = {
    'alg none': new UnsecuredJWT(claims).encode(),
    'HS256 with the public key as PEM': await signed('HS256', secret(await exportSPKI(keys.publicKey))),
    'HS256 with the public key as JWK': await signed(
      'HS256',
      secret(JSON.stringify(await exportJWK(keys.publicKey))),
    ),
    'another key': await signed('ES256', other.privateKey),
    'another payload': [header, forged, signature].join('.'),
    'no signature': [header, payload, ''].join('.'),
    'two parts': `${header}.${payload}`,
    'no token': 'nonsense',
  };
  for (const [name, token] of Object.entries(tokens)) {
    await t.test(name, async () => assertRefused(await world.with(`Bearer ${token}`).list(), UNAUTHORISED));
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

test('a token that has been used ends when it says so', async (t) => {
  const { world, as } = await openIssued(t);
  const tool = await as();
  assert.equal((await tool.list()).status, 200);
  world.advance(3_601_000);
  assertRefused(await tool.list(), UNAUTHORISED);
});
