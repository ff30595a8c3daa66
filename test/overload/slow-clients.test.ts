import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TIMEOUTS } from '../../src/http/server.ts';
import { openWorld, until, type World } from '../exchange/world.ts';
import { head, open, statuses, trickle, type Wire } from './wire.ts';

const FAST = { ...TIMEOUTS, headers: 150, request: 300, answer: 200, slowest: 32_000, checkEvery: 25 };
const PATIENCE = 3_000;

function openFast(t: TestContext): Promise<World> {
  return openWorld(t, { timeouts: FAST });
}

/** What a client does to hold a connection, and when it must have lost it, in milliseconds. */
const HOLDERS: Readonly<
  Record<string, readonly [(t: TestContext, world: World) => Promise<Wire>, number, readonly number[]]>
> = {
  'sends nothing': [(t, { url }) => open(t, url), FAST.headers, [408]],
  'sends half a header': [
    (t, { url }) => open(t, url, 'GET /api/lineitems HTTP/1.1\r\nho'),
    FAST.headers,
    [408],
  ],
  'trickles a header': [
    async (t, { url }) => {
      const wire = await open(t, url, 'GET /api/lineitems HTTP/1.1\r\nhost: a\r\n');
      trickle(wire, 'x-y: z\r\n', 20);
      return wire;
    },
    FAST.headers,
    [408],
  ],
  'trickles empty lines': [
    async (t, { url }) => {
      const wire = await open(t, url);
      trickle(wire, '\r\n', 20);
      return wire;
    },
    FAST.headers,
    [408],
  ],
  'trickles a second header': [
    async (t, { url }) => {
      const wire = await open(t, url, `${head('GET /healthz')}GET /healthz HTTP/1.1\r\n`);
      trickle(wire, 'x-y: z\r\n', 20);
      return wire;
    },
    FAST.headers,
    [200, 408],
  ],
  'trickles the body of a token request': [
    async (t, { url }) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1000' };
      const wire = await open(t, url, head('POST /lti/token', form));
      trickle(wire, 'x', 20);
      return wire;
    },
    FAST.request,
    [408],
  ],
  'trickles the body of a line item': [
    async (t, world) => {
      const { authorization } = await world.as();
      const json = { authorization, 'content-type': 'application/json', 'content-length': '1000' };
      const wire = await open(t, world.url, head('POST /api/lineitems', json));
      trickle(wire, ' ', 20);
      return wire;
    },
    FAST.request,
    [408],
  ],
  'trickles a body that nobody wants': [
    async (t, { url }) => {
      const wire = await open(t, url, head('POST /api/lineitems', { 'content-length': '1000' }));
      trickle(wire, 'x', 20);
      return wire;
    },
    FAST.request,
    [401, 408],
  ],
};

for (const [name, [hold, least, said]] of Object.entries(HOLDERS)) {
  test(`a client that ${name} loses its connection, and nobody else is kept waiting`, async (t) => {
    const world = await openFast(t);
    const wire = await hold(t, world);
    const others = await (await world.as()).list();
    assert.equal(others.status, 200);
    await until(wire.isClosed, PATIENCE);
    assert.deepEqual(statuses(wire), said);
    assert.ok((await wire.closed) >= least * 0.9, 'it was not even given its time');
  });
}

test('a client that takes its time within the limits is served', async (t) => {
  const world = await openFast(t);
  const wire = await open(t, world.url, 'GET /healthz HTTP/1.1\r\n');
  await new Promise((resolve) => setTimeout(resolve, FAST.headers / 3));
  wire.socket.write('host: a\r\n\r\n');
  await until(() => statuses(wire).length === 1);
  assert.deepEqual(statuses(wire), [200]);
});

/** A list that does not fit into the buffers between two processes. */
async function openLongList(t: TestContext): Promise<World> {
  const world = await openWorld(t, { timeouts: FAST, config: { limits: { inFlight: 1 } } });
  const client = await world.as();
  const text = 'x'.repeat(200_000);
  for (let n = 0; n < 40; n++) {
    const { status } = await client.put(`long-${n}`, {
      label: 'Long',
      scoreMaximum: 1,
      'https://t.example/x': text,
    });
    assert.equal(status, 201);
  }
  return world;
}

test('a reader that takes nothing keeps nobody out, and loses its connection', async (t) => {
  const world = await openLongList(t);
  const { authorization } = await world.as();
  world.sandbox.clearRequests();
  const wire = await open(t, world.url);
  wire.socket.pause();
  wire.socket.write(head('GET /api/lineitems', { authorization }));
  await until(() => world.calls()[0]?.status === 200);
  // The only place is free again, although the answer is not out.
  const drill = await world.as('drill');
  let answer = await drill.list();
  for (const end = Date.now() + PATIENCE; answer.status === 503 && Date.now() < end; )
    answer = await drill.list();
  assert.equal(answer.status, 200, answer.text);
  const isReported = (): boolean =>
    world.log.filter((line) => line.includes('"tool":"quizzer"') && line.includes('"GET"')).length > 0;
  assert.equal(isReported(), false, 'the answer was out all along: the list is too short for this test');
  await until(isReported, PATIENCE);
});

test('a reader that is slow, but reads, gets all of it', async (t) => {
  const world = await openLongList(t);
  const { authorization } = await world.as();
  const wire = await open(t, world.url);
  wire.socket.on('data', () => {
    wire.socket.pause();
    setTimeout(() => wire.socket.resume(), 2);
  });
  wire.socket.write(head('GET /api/lineitems', { authorization, connection: 'close' }));
  await wire.closed;
  const [header = '', body = ''] = wire.received().split('\r\n\r\n');
  assert.equal(body.length, Number(/content-length: (\d+)/i.exec(header)?.[1]));
});

test('requests that were pipelined leave nothing behind when their client hangs up', async (t) => {
  const config = { limits: { inFlight: 4, tool: { share: 0.75 } } };
  const world = await openWorld(t, { timeouts: FAST, config });
  const client = await world.as();
  await client.list();
  for (let round = 1; round <= 3; round++) {
    world.sandbox.clearRequests();
    world.sandbox.inject({ kind: 'slow', delayMs: 50, path: '/ims/', times: 3 });
    const request = head('GET /api/lineitems', { authorization: client.authorization });
    const wire = await open(t, world.url, request.repeat(3));
    await until(() => world.calls().length === 3);
    wire.socket.destroy();
    await until(() => world.log.filter((line) => line.includes('"request"')).length === 1 + 3 * round);
    await until(() => world.calls().every(({ status }) => status !== 0));
  }
  const answers = await Promise.all([client.list(), client.list(), client.list()]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
});

test('an answer that waits behind another one is not late', async (t) => {
  const world = await openWorld(t, { timeouts: FAST });
  const { authorization } = await world.as();
  await (await world.as()).list();
  world.sandbox.inject({ kind: 'slow', delayMs: FAST.answer * 2, path: '/ims/' });
  const pair = head('GET /api/lineitems', { authorization }) + head('GET /healthz', { connection: 'close' });
  const wire = await open(t, world.url, pair);
  await until(wire.isClosed);
  assert.deepEqual(statuses(wire), [200, 200]);
});
