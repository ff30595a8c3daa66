import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBucket } from '../../src/core/bucket.ts';
import { networkOf } from '../../src/http/networks.ts';
import { type Answer, openWorld, until, type World } from '../exchange/world.ts';
import { head, open, statuses, type Wire } from './wire.ts';

const NETWORKS: Readonly<Record<string, string>> = {
  '203.0.113.7': '203.0.113.7',
  '::ffff:203.0.113.7': '203.0.113.7',
  '::FFFF:203.0.113.7': '203.0.113.7',
  '2001:db8:0:7:1:2:3:4': '2001:db8:0:7::/64',
  '2001:db8:0:7::1': '2001:db8:0:7::/64',
  '2001:0DB8:0000:0007::': '2001:db8:0:7::/64',
  '2001:db8::1': '2001:db8:0:0::/64',
  'fe80::1%eth0': 'fe80:0:0:0::/64',
  '::1': '0:0:0:0::/64',
  '': '',
};

for (const [address, network] of Object.entries(NETWORKS)) {
  test(`${address || 'no address'} counts as ${network || 'none'}`, () =>
    assert.equal(networkOf(address), network));
}

const BUDGET = 3;

/** Sends bad tokens until the address has nothing left. */
async function useUp(world: World, forwarded: string): Promise<Answer> {
  let answer = await ask(world, forwarded);
  for (let n = 0; answer.status === 401 && n < BUDGET * 3; n++) answer = await ask(world, forwarded);
  assert.equal(answer.status, 429, answer.text);
  return answer;
}

function ask(world: World, forwarded: string): Promise<Answer> {
  return world.with('Bearer x').call('GET', '/api/lineitems', { headers: { 'x-forwarded-for': forwarded } });
}

/** Two values of X-Forwarded-For, and whether they are one address behind so many proxies. */
const FORWARDED: readonly (readonly [proxies: number, first: string, second: string, isSame: boolean])[] = [
  [0, '203.0.113.7', '203.0.113.8', true],
  [1, '203.0.113.7', '203.0.113.8', false],
  [1, '198.51.100.1, 203.0.113.7', '198.51.100.2, 203.0.113.7', true],
  [1, '203.0.113.7', '203.0.113.7:4711', true],
  [1, '2001:db8::1', '[2001:db8::2]:4711', true],
  [1, 'unknown', ',', true],
  [2, '203.0.113.7, 10.0.0.1', '203.0.113.8, 10.0.0.1', false],
  [2, '203.0.113.7, 10.0.0.1', '203.0.113.7,10.0.0.2', true],
  [2, '198.51.100.1, 203.0.113.7, 10.0.0.1', '203.0.113.7', true],
];

for (const [trustedProxies, first, second, isSame] of FORWARDED) {
  test(`behind ${trustedProxies} proxies, ${first} and ${second} are ${isSame ? 'one' : 'two'}`, async (t) => {
    const config = { listen: { trustedProxies }, limits: { address: { failuresPerMinute: BUDGET } } };
    const world = await openWorld(t, { config });
    await useUp(world, first);
    assert.equal((await ask(world, second)).status, isSame ? 429 : 401);
  });
}

test('an address with too many connections is told so, one with twice as many is not even told', async (t) => {
  const world = await openWorld(t, { config: { limits: { address: { connections: 3 } } } });
  const knock = (): Promise<Wire> => open(t, world.url, head('GET /healthz'));
  const [first, second, third] = [await knock(), await knock(), await knock()];
  await until(() => [first, second, third].every((wire) => statuses(wire)[0] === 200));
  const api = await open(t, world.url, head('GET /api/lineitems'));
  await until(api.isClosed);
  assert.match(api.received(), /^HTTP\/1\.1 429 [\s\S]*retry-after: 1[\s\S]*"TOO_MANY_CONNECTIONS"/i);
  const ags = await open(t, world.url, head('GET /lti/contexts/math-101/lineitems'));
  await until(ags.isClosed);
  assert.match(ags.received(), /application\/problem\+json[\s\S]*"TOO_MANY_CONNECTIONS"/);
  for (let n = 0; n < 3; n++) await open(t, world.url);
  const unheard = await open(t, world.url, head('GET /api/lineitems'));
  await until(unheard.isClosed);
  assert.equal(unheard.received(), '');
  first.socket.write(head('GET /api/lineitems'));
  await until(() => statuses(first).length === 2);
  assert.deepEqual(statuses(first), [200, 401], 'those that were there first are served');
});

test('behind a proxy, whose connections are those of all, they are not counted', async (t) => {
  const config = { listen: { trustedProxies: 1 }, limits: { address: { connections: 1 } } };
  const world = await openWorld(t, { config });
  for (let n = 0; n < 5; n++) {
    const wire = await open(t, world.url, head('GET /api/lineitems'));
    await until(() => statuses(wire).length === 1);
    assert.deepEqual(statuses(wire), [401]);
  }
});

test('there are only so many connections in all', async (t) => {
  const world = await openWorld(t, { config: { limits: { connections: 2 } } });
  const held = [
    await open(t, world.url, head('GET /healthz')),
    await open(t, world.url, head('GET /healthz')),
  ];
  await until(() => held.every((wire) => statuses(wire).length === 1));
  const one = await open(t, world.url, head('GET /healthz'));
  await until(one.isClosed);
  assert.equal(one.received(), '');
  held[0]?.socket.destroy();
  let next = await open(t, world.url, head('GET /healthz'));
  await until(() => next.isClosed() || statuses(next).length === 1);
  for (let n = 0; n < 50 && next.isClosed(); n++) {
    next = await open(t, world.url, head('GET /healthz'));
    await until(() => next.isClosed() || statuses(next).length === 1);
  }
  assert.deepEqual(statuses(next), [200]);
});

test('one address holds no more than a tenth of the places with token requests that do not end', async (t) => {
  const world = await openWorld(t, { config: { limits: { inFlight: 20 } } });
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '100' };
  const wires: Wire[] = [];
  for (let n = 0; n < 30; n++) wires.push(await open(t, world.url, head('POST /lti/token', form)));
  await until(() => wires.filter((wire) => statuses(wire)[0] === 429).length === 28);
  assert.equal((await (await world.as()).list()).status, 200);
});

test('a bucket gives what it holds at once, and then what flows in', () => {
  const bucket = createBucket({ size: 2, perSecond: 0.5 }, 0);
  const drawn = [0, 0, 0, 1_000, 2_000, 2_000, 60_000, 60_000, 60_000].map((now) => {
    const wait = bucket.wait(now);
    if (wait === 0) bucket.take(now);
    return wait;
  });
  assert.deepEqual(drawn, [0, 0, 2, 1, 0, 2, 0, 0, 2]);
  assert.equal(bucket.wait(0), 2, 'a clock that is set back takes nothing away, and gives nothing');
});
