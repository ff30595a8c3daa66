import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAdmin, TOKENS } from '../admin/desk.ts';
import { openWorld, PUBLIC_URL } from '../exchange/world.ts';
import { head, open, statuses, type Wire } from './wire.ts';

async function answered(wire: Wire): Promise<number | undefined> {
  await wire.closed;
  return statuses(wire)[0];
}

/** Paths that mean the admin API or the console to a lenient router, and not to the rule of a proxy. */
const NOT_EXACT = [
  '/ADMIN/v1/overview',
  '/Admin/v1/overview',
  '/admin/V1/overview',
  '/admin/v1/Overview',
  '/admin/v1/overview/',
  '//admin/v1/overview',
  '/admin//v1/overview',
  '/admin/v1//overview',
  '/lti//../admin/v1/overview',
  '/./admin/v1/overview',
  '/%61dmin/v1/overview',
  '/admin%2Fv1/overview',
  '/CONSOLE/',
  '//console/',
  '/Console',
  '/HEALTHZ',
  '/healthz/',
  '//healthz',
  '/readyz/',
  '/LTI/token',
  '/.WELL-KNOWN/jwks.json',
];

test('paths are matched exactly, so that the rule of a proxy holds', async (t) => {
  const world = await openAdmin(t);
  const headers = { authorization: `Bearer ${TOKENS.ada}`, connection: 'close' };
  const exact = await open(t, world.url, head('GET /admin/v1/overview', headers));
  assert.equal(await answered(exact), 200);
  for (const path of NOT_EXACT) {
    await t.test(path, async (t) => {
      for (const target of [path, `${PUBLIC_URL}${path}`]) {
        const wire = await open(t, world.url, head(`GET ${target}`, headers));
        assert.equal(await answered(wire), 404, `${target}: ${wire.received()}`);
      }
    });
  }
});

test('RFC 9112 §3.2.2: a target in absolute form is taken', async (t) => {
  const world = await openWorld(t);
  const key = await world.key('quizzer', 'math-101');
  const headers = { authorization: `SERVICE-AUTH-V1 quizzer-api-key:${key}`, connection: 'close' };
  const targets = {
    [`${PUBLIC_URL}/healthz`]: 200,
    'http://gateway/healthz': 200,
    'HTTP://GATEWAY:8080/healthz?x=http://y': 200,
    [`${PUBLIC_URL}/api/lineitems?limit=1`]: 200,
    [`${PUBLIC_URL}/api/lineitems//x/scores`]: 404,
    'http://gateway': 404,
    'http://gateway?x': 404,
    'http:///healthz': 200,
  };
  for (const [target, status] of Object.entries(targets)) {
    const wire = await open(t, world.url, head(`GET ${target}`, headers));
    assert.equal(await answered(wire), status, `${target}: ${wire.received()}`);
  }
});

test('RFC 9112 §3.2: two Host headers are 400, on every path', async (t) => {
  const world = await openAdmin(t);
  for (const path of ['/api/lineitems', '/lti/token', '/admin/v1/overview', '/healthz', '/nowhere']) {
    for (const second of ['Host: gateway', 'HOST: elsewhere']) {
      const text = `GET ${path} HTTP/1.1\r\nhost: gateway\r\n${second}\r\nconnection: close\r\n\r\n`;
      const wire = await open(t, world.url, text);
      assert.equal(await answered(wire), 400, wire.received());
      assert.match(wire.received(), /SEVERAL_HOSTS/);
    }
  }
});
