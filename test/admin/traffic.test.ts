import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { LoadedConfig } from '../../src/config/load.ts';
import { type AgsTool, openDesk } from '../ags/desk.ts';
import type { World } from '../exchange/world.ts';
import {
  ADMIN,
  assertCode,
  browser,
  itemsOf,
  openAdmin,
  program,
  TOKENS,
  until,
  withHeaders,
} from './desk.ts';

interface Scene {
  readonly world: World;
  readonly tool: AgsTool;
  readonly id: string;
}

/** A tool that has made a line item and posted a score. */
async function open(t: TestContext, admin = ADMIN): Promise<Scene> {
  const { world, tool } = await openDesk(t, { config: { admin } });
  const id = await tool.create({ label: 'Essay' });
  await tool.grade(id, { scoreGiven: 7.8125, comment: "Ada's essay is brilliant; $(rm -rf ~)" });
  return { world, tool, id };
}

/** The newest exchange of an operation. */
async function newest(world: World, operation: string): Promise<string> {
  return until(async () => {
    const rows = itemsOf(await program(world, 'vic').get('/traffic'));
    return rows.find((row) => row['operation'] === operation)?.['id'] as string | undefined;
  });
}

test('a request of a tool is listed with ids, times and codes, and shown with its stages and calls', async (t) => {
  const { world } = await open(t);
  const id = await newest(world, 'postScore');
  const { body } = await program(world, 'vic').get(`/traffic/${id}`);
  assert.deepEqual(
    [body['tool'], body['context'], body['method'], body['status'], body['redacted']],
    ['quizzer', 'math-101', 'POST', 200, true],
  );
  const stages = body['stages'] as { stage: string; at: number }[];
  assert.deepEqual(
    stages.map(({ stage }) => stage),
    ['received', 'validated', 'mapped', 'sent', 'answered', 'returned'],
  );
  assert.deepEqual(
    stages,
    stages.toSorted((left, right) => left.at - right.at),
  );
  const calls = body['calls'] as { method: string; status: number }[];
  assert.equal(calls.length, Number(body['upstreamCalls']));
  assert.deepEqual([calls.at(-1)?.method, calls.at(-1)?.status], ['PUT', 201]);
  assert.ok((body['notes'] as unknown[]).length > 0);
});

test('nothing of a student is in what is not revealed, though the roster went through', async (t) => {
  const { world, id } = await open(t);
  await program(world).get('/line-items?context=math-101');
  const viewer = program(world, 'vic');
  const ids = itemsOf(await viewer.get('/traffic')).map((row) => String(row['id']));
  const pages = await Promise.all([
    viewer.get('/traffic'),
    ...ids.map((one) => viewer.get(`/traffic/${one}`)),
  ]);
  const shown = pages.map(({ text }) => text).join('\n');
  const score = await newest(world, 'postScore');
  const { text: revealed } = await program(world).post(`/traffic/${score}/reveal`, { reason: 'a test' });
  for (const secret of ['brilliant', '7.8125', 'student-1', 'FullyGraded']) {
    assert.ok(revealed.includes(secret), `${secret} went through`);
    assert.ok(!shown.includes(secret), secret);
  }
  assert.ok(shown.includes(id.split('/').at(-1) ?? ''), 'the line item is no secret');
});

test('no credential is in what is shown or revealed', async (t) => {
  const { world, tool } = await open(t);
  const id = await newest(world, 'postScore');
  const { text } = await program(world).post(`/traffic/${id}/reveal`, { reason: 'a test' });
  for (const secret of [tool.token, TOKENS.ada, world.sandbox.clientSecret])
    assert.ok(!text.includes(secret));
  assert.doesNotMatch(text, /Bearer (?!\$TOKEN)/);
  const { curl } = JSON.parse(text) as { curl: string };
  assert.match(curl, /Authorization: Bearer \$TOKEN/);
  assert.match(curl, /brilliant/);
  assert.ok(curl.includes(`Ada'\\''s essay`), 'a quote ends no word of the shell');
});

