import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Answer } from '../exchange/client.ts';
import { PUBLIC_URL, type World } from '../exchange/world.ts';
import { assertCode, cookieOf, itemsOf, openAdmin, withHeaders } from './desk.ts';
import { type Break, CLIENT, type IdentityProvider, startIdentityProvider } from './identity-provider.ts';

const CALLBACK = `${PUBLIC_URL}/admin/v1`;

interface Scene {
  readonly world: World;
  readonly provider: IdentityProvider;
}

async function open(t: TestContext, more: JsonObject = {}): Promise<Scene> {
  const provider = await startIdentityProvider(t);
  const oidc = {
    issuer: provider.issuer,
    ...CLIENT,
    operator: ['registrar'],
    viewer: ['teacher', 'helpdesk'],
  };
  const config = { admin: { oidc }, keySets: { privateAddresses: true }, ...more };
  return { world: await openAdmin(t, { config }), provider };
}

interface Begun {
  /** The cookie of the browser that has begun. */
  readonly cookie: string;
  /** The path and query of the callback, as the provider redirects to it. */
  readonly back: string;
  readonly start: Answer;
}

/** A browser begins, and the provider sends it back. */
async function begin({ world }: Scene): Promise<Begun> {
  const start = await withHeaders(world, {}).get('/oidc/start');
  assert.equal(start.status, 303, start.text);
  const { headers } = await fetch(String(start.headers.location), { redirect: 'manual' });
  const location = String(headers.get('location'));
  assert.ok(location.startsWith(`${CALLBACK}/oidc/callback?`), location);
  return { cookie: cookieOf(start), back: location.slice(CALLBACK.length), start };
}

function comeBack({ world }: Scene, { cookie, back }: Pick<Begun, 'cookie' | 'back'>): Promise<Answer> {
  return withHeaders(world, cookie === '' ? {} : { cookie }).get(back);
}

/** Asserts that nobody was let in, and that the browser was told why at the console and nowhere else. */
function assertRefused(answer: Answer, code: string): void {
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.headers.location, `${PUBLIC_URL}/console/?refused=${code}`);
  assert.equal(answer.headers['set-cookie'], undefined);
}

/** What the provider may say of somebody, and who that makes them. */
const ROLES = [
  [{ roles: ['registrar'] }, 'operator'],
  [{ roles: 'teacher' }, 'viewer'],
  [{ roles: ['teacher', 'registrar'] }, 'operator'],
] as const;

for (const [claimed, role] of ROLES) {
  test(`whoever the provider knows with ${JSON.stringify(claimed)} is signed in as ${role}`, async (t) => {
    const scene = await open(t);
    scene.provider.says({ ...claimed, preferred_username: 'grace' });
    const answer = await comeBack(scene, await begin(scene));
    assert.equal(answer.status, 303, answer.text);
    assert.equal(answer.headers.location, `${PUBLIC_URL}/console/`);
    assert.match(
      String(answer.headers['set-cookie']),
      /^gradebridge_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\//,
    );
    const signedIn = withHeaders(scene.world, { cookie: cookieOf(answer) });
    const { body } = await signedIn.get('/session');
    assert.deepEqual([body['name'], body['role']], ['oidc:u-1 (grace)', role]);
    const [entry] = itemsOf(await signedIn.get('/audit'));
    assert.deepEqual([entry?.['who'], entry?.['what']], ['oidc:u-1 (grace)', 'session.open']);
    assert.equal(scene.provider.taken(), 1);
  });
}

test('whoever signs in is told which ways there are', async (t) => {
  const scene = await open(t);
  const { body } = await withHeaders(scene.world, {}).get('/sign-in');
  assert.deepEqual(body, { token: false, oidc: { issuer: scene.provider.issuer } });
  assert.deepEqual((await withHeaders(await openAdmin(t), {}).get('/sign-in')).body, { token: true });
});

test('the browser is sent with PKCE, state and nonce, and keeps the secret behind them in a cookie that comes back from another site', async (t) => {
  const scene = await open(t);
  const [one, other] = [await begin(scene), await begin(scene)];
  const { searchParams } = new URL(String(one.start.headers.location));
  assert.equal(searchParams.get('code_challenge_method'), 'S256');
  assert.equal(searchParams.get('redirect_uri'), `${CALLBACK}/oidc/callback`);
  assert.match(searchParams.get('scope') ?? '', /\bopenid\b/);
  const secret = one.cookie.split('=')[1] ?? '';
  assert.ok(!String(one.start.headers.location).includes(secret));
  assert.match(
    String(one.start.headers['set-cookie']),
    /; HttpOnly; SameSite=Lax; Path=\/admin\/v1\/oidc; Max-Age=600; Secure$/,
  );
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.match(searchParams.get(name) ?? '', /^[\w-]{43}$/);
    assert.notEqual(
      searchParams.get(name),
      new URL(String(other.start.headers.location)).searchParams.get(name),
    );
  }
});

test('a sign-in that another browser has begun cannot be finished in this one', async (t) => {
  const scene = await open(t);
  scene.provider.says({ roles: ['registrar'] });
  const [attacker, victim] = [await begin(scene), await begin(scene)];
  assertRefused(await comeBack(scene, { cookie: victim.cookie, back: attacker.back }), 'SIGN_IN_REFUSED');
  assertRefused(await comeBack(scene, { cookie: '', back: attacker.back }), 'SIGN_IN_REFUSED');
  const wrong = victim.back.replace(/state=[^&]+/, 'state=');
  assertRefused(await comeBack(scene, { ...victim, back: wrong }), 'SIGN_IN_REFUSED');
  const without = victim.back.replace(/code=[^&]+/, 'error=access_denied');
  assertRefused(await comeBack(scene, { ...victim, back: without }), 'SIGN_IN_REFUSED');
  assert.equal(scene.provider.taken(), 0, 'no code of an attacker was redeemed');
});

