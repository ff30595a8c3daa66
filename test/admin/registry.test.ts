// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the form that the configuration has
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keyDigest } from '../../src/core/api-key.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Desk, openDesk, resultIn } from '../ags/desk.ts';
import { ALL_SCOPES, assertion, formOf, requestToken } from '../auth/assertions.ts';
import { startKeyServer } from '../auth/key-server.ts';
import type { Answer, Client, Document } from '../exchange/client.ts';
import { eventually } from '../exchange/world.ts';
import { ADMIN, assertCode, itemsOf, type Person, program, until } from './desk.ts';

interface Office extends Desk {
  readonly ada: Person;
  readonly vic: Person;
  put(path: string, body: JsonObject): Promise<Answer>;
  /** A tool that sends an API key with a service key. */
  keyed(apiKey: unknown, serviceKey: unknown): Client;
}

const WHY = 'Ordered by the maths department';

async function openOffice(t: TestContext, config: JsonObject = {}): Promise<Office> {
  const desk = await openDesk(t, { takesVersions: true, config: { admin: ADMIN, ...config } });
  const [ada, vic] = [program(desk.world), program(desk.world, 'vic')];
  return {
    ...desk,
    ada,
    vic,
    put: (path, body) => ada.call('PUT', path, { body }),
    keyed: (apiKey, serviceKey) => desk.world.with(`SERVICE-AUTH-V1 ${apiKey}:${serviceKey}`),
  };
}

function done(answer: Answer, status = 200): Document {
  assert.equal(answer.status, status, answer.text);
  return answer.body;
}

async function serviceKeyOf({ ada }: Office, tool: string, context = 'math-101'): Promise<string> {
  const issued = await ada.post(`/tools/${tool}/service-keys`, { context, why: WHY });
  return String(done(issued, 201)['serviceKey']);
}

test('a tool is registered, used, disabled, enabled, given another key and removed, all while the gateway runs', async (t) => {
  const office = await openOffice(t);
  const { ada, put, keyed, world } = office;
  const entry = { clientId: 'abacus', contexts: ['math-101'], scopes: ['lineitem', 'score'] };
  const made = done(await put('/tools/abacus', { entry, revision: null, apiKey: 'new', why: WHY }));
  assert.deepEqual([made['revision'], made['inForce']], [1, true]);
  const first = String(made['apiKey']);
  assert.match(first, /^[A-Za-z0-9_-]{43}$/);
  const serviceKey = await serviceKeyOf(office, 'abacus');
  const tool = keyed(first, serviceKey);
  const line = { label: 'Sums', scoreMaximum: 10 };
  done(await tool.put('sums-1', line), 201);

  done(await ada.post('/tools/abacus/disable', { why: 'It floods us' }));
  const refused = await tool.get('sums-1');
  assert.deepEqual(
    [refused.status, (refused.body['details'] as Document)['code']],
    [403, 'TOOL_DISABLED'],
    refused.text,
  );
  assert.equal((await keyed('another-key', serviceKey).get('sums-1')).status, 401, 'strangers are not told');
  done(await ada.post('/tools/abacus/enable', { why: 'It is mended' }));
  done(await tool.get('sums-1'));

  const rotated = done(await ada.post('/tools/abacus/api-key', { why: 'Once a year', grace: 1 }));
  const second = keyed(rotated['apiKey'], serviceKey);
  done(await second.get('sums-1'));
  done(await tool.get('sums-1'));
  const [row] = itemsOf(await office.vic.get('/tools')).filter(({ name }) => name === 'abacus');
  const { apiKeys, source, isInFile, isDisabled, revision, history } = row as unknown as {
    apiKeys: readonly { until?: string }[];
    history: readonly JsonObject[];
  } & Record<string, unknown>;
  assert.deepEqual([source, isInFile, isDisabled, revision], ['console', false, false, 4]);
  assert.deepEqual(
    apiKeys.map(({ until }) => until !== undefined),
    [false, true],
  );
  assert.deepEqual(
    history.map(({ verb, who }) => `${verb} ${who}`),
    ['keyRotated ada', 'enabled ada', 'disabled ada', 'registered ada'],
  );
  world.advance(3_600_000);
  assert.equal((await tool.get('sums-1')).status, 401, 'the older key ends by the clock of the guard alone');
  done(await second.get('sums-1'));

  done(await ada.post('/tools/abacus/end-keys', { why: 'One was lost' }));
  assert.equal((await second.get('sums-1')).status, 401);
  const fresh = keyed(rotated['apiKey'], await serviceKeyOf(office, 'abacus'));
  done(await fresh.get('sums-1'));

  done(await ada.post('/tools/abacus/forget', { why: 'Its licence is over' }));
  assert.equal((await fresh.get('sums-1')).status, 401);
  assertCode(await ada.get('/tools/abacus'), 404, 'NOT_FOUND');

  const told = await office.vic.get('/audit?limit=200');
  const audited = itemsOf(told).map(({ what }) => what);
  for (const what of [
    'tool.register',
    'tool.disable',
    'tool.api-key',
    'tool.service-key',
    'tool.end-keys',
    'tool.forget',
  ])
    assert.ok(audited.includes(what), what);
  const everything = told.text + (await office.vic.get('/tools')).text + world.log.join('\n');
  for (const secret of [first, String(rotated['apiKey']), serviceKey])
    assert.ok(!everything.includes(secret));
  assert.ok(!everything.includes(keyDigest(first)), 'nor is its digest told');
});