test('revealing takes a reason, and stands in the audit before anything is shown', async (t) => {
  const { world } = await open(t);
  const id = await newest(world, 'postScore');
  const ada = await browser(world);
  assertCode(await ada.post(`/traffic/${id}/reveal`, {}), 400, 'INVALID_DOCUMENT');
  assertCode(await ada.post(`/traffic/${id}/reveal`, { reason: ' ' }), 400, 'INVALID_DOCUMENT');
  assertCode(
    await program(world, 'vic').post(`/traffic/${id}/reveal`, { reason: 'x' }),
    403,
    'ADMIN_FORBIDDEN',
  );
  const { body } = await ada.post(`/traffic/${id}/reveal`, { reason: 'The parents ask' });
  assert.equal((body['request'] as Record<string, unknown>)['userId'], 'student-1');
  assert.equal(body['redacted'], false);
  const [entry] = itemsOf(await ada.get('/audit?limit=1'));
  assert.deepEqual(
    [entry?.['who'], entry?.['what'], entry?.['subject'], entry?.['why']],
    ['ada', 'traffic.reveal', id, 'The parents ask'],
  );
  await world.gateway.service.store.db.schema.dropTable('audit').execute();
  assertCode(await ada.post(`/traffic/${id}/reveal`, { reason: 'again' }), 503, 'STORE_UNAVAILABLE');
});

test('traffic is found by ids of either side, by tool, context and status, page by page', async (t) => {
  const { world, tool, id } = await open(t);
  await tool.get(`${id}-nothing`);
  await newest(world, 'getLineItem');
  const viewer = program(world, 'vic');
  const found = async (query: string): Promise<unknown[]> =>
    itemsOf(await viewer.get(`/traffic?${query}`)).map((row) => row['operation']);
  const sourcedId = id.split('/').at(-1) ?? '';
  assert.deepEqual(await found(`search=${sourcedId}`), ['postScore', 'createLineItem']);
  assert.deepEqual(await found('search=student-1'), ['postScore']);
  assert.deepEqual(await found('search=brilliant'), []);
  assert.deepEqual(await found('status=4xx'), ['getLineItem']);
  assert.deepEqual(await found('status=404&tool=quizzer&context=math-101'), ['getLineItem']);
  assert.deepEqual(await found('tool=drill'), []);
  const first = await viewer.get('/traffic?limit=2');
  const second = await viewer.get(`/traffic?limit=2&after=${first.body['next']}`);
  assert.deepEqual(
    [...itemsOf(first), ...itemsOf(second)].map((row) => row['operation']),
    ['getLineItem', 'postScore', 'createLineItem'],
  );
  assert.equal(second.body['next'], undefined);
  for (const wrong of ['limit=0', 'limit=201', 'limit=x', 'after=x', 'after=W10', 'status=9', 'status=x'])
    assertCode(await viewer.get(`/traffic?${wrong}`), 400, 'INVALID_QUERY');
});

test('a refused request is there too, with its code; tokens and the admin API are not', async (t) => {
  const { world } = await open(t);
  const stranger = world.with('Bearer nonsense');
  await stranger.call('GET', '/lti/contexts/math-101/lineitems');
  await stranger.call('PUT', '/api/lineitems/x', { body: { label: 'x' } });
  const rows = await until(async () => {
    const found = itemsOf(await program(world).get('/traffic?status=401'));
    return found.length === 2 ? found : undefined;
  });
  assert.deepEqual(
    rows.map(({ code }) => code),
    ['INVALID_LTIK_AUTH_AUTHORIZATION_HEADER', 'INVALID_TOKEN'],
  );
  const routes = itemsOf(await program(world).get('/traffic?limit=200')).map(({ route }) => String(route));
  assert.deepEqual(
    routes.filter((route) => route.includes('/admin') || route.includes('/token')),
    [],
  );
});

