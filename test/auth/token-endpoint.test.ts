import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type Document, openWorld, PUBLIC_URL } from '../exchange/world.ts';
import {
  ALL_SCOPES,
  assertion,
  formOf,
  inline,
  requestToken,
  scopes,
  sharedKey,
  tokenLog,
} from './assertions.ts';

/** Every answer of the token endpoint is JSON that nobody keeps. */
function assertRefused(answer: Answer, error: string): void {
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.body['error'], error, answer.text);
  assert.equal(typeof answer.body['error_description'], 'string');
  assertNotKept(answer);
}

function assertNotKept({ headers }: Answer): void {
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['pragma'], 'no-cache');
}

test('a right request gets a bearer token: §2.2', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const answer = await requestToken(world, formOf(await assertion(world, key), scopes('score')));
  assert.equal(answer.status, 200, answer.text);
  assertNotKept(answer);
  const { access_token: token, token_type: type, expires_in: life, scope, ...others } = answer.body;
  assert.equal(type, 'Bearer');
  assert.equal(life, 3600);
  assert.equal(scope, scopes('score'));
  assert.match(String(token), /^[\x21-\x7a]{15,}$/);
  assert.deepEqual(others, {}, 'there is no refresh token');
});

test('the life of tokens is configured', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: { ...inline(key), tokens: { lifetime: 90 } } });
  const answer = await requestToken(world, formOf(await assertion(world, key)));
  assert.equal(answer.body['expires_in'], 90);
});

/** What is wrong with a form, and the error of RFC 6749 §5.2 for it. */
const FORMS: Readonly<Record<string, readonly [(form: Record<string, string>) => string, string]>> = {
  'no grant_type': [without('grant_type'), 'invalid_request'],
  'another grant_type': [having('grant_type', 'authorization_code'), 'unsupported_grant_type'],
  'a blank grant_type': [having('grant_type', ''), 'invalid_request'],
  'no client_assertion_type': [without('client_assertion_type'), 'invalid_request'],
  'another client_assertion_type': [
    having('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'),
    'invalid_request',
  ],
  'no client_assertion': [without('client_assertion'), 'invalid_request'],
  'no scope': [without('scope'), 'invalid_request'],
  'a blank scope': [having('scope', ''), 'invalid_request'],
  'grant_type twice': [twice('grant_type'), 'invalid_request'],
  'client_assertion twice': [twice('client_assertion'), 'invalid_request'],
  'scope twice': [twice('scope'), 'invalid_request'],
  'a client_id that is another': [having('client_id', 'drill'), 'invalid_client'],
  'an assertion that is no JWT': [having('client_assertion', 'abc'), 'invalid_client'],
  'an empty body': [() => '', 'invalid_request'],
  'JSON in the body': [(form) => JSON.stringify(form), 'invalid_request'],
};

function without(name: string): (form: Record<string, string>) => string {
  return ({ [name]: _, ...form }) => new URLSearchParams(form).toString();
}

function having(name: string, value: string): (form: Record<string, string>) => string {
  return (form) => new URLSearchParams({ ...form, [name]: value }).toString();
}

function twice(name: string): (form: Record<string, string>) => string {
  return (form) => `${new URLSearchParams(form)}&${name}=${encodeURIComponent(form[name] ?? '')}`;
}

test('§2.3 wrong parameters: 400, JSON, its own error', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  for (const [name, [change, error]] of Object.entries(FORMS)) {
    await t.test(name, async () => {
      const form = formOf(await assertion(world, key));
      assertRefused(await requestToken(world, change(form)), error);
      const last = tokenLog(world).at(-1);
      assert.equal(last?.['status'], 400);
      assert.ok(String(last?.['reason']).length > 5, JSON.stringify(last));
    });
  }
});

test('§2.1 a client_id that is that of the assertion, and parameters nobody knows, do no harm', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const form = { ...formOf(await assertion(world, key)), client_id: 'quizzer', audience: 'x' };
  assert.equal((await requestToken(world, form)).status, 200);
});

const MEDIA: Readonly<Record<string, number>> = {
  'application/x-www-form-urlencoded; charset=utf-8': 200,
  'Application/X-WWW-Form-URLEncoded;charset=UTF-8': 200,
  'application/json': 400,
  'text/plain': 400,
  'multipart/form-data; boundary=x': 400,
};

test('§2.1 the body is a form, its type in any case and with parameters', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  for (const [type, status] of Object.entries(MEDIA)) {
    const form = formOf(await assertion(world, key));
    const answer = await requestToken(world, form, { 'content-type': type });
    assert.equal(answer.status, status, `${type}: ${answer.text}`);
    if (status === 400) assertRefused(answer, 'invalid_request');
    assertNotKept(answer);
  }
});

test('other methods are 405 with JSON, and a body that is too large is refused with JSON', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await world.with(undefined).call(method, '/lti/token');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers['allow'], 'POST');
    assert.ok(answer.body['code']);
  }
  const large = await requestToken(world, { ...formOf('x'), padding: 'x'.repeat(300_000) });
  assert.equal(large.status, 413);
  assert.match(String(large.headers['content-type']), /json/);
});

