import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Answer, openWorld, type World } from '../exchange/world.ts';
import {
  assertion,
  formOf,
  inline,
  makeKey,
  requestToken,
  type Signing,
  sharedKey,
  type ToolKey,
  tokenLog,
} from './assertions.ts';
import { fetched, startKeyServer } from './key-server.ts';

async function ask(world: World, key: ToolKey, signing?: Signing): Promise<Answer> {
  return requestToken(world, formOf(await assertion(world, key, signing)));
}

/** Moves the clock of the whole process on, by which jose reckons. */
function clockOf(t: TestContext): (milliseconds: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (milliseconds) => t.mock.timers.tick(milliseconds);
}

test('§2.5 keys behind jwksUrl are fetched when they are first needed, and kept', async (t) => {
  const key = await sharedKey();
  const server = await startKeyServer(t, key);
  const world = await openWorld(t, { config: fetched(server.url) });
  assert.equal(server.asked(), 0);
  const answers = await Promise.all([ask(world, key), ask(world, key), ask(world, key)]);
  for (const { status, text } of answers) assert.equal(status, 200, text);
  assert.equal((await ask(world, key)).status, 200);
  assert.equal(server.asked(), 1);
});

test('§2.5 rotation: an unknown kid has the set fetched once more, with a pause between two fetches', async (t) => {
  const [old, next] = [await makeKey(), await makeKey()];
  const tick = clockOf(t);
  const server = await startKeyServer(t, old);
  const world = await openWorld(t, { config: fetched(server.url) });
  assert.equal((await ask(world, old)).status, 200);
  server.publish(old, next);
  tick(31_000);
  assert.equal((await ask(world, next)).status, 200);
  assert.equal((await ask(world, old)).status, 200, 'the key before is good for an overlap');
  assert.equal(server.asked(), 2);
  const foreign = await makeKey();
  for (let count = 0; count < 5; count++) assert.equal((await ask(world, foreign)).status, 400);
  assert.equal(server.asked(), 2, 'somebody unknown cannot have the set fetched at will');
  tick(31_000);
  await Promise.all(Array.from({ length: 5 }, () => ask(world, foreign)));
  assert.equal(server.asked(), 3);
});

test('§2.5 a key that the tool has taken back is refused when the set is read anew', async (t) => {
  const [old, next] = [await makeKey(), await makeKey()];
  const tick = clockOf(t);
  const server = await startKeyServer(t, old);
  const world = await openWorld(t, { config: fetched(server.url) });
  assert.equal((await ask(world, old)).status, 200);
  server.publish(next);
  tick(601_000);
  assert.equal((await ask(world, old)).status, 400);
});

test('§2.5 a set that could not be fetched is fetched again, but not for every assertion', async (t) => {
  const tick = clockOf(t);
  const key = await sharedKey();
  const server = await startKeyServer(t);
  const world = await openWorld(t, { config: fetched(server.url) });
  let fetches = 0;
  server.answer((_, response) => {
    fetches++;
    response.writeHead(503).end();
  });
  for (let again = 0; again < 5; again++) assert.equal((await ask(world, key)).status, 400);
  assert.equal(fetches, 1, 'each forged assertion would make the gateway call');
  server.publish(key);
  tick(2_500);
  assert.equal((await ask(world, key)).status, 200);
});

/** Key sets as tools have them, and how they sign. */
const SETS: Readonly<
  Record<string, (keys: readonly [ToolKey, ToolKey]) => readonly [readonly ToolKey[], Signing]>
> = {
  'one key, no kid in the assertion': ([one]) => [[one], { header: { kid: undefined } }],
  'several keys, no kid in the assertion': ([one, two]) => [[two, one], { header: { kid: undefined } }],
  'a key without alg and use': ([one]) => [[bare(one, 'alg', 'use')], {}],
  'a key without kid, no kid in the assertion': ([one]) => [
    [bare(one, 'kid')],
    { header: { kid: undefined } },
  ],
  'several keys with one kid': ([one, two]) => [[{ ...two, open: { ...two.open, kid: one.kid } }, one], {}],
  'no typ': ([one]) => [[one], { header: { typ: undefined } }],
  'another typ': ([one]) => [[one], { header: { typ: 'client-authentication+jwt' } }],
};

