import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ALL_SCOPES, assertion, formOf, inline, requestToken, sharedKey } from '../auth/assertions.ts';
import { assertRefused } from '../exchange/envelope.ts';
import { type Answer, API_KEYS, openWorld, type World, type WorldOptions } from '../exchange/world.ts';

const BUDGET = 20;
const limits = { address: { failuresPerMinute: BUDGET } };
const TOO_MANY = { status: 429, code: 'TOO_MANY_FAILURES' } as const;

async function openLimited(t: TestContext, config: WorldOptions['config'] = {}): Promise<World> {
  return openWorld(t, { config: { limits, ...config } });
}

/** A service key of another gateway: the form is right, and the signature is that of nobody here. */
async function strange(t: TestContext): Promise<(n: number) => Promise<string>> {
  const other = await openWorld(t);
  return async (n) => {
    const key = await other.key('quizzer', 'math-101', { claims: { n } });
    return `SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${key}`;
  };
}

function tally(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test('a flood of bad tokens: good requests go on, bad ones become 429', async (t) => {
  const world = await openLimited(t);
  const good = await world.as();
  assert.equal((await good.list()).status, 200);
  const bad = await strange(t);
  const flood: Answer[] = [];
  const served: Answer[] = [];
  for (let n = 0; n < BUDGET * 4; n++) {
    flood.push(await world.with(await bad(n)).list());
    served.push(await good.list());
  }
  assert.deepEqual(tally(served), { 200: BUDGET * 4 });
  const { 401: told = 0, 429: refused = 0, ...others } = tally(flood);
  assert.deepEqual(others, {});
  assert.ok(told >= BUDGET && told <= BUDGET + 5, `${told} were looked at`);
  const last = flood.at(-1) as Answer;
  assertRefused(last, TOO_MANY);
  assert.match(String(last.headers['retry-after']), /^[1-9]\d*$/);
  assert.equal(refused, BUDGET * 4 - told);
});

test('many good tokens at once, none of which was seen before, are not charged', async (t) => {
  const world = await openLimited(t);
  const clients = await Promise.all(
    Array.from({ length: BUDGET * 3 }, async (_, n) => {
      const key = await world.key('quizzer', 'math-101', { claims: { n } });
      return world.with(`SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${key}`);
    }),
  );
  assert.deepEqual(tally(await Promise.all(clients.map((client) => client.list()))), { 200: BUDGET * 3 });
  assertRefused(await world.with('Bearer x').list(), {
    status: 401,
    code: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER',
  });
});

/** What else is a failed authentication: each uses the budget up. */
const FAILURES: Readonly<Record<string, (world: World) => Promise<string | undefined>>> = {
  'no header': async () => undefined,
  'a scheme that is not known': async () => 'Basic eDp5',
  'an api key of nobody': async (world) => `SERVICE-AUTH-V1 nobody:${await world.key('quizzer', 'math-101')}`,
  'a good key with the api key of another tool': async (world) =>
    `SERVICE-AUTH-V1 ${API_KEYS.drill}:${await world.key('quizzer', 'math-101')}`,
  'one and the same bad token': async () => 'Bearer e30.e30.e30',
};

for (const [name, make] of Object.entries(FAILURES)) {
  test(`${name}: is 401 until the budget is used up, then 429, and 401 again when some time has passed`, async (t) => {
    const world = await openLimited(t);
    const authorization = await make(world);
    const client = world.with(authorization);
    let answer = await client.list();
    let told = 0;
    for (; answer.status === 401 && told < BUDGET * 2; told++) answer = await client.list();
    assertRefused(answer, TOO_MANY);
    assert.ok(told >= BUDGET, `${told}`);
    // A good token that was never seen is not looked at, in the time that the answer names it is.
    const fresh = await world.as();
    assertRefused(await fresh.list(), TOO_MANY);
    world.advance(Number(answer.headers['retry-after']) * 1000);
    assert.equal((await fresh.list()).status, 200);
    assert.equal((await client.list()).status, 401);
  });
}

test('a token that was good is still looked at during a flood, when its check is no longer remembered', async (t) => {
  const world = await openLimited(t);
  const good = await world.as();
  await good.list();
  for (let n = 0; n < BUDGET + 2; n++) await world.with('Bearer x').list();
  assertRefused(await world.with('Bearer x').list(), TOO_MANY);
  const { now } = performance;
  // Caches count in the time of the process, not in that of the gateway's clock.
  t.mock.method(performance, 'now', () => now.call(performance) + 3_600_000);
  assert.equal((await good.list()).status, 200);
});

test('a token that is over is told so, and not charged', async (t) => {
  const world = await openLimited(t);
  const ltik = await world.key('quizzer', 'math-101', { type: 'ltik', lifetime: 60 });
  const unseen = await world.key('quizzer', 'math-101', { type: 'ltik', lifetime: 60, claims: { n: 1 } });
  const clients = [ltik, unseen].map((key) => world.with(`LTIK-AUTH-V2 ${API_KEYS.quizzer}:${key}`));
  assert.equal((await clients[0]?.list())?.status, 200);
  world.advance(120_000);
  for (const client of clients) {
    for (let n = 0; n < BUDGET * 2; n++) assert.equal((await client.list()).status, 401);
  }
  assert.equal((await (await world.as('drill')).list()).status, 200);
});

test('bad assertions use the budget of their address up, and tokens are 429 then', async (t) => {
  const key = await sharedKey();
  const world = await openLimited(t, inline(key));
  const api = await world.as();
  await api.list();
  const ask = async (claims = {}): Promise<Answer> =>
    requestToken(world, formOf(await assertion(world, key, { claims }), ALL_SCOPES));
  assert.equal((await ask()).status, 200);
  let answer = await ask({ aud: 'https://elsewhere.example' });
  for (let n = 0; answer.status === 400 && n < BUDGET * 2; n++)
    answer = await ask({ aud: 'https://elsewhere.example' });
  assert.equal(answer.status, 429, answer.text);
  assert.equal(answer.body['error'], 'temporarily_unavailable');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal((await ask()).status, 429);
  assert.equal((await api.list()).status, 200, 'a good service key passes all the same');
  world.advance(Number(answer.headers['retry-after']) * 1000);
  assert.equal((await ask()).status, 200);
});