/** What is asked for, what the tool may have, and what is granted. */
const GRANTS: Readonly<Record<string, readonly [string, readonly string[] | undefined, string | undefined]>> =
  {
    'all that is asked': [ALL_SCOPES, undefined, ALL_SCOPES],
    'one scope alone, and no other': [scopes('lineitem'), undefined, scopes('lineitem')],
    'lineitem.readonly grants no lineitem': [
      scopes('lineitem.readonly'),
      undefined,
      scopes('lineitem.readonly'),
    ],
    'down-granting: the part that the tool may have': [ALL_SCOPES, ['score'], scopes('score')],
    'down-granting: next to scopes of others': [
      `openid ${scopes('score')} https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly`,
      undefined,
      scopes('score'),
    ],
    'lineitem implies lineitem.readonly': [
      scopes('lineitem.readonly'),
      ['lineitem'],
      scopes('lineitem.readonly'),
    ],
    'lineitem.readonly does not imply lineitem': [scopes('lineitem'), ['lineitem.readonly'], undefined],
    'more than one blank': [scopes('score').replace(' ', '  '), undefined, scopes('score')],
    'a prefix of a scope is none': [scopes('lineite'), undefined, undefined],
    'a scope with something after it is none': [scopes('lineitem.readonlyx'), undefined, undefined],
    'scopes are case-sensitive': [scopes('score').toUpperCase(), undefined, undefined],
    'a scope in a longer word is none': [`x${scopes('score')}`, undefined, undefined],
    'scopes with commas are none': [scopes('score lineitem').replace(' ', ','), undefined, undefined],
  };

test('§2.2 scopes by exact token', async (t) => {
  const key = await sharedKey();
  for (const [name, [asked, allowed, granted]] of Object.entries(GRANTS)) {
    await t.test(name, async (t) => {
      const tools = inline(key)['tools'] as { quizzer: { jwks: { keys: [] } } };
      const quizzer = { ...tools.quizzer, ...(allowed && { scopes: allowed }) };
      const world = await openWorld(t, { config: { tools: { quizzer } } });
      const answer = await requestToken(world, formOf(await assertion(world, key), asked));
      if (granted === undefined) {
        assertRefused(answer, 'invalid_scope');
        for (const url of ALL_SCOPES.split(' '))
          assert.ok(String(answer.body['error_description']).includes(url), `${url} is not named`);
        return;
      }
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(String(answer.body['scope']).split(' ').sort(), granted.split(' ').sort());
    });
  }
});

test('§2.3 neither answers nor the log hold the assertion or the token', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const good = await assertion(world, key);
  const bad = await assertion(world, key, { claims: { aud: 'https://elsewhere.example' } });
  const granted = await requestToken(world, formOf(good));
  const replayed = await requestToken(world, formOf(good));
  const refused = await requestToken(world, formOf(bad));
  const told = [replayed.text, refused.text, ...world.log].join('\n');
  for (const secret of [good, bad, String(granted.body['access_token'])])
    for (const part of secret.split('.')) assert.ok(!told.includes(part), 'a part of a token was told');
  assert.ok(refused.text.includes(PUBLIC_URL), 'the answer names the audience that is expected');
  const logged = tokenLog(world).map(({ status, client }: Document) => [status, client]);
  assert.deepEqual(logged, [
    [200, 'quizzer'],
    [400, 'quizzer'],
    [400, 'quizzer'],
  ]);
});

/** Requests of a stranger that are no token request, and the statuses that each gets. */
const NO_REQUEST: Readonly<Record<string, readonly [(form: Record<string, string>) => string, number]>> = {
  '50,000 parameters': [(form) => padded(form, 50_000), 413],
  'as many parameters as the size allows': [(form) => padded(form, 3_000), 400],
  'a parameter of 20 kB': [(form) => padded({ ...form, padding: 'x'.repeat(20_000) }, 0), 413],
  'the same parameter 3,000 times': [(form) => `${new URLSearchParams(form)}${'&a=1'.repeat(3_000)}`, 400],
  'no assertion': [without('client_assertion'), 400],
};

function padded(form: Record<string, string>, count: number): string {
  const more = Array.from({ length: count }, (_, n) => `&${n.toString(36)}=`);
  return `${new URLSearchParams(form)}${more.join('')}`;
}

test('a form that no client sends is refused by its size, and charged to its address', async (t) => {
  const key = await sharedKey();
  for (const [name, [make, status]] of Object.entries(NO_REQUEST)) {
    await t.test(name, async (t) => {
      const limits = { address: { failuresPerMinute: 3 } };
      const world = await openWorld(t, { config: { ...inline(key), limits } });
      const form = make(formOf(await assertion(world, key)));
      for (let again = 0; again < 3; again++) {
        const answer = await requestToken(world, form);
        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.body['error'], 'invalid_request', answer.text);
        assertNotKept(answer);
      }
      const next = await requestToken(world, form);
      assert.equal(next.status, 429, next.text);
      assert.match(String(next.headers['retry-after']), /^[1-9]\d*$/);
    });
  }
});

test('a form of a client with parameters of its own is taken', async (t) => {
  const key = await sharedKey();
  const world = await openWorld(t, { config: inline(key) });
  const form = padded(formOf(await assertion(world, key)), 20);
  assert.equal((await requestToken(world, form)).status, 200);
});
