import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Desk, edit, openDesk, resultIn } from '../ags/desk.ts';
import { eventually, openWorld, type World } from '../exchange/world.ts';
import { type Scraped, scrape, valuesOf } from './scrape.ts';

const METRICS = { metrics: { listen: { port: 0 } } };

function openWatched(t: TestContext, config: JsonObject = {}): Promise<Desk> {
  return openDesk(t, { config: { ...METRICS, ...config } });
}

/** A request is counted when its connection has seen the end of the answer, which may be after the client has. */
async function settledScrape(world: World): Promise<Scraped> {
  const underWay = 'gradebridge_http_requests_in_flight';
  await eventually(async () => valuesOf(await scrape(world), underWay)[''] === 0);
  return scrape(world);
}

function requestsIn(scraped: Scraped): Readonly<Record<string, number>> {
  return valuesOf(scraped, 'gradebridge_http_requests_total');
}

test('requests are counted by face, operation, tool, context, status and code', async (t) => {
  const { world, tool } = await openWatched(t);
  const id = await tool.create();
  await tool.grade(id);
  await tool.score(id, { userId: 'nobody' });
  await tool.score(id, { scoreGiven: -1 });
  await tool.score(id, { scoreGiven: 9 });
  await tool.get(`${id}x`);
  await tool.call('PATCH', id);
  await world.with('Bearer x').call('GET', '/lti/contexts/math-101/lineitems');
  const client = await world.as('drill', 'algebra-1');
  await client.put('quiz-1', { label: 'Quiz', scoreMaximum: 5 });
  await client.put('quiz-1', { label: 'Quiz', scoreMaximum: 5 });
  await client.call('GET', '/nowhere');
  await client.call('GET', '/readyz');
  const scraped = await settledScrape(world);
  assert.deepEqual(requestsIn(scraped), {
    ' token   200 ': 1,
    'ags createLineItem quizzer math-101 201 ': 1,
    'ags postScore quizzer math-101 200 ': 1,
    'ags postScore quizzer math-101 404 USER_UNKNOWN': 1,
    'ags postScore quizzer math-101 400 INVALID_SCORE': 1,
    'ags postScore quizzer math-101 409 SCORE_CONFLICT': 1,
    'ags getLineItem quizzer math-101 404 LINE_ITEM_NOT_FOUND': 1,
    '    405 METHOD_NOT_ALLOWED': 1,
    'ags listLineItems   401 INVALID_TOKEN': 1,
    'ltiaas replaceLineItem drill algebra-1 201 ': 2,
    '    404 ROUTE_NOT_FOUND': 1,
    ' ready   200 ': 1,
  });
  const timed = valuesOf(scraped, 'gradebridge_http_request_seconds_count');
  assert.equal(timed['ags postScore'], 4);
  assert.equal(timed['ltiaas replaceLineItem'], 2);
  assert.deepEqual(valuesOf(scraped, 'gradebridge_tokens_total'), { 'quizzer 200': 1 });
});

test('exchanges with an upstream are those that it has had, by route and outcome', async (t) => {
  const { world, tool } = await openWatched(t);
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, times: 2, method: 'PUT' });
  await tool.grade(id);
  world.sandbox.inject({ kind: 'reset', when: 'before', times: 1, method: 'GET', path: '/lineItems' });
  await tool.list();
  const scraped = await settledScrape(world);
  const calls = valuesOf(scraped, 'gradebridge_upstream_calls_total');
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  assert.equal(total, world.sandbox.requests().length, JSON.stringify(calls));
  assert.equal(calls['school POST token 2xx'], 1);
  assert.equal(calls['school PUT /lineItems/:id 2xx'], 1);
  assert.equal(calls['school PUT /results/:id 5xx'], 2);
  assert.equal(calls['school PUT /results/:id 2xx'], 1);
  assert.equal(calls['school GET /results/:id 404'], 1);
  assert.equal(calls['school GET /classes/:id/lineItems unreachable'], 1);
  assert.equal(calls['school GET /classes/:id/lineItems 2xx'], 1);
  assert.deepEqual(valuesOf(scraped, 'gradebridge_upstream_retries_total'), { school: 3 });
  const timed = valuesOf(scraped, 'gradebridge_upstream_call_seconds_count');
  assert.equal(timed['school PUT /results/:id'], 3);
});

