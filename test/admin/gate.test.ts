import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminRoute } from '../../src/core/admin.ts';
import { openWorld, type World } from '../exchange/world.ts';
import { assertCode, type Browser, browser, openAdmin, program, TOKENS, withHeaders } from './desk.ts';
import { wholeTable } from './table.ts';

/** Every route that somebody must be signed in for, with a path that a request can have. */
const GUARDED = wholeTable().filter(({ role }) => role !== 'anyone');
const pathOf = ({ path }: AdminRoute): string => path.replaceAll(/:\w+/g, 'nothing');
const isChange = ({ method }: AdminRoute): boolean => method !== 'GET';

/** Codes of the gate: what is not one of them has passed it. */
const OF_THE_GATE = ['ADMIN_UNAUTHORISED', 'ADMIN_FORBIDDEN', 'CSRF_MISSING', 'TOO_MANY_FAILURES'];

test('there are routes, and those for anyone are few', () => {
  assert.ok(GUARDED.length > 20);
  const open = wholeTable().filter(({ role }) => role === 'anyone');
  assert.deepEqual(
    open.map(({ method, path }) => `${method} ${path}`),
    ['GET /sign-in', 'POST /session', 'GET /oidc/start', 'GET /oidc/callback'],
  );
});

test('every route that changes something wants an operator, but one’s own sign-out; a trial keeps nothing', () => {
  const lax = GUARDED.filter((route) => isChange(route) && route.role !== 'operator');
  assert.deepEqual(
    lax.map(({ method, path }) => `${method} ${path}`),
    ['DELETE /session', 'POST /mappings/:name/try', 'POST /mappings/:name/what-if'],
  );
});

test('every route of the admin API', async (t) => {
  const world = await openAdmin(t);
  const people = { operator: await browser(world), viewer: await browser(world, 'vic') };
  for (const route of GUARDED)
    await t.test(`${route.method} ${route.path}`, () => tryRoute(world, route, people));
});

interface People {
  readonly operator: Browser;
  readonly viewer: Browser;
}

async function tryRoute(world: World, route: AdminRoute, { operator, viewer }: People): Promise<void> {
  const { method, role } = route;
  const path = pathOf(route);
  const ask = (headers: Record<string, string>) => withHeaders(world, headers).call(method, path);
  assertCode(await ask({}), 401, 'ADMIN_UNAUTHORISED');
  assertCode(await ask({ authorization: 'Bearer nobody-has-this-token' }), 401, 'ADMIN_UNAUTHORISED');
  assertCode(await ask({ authorization: 'Basic YTpi' }), 401, 'ADMIN_UNAUTHORISED');
  assertCode(await ask({ cookie: `gradebridge_session=${'x'.repeat(43)}` }), 401, 'ADMIN_UNAUTHORISED');
  // A bad header is not made good by a good cookie.
  const both = { cookie: operator.cookie, 'x-csrf-token': operator.csrf, authorization: 'Bearer x' };
  assertCode(await ask(both), 401, 'ADMIN_UNAUTHORISED');
  world.advance(60_000);
  if (isChange(route)) {
    assertCode(await ask({ cookie: operator.cookie }), 403, 'CSRF_MISSING');
    const ofAnother = { cookie: operator.cookie, 'x-csrf-token': viewer.csrf };
    assertCode(await ask(ofAnother), 403, 'CSRF_MISSING');
  }
  if (role === 'operator') {
    assertCode(await program(world, 'vic').call(method, path), 403, 'ADMIN_FORBIDDEN');
    assertCode(await viewer.call(method, path), 403, 'ADMIN_FORBIDDEN');
  }
  // The one ends the session, the other does not end: they have tests of their own.
  if (route.path === '/session' || route.path.endsWith('/stream')) return;
  const allowed = [operator, program(world), ...(role === 'viewer' ? [viewer, program(world, 'vic')] : [])];
  for (const person of allowed) {
    const answer = await person.call(method, path);
    assert.ok(!OF_THE_GATE.includes(String(answer.body['code'])), answer.text);
    assert.ok(answer.status < 500, answer.text);
    assert.ok(
      answer.status >= 400 || answer.headers['cache-control'] === 'no-store',
      'nothing is for a cache',
    );
  }
}

test('without "admin", there is neither an API nor a console', async (t) => {
  const world = await openAdmin(t);
  const plain = await openWorld(t);
  for (const path of ['/admin/v1/sign-in', '/admin/v1/overview', '/console', '/console/index.html']) {
    const answer = await plain.with(undefined).call('GET', path);
    assert.equal(answer.status, 404, path);
  }
  assert.equal((await program(world).get('/overview')).status, 200);
});

test('an address that fails to sign in again and again is refused, also with a good token, for a while', async (t) => {
  const world = await openAdmin(t);
  const nobody = withHeaders(world, {});
  for (let guess = 0; guess < 20; guess++)
    assertCode(await nobody.post('/session', { token: `guess-number-${guess}` }), 401, 'ADMIN_UNAUTHORISED');
  const refused = await nobody.post('/session', { token: TOKENS.ada });
  assertCode(refused, 429, 'TOO_MANY_FAILURES');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assertCode(await program(world).get('/tools'), 429, 'TOO_MANY_FAILURES');
  world.advance(60_000);
  assert.equal((await nobody.post('/session', { token: TOKENS.ada })).status, 200);
});

test('those who are signed in already are not kept out by somebody at their address who guesses', async (t) => {
  const world = await openAdmin(t);
  const ada = await browser(world);
  for (let guess = 0; guess < 25; guess++)
    await withHeaders(world, {}).post('/session', { token: 'g'.repeat(20) });
  assert.equal((await ada.get('/tools')).status, 200);
});

test('a token in a body of another type, which a form of another site could send, is not looked at', async (t) => {
  const world = await openAdmin(t);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const headers = { 'content-type': type };
    const body = JSON.stringify({ token: TOKENS.ada });
    const answer = await withHeaders(world, {}).call('POST', '/session', { headers, body });
    assertCode(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

test('no answer lets another site read it', async (t) => {
  const world = await openAdmin(t);
  const asked = { headers: { origin: 'https://evil.example' } };
  const answer = await program(world).call('GET', '/tools', asked);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  const preflight = await withHeaders(world, {}).call('OPTIONS', '/session', asked);
  assert.equal(preflight.status, 405);
  assert.equal(preflight.headers['access-control-allow-headers'], undefined);
});

test('a session cookie is for no script and no other site, and for https alone where the gateway has it', async (t) => {
  const world = await openAdmin(t);
  const { signedIn } = await browser(world);
  const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
  assert.match(
    cookie,
    /^gradebridge_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=28800; Secure$/,
  );
  const plain = await openAdmin(t, { config: { publicUrl: 'http://127.0.0.1:8080' } });
  assert.doesNotMatch(String((await browser(plain)).signedIn.headers['set-cookie']), /Secure/);
});

test('what the API does not know is 404, and another method 405, as problems', async (t) => {
  const world = await openAdmin(t);
  assertCode(await program(world).get('/nothing'), 404, 'ROUTE_NOT_FOUND');
  const answer = await program(world).call('PUT', '/tools');
  assertCode(answer, 405, 'METHOD_NOT_ALLOWED');
  assert.equal(answer.headers['allow'], 'GET');
});