function bare(key: ToolKey, ...members: readonly string[]): ToolKey {
  const open = Object.fromEntries(Object.entries(key.open).filter(([member]) => !members.includes(member)));
  return { ...key, open };
}

test('§2.5 key sets as tools have them, inline and fetched', async (t) => {
  const keys = [await makeKey(), await makeKey()] as const;
  for (const [name, make] of Object.entries(SETS)) {
    await t.test(name, async (t) => {
      const [set, signing] = make(keys);
      const world = await openWorld(t, { config: inline(...set) });
      const answer = await ask(world, keys[0], signing);
      assert.equal(answer.status, 200, answer.text);
      const server = await startKeyServer(t, ...set);
      const other = await openWorld(t, { config: fetched(server.url) });
      const again = await ask(other, keys[0], signing);
      assert.equal(again.status, 200, again.text);
      const foreign = await makeKey('ES256', keys[0].kid);
      assert.equal((await ask(other, foreign, signing)).status, 400);
    });
  }
});

test('jwks and jwksUrl together: one of them suffices', async (t) => {
  const [one, two] = [await makeKey(), await makeKey()];
  const server = await startKeyServer(t, one);
  for (const set of [[], [two]] as const) {
    const quizzer = { jwksUrl: server.url, jwks: { keys: set.map(({ open }) => open) } };
    const world = await openWorld(t, { config: { keySets: { privateAddresses: true }, tools: { quizzer } } });
    for (const key of [one, ...set]) {
      const answer = await ask(world, key);
      assert.equal(answer.status, 200, `${set.length} keys inline: ${answer.text}`);
    }
  }
});

/** What a key server may do wrong, and the word that must tell the administrator in the log. */
const BROKEN: Readonly<
  Record<string, readonly [Parameters<Awaited<ReturnType<typeof startKeyServer>>['answer']>[0], RegExp]>
> = {
  'answers 500': [(_, response) => void response.writeHead(500).end(), /500/],
  'redirects elsewhere': [
    ({ url }, response) =>
      url === '/jwks.json'
        ? void response.writeHead(302, { location: '/elsewhere' }).end()
        : void response.end('{"keys":[]}'),
    /302/,
  ],
  'answers a web page': [(_, response) => void response.end('<html>'), /JSON/i],
  'answers no key set': [(_, response) => void response.end('{}'), /key ?set|JWKS/i],
  'answers too much': [
    (_, response) => void response.end(`{"keys":[],"x":"${'x'.repeat(5000)}"}`),
    /4096|larger/,
  ],
  'never answers': [() => {}, /time|abort/i],
  'never ends': [(_, response) => void response.write('{'), /time|abort/i],
  'hangs up': [({ socket }) => void socket.destroy(), /hang up|ECONNRESET|socket/i],
};

test('a key set that cannot be had is refused as that, and the log says why', async (t) => {
  const key = await sharedKey();
  const server = await startKeyServer(t, key);
  for (const [name, [how, reason]] of Object.entries(BROKEN)) {
    await t.test(name, async (t) => {
      const keySets = { privateAddresses: true, timeout: 200, bytes: 4096 };
      const world = await openWorld(t, { config: fetched(server.url, keySets) });
      server.answer(how);
      const before = server.asked();
      const answer = await ask(world, key);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body['error'], 'invalid_client');
      assert.match(String(answer.body['error_description']), /key set/);
      assert.ok(!answer.text.includes(String(server.port)), 'the answer names no address');
      assert.equal(server.asked(), before + 1, 'a redirect is not followed');
      const last = tokenLog(world).at(-1);
      assert.match(JSON.stringify(last), reason);
    });
  }
});