test('an outage opens the circuit, holds calls back, and what was promised waits and ages', async (t) => {
  const { world, tool } = await openWatched(t, {
    upstreams: { school: { retry: { attempts: 1 }, failuresToOpen: 2 } },
    // No attempt succeeds or is made again while it is looked at.
    deliveries: { firstDelay: 60_000, longestDelay: 60_000 },
  });
  const id = await tool.create();
  const before = await settledScrape(world);
  assert.deepEqual(valuesOf(before, 'gradebridge_upstream_circuit_open'), { school: 0 });
  assert.equal(valuesOf(before, 'gradebridge_deliveries')['school accepted'], 0);
  assert.deepEqual(valuesOf(before, 'gradebridge_store_up'), { '': 1 });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  for (const userId of ['student-1', 'student-2', 'student-3'])
    assert.equal((await tool.score(id, { userId })).status, 202);
  await eventually(async () => {
    const attempts = valuesOf(await scrape(world), 'gradebridge_delivery_attempts_total');
    return Object.keys(attempts).some((series) =>
      series.startsWith('school quizzer math-101 accepted UPSTREAM_'),
    );
  });
  const reads = await Promise.all(Array.from({ length: 6 }, () => tool.call('GET', `${id}/results`)));
  const refused = reads.filter(({ body }) => body['code'] === 'UPSTREAM_DOWN').length;
  assert.ok(refused > 0, 'calls at the same time are held back');
  world.advance(120_000);
  const scraped = await settledScrape(world);
  assert.deepEqual(valuesOf(scraped, 'gradebridge_upstream_circuit_open'), { school: 1 });
  const heldBack = valuesOf(scraped, 'gradebridge_upstream_held_back_total');
  assert.ok(Number(heldBack['school circuit']) >= refused, JSON.stringify(heldBack));
  const promises = valuesOf(scraped, 'gradebridge_promises_total');
  assert.equal(
    Object.values(promises).reduce((sum, count) => sum + count, 0),
    3,
    JSON.stringify(promises),
  );
  assert.ok(
    Object.keys(promises).every((series) => series.startsWith('school quizzer math-101 postScore UPSTREAM_')),
  );
  const waiting = valuesOf(scraped, 'gradebridge_deliveries');
  assert.equal(Number(waiting['school accepted']) + Number(waiting['school sent']), 3);
  const ages = valuesOf(scraped, 'gradebridge_deliveries_oldest_seconds');
  assert.ok(Number(ages['school accepted']) >= 120, JSON.stringify(ages));
  assert.equal(ages['school failed'], 0);
});

test('deliveries are counted until they have reached the gradebook', async (t) => {
  const { world, tool } = await openWatched(t, { upstreams: { school: { retry: { attempts: 1 } } } });
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, times: 1, method: 'PUT' });
  assert.equal((await tool.score(id)).status, 202);
  const verified = 'school quizzer math-101 verified ';
  await eventually(
    async () => valuesOf(await scrape(world), 'gradebridge_delivery_attempts_total')[verified] === 1,
  );
  world.advance(6_000);
  const scraped = await settledScrape(world);
  assert.deepEqual(valuesOf(scraped, 'gradebridge_delivery_attempts_total'), { [verified]: 1 });
  assert.deepEqual(valuesOf(scraped, 'gradebridge_promises_total'), {
    'school quizzer math-101 postScore UPSTREAM_FAILED': 1,
  });
  const left = Object.values(valuesOf(scraped, 'gradebridge_deliveries'));
  assert.deepEqual(left, [0, 0, 0, 0]);
});

test('edits that were met are counted', async (t) => {
  const { world, tool } = await openWatched(t);
  const id = await tool.create();
  await tool.grade(id);
  edit(world, { score: 55 });
  assert.equal(resultIn(world)['score'], 55);
  await tool.grade(id, { timestamp: new Date(world.now()).toISOString(), scoreGiven: 9 });
  assert.deepEqual(valuesOf(await settledScrape(world), 'gradebridge_edits_met_total'), {
    'quizzer math-101 score overwritten': 1,
  });
});

test('a client that hangs up before its answer has no status', async (t) => {
  const world = await openWorld(t, { config: METRICS });
  world.sandbox.inject({ kind: 'slow', delayMs: 1500, times: 1, path: '/ims/' });
  const client = await world.as();
  const { signal, abort } = aborting();
  const headers = { authorization: String(await authorizationOf(world)) };
  const lost = fetch(`${world.url}/api/lineitems`, { signal, headers }).catch(() => 'gone');
  await eventually(async () => world.calls().length > 0);
  abort();
  assert.equal(await lost, 'gone');
  await eventually(
    async () => requestsIn(await scrape(world))['ltiaas listLineItems quizzer math-101 none '] === 1,
  );
  assert.equal((await client.list()).status, 200);
});

function aborting(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function authorizationOf(world: World): Promise<string> {
  return `SERVICE-AUTH-V1 quizzer-api-key:${await world.key('quizzer', 'math-101')}`;
}

test('the process tells of itself, and which revision it runs', async (t) => {
  const world = await openWorld(t, { config: METRICS });
  const scraped = await scrape(world);
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_heap_size_used_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ])
    assert.ok(scraped.families.has(name), name);
  const info = scraped.series.filter(({ name }) => name === 'gradebridge_revision_info');
  const { id } = world.gateway.service.reloads.state();
  assert.deepEqual(
    info.map(({ labels, value }) => [labels['revision'], value]),
    [[id, 1]],
  );
  assert.match(String(info[0]?.labels['version']), /^\d+\.\d+\.\d+/);
  await world.gateway.service.reloads.reload();
  assert.deepEqual(valuesOf(await scrape(world), 'gradebridge_reloads_total'), { same: 1 });
});
