import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assertNoSecret, assertRefused } from './envelope.ts';
import { type Answer, API_KEYS, type Client, lineItemPath, openWorld, type World } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const UNAUTHORISED = { status: 401, code: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER' } as const;
const DAY = 86_400;

interface Keys {
  /** API key of quizzer, and a service key and an ltik of it. */
  readonly api: string;
  readonly service: string;
  readonly ltik: string;
  readonly token: string;
  /** The same of drill. */
  readonly otherApi: string;
  readonly otherService: string;
  readonly otherLtik: string;
  /** Keys of another gateway. */
  readonly foreignService: string;
  readonly foreignLtik: string;
}

async function keysOf(world: World, foreign: World): Promise<Keys> {
  const { keyring } = world.gateway.service;
  const ltik = { type: 'ltik', lifetime: DAY } as const;
  return {
    api: API_KEYS.quizzer,
    service: await world.key('quizzer', 'math-101'),
    ltik: await world.key('quizzer', 'math-101', ltik),
    token: await keyring.sign('accessToken', { client_id: 'quizzer' }, DAY),
    otherApi: API_KEYS.drill,
    otherService: await world.key('drill', 'math-101'),
    otherLtik: await world.key('drill', 'math-101', ltik),
    foreignService: await foreign.key('quizzer', 'math-101'),
    foreignLtik: await foreign.key('quizzer', 'math-101', ltik),
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
// Not the last character: two of its bits count, so that another one may stand for the same signature.
const turned = (jwt: string): string =>
  `${jwt.slice(0, -3)}${jwt.at(-3) === 'A' ? 'B' : 'A'}${jwt.slice(-2)}`;
const withPayload = (jwt: string, claims: object): string => {
  const [header, , signature] = jwt.split('.');
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

/** What can be wrong with the pair of any scheme: `api` and `secret` are good. */
const GARBLED: Readonly<Record<string, (api: string, secret: string) => string>> = {
  'no credentials': () => '',
  'a colon alone': () => ':',
  'no colon': (api) => api,
  'the key alone': (_api, secret) => secret,
  'no api key': (_api, secret) => `:${secret}`,
  'no key': (api) => `${api}:`,
  'a wrong api key': (_api, secret) => `wrong-api-key:${secret}`,
  'an api key in capitals': (api, secret) => `${api.toUpperCase()}:${secret}`,
  'the start of the api key': (api, secret) => `${api.slice(0, -1)}:${secret}`,
  'undefined for the key': (api) => `${api}:undefined`,
  'undefined for the api key': (_api, secret) => `undefined:${secret}`,
  'null for both': () => 'null:null',
  'double quotes': (api, secret) => `"${api}:${secret}"`,
  'quotes round the key': (api, secret) => `${api}:'${secret}'`,
  'base64 of the pair': (api, secret) => base64(`${api}:${secret}`),
  'the other way round': (api, secret) => `${secret}:${api}`,
  'two colons': (api, secret) => `${api}::${secret}`,
  'a comma': (api, secret) => `${api},${secret}`,
  'a blank after the colon': (api, secret) => `${api}: ${secret}`,
  'something after it': (api, secret) => `${api}:${secret} x`,
  'the version 1 form': (api, secret) => `Token=${secret}, Additional=Bearer ${api}`,
  'a turned signature': (api, secret) => `${api}:${turned(secret)}`,
  'another payload': (api, secret) =>
    `${api}:${withPayload(secret, { tool: 'quizzer', context: 'science-7' })}`,
  'three dots': (api) => `${api}:...`,
  'the name of a prototype': (_api, secret) => `__proto__:${secret}`,
};

const SCHEMES = [
  { scheme: 'SERVICE-AUTH-V1', secret: 'service' },
  { scheme: 'LTIK-AUTH-V2', secret: 'ltik' },
] as const;

function rows(keys: Keys): readonly (readonly [string, string | undefined])[] {
  const { api, service, ltik, token } = keys;
  const garbled = SCHEMES.flatMap(({ scheme, secret }) =>
    Object.entries(GARBLED).map(
      ([name, make]) => [`${scheme}, ${name}`, `${scheme} ${make(api, keys[secret])}`.trimEnd()] as const,
    ),
  );
  return [
    ['no header', undefined],
    ['an empty header', ''],
    ['no scheme', `${api}:${service}`],
    ['an unknown scheme', `Basic ${base64(`${api}:${service}`)}`],
    ['another version', `SERVICE-AUTH-V2 ${api}:${service}`],
    ['a scheme named like a prototype', `constructor ${api}:${service}`],
    ['no blank after the scheme', `SERVICE-AUTH-V1${api}:${service}`],
    ['a colon after the scheme', `SERVICE-AUTH-V1: ${api}:${service}`],
    ...garbled,
    ['a service key of another tool', `SERVICE-AUTH-V1 ${api}:${keys.otherService}`],
    ['an ltik of another tool', `LTIK-AUTH-V2 ${api}:${keys.otherLtik}`],
    ['the api key of another tool', `SERVICE-AUTH-V1 ${keys.otherApi}:${service}`],
    ['an ltik as service key', `SERVICE-AUTH-V1 ${api}:${ltik}`],
    ['a service key as ltik', `LTIK-AUTH-V2 ${api}:${service}`],
    ['an access token as service key', `SERVICE-AUTH-V1 ${api}:${token}`],
    ['a service key of another gateway', `SERVICE-AUTH-V1 ${api}:${keys.foreignService}`],
    ['an ltik of another gateway', `LTIK-AUTH-V2 ${api}:${keys.foreignLtik}`],
    ['Bearer, no token', 'Bearer'],
    ['Bearer, the api key', `Bearer ${api}`],
    ['Bearer, a service key', `Bearer ${service}`],
    ['Bearer, an ltik', `Bearer ${ltik}`],
    ['Bearer, api key and token', `Bearer ${api}:${token}`],
    ['Bearer, quotes', `Bearer "${token}"`],
    ['Bearer, a turned signature', `Bearer ${turned(token)}`],
    ['Bearer, undefined', 'Bearer undefined'],
  ];
}

async function openKeys(t: TestContext): Promise<{ world: World; keys: Keys }> {
  const [world, foreign] = [await openWorld(t), await openWorld(t)];
  return { world, keys: await keysOf(world, foreign) };
}

function askAll(client: Client): Promise<readonly Answer[]> {
  const body = QUIZ;
  return Promise.all([
    client.list(),
    client.call('POST', '/api/lineitems', { body }),
    client.get('teacher-quiz'),
    client.call('PUT', lineItemPath('bare-1'), { body }),
    client.remove('teacher-quiz'),
  ]);
}

test('an Authorization header that is not good is 401 on every route, before anything else', async (t) => {
  const { world, keys } = await openKeys(t);
  for (const [name, header] of rows(keys)) {
    await t.test(name, async () => {
      for (const answer of await askAll(world.with(header))) {
        assertRefused(answer, UNAUTHORISED);
        assert.ok(answer.headers['www-authenticate'], 'RFC 9110 §11.6.1 wants a challenge with a 401');
        assertNoSecret(answer.text, world);
      }
    });
  }
  assert.deepEqual(world.sandbox.requests(), []);
  assertNoSecret(world.log.join('\n'), world);
});

test('nobody unknown makes the gateway read a body', async (t) => {
  const { world } = await openKeys(t);
  const client = world.with('SERVICE-AUTH-V1 wrong:wrong');
  for (const body of ['{', '[]', 'x'.repeat(300_000)]) assertRefused(await client.post(body), UNAUTHORISED);
});

test('the good pairs are let in, whatever the case of the scheme', async (t) => {
  const { world, keys } = await openKeys(t);
  for (const { scheme, secret } of SCHEMES) {
    for (const name of [scheme, scheme.toLowerCase(), scheme.replace('AUTH', 'Auth')]) {
      const answer = await world.with(`${name} ${keys.api}:${keys[secret]}`).list();
      assert.equal(answer.status, 200, answer.text);
    }
  }
  for (const name of ['Bearer', 'bearer', 'BEARER']) {
    assert.equal((await world.with(`${name} ${keys.token}`).list('?context=math-101')).status, 200);
  }
});

test('an ltik ends when it says so, although it was good a moment ago; a service key does not end', async (t) => {
  const { world, keys } = await openKeys(t);
  const [service, ltik] = [
    world.with(`SERVICE-AUTH-V1 ${keys.api}:${keys.service}`),
    world.with(`LTIK-AUTH-V2 ${keys.api}:${keys.ltik}`),
  ];
  const fresh = await world.key('quizzer', 'math-101', { type: 'ltik', lifetime: DAY });
  world.advance((DAY - 60) * 1000);
  assert.deepEqual([(await service.list()).status, (await ltik.list()).status], [200, 200]);
  world.advance(120_000);
  assertRefused(await ltik.list(), UNAUTHORISED);
  assertRefused(await world.with(`LTIK-AUTH-V2 ${keys.api}:${fresh}`).list(), UNAUTHORISED);
  world.advance(3650 * DAY * 1000);
  assert.equal((await service.list()).status, 200);
});
