import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { formatTraceparent, parseTraceparent } from '../../src/core/trace.ts';
import { type Desk, openDesk, scoreOf } from '../ags/desk.ts';
import { eventually, PUBLIC_URL } from '../exchange/world.ts';
import { type Collector, type ReceivedSpan, startCollector } from './collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

interface Traced extends Desk {
  readonly collector: Collector;
  /** Stops the gateway, which sends what it has, and gives all spans. */
  spans(): Promise<readonly ReceivedSpan[]>;
}

async function openTraced(t: TestContext, settings: { readonly sample?: number } = {}): Promise<Traced> {
  const collector = await startCollector(t);
  const traces = { otlpUrl: collector.url, headers: { 'x-collector-key': 'k-1' }, sample: 1, ...settings };
  const desk = await openDesk(t, { config: { traces, upstreams: { school: { retry: { attempts: 2 } } } } });
  const spans = async (): Promise<readonly ReceivedSpan[]> => {
    await desk.world.gateway.stop();
    return collector.spans;
  };
  return { ...desk, collector, spans };
}

function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  assert.equal(
    found.length,
    1,
    `${found.length} spans ${name}: ${spans.map((span) => span.name).join(', ')}`,
  );
  return found[0] as ReceivedSpan;
}

test('a request of a tool, and what it asks of OneRoster, are one trace that the tool has begun', async (t) => {
  const { world, tool, collector, spans } = await openTraced(t);
  const id = await tool.create();
  const calls = world.calls().length;
  const body = scoreOf({ comment: 'for her alone' });
  const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };
  const answer = await tool.call('POST', `${id}/scores`, { body, headers });
  assert.equal(answer.status, 200, answer.text);
  const sent = world.calls().slice(calls);
  const all = await spans();
  const own = all.filter(({ traceId }) => traceId === TRACE);
  const request = named(own, 'ags postScore');
  assert.equal(request.parentSpanId, SPAN);
  assert.deepEqual([request.kind, request.isError], [2, false]);
  assert.deepEqual(request.attributes, {
    'http.request.method': 'POST',
    'http.route': '/lti/contexts/:context/lineitems/:id/scores',
    'http.response.status_code': 200,
    'gradebridge.face': 'ags',
    'gradebridge.operation': 'postScore',
    'gradebridge.tool': 'quizzer',
    'gradebridge.context': 'math-101',
  });
  const exchanges = own.filter(({ kind }) => kind === 3);
  assert.equal(exchanges.length, sent.length);
  assert.equal(own.length, exchanges.length + 1);
  for (const exchange of exchanges) assert.equal(exchange.parentSpanId, request.spanId);
  const headersSent = sent.map((call) => parseTraceparent(String(call.traceparent)));
  assert.deepEqual(
    headersSent.map((parent) => [parent?.traceId, parent?.isSampled]),
    sent.map(() => [TRACE, true]),
  );
  const ids = (list: readonly (string | undefined)[]): readonly (string | undefined)[] => list.toSorted();
  assert.deepEqual(
    ids(headersSent.map((parent) => parent?.spanId)),
    ids(exchanges.map(({ spanId }) => spanId)),
  );
  assert.equal(named(own, 'PUT /results/:id').attributes['http.response.status_code'], sent.at(-1)?.status);
  assert.equal(collector.headers[0]?.['x-collector-key'], 'k-1');
  assert.ok(
    world.log.some((line) => line.includes(`"trace":"${TRACE}"`)),
    'the log names the trace',
  );
});

test('spans hold no id and nothing that was said of a student', async (t) => {
  const { world, tool, collector, spans } = await openTraced(t);
  const id = await tool.create({ label: 'Ada’s retake', resourceId: 'private-resource' });
  await tool.score(id, { comment: 'private-comment' });
  await tool.score(id, { userId: 'private-user' });
  await tool.results(id, '?user_id=student-1');
  await tool.call('GET', `/lti/contexts/math-101/lineitems/private-id?x=private-query`, {
    headers: { 'x-request-id': 'private-request', 'user-agent': 'private-agent' },
  });
  await fetch(`${world.url}/private-path`, { method: 'PROPFIND' });
  await fetch(`${world.url}/readyz`);
  const all = await spans();
  assert.ok(all.length > 10);
  assert.ok(!all.some(({ attributes }) => attributes['http.route'] === '/readyz'), 'probes leave no spans');
  const text = collector.bodies.join('\n');
  const sourcedId = id.replace(`${PUBLIC_URL}/lti/contexts/math-101/lineitems/`, '');
  for (const secret of [
    'private',
    'Ada',
    'student-1',
    'class-1',
    sourcedId,
    'PROPFIND',
    'Bearer',
    tool.token,
  ])
    assert.ok(!text.includes(secret), secret);
});

