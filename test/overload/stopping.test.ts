import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openWorld, until } from '../exchange/world.ts';
import { head, open, statuses } from './wire.ts';

test('while it drains, /readyz says so on a connection that is open, and the answers end their connections', async (t) => {
  const world = await openWorld(t);
  const { authorization } = await world.as();
  await (await world.as()).list();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 300, path: '/ims/' });
  const [busy, half] = [
    await open(t, world.url, head('GET /api/lineitems', { authorization })),
    await open(t, world.url, `${head('GET /healthz')}GET /readyz HTTP/1.1\r\n`),
  ];
  await until(() => world.calls().length === 1 && statuses(half).length === 1);
  const stopped = world.gateway.stop();
  half.socket.write('host: gateway\r\n\r\n');
  await until(half.isClosed);
  assert.match(half.received(), /HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*{"status":"draining"}$/i);
  assert.deepEqual(statuses(busy), [], 'the request was over before the stop');
  await stopped;
  await until(busy.isClosed);
  assert.match(busy.received(), /^HTTP\/1\.1 200 [\s\S]*connection: close/i);
});

test('a stop waits neither for connections that say nothing nor for those that are idle', async (t) => {
  // A stop that waited for them would outlast the test.
  const world = await openWorld(t, { config: { limits: { drain: 3_600_000 } } });
  const [silent, idle] = [await open(t, world.url), await open(t, world.url, head('GET /healthz'))];
  await until(() => statuses(idle).length === 1);
  await world.gateway.stop();
  await until(() => silent.isClosed() && idle.isClosed());
});

test('a stop does not wait longer for a reader that takes nothing than for anything else', async (t) => {
  const world = await openWorld(t, { config: { limits: { drain: 200 } } });
  const client = await world.as();
  const text = 'x'.repeat(200_000);
  for (let n = 0; n < 40; n++)
    await client.put(`long-${n}`, { label: 'Long', scoreMaximum: 1, 'https://t.example/x': text });
  world.sandbox.clearRequests();
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname).pause();
  t.after(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(head('GET /api/lineitems', { authorization: client.authorization }));
  await until(() => world.calls()[0]?.status === 200);
  // The reader never takes anything: a stop that waited for it would not end.
  await world.gateway.stop();
});