test('a code does once, and one that was stolen does not go with another cookie', async (t) => {
  const scene = await open(t);
  scene.provider.says({ roles: ['registrar'] });
  const begun = await begin(scene);
  assert.notEqual((await comeBack(scene, begun)).headers['set-cookie'], undefined);
  assertRefused(await comeBack(scene, begun), 'SIGN_IN_REFUSED');
  const [stolen, own] = [await begin(scene), await begin(scene)];
  const code = /code=[^&]+/.exec(stolen.back)?.[0] ?? '';
  const mixed = own.back.replace(/code=[^&]+/, code);
  assertRefused(await comeBack(scene, { cookie: own.cookie, back: mixed }), 'SIGN_IN_REFUSED');
});

const past = Math.floor(Date.now() / 1000) - 3600;
/** What an id token may say wrong (OpenID Connect Core 1.0 §3.1.3.7). */
const WRONG: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'another nonce': { nonce: 'another' },
  'no nonce': { nonce: undefined },
  'another audience': { aud: 'another-client' },
  'several audiences without an authorized party': { aud: [CLIENT.clientId, 'another-client'] },
  'another authorized party': { aud: [CLIENT.clientId, 'another'], azp: 'another' },
  'another issuer': { iss: 'https://other.example' },
  'that it is over': { exp: past },
  'no end': { exp: undefined },
  nobody: { sub: undefined },
};

test('an id token that is not right lets nobody in', async (t) => {
  const scene = await open(t);
  const refused = async (claims: Readonly<Record<string, unknown>>, how: Break): Promise<void> => {
    const begun = await begin(scene);
    scene.provider.says({ roles: ['registrar'], ...claims });
    scene.provider.breaks(how);
    const before = scene.world.log.length;
    assertRefused(await comeBack(scene, begun), 'SIGN_IN_REFUSED');
    const said = scene.world.log.slice(before).find((line) => line.includes('"sign-in"'));
    assert.match(said ?? '', /SIGN_IN_REFUSED/);
    scene.provider.breaks('nothing');
  };
  for (const [name, claims] of Object.entries(WRONG))
    await t.test(`it says ${name}`, () => refused(claims, 'nothing'));
  for (const how of ['foreignKey', 'unsigned', 'noIdToken', 'down'] as const)
    await t.test(`the provider breaks: ${how}`, () => refused({}, how));
  await t.test('and one that is right does, at the same provider', async () => {
    scene.provider.says({ roles: ['registrar'] });
    assert.match(
      String((await comeBack(scene, await begin(scene))).headers['set-cookie']),
      /gradebridge_session/,
    );
  });
});

for (const how of ['down', 'otherIssuer'] as const) {
  test(`a provider that cannot be trusted from the start (${how}) is not gone to`, async (t) => {
    const scene = await open(t);
    scene.provider.breaks(how);
    assertRefused(await withHeaders(scene.world, {}).get('/oidc/start'), 'SIGN_IN_UNAVAILABLE');
    scene.provider.breaks('nothing');
    await begin(scene);
  });
}

test('a provider at a private address is not asked, unless that is allowed', async (t) => {
  const scene = await open(t, { keySets: { privateAddresses: false } });
  assertRefused(await withHeaders(scene.world, {}).get('/oidc/start'), 'SIGN_IN_UNAVAILABLE');
});

test('somebody without a role is told so', async (t) => {
  const scene = await open(t);
  for (const roles of [['student'], 'student', undefined, { registrar: true }, [['registrar']], [1]]) {
    scene.provider.says({ roles });
    assertRefused(await comeBack(scene, await begin(scene)), 'ADMIN_FORBIDDEN');
  }
});

test('nothing of a request decides where the browser goes', async (t) => {
  const scene = await open(t);
  scene.provider.says({ roles: ['registrar'] });
  const { cookie, back } = await begin(scene);
  const evil = '&redirect=https://evil.example&next=//evil.example&return_to=https://evil.example';
  const answer = await withHeaders(scene.world, {
    cookie,
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
  }).get(back + evil);
  assert.equal(answer.headers.location, `${PUBLIC_URL}/console/`);
});

test('who guesses at the callback is stopped', async (t) => {
  const scene = await open(t);
  const guess = () => withHeaders(scene.world, {}).get('/oidc/callback?code=x&state=y');
  for (let count = 0; count < 20; count++) assertRefused(await guess(), 'SIGN_IN_REFUSED');
  assertRefused(await guess(), 'TOO_MANY_FAILURES');
});

test('sessions of a provider are over when it is taken out of the configuration', async (t) => {
  const scene = await open(t);
  scene.provider.says({ roles: ['registrar'] });
  const cookie = cookieOf(await comeBack(scene, await begin(scene)));
  const rows = await scene.world.gateway.service.store.db.selectFrom('admin_sessions').selectAll().execute();
  const other = await openAdmin(t);
  for (const row of rows) await other.gateway.service.store.adminSessions.open(row);
  assert.equal((await withHeaders(scene.world, { cookie }).get('/session')).status, 200);
  assertCode(await withHeaders(other, { cookie }).get('/session'), 401, 'ADMIN_UNAUTHORISED');
});