test('trouble is told with its code; a further try is a span of its own', async (t) => {
  const { world, tool, spans } = await openTraced(t);
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, times: 2, method: 'GET', path: '/classes/' });
  const refused = await tool.call('GET', '/lti/contexts/math-101/lineitems');
  assert.equal(refused.status, 502, refused.text);
  assert.equal((await tool.get(`${id}x`)).status, 404);
  const all = await spans();
  const request = named(all, 'ags listLineItems');
  assert.deepEqual([request.isError, request.attributes['error.type']], [true, 'UPSTREAM_FAILED']);
  const exchanges = all.filter(({ name }) => name === 'GET /classes/:id/lineItems');
  assert.deepEqual(
    exchanges.map(({ isError, attributes }) => [
      isError,
      attributes['error.type'],
      attributes['http.request.resend_count'],
    ]),
    [
      [true, '503', undefined],
      [true, '503', 1],
    ],
  );
  const missed = named(all, 'ags getLineItem');
  assert.deepEqual([missed.isError, missed.attributes['error.type']], [false, 'LINE_ITEM_NOT_FOUND']);
});

test('a delivery is a trace of its own, linked to the request that promised it', async (t) => {
  const { world, tool, spans } = await openTraced(t);
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, times: 2, method: 'PUT' });
  const promised = await tool.score(id);
  assert.equal(promised.status, 202, promised.text);
  await eventually(
    async () => (await tool.get(String(promised.headers['location']))).body['state'] === 'verified',
  );
  const all = await spans();
  const request = named(all, 'ags postScore');
  const attempt = all.filter(({ name }) => name === 'deliver school').at(-1);
  assert.ok(attempt);
  assert.deepEqual(
    attempt.links.map(({ traceId, spanId }) => [traceId, spanId]),
    [[request.traceId, request.spanId]],
  );
  assert.notEqual(attempt.traceId, request.traceId);
  assert.equal(attempt.attributes['gradebridge.outcome'], 'verified');
  const exchanges = all.filter(({ parentSpanId }) => parentSpanId === attempt.spanId).map(({ name }) => name);
  assert.ok(exchanges.includes('PUT /results/:id'), exchanges.join());
});

test('what is not sampled is not sent, and goes on to OneRoster as not sampled', async (t) => {
  const { world, tool, spans } = await openTraced(t, { sample: 0 });
  const id = await tool.create();
  await tool.call('GET', id, { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } });
  const parent = parseTraceparent(String(world.calls().at(-1)?.traceparent));
  assert.deepEqual([parent?.traceId, parent?.isSampled], [TRACE, false], 'a caller cannot have it recorded');
  assert.deepEqual(await spans(), []);
});

test('what a caller has not sampled is not sent', async (t) => {
  const { tool, spans } = await openTraced(t);
  const id = await tool.create();
  await tool.call('GET', id, { headers: { traceparent: `00-${TRACE}-${SPAN}-00` } });
  assert.deepEqual(
    (await spans()).filter(({ traceId }) => traceId === TRACE),
    [],
  );
});

test('a collector that is away harms nobody, and is told of in the log', async (t) => {
  const collector = await startCollector(t, 400);
  const { world, tool } = await openDesk(t, { config: { traces: { otlpUrl: collector.url, sample: 1 } } });
  await tool.grade(await tool.create());
  await world.gateway.stop();
  assert.ok(
    world.log.some((line) => line.includes('"event":"traces"')),
    world.log.at(-1),
  );
});

const hex = (digits: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((list) => list.map((digit) => digit.toString(16)).join(''));

test('a traceparent is read as it is written', () => {
  const place = fc.record({ traceId: hex(32), spanId: hex(16), isSampled: fc.boolean() });
  fc.assert(
    fc.property(place, (parent) => {
      fc.pre(!/^0+$/.test(parent.traceId) && !/^0+$/.test(parent.spanId));
      assert.deepEqual(parseTraceparent(formatTraceparent(parent)), { ...parent });
    }),
  );
});

const TRACEPARENTS: readonly (readonly [string, boolean])[] = [
  [`00-${TRACE}-${SPAN}-00`, true],
  [`00-${TRACE}-${SPAN}-ff`, true],
  [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  [`00-${TRACE}-${SPAN}-01-more`, false],
  [`cc-${TRACE}-${SPAN}-01.more`, false],
  [`ff-${TRACE}-${SPAN}-01`, false],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, false],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, false],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, false],
  [`00-${TRACE}-${SPAN}-1`, false],
  [`00-${TRACE}-${SPAN}`, false],
  [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, false],
  ['', false],
];

for (const [header, isGood] of TRACEPARENTS) {
  test(`the traceparent "${header}" is ${isGood ? '' : 'not '}taken (W3C Trace Context §3.2)`, () => {
    assert.equal(parseTraceparent(header) !== undefined, isGood);
  });
}