test('a disabled tool of AGS is refused on its face and at the token endpoint, and its promise is kept', async (t) => {
  const office = await openOffice(t, { upstreams: { school: { retry: { attempts: 1 } } } });
  const { ada, tool, world, key } = office;
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const promised = await tool.score(id);
  assert.equal(promised.status, 202, promised.text);
  done(await ada.post('/tools/quizzer/disable', { why: 'It floods us' }));
  done(await ada.post('/contexts/math-101/disable', { why: 'Holidays' }));
  assertCode(await tool.get(id), 403, 'TOOL_DISABLED');
  const signed = await assertion(world, key, { claims: { iss: 'quizzer', sub: 'quizzer' } });
  const refused = await requestToken(world, formOf(signed, ALL_SCOPES));
  assert.deepEqual([refused.status, refused.body['error']], [400, 'unauthorized_client'], refused.text);
  world.sandbox.clearFaults();
  await until(async () => {
    const items = itemsOf(await ada.get('/deliveries'));
    return items.every(({ state }) => state === 'verified') ? items : undefined;
  });
  assert.equal(resultIn(world)['score'], 8);
  done(await ada.post('/tools/quizzer/forget', { why: 'As the file has it' }));
  assertCode(await tool.get(id), 403, 'CONTEXT_DISABLED');
  const drill = await office.as('drill');
  assertCode(await drill.get('/lti/contexts/math-101/lineitems'), 403, 'CONTEXT_DISABLED');
  done(await ada.post('/contexts/math-101/enable', { why: 'Term begins' }));
  done(await tool.get(id));
});

test('an entry is not removed while a promise needs it', async (t) => {
  const office = await openOffice(t, { upstreams: { school: { retry: { attempts: 1 } } } });
  const { ada, put, keyed, world } = office;
  const context = { upstream: 'school', class: 'class-1', category: 'category-1' };
  done(await put('/contexts/evening', { entry: context, revision: null, why: WHY }));
  const entry = { clientId: 'abacus', contexts: ['evening'] };
  const { apiKey } = done(await put('/tools/abacus', { entry, revision: null, apiKey: 'new', why: WHY }));
  const tool = keyed(apiKey, await serviceKeyOf(office, 'abacus', 'evening'));
  done(await tool.put('sums-1', { label: 'Sums', scoreMaximum: 10 }), 201);
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const score = { userId: 'student-1', activityProgress: 'Completed', gradingProgress: 'FullyGraded' };
  const body = { ...score, timestamp: '2026-03-06T10:00:00.000Z', scoreGiven: 8, scoreMaximum: 10 };
  const promised = await tool.call('POST', '/api/lineitems/sums-1/scores', { body });
  assert.equal(promised.status, 202, promised.text);
  for (const path of ['/tools/abacus', '/contexts/evening'])
    assertCode(await ada.post(`${path}/forget`, { why: WHY }), 409, 'ENTRY_PROMISED');
  world.sandbox.clearFaults();
  await eventually(async () => (await ada.post('/tools/abacus/forget', { why: WHY })).status === 200);
  done(await ada.post('/contexts/evening/forget', { why: WHY }));
});

