import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type RecordedRequest, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { exitOf, freePort, type Running, start } from '../cli/process.ts';
import { newFolder } from '../cli/run.ts';
import { until } from '../exchange/world.ts';
import { head, open, statuses } from './wire.ts';

interface Served {
  readonly serve: Running;
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `gradebridge serve` as a process of its own, before a sandbox in this one. */
async function openServe(t: TestContext): Promise<Served> {
  const [folder, sandbox, port] = [newFolder(), await startSandbox(), await freePort()];
  t.after(() => sandbox.close());
  const { url: baseUrl, tokenUrl, clientId, clientSecret } = sandbox;
  const auth = { tokenUrl, clientId, clientSecret };
  const config = {
    version: 1,
    listen: { port },
    upstreams: { sandbox: { profile: 'timeback', baseUrl, auth } },
    contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
    limits: { drain: 20_000 },
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config));
  const issue = start(t, ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101'], folder);
  assert.equal(await exitOf(issue), 0);
  const key = issue.out().trim().split('\n').at(-1);
  const serve = start(t, ['serve'], folder);
  await serve.until(/listening on/);
  const headers = { authorization: `SERVICE-AUTH-V1 quizzer-key:${key}`, 'content-type': 'application/json' };
  return { serve, sandbox, url: `http://127.0.0.1:${port}`, headers };
}

function writes(sandbox: Sandbox): readonly RecordedRequest[] {
  return sandbox.requests().filter(({ method, path }) => method === 'PUT' && path.includes('/lineItems/'));
}

test('SIGTERM: what is under way gets its answer, nothing new is taken, and the exit code is 0', async (t) => {
  const { serve, sandbox, url, headers } = await openServe(t);
  sandbox.inject({ kind: 'slow', delayMs: 700, method: 'PUT' });
  const body = '{"label":"Quiz","scoreMaximum":5}';
  const underWay = fetch(`${url}/api/lineitems/quiz-1`, { method: 'PUT', headers, body });
  await until(() => writes(sandbox).length === 1);
  // The first answer shows that the connection has been accepted: the second request is then half sent.
  const half = await open(t, url, `${head('GET /healthz')}GET /readyz HTTP/1.1\r\nhost: gateway\r\n`);
  await until(() => statuses(half).length === 1);
  const silent = await open(t, url);
  serve.child.kill('SIGTERM');
  await serve.until(/SIGTERM: no new requests/);
  half.socket.write('\r\n');
  await assert.rejects(fetch(`${url}/healthz`));
  await until(half.isClosed);
  assert.match(half.received(), /HTTP\/1\.1 503 [\s\S]*"draining"/);
  const answer = await underWay;
  assert.equal(answer.status, 201);
  assert.equal(((await answer.json()) as { label: string }).label, 'Quiz');
  assert.equal(await exitOf(serve), 0);
  await until(silent.isClosed);
  assert.equal(writes(sandbox).length, 1);
});

for (const [first, second] of [
  ['SIGTERM', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
] as const) {
  test(`${second} after ${first} ends it at once`, async (t) => {
    const { serve, sandbox, url, headers } = await openServe(t);
    sandbox.inject({ kind: 'hang', method: 'PUT' });
    const body = '{"label":"Quiz","scoreMaximum":5}';
    const cut = assert.rejects(fetch(`${url}/api/lineitems/quiz-1`, { method: 'PUT', headers, body }));
    await until(() => writes(sandbox).length === 1);
    const ended = once(serve.child, 'exit');
    serve.child.kill(first);
    await serve.until(/no new requests/);
    assert.equal(serve.child.exitCode, null, 'a request is under way');
    serve.child.kill(second);
    assert.deepEqual(await ended, [null, second]);
    await cut;
  });
}