test('no more requests are remembered than are configured', async (t) => {
  const { world, tool, id } = await open(t, { ...ADMIN, traffic: 3 });
  for (let count = 0; count < 5; count++) await tool.get(id);
  const rows = await until(async () => {
    const found = itemsOf(await program(world).get('/traffic'));
    return found.every(({ operation }) => operation === 'getLineItem') ? found : undefined;
  });
  assert.equal(rows.length, 3);
});

interface Stream {
  readonly response: IncomingMessage;
  text(): string;
  readonly ended: Promise<void>;
}

function follow({ url }: World, headers: Record<string, string>): Promise<Stream> {
  return new Promise((resolve, reject) => {
    get(`${url}/admin/v1/traffic/stream`, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      const ended = new Promise<void>((over) => response.once('close', over));
      resolve({ response, text: () => text, ended });
    }).once('error', reject);
  });
}

test('the tail tells of each request as it is over, redacted, to whoever is signed in', async (t) => {
  const { world, tool, id } = await open(t);
  const vic = await browser(world, 'vic');
  const stream = await follow(world, { cookie: vic.cookie });
  t.after(() => stream.response.destroy());
  assert.equal(stream.response.statusCode, 200);
  assert.match(String(stream.response.headers['content-type']), /^text\/event-stream/);
  await tool.grade(id, { scoreGiven: 9, timestamp: new Date().toISOString(), comment: 'Superb' });
  await until(async () => (stream.text().includes('postScore') ? true : undefined));
  const [, data = ''] = /^event: exchange\ndata: (.+)$/m.exec(stream.text()) ?? [];
  assert.equal((JSON.parse(data) as Record<string, unknown>)['operation'], 'postScore');
  assert.doesNotMatch(stream.text(), /Superb|student-1/);
});

test('the tail is refused to strangers, and to HEAD; a client that goes away is forgotten', async (t) => {
  const { world } = await open(t);
  assert.equal((await follow(world, {})).response.statusCode, 401);
  const head = await withHeaders(world, { authorization: `Bearer ${TOKENS.vic}` }).call(
    'HEAD',
    '/traffic/stream',
  );
  assert.equal(head.status, 405);
  // Fifty at once are allowed: all of these could not be there together.
  for (let round = 0; round < 60; round++) {
    const stream = await follow(world, { authorization: `Bearer ${TOKENS.vic}` });
    assert.equal(stream.response.statusCode, 200, `stream ${round}`);
    stream.response.destroy();
    await stream.ended;
    await until(async () => ((await program(world).get('/sign-in')).status === 200 ? true : undefined));
  }
});

test('the tail takes no more than it may at once, and says so', async (t) => {
  const { world } = await open(t);
  const headers = { authorization: `Bearer ${TOKENS.vic}` };
  const streams = await Promise.all(Array.from({ length: 50 }, () => follow(world, headers)));
  t.after(() => streams.map(({ response }) => response.destroy()));
  assert.ok(streams.every(({ response }) => response.statusCode === 200));
  assert.equal((await follow(world, headers)).response.statusCode, 503);
});

test('a reload ends the tail, so that whoever follows it is looked at anew', async (t) => {
  const load = ({ config, ...loaded }: LoadedConfig) => ({
    ...loaded,
    config: { ...config, mappingsDir: '/tmp' },
  });
  const world = await openAdmin(t, { load });
  const stream = await follow(world, { authorization: `Bearer ${TOKENS.vic}` });
  assert.equal((await program(world).post('/reload')).status, 200);
  await stream.ended;
});

test('a stop does not wait for whoever follows the tail', async (t) => {
  // A stop that waited for it would outlast the test.
  const world = await openAdmin(t, { config: { limits: { drain: 3_600_000 } } });
  const stream = await follow(world, { authorization: `Bearer ${TOKENS.vic}` });
  await world.gateway.stop();
  await stream.ended;
});