test('an entry cannot read the environment of the gateway, as the file can', async (t) => {
  const { put, vic } = await openOffice(t);
  const entry = { upstream: 'school', class: '${PATH}', category: 'category-1' };
  done(await put('/contexts/evening', { entry, revision: null, why: WHY }));
  const evening = itemsOf(await vic.get('/contexts')).find(({ name }) => name === 'evening');
  assert.equal(evening?.['class'], '${PATH}');
});

test('what cannot be used is told with its places, and nothing is changed; somebody else may have been quicker', async (t) => {
  const { ada, vic, put } = await openOffice(t);
  const before = (await vic.get('/configuration')).text;
  const entry = { clientId: 'quizzer', contexts: ['math-102'], colour: 'red' };
  const refused = await put('/tools/abacus', { entry, revision: null, apiKey: 'new', why: WHY });
  assertCode(refused, 422, 'ENTRY_INVALID');
  const { colour: _, ...known } = entry;
  const crossed = await put('/tools/abacus', { entry: known, revision: null, apiKey: 'new', why: WHY });
  const places = (crossed.body['findings'] as Document[]).map(({ file, place }) => `${file} ${place}`);
  assert.deepEqual(places, ['tool abacus in the store /contexts/0', 'tool abacus in the store /clientId']);
  assert.equal(crossed.body['apiKey'], undefined);
  const good = { clientId: 'abacus', contexts: ['math-101'], jwksUrl: 'https://tool.example/jwks.json' };
  const wrong: readonly (readonly [JsonObject, number, string])[] = [
    [{ entry: good, revision: null }, 400, 'INVALID_DOCUMENT'],
    [{ entry: good, why: WHY }, 400, 'INVALID_DOCUMENT'],
    [{ entry: [], revision: null, why: WHY }, 400, 'INVALID_DOCUMENT'],
    [{ entry: good, revision: -1, why: WHY }, 400, 'INVALID_DOCUMENT'],
    [{ entry: good, revision: 7, why: WHY }, 409, 'ENTRY_CHANGED'],
    [{ entry: good, revision: 0, why: WHY }, 404, 'NOT_FOUND'],
    [{ entry: good, revision: null, why: WHY, apiKey: 'mine' }, 400, 'INVALID_DOCUMENT'],
    [{ entry: good, revision: null, why: WHY, apiKey: 'new', grace: -1 }, 400, 'INVALID_DOCUMENT'],
  ];
  for (const [body, status, code] of wrong) assertCode(await put('/tools/abacus', body), status, code);
  assertCode(await put('/tools/quizzer', { entry: good, revision: null, why: WHY }), 409, 'ENTRY_EXISTS');
  assertCode(await ada.post('/tools/quizzer/forget', { why: WHY }), 409, 'NOTHING_TO_FORGET');
  assertCode(await ada.post('/tools/nobody/disable', { why: WHY }), 404, 'NOT_FOUND');
  assertCode(await ada.post('/tools/constructor/service-keys', { context: 'x', why: WHY }), 404, 'NOT_FOUND');
  assertCode(
    await ada.post('/tools/quizzer/service-keys', { context: 'algebra-1', why: WHY }),
    400,
    'INVALID_DOCUMENT',
  );
  for (const path of ['/tools/quizzer/disable', '/tools/quizzer/api-key', '/contexts/math-101/forget'])
    assertCode(await vic.post(path, { why: WHY }), 403, 'ADMIN_FORBIDDEN');
  assertCode(await vic.get('/tools/quizzer'), 403, 'ADMIN_FORBIDDEN');
  assert.equal((await vic.get('/configuration')).text, before);
  assert.deepEqual(itemsOf(await vic.get('/audit')), [], 'what is not done is not written down as done');
});

