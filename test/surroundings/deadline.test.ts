import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { start } from '../cli/process.ts';
import { eventually } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { lineTo } from '../store/line.ts';
import { endOf, newPlace } from './gateway.ts';

const HANGING = fileURLToPath(new URL('./hanging.js', import.meta.url));

for (const how of ['loop', 'pipe', 'promise']) {
  test(`what hangs (${how}) is ended from another thread`, async (t) => {
    const child = spawn(process.execPath, [HANGING, how], { stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => void child.kill('SIGKILL'));
    assert.equal(await endOf(child), 'SIGKILL');
  });
}

test('what has ended in time is not waited for', async (t) => {
  const child = spawn(process.execPath, [HANGING, 'nothing'], { stdio: 'ignore' });
  t.after(() => void child.kill('SIGKILL'));
  assert.equal(await endOf(child), 0);
});

test('requests and deliveries share limits.drain: SIGTERM ends a gateway whose OneRoster and whose clients hang', async (t) => {
  const place = await newPlace(t, { limits: { drain: 300 } });
  const serve = start(t, ['serve'], place.folder);
  await serve.until(/listening on/);
  place.sandbox.inject({ kind: 'hang' });
  const cut = assert.rejects(place.put('quiz-1'));
  await eventually(async () => place.sandbox.requests().length > 0);
  serve.child.kill('SIGTERM');
  assert.equal(await endOf(serve.child), 0);
  await cut;
});

test('SIGTERM ends a gateway whose PostgreSQL does not answer any more', { skip: noPostgres }, async (t) => {
  const line = await lineTo(t, await newDatabase());
  const place = await newPlace(t, { limits: { drain: 300 }, store: { postgres: line.url } });
  const serve = start(t, ['serve'], place.folder);
  await serve.until(/listening on/);
  line.hush();
  const cut = assert.rejects(place.put('quiz-1'));
  serve.child.kill('SIGTERM');
  const ended = await endOf(serve.child);
  assert.ok(ended === 'SIGKILL' || ended === 0, `it ended with ${ended}`);
  await cut;
});

test('SIGTERM ends a gateway whose collector of traces takes a connection and says nothing', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as { port: number };
  const traces = { otlpUrl: `http://127.0.0.1:${port}/v1/traces` };
  const place = await newPlace(t, { limits: { drain: 300 }, traces });
  const serve = start(t, ['serve'], place.folder);
  await serve.until(/listening on/);
  assert.equal((await place.put('quiz-1')).status, 201);
  serve.child.kill('SIGTERM');
  await endOf(serve.child);
});
