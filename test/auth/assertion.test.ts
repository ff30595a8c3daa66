import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { exportSPKI } from 'jose';
import { openWorld, PUBLIC_URL, type World } from '../exchange/world.ts';
import {
  assertion,
  formOf,
  inline,
  makeKey,
  requestToken,
  type Signing,
  sharedKey,
  TOKEN_URL,
  type ToolKey,
  tokenLog,
} from './assertions.ts';

type Claims = NonNullable<Signing['claims']>;

/** Claims that are wrong, by the time of signing in seconds. */
const REFUSED: Readonly<Record<string, (now: number) => Claims>> = {
  'iss missing': () => ({ iss: undefined }),
  'iss of nobody': () => ({ iss: 'nobody' }),
  'iss another tool': () => ({ iss: 'drill' }),
  'iss no string': () => ({ iss: ['quizzer'] }),
  'sub missing': () => ({ sub: undefined }),
  'sub another tool': () => ({ sub: 'drill' }),
  'aud missing': () => ({ aud: undefined }),
  'aud another server': () => ({ aud: 'https://elsewhere.example/lti/token' }),
  'aud an empty array': () => ({ aud: [] }),
  'aud the beginning of ours': () => ({ aud: PUBLIC_URL.slice(0, -1) }),
  'aud longer than ours': () => ({ aud: `${TOKEN_URL}/x` }),
  'exp missing': () => ({ exp: undefined }),
  'exp text': (now) => ({ exp: String(now + 300) }),
  'exp over': (now) => ({ iat: now - 400, exp: now - 61 }),
  'exp far in the future': (now) => ({ exp: now + 7 * 86_400 }),
  'iat in the future': (now) => ({ iat: now + 90, exp: now + 300 }),
  'iat text': (now) => ({ iat: String(now) }),
  'nbf in the future': (now) => ({ nbf: now + 90 }),
  'jti missing': () => ({ jti: undefined }),
  'jti blank': () => ({ jti: '' }),
  'jti no string': () => ({ jti: 7 }),
};

test('§2.1 each wrong claim is invalid_client, with a reason of its own in the log', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  for (const [name, claims] of Object.entries(REFUSED)) {
    await t.test(name, async () => {
      const signed = await assertion(world, key, { claims: claims(Math.floor(world.now() / 1000)) });
      const answer = await requestToken(world, formOf(signed));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body['error'], 'invalid_client', answer.text);
      const last = tokenLog(world).at(-1);
      assert.ok(String(last?.['reason']).length > 5, JSON.stringify(last));
    });
  }
});

const ACCEPTED: Readonly<Record<string, (now: number) => Claims>> = {
  'aud the token URL': () => ({ aud: TOKEN_URL }),
  'aud the issuer': () => ({ aud: PUBLIC_URL }),
  'aud an array with ours in it': () => ({ aud: ['https://platform.example', TOKEN_URL] }),
  'aud with a trailing slash': () => ({ aud: `${TOKEN_URL}/` }),
  'aud the issuer with a trailing slash': () => ({ aud: `${PUBLIC_URL}/` }),
  'aud an audience of the tool': () => ({ aud: 'https://api.example/auth/token' }),
  'a life of 5 minutes': (now) => ({ exp: now + 300 }),
  'a life of 10 minutes': (now) => ({ nbf: now, exp: now + 600 }),
  'a life of 1 minute, made 5 seconds ago': (now) => ({ iat: now - 5, exp: now + 55 }),
  'over for less than the skew': (now) => ({ iat: now - 330, exp: now - 30 }),
  'from the future by less than the skew': (now) => ({ iat: now + 30, nbf: now + 30, exp: now + 330 }),
  'no iat': () => ({ iat: undefined }),
  'a deployment_id and other claims': () => ({
    'https://purl.imsglobal.org/spec/lti/claim/deployment_id': '1',
    x: [],
  }),
};

test('§2.1 what tools send is accepted', async (t) => {
  const key = await sharedKey();
  const tools = inline(key)['tools'] as { quizzer: { jwks: { keys: [] } } };
  const quizzer = { ...tools.quizzer, audiences: ['https://api.example/auth/token'] };
  const world = await openWorld(t, { config: { tools: { quizzer } } });
  for (const [name, claims] of Object.entries(ACCEPTED)) {
    await t.test(name, async () => {
      const signed = await assertion(world, key, { claims: claims(Math.floor(world.now() / 1000)) });
      const answer = await requestToken(world, formOf(signed));
      assert.equal(answer.status, 200, answer.text);
    });
  }
});

test("an audience of one tool is not another tool's", async (t) => {
  const key = await sharedKey();
  const { quizzer } = inline(key)['tools'] as { quizzer: { jwks: { keys: [] } } };
  const drill = { ...quizzer, audiences: ['https://api.example/auth/token'] };
  const world = await openWorld(t, { config: { tools: { quizzer, drill } } });
  const signed = await assertion(world, key, { claims: { aud: 'https://api.example/auth/token' } });
  assert.equal((await requestToken(world, formOf(signed))).status, 400);
});

test('§2.1 a wrong aud is told which one is expected', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const signed = await assertion(world, key, { claims: { aud: 'https://elsewhere.example' } });
  const { body } = await requestToken(world, formOf(signed));
  assert.ok(String(body['error_description']).includes(TOKEN_URL));
});

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