test('one is edited as it stands: without secrets, and with all that an edit must keep', async (t) => {
  const { ada, put } = await openOffice(t, {
    tools: { quizzer: { users: { by: 'table', users: { 'lti-1': 'student-1' } } } },
  });
  const shown = done(await ada.get('/tools/quizzer'));
  assert.doesNotMatch(JSON.stringify(shown), /quizzer-api-key/);
  assert.deepEqual([shown['source'], shown['isInFile'], shown['revision']], ['file', true, 0]);
  const entry = shown['entry'] as JsonObject;
  assert.deepEqual(entry['users'], { by: 'table', users: { 'lti-1': 'student-1' } });
  const scopes = ['lineitem', 'score'];
  done(await put('/tools/quizzer', { entry: { ...entry, scopes }, revision: 0, why: WHY }));
  const again = done(await ada.get('/tools/quizzer'));
  assert.deepEqual([again['source'], again['entry']], ['console', { ...entry, scopes }]);
  const [row] = itemsOf(await ada.get('/tools')).filter(({ name }) => name === 'quizzer');
  assert.deepEqual(row?.['keys'], ['jwks', 'apiKey'], 'the key of the file is still good');
  const audit = await ada.get('/audit');
  assert.doesNotMatch(audit.text, /student-1|lti-1/, 'a table of users is not in the audit');
  const [edited = {}] = itemsOf(audit);
  assert.deepEqual(
    [edited['what'], (edited['before'] as Document)['scopes'], (edited['after'] as Document)['scopes']],
    ['tool.edit', entry['scopes'], scopes],
  );
});

test('the key set of a tool is told by its keys, or why it cannot be had, and is not fetched for each look', async (t) => {
  const { key } = await openDesk(t);
  const server = await startKeyServer(t, key);
  const { ada, vic, put } = await openOffice(t, { keySets: { privateAddresses: true, timeout: 2000 } });
  const entry = { clientId: 'abacus', contexts: ['math-101'], jwksUrl: server.url };
  done(await put('/tools/abacus', { entry, revision: null, why: WHY }));
  const look = async (name: string) => done(await vic.get(`/tools/${name}/key-set`));
  const first = await look('abacus');
  assert.deepEqual(
    [first['at'], (first['keys'] as Document[]).map(({ kid, alg, x }) => [kid, alg, x])],
    ['address', [['desk', 'ES256', undefined]]],
  );
  const asked = server.asked();
  assert.equal((await look('abacus'))['lookedAt'], first['lookedAt']);
  assert.equal(server.asked(), asked);
  assert.equal((await look('quizzer'))['at'], 'configuration');
  server.answer((_, response) => void response.writeHead(500).end());
  done(await ada.post('/tools/abacus/api-key', { why: WHY }));
  const bad = await look('abacus');
  assert.match(String(bad['problem']), /cannot be had: 127\.0\.0\.1:\d+ answered 500/);
  assert.ok(bad['remedy']);
});

test('classes are found by a part of their title, or by their id, and not too many', async (t) => {
  const { ada, vic, world } = await openOffice(t);
  const find = async (search: string) =>
    done(await ada.get(`/upstreams/school/classes?search=${encodeURIComponent(search)}`));
  const all = await find('');
  const [one] = all['items'] as Document[];
  assert.ok(one?.['sourcedId'] && one['title'] && one['school'], JSON.stringify(one));
  const byId = await find(String(one['sourcedId']));
  assert.deepEqual(
    (byId['items'] as Document[]).map(({ sourcedId }) => sourcedId),
    [one['sourcedId']],
  );
  const byTitle = await find(String(one['title']).slice(0, 4));
  assert.ok((byTitle['items'] as Document[]).some(({ sourcedId }) => sourcedId === one['sourcedId']));
  assert.deepEqual((await find("no' such class"))['items'], []);
  assert.deepEqual([all['isMore'], (await find('x'))['isMore']], [false, false]);
  assertCode(await ada.get('/upstreams/home/classes'), 404, 'NOT_FOUND');
  assertCode(await ada.get(`/upstreams/school/classes?search=${'x'.repeat(101)}`), 400, 'INVALID_QUERY');
  assertCode(await vic.get('/upstreams/school/classes'), 403, 'ADMIN_FORBIDDEN');
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  assert.equal((await ada.get('/upstreams/school/classes')).status, 502);
});