/** The signatures that jose has checked since. */
function countChecks(t: TestContext): () => number {
  const { mock } = t.mock.method(crypto.subtle, 'verify');
  return () => mock.callCount();
}

/** Several keys that could all have signed a token without kid; none is the key of `makeKey`. */
async function lookalikes(count: number, alg = 'ES512'): Promise<readonly ToolKey[]> {
  const one = await makeKey(alg);
  return Array.from({ length: count }, (_, n) => ({ ...one, open: { ...one.open, kid: `k-${n}` } }));
}

test('a set of 1,150 keys is refused with its reason, and no key of it is tried', async (t) => {
  const server = await startKeyServer(t, ...(await lookalikes(1_150)));
  const keySets = { privateAddresses: true, bytes: 400_000 };
  const world = await openWorld(t, { config: fetched(server.url, keySets) });
  const key = await makeKey('ES512');
  const checks = countChecks(t);
  const answer = await ask(world, key, { header: { kid: undefined } });
  assert.equal(answer.status, 400, answer.text);
  assert.match(JSON.stringify(tokenLog(world).at(-1)), /1150 keys, more than 100/);
  assert.equal(checks(), 0);
});

test('a key with thousands of key_ops, which jose compares with each other, is refused with its reason', async (t) => {
  const key = await sharedKey();
  const uses = Array.from({ length: 20_000 }, (_, n) => n.toString(36));
  const server = await startKeyServer(t, { ...key, open: { ...key.open, key_ops: uses } });
  const world = await openWorld(t, { config: fetched(server.url) });
  assert.equal((await ask(world, key)).status, 400);
  assert.match(JSON.stringify(tokenLog(world).at(-1)), /key_ops/);
});

test('at most eight keys are tried with a token that names none, inline and fetched', async (t) => {
  const set = await lookalikes(90);
  const server = await startKeyServer(t, ...set);
  for (const config of [inline(...set), fetched(server.url)]) {
    const world = await openWorld(t, { config });
    const foreign = await makeKey('ES512');
    const checks = countChecks(t);
    const answer = await ask(world, foreign, { header: { kid: undefined } });
    assert.equal(answer.status, 400, answer.text);
    assert.match(String(answer.body['error_description']), /kid/);
    assert.equal(checks(), 8);
    t.mock.restoreAll();
  }
});

test('kid and alg choose among many keys: one is tried', async (t) => {
  const key = await makeKey('ES512', 'mine');
  const server = await startKeyServer(t, ...(await lookalikes(90)), key);
  const world = await openWorld(t, { config: fetched(server.url) });
  const checks = countChecks(t);
  assert.equal((await ask(world, key)).status, 200);
  assert.equal(checks(), 1);
});

test('searches that fail are charged to the tool, wherever they come from; its named keys go on', async (t) => {
  const mine = await makeKey('ES512', 'mine');
  const server = await startKeyServer(t, mine, ...(await lookalikes(20)));
  const config = { ...fetched(server.url), listen: { trustedProxies: 1 } };
  const world = await openWorld(t, { config });
  const foreign = await makeKey('ES512');
  const header = { kid: undefined };
  const from = async (n: number, key: ToolKey, signing: Signing = {}): Promise<Answer> => {
    const headers = { 'x-forwarded-for': `203.0.113.${n}` };
    return requestToken(world, formOf(await assertion(world, key, signing)), headers);
  };
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const checks = countChecks(t);
  for (let n = 0; n < 50; n++) assert.equal((await from(n, foreign, { header })).status, 400);
  assert.equal(checks(), 64, 'eight searches of eight keys each');
  assert.equal((await from(51, mine)).status, 200, 'a key that is named is no search');
  assert.equal((await from(52, mine, { header })).status, 400, 'a search, though a good one');
  t.mock.timers.tick(60_000);
  assert.equal((await from(53, mine, { header })).status, 200, 'and it passes');
});
