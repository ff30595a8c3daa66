import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fetchToken, gradebook, minorCode, rostering, send, start } from './client.ts';

const scopePrefix = 'https://purl.imsglobal.org/spec/or/v1p2/scope/';

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

const clientId = 'a b:c';
const clientSecret = 'p+s/é%';
const right = basic('a+b%3Ac', encodeURIComponent(clientSecret));
const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
const grant = { grant_type: 'client_credentials' };

const tokenRequests: [string, number, string | undefined, Record<string, string>, string | undefined][] = [
  ['form fields', 200, undefined, form, undefined],
  ['Basic, both halves percent-encoded', 200, right, grant, undefined],
  ['Basic, secret not encoded', 400, basic('a+b%3Ac', clientSecret), grant, 'invalid_client'],
  ['Basic, broken encoding', 400, basic('%', '%'), grant, 'invalid_client'],
  ['Basic, no colon', 400, `Basic ${Buffer.from('abc').toString('base64')}`, grant, 'invalid_client'],
  ['a wrong secret', 400, undefined, { ...form, client_secret: 'no' }, 'invalid_client'],
  ['no client', 400, undefined, grant, 'invalid_client'],
  ['both methods at once', 400, right, form, 'invalid_request'],
  ['no grant type', 400, right, {}, 'invalid_request'],
  ['another grant type', 400, right, { grant_type: 'password' }, 'unsupported_grant_type'],
  ['a scope that Timeback need not know', 200, undefined, { ...form, scope: 'x' }, undefined],
];

test('the token endpoint takes form fields and HTTP Basic, and refuses as Cognito does', async (t) => {
  const { sandbox } = await start(t, { clientId, clientSecret, tokenLifetime: 600 });
  for (const [name, status, authorization, fields, error] of tokenRequests) {
    const headers = authorization === undefined ? {} : { authorization };
    const reply = await send(sandbox.tokenUrl, {
      method: 'POST',
      headers,
      body: new URLSearchParams(fields),
    });
    assert.equal(reply.status, status, name);
    if (error) assert.deepEqual(reply.body, { error }, name);
    else
      assert.deepEqual(Object.keys(reply.body as object), ['access_token', 'expires_in', 'token_type'], name);
  }
});

test('the token endpoint refuses other methods, media types and repeated parameters', async (t) => {
  const { sandbox } = await start(t);
  const get = await send(sandbox.tokenUrl, { method: 'GET' });
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
  const headers = { 'content-type': 'application/json' };
  const asJson = await send(sandbox.tokenUrl, { method: 'POST', headers, body: JSON.stringify(form) });
  assert.deepEqual([asJson.status, asJson.body], [400, { error: 'invalid_request' }]);
  const twice = new URLSearchParams('grant_type=client_credentials&client_id=sandbox&client_id=sandbox');
  const repeated = await send(sandbox.tokenUrl, { method: 'POST', body: twice });
  assert.deepEqual(repeated.body, { error: 'invalid_request' });
});

test('the token answer states its lifetime and must not be cached', async (t) => {
  const { sandbox } = await start(t, { tokenLifetime: 77 });
  const body = new URLSearchParams({ ...grant, client_id: 'sandbox', client_secret: 'sandbox-secret' });
  const reply = await send(sandbox.tokenUrl, { method: 'POST', body });
  assert.deepEqual([at(reply.body, 'expires_in'), at(reply.body, 'token_type')], [77, 'Bearer']);
  assert.equal(reply.headers.get('cache-control'), 'no-store');
});

test('a call without a valid token is a 401 in the IMS shape', async (t) => {
  const { sandbox, call } = await start(t);
  for (const authorization of ['', 'Bearer nonsense', basic('sandbox', 'sandbox-secret')]) {
    const reply = await call('GET', `${gradebook}/lineItems`, undefined, { authorization });
    assert.deepEqual([reply.status, minorCode(reply)], [401, 'unauthorisedrequest'], authorization);
    assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer /);
  }
  assert.deepEqual(
    sandbox
      .requests()
      .map(({ authorization, status }) => [authorization, status])
      .slice(1),
    [
      ['none', 401],
      ['bearer', 401],
      ['basic', 401],
    ],
  );
});

test('a token ends with its lifetime, and when it is revoked', async (t) => {
  let now = Date.UTC(2026, 0, 1);
  const { sandbox, get, call } = await start(t, { clock: () => now, tokenLifetime: 60 });
  const status = async () => (await get(`${gradebook}/categories`)).status;
  now += 59_999;
  assert.equal(await status(), 200);
  now += 1;
  assert.equal(await status(), 401);
  const authorization = `Bearer ${await fetchToken(sandbox)}`;
  const read = () => call('GET', `${gradebook}/categories`, undefined, { authorization });
  assert.equal((await read()).status, 200);
  sandbox.revokeTokens();
  assert.equal((await read()).status, 401);
});

test('a scope is echoed, and an unknown one refused, by a spec service', async (t) => {
  const { sandbox } = await start(t, { profile: 'spec' });
  const ask = (scope: string) => {
    const body = new URLSearchParams({
      ...grant,
      client_id: 'sandbox',
      client_secret: 'sandbox-secret',
      scope,
    });
    return send(sandbox.tokenUrl, { method: 'POST', body });
  };
  const scope = `${scopePrefix}gradebook.readonly ${scopePrefix}roster.readonly`;
  assert.equal(at((await ask(scope)).body, 'scope'), scope);
  assert.deepEqual((await ask(`${scopePrefix}gradebook.everything`)).body, { error: 'invalid_scope' });
});

const scopeRules: [string, string, string, number][] = [
  ['gradebook.readonly', 'GET', `${gradebook}/classes/class-1/lineItems`, 200],
  ['gradebook.readonly', 'DELETE', `${gradebook}/lineItems/teacher-quiz`, 403],
  ['gradebook.readonly', 'GET', `${gradebook}/assessmentLineItems`, 403],
  ['gradebook.readonly', 'GET', `${rostering}/classes`, 403],
  ['gradebook-core.readonly', 'GET', `${gradebook}/lineItems/teacher-quiz`, 200],
  ['gradebook-core.readonly', 'GET', `${gradebook}/classes/class-1/lineItems`, 403],
  ['gradebook.createput', 'PUT', `${gradebook}/lineItems/x`, 422],
  ['gradebook.createput', 'POST', `${gradebook}/classes/class-1/lineItems`, 403],
  ['gradebook.createpost', 'POST', `${gradebook}/classes/class-1/lineItems`, 422],
  ['gradebook.delete', 'DELETE', `${gradebook}/lineItems/teacher-quiz`, 204],
  ['assessment.readonly', 'GET', `${gradebook}/assessmentLineItems`, 200],
  ['roster-core.readonly', 'GET', `${rostering}/classes/class-1`, 200],
  ['roster-core.readonly', 'GET', `${rostering}/classes/class-1/students`, 403],
];

test('a token with scopes is limited to them', async (t) => {
  const { sandbox, call } = await start(t, { profile: 'spec' });
  for (const [scope, method, path, status] of scopeRules) {
    const authorization = `Bearer ${await fetchToken(sandbox, scopePrefix + scope)}`;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const reply = await call(method, path, body, { authorization });
    assert.equal(reply.status, status, `${scope}: ${method} ${path}`);
    if (status === 403) assert.equal(minorCode(reply), 'forbidden');
  }
});
