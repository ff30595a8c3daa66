import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuardedFetch } from '../../src/auth/guarded-fetch.ts';
import { openWorld } from '../exchange/world.ts';
import { assertion, formOf, requestToken, sharedKey, tokenLog } from './assertions.ts';
import { fetched, startKeyServer } from './key-server.ts';
import { dialLoopbackOnly } from './loopback.ts';

/** Hosts of this machine and of private networks, in every form that a URL allows; PORT stands for a server's own. */
const PRIVATE = [
  '127.0.0.1:PORT',
  'localhost:PORT',
  'LOCALHOST.:PORT',
  '127.1:PORT',
  '2130706433:PORT',
  '0x7f000001:PORT',
  '0x7f.0.0.1:PORT',
  '0177.0.0.1:PORT',
  '0:PORT',
  '[::1]:PORT',
  '[::]:PORT',
  '[::ffff:127.0.0.1]:PORT',
  '[::ffff:7f00:1]:PORT',
  '[0:0:0:0:0:ffff:127.0.0.1]:PORT',
  '[::127.0.0.1]:PORT',
  '[64:ff9b::7f00:1]:PORT',
  '10.0.0.1',
  '10.255.255.254',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '[fe80::1]',
  '[fd00::1]',
  '[fec0::1]',
  '[::ffff:169.254.169.254]',
];

test('key sets at private addresses are not fetched unless it is configured, however the address is written', async (t) => {
  dialLoopbackOnly(t);
  const key = await sharedKey();
  const server = await startKeyServer(t, key);
  const tools = Object.fromEntries(
    PRIVATE.map((host, index) => {
      const jwksUrl = `http://${host.replace('PORT', String(server.port))}/jwks.json`;
      return [`tool-${index}`, { clientId: `tool-${index}`, contexts: ['math-101'], jwksUrl }];
    }),
  );
  const world = await openWorld(t, { config: { tools, keySets: { timeout: 300 } } });
  for (const [index, host] of PRIVATE.entries()) {
    await t.test(host, async () => {
      const claims = { iss: `tool-${index}`, sub: `tool-${index}` };
      const answer = await requestToken(world, formOf(await assertion(world, key, { claims })));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(server.asked(), 0);
      assert.match(String(answer.body['error_description']), /key set/);
      // The administrator must be able to see that it is the guard that refuses, and not the network.
      assert.match(JSON.stringify(tokenLog(world).at(-1)), /private address/);
      assert.doesNotMatch(answer.text, /private/, 'the answer tells nothing about the network');
    });
  }
});

test('they are fetched when it is configured', async (t) => {
  const key = await sharedKey();
  const server = await startKeyServer(t, key);
  for (const host of ['127.0.0.1', 'localhost', '2130706433']) {
    const world = await openWorld(t, { config: fetched(`http://${host}:${server.port}/jwks.json`) });
    const answer = await requestToken(world, formOf(await assertion(world, key)));
    assert.equal(answer.status, 200, `${host}: ${answer.text}`);
  }
  assert.equal(server.asked(), 3);
});

/** What a hostile name may resolve to; one private address among others is enough. */
const RESOLVED = [
  ['127.0.0.1'],
  ['169.254.169.254'],
  ['203.0.113.7', '10.0.0.1'],
  ['::1'],
  ['::ffff:127.0.0.1'],
  ['2002:7f00:1::'],
  ['fd00::1'],
];

test('a name that resolves to a private address is refused at the resolver, and nothing is dialled', async (t) => {
  dialLoopbackOnly(t);
  const server = await startKeyServer(t, await sharedKey());
  for (const addresses of RESOLVED) {
    const asked: string[] = [];
    const limits = { privateAddresses: false, timeout: 5000, bytes: 4096 };
    const fetchKeys = createGuardedFetch(limits, (host, _options, done) => {
      asked.push(host);
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    });
    await assert.rejects(fetchKeys(`http://keys.tool.example:${server.port}/jwks.json`), /private address/);
    assert.deepEqual(asked, ['keys.tool.example']);
  }
  assert.equal(server.asked(), 0);
});
