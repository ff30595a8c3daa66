import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuardedFetch } from '../../src/auth/guarded-fetch.ts';
import { createOidcProvider } from '../../src/auth/oidc.ts';
import { GradebridgeError } from '../../src/core/errors.ts';
import { createTransport, TransportError } from '../../src/upstream/transport.ts';
import { openWorld } from '../exchange/world.ts';
import { assertion, formOf, requestToken, sharedKey, tokenLog } from './assertions.ts';
import { MISBEHAVIOURS, startHostileServer } from './hostile-server.ts';
import { fetched } from './key-server.ts';

/** Milliseconds that a fetch may take. */
const TIMEOUT = 300;
const LIMITS = { privateAddresses: true, timeout: TIMEOUT, bytes: 4096 };

test('a fetch of a key set ends whatever the server does', async (t) => {
  for (const [name, how] of Object.entries(MISBEHAVIOURS)) {
    await t.test(name, { timeout: 20_000 }, async (t) => {
      const server = await startHostileServer(t, how);
      const fetchKeys = createGuardedFetch(LIMITS);
      await assert.rejects(fetchKeys(`${server.url}/jwks.json`), Error);
      await assert.rejects(fetchKeys(server.url, { form: new URLSearchParams({ code: 'x' }) }), Error);
      assert.equal(server.called(), 2);
    });
  }
});

test('a call of OneRoster ends whatever the server does', async (t) => {
  for (const [name, how] of Object.entries(MISBEHAVIOURS)) {
    await t.test(name, { timeout: 20_000 }, async (t) => {
      const server = await startHostileServer(t, how);
      const transport = createTransport({ connections: 1, maxBytes: 4096 });
      t.after(() => transport.close());
      for (const method of ['GET', 'PUT'] as const) {
        const body = method === 'PUT' ? { body: '{}' } : {};
        const request = { method, url: `${server.url}/x`, headers: {}, timeout: TIMEOUT, ...body };
        await assert.rejects(transport.exchange(request), TransportError);
      }
    });
  }
});

test('a sign-in at a provider ends whatever the provider does', async (t) => {
  for (const [name, how] of Object.entries(MISBEHAVIOURS)) {
    await t.test(name, { timeout: 20_000 }, async (t) => {
      const server = await startHostileServer(t, how);
      const settings = {
        ...{ issuer: server.url, clientId: 'c', clientSecret: 's', roleClaim: 'r' },
        redirectUri: 'https://grades.example/admin/v1/oidc/callback',
      };
      const provider = createOidcProvider(settings, createGuardedFetch(LIMITS), Date.now);
      await assert.rejects(
        provider.authorizationUrl({ state: 's', nonce: 'n', verifier: 'v' }),
        (error) => error instanceof GradebridgeError && error.code === 'SIGN_IN_UNAVAILABLE',
      );
    });
  }
});

test('a key-set host that answers 101 holds no place of its address', { timeout: 60_000 }, async (t) => {
  const key = await sharedKey();
  const server = await startHostileServer(t, MISBEHAVIOURS['101 with an upgrade'] as () => void);
  const config = { ...fetched(`${server.url}/jwks.json`), limits: { inFlight: 20 } };
  const world = await openWorld(t, { config });
  // One address has a tenth of what may be under way.
  for (let n = 0; n < 5; n++) {
    const answer = await requestToken(world, formOf(await assertion(world, key)));
    assert.equal(answer.status, 400, answer.text);
    assert.match(JSON.stringify(tokenLog(world).at(-1)), /answered 101/);
  }
});
