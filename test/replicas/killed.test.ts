import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RecordedRequest, startSandbox } from '../../src/sandbox/sandbox.ts';
import { exitOf } from '../cli/process.ts';
import { until } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { issueKey, startProcess } from './gateways.ts';
import { scoresIn } from './pair.ts';

test('what one was delivering when it was killed, the other delivers after the lease, once', {
  skip: noPostgres,
}, async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-replicas-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const settings = { sandbox, folder, store: { postgres: await newDatabase() } };
  const key = await issueKey(t, settings);
  const one = await startProcess(t, settings, key);
  assert.equal((await one.call('PUT', 'quiz-1', { label: 'Quiz', scoreMaximum: 10 })).status, 201);
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const promised = await one.score('quiz-1');
  assert.equal(promised.status, 202);
  sandbox.clearRequests();
  const isWrite = ({ method, path }: RecordedRequest): boolean =>
    method === 'PUT' && path.includes('/results/');
  const writes = (): readonly RecordedRequest[] => sandbox.requests().filter(isWrite);
  sandbox.clearFaults();
  sandbox.inject({ kind: 'hang', method: 'PUT', path: '/results/' });
  await until(() => writes().length === 1);
  one.child.kill('SIGKILL');
  await exitOf(one);
  const killed = Date.now();

  const other = await startProcess(t, settings, key);
  const receipt = String(promised.headers.get('location')).replace('https://grades.example', other.url);
  const authorization = `SERVICE-AUTH-V1 quizzer-key:${key}`;
  const read = async (): Promise<{ state: string; attempts: number }> =>
    (await (await fetch(receipt, { headers: { authorization } })).json()) as never;
  assert.equal((await read()).state, 'sent', 'until its lease ends it is kept for the first');
  await until(() => writes().length > 1, 20_000);
  assert.ok(Date.now() - killed > 3_000, 'a write of the dead might still have arrived');
  await other.until(/"state":"verified"/);
  const { state, attempts } = await read();
  assert.equal(state, 'verified');
  assert.ok(attempts >= 2, 'the attempt that was cut off is counted');
  assert.equal(writes().length, 2, 'the one that hung, and the one that was taken');
  assert.deepEqual(scoresIn(sandbox), { 'student-1': 8 });
  other.child.kill('SIGTERM');
  assert.equal(await exitOf(other), 0);
});
