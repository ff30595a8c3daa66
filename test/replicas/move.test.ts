import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { exitOf } from '../cli/process.ts';
import { eventually } from '../exchange/world.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { command, issueKey, startProcess } from './gateways.ts';
import { scoresIn } from './pair.ts';

test('a gateway moves from SQLite to PostgreSQL with what it has promised, its keys and its receipts', {
  skip: noPostgres,
}, async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-move-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const sqlite = join(folder, 'gradebridge.db');
  const before = { sandbox, folder, store: { sqlite } };
  const after = { sandbox, folder, store: { postgres: await newDatabase() } };
  const key = await issueKey(t, before);
  const old = await startProcess(t, before, key);
  assert.equal((await old.call('PUT', 'quiz-1', { label: 'Quiz', scoreMaximum: 10 })).status, 201);
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const students = ['student-1', 'student-2', 'student-3'];
  const answers = await Promise.all(students.map((userId) => old.score('quiz-1', { userId, scoreGiven: 6 })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 202],
  );

  old.child.kill('SIGTERM');
  assert.equal(await exitOf(old), 0);
  const copied = await command(t, after, 'store', 'copy', '--from', sqlite);
  assert.equal(copied.code, 0, copied.said());
  assert.match(copied.out(), /^ +3 {2}deliveries and receipts$/m);
  sandbox.clearFaults();
  const fresh = await startProcess(t, after, key);
  const authorization = `SERVICE-AUTH-V1 quizzer-key:${key}`;
  for (const answer of answers) {
    const receipt = String(answer.headers.get('location')).replace('https://grades.example', fresh.url);
    await eventually(async () => {
      const shown = await fetch(receipt, { headers: { authorization } });
      assert.equal(shown.status, 200, 'the key and the receipt are good as before');
      return ((await shown.json()) as { state: string }).state === 'verified';
    }, 15_000);
  }
  assert.deepEqual(scoresIn(sandbox), Object.fromEntries(students.map((student) => [student, 6])));
});