test('§2.1 RS256 to RS512 and ES256 to ES512 are accepted', async (t) => {
  const keys = await Promise.all(ALGORITHMS.map((alg) => makeKey(alg)));
  const world = await openWorld(t, { config: inline(...keys) });
  for (const key of keys) {
    const answer = await requestToken(world, formOf(await assertion(world, key)));
    assert.equal(answer.status, 200, `${key.alg}: ${answer.text}`);
  }
});

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The claims of a right assertion under another header, with a signature of the caller's. */
async function forged(
  world: World,
  key: ToolKey,
  header: object,
  sign: (input: string) => string,
): Promise<string> {
  const [, payload] = (await assertion(world, key)).split('.');
  const input = `${encoded(header)}.${payload}`;
  return `${input}.${sign(input)}`;
}

/** How somebody might try to pass for the tool. */
const FORGERIES: Readonly<Record<string, (world: World, key: ToolKey) => Promise<string>>> = {
  'alg none': (world, key) => forged(world, key, { alg: 'none', kid: key.kid }, () => ''),
  'HS256 with the public key as PEM': async (world, key) => {
    const pem = await exportSPKI(key.pair.publicKey);
    return forged(world, key, { alg: 'HS256', kid: key.kid }, (input) => hmac(pem, input));
  },
  'HS256 with the public key as JWK': (world, key) =>
    forged(world, key, { alg: 'HS256', kid: key.kid }, (input) => hmac(JSON.stringify(key.open), input)),
  'a foreign key under a known kid': async (world, key) => {
    const foreign = await makeKey(key.alg, key.kid);
    return assertion(world, foreign);
  },
  'a foreign key in the header': async (world, key) => {
    const foreign = await makeKey(key.alg, key.kid);
    return assertion(world, foreign, { header: { jwk: foreign.open } });
  },
  'a kid that the tool does not have': (world, key) => assertion(world, key, { header: { kid: 'other' } }),
  'a changed payload': async (world, key) => {
    const [header, payload = '', signature] = (await assertion(world, key)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return `${header}.${encoded({ ...claims, jti: 'another' })}.${signature}`;
  },
  'no signature': async (world, key) => (await assertion(world, key)).replace(/[^.]*$/, ''),
  'a critical header that nobody knows': (world, key) =>
    forged(world, key, { alg: key.alg, kid: key.kid, crit: ['x'], x: 1 }, () => 'AAAA'),
};

function hmac(secret: string, input: string): string {
  return createHmac('sha256', secret).update(input).digest('base64url');
}

test('§2.1 forgeries are refused', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  for (const [name, forge] of Object.entries(FORGERIES)) {
    await t.test(name, async () => {
      const answer = await requestToken(world, formOf(await forge(world, key)));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body['error'], 'invalid_client');
    });
  }
  assert.equal((await requestToken(world, formOf(await assertion(world, key)))).status, 200);
});

test('none, HS256, a foreign key, a replayed jti and an expired assertion have five reasons in the log', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const now = Math.floor(world.now() / 1000);
  const good = await assertion(world, key);
  await requestToken(world, formOf(good));
  const five = ['alg none', 'HS256 with the public key as PEM', 'a foreign key under a known kid'] as const;
  for (const name of five) await requestToken(world, formOf((await FORGERIES[name]?.(world, key)) ?? ''));
  await requestToken(world, formOf(good));
  await requestToken(world, formOf(await assertion(world, key, { claims: { exp: now - 61 } })));
  const reasons = tokenLog(world)
    .slice(1)
    .map(({ reason }) => reason);
  assert.equal(reasons.length, 5);
  assert.equal(new Set(reasons).size, 5, JSON.stringify(reasons));
});

test('§2.1 a jti is good once, until the assertion is over, and per tool', async (t) => {
  const key = await sharedKey();
  const { quizzer } = inline(key)['tools'] as { quizzer: { jwks: { keys: [] } } };
  const world = await openWorld(t, { config: { tools: { quizzer, drill: quizzer } } });
  const ask = async (claims: Claims): Promise<number> => {
    const signed = await assertion(world, key, { claims: { jti: 'one', ...claims } });
    return (await requestToken(world, formOf(signed))).status;
  };
  assert.equal(await ask({}), 200);
  assert.equal(await ask({}), 400);
  assert.equal(await ask({ iss: 'drill', sub: 'drill' }), 200);
  world.advance(299_000);
  assert.equal(await ask({}), 400);
  world.advance(120_000);
  assert.equal(await ask({}), 200, 'the assertion that had it is long over');
});

test('§2.1 the same assertion 20 times at once is good once', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const signed = await assertion(world, key);
  const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(world, formOf(signed))));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test('an assertion with a wrong signature takes no jti from the tool', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const foreign = await makeKey(key.alg, key.kid);
  const claims = { jti: 'mine' };
  assert.equal((await requestToken(world, formOf(await assertion(world, foreign, { claims })))).status, 400);
  assert.equal((await requestToken(world, formOf(await assertion(world, key, { claims })))).status, 200);
});

test('a tool without keys gets no token, and is told no more than one that is unknown', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const ask = async (clientId: string): Promise<string> => {
    const signed = await assertion(world, key, { claims: { iss: clientId, sub: clientId } });
    return (await requestToken(world, formOf(signed))).text;
  };
  assert.equal(await ask('drill'), await ask('nobody'));
});
