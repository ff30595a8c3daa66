import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { exitOf, freePort, start } from './process.ts';
import { newFolder } from './run.ts';

test('demo --once shows the way of a line item and ends with 0', async (context) => {
  const demo = start(context, ['demo', '--once'], newFolder());
  assert.equal(await exitOf(demo), 0);
  for (const text of [
    '→ 201',
    '/metadata/ltiResourceId',
    'defaulted',
    'stashed',
    'from context',
    'exactly as it sent it',
  ]) {
    assert.ok(demo.said().includes(text), `${text} is not in:\n${demo.said()}`);
  }
});

test('sandbox and serve run from a configuration; SIGTERM ends both with 0', async (context) => {
  const folder = newFolder();
  const sandbox = start(context, ['sandbox', '--port', '0'], folder);
  const [, url = ''] = await sandbox.until(/listening on (http:\S+)/);
  const port = await freePort();
  const auth = { tokenUrl: `${url}/oauth2/token`, clientId: 'sandbox', clientSecret: 'sandbox-secret' };
  const config = {
    version: 1,
    listen: { port },
    upstreams: { sandbox: { profile: 'timeback', baseUrl: url, auth } },
    contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config));
  const issue = start(context, ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101'], folder);
  assert.equal(await exitOf(issue), 0);
  const serve = start(context, ['serve'], folder);
  await serve.until(/listening on/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  const key = issue.out().trim().split('\n').at(-1);
  const answer = await fetch(`http://127.0.0.1:${port}/api/lineitems/quiz-1`, {
    method: 'PUT',
    headers: { authorization: `SERVICE-AUTH-V1 quizzer-key:${key}`, 'content-type': 'application/json' },
    body: '{"label":"Quiz","scoreMaximum":5}',
  });
  assert.equal(answer.status, 201);
  for (const running of [serve, sandbox]) {
    running.child.kill('SIGTERM');
    assert.equal(await exitOf(running), 0);
  }
  assert.ok(
    !serve.said().includes('sandbox-secret') && !serve.said().includes(String(key)),
    'a secret is in the log',
  );
});

test('serve says so when its port is taken', async (context) => {
  const folder = newFolder();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const config = {
    version: 1,
    listen: { port },
    upstreams: {
      sis: {
        profile: 'timeback',
        baseUrl: 'http://127.0.0.1:9',
        auth: { tokenUrl: 'http://127.0.0.1:9/t', clientId: 'c', clientSecret: 's' },
      },
    },
    contexts: { a: { upstream: 'sis', class: 'c', category: 'k' } },
    tools: { t: { clientId: 't', contexts: ['a'], apiKey: 'quizzer-key' } },
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config));
  const serve = start(context, ['serve'], folder);
  assert.equal(await exitOf(serve), 1);
  assert.match(serve.said(), new RegExp(`Port ${port} is in use`));
  taken.close();
});

test('a second gateway on the same file is refused in words, and one that was killed leaves the file free', async (context) => {
  const folder = newFolder();
  const config = (port: number) => ({
    version: 1,
    listen: { port },
    upstreams: {
      sis: {
        profile: 'timeback',
        baseUrl: 'http://127.0.0.1:9',
        auth: { tokenUrl: 'http://127.0.0.1:9/t', clientId: 'c', clientSecret: 's' },
      },
    },
    contexts: { a: { upstream: 'sis', class: 'c', category: 'k' } },
    tools: { t: { clientId: 't', contexts: ['a'], apiKey: 'quizzer-key' } },
  });
  for (const name of ['one', 'two'])
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(config(await freePort())));
  const first = start(context, ['serve', '--config', 'one.json'], folder);
  await first.until(/listening on/);
  const second = start(context, ['serve', '--config', 'two.json'], folder);
  assert.equal(await exitOf(second), 1);
  assert.match(second.said(), /Another gateway already serves from \S+gradebridge\.db\. Stop it/);
  first.child.kill('SIGKILL');
  await exitOf(first);
  const third = start(context, ['serve', '--config', 'two.json'], folder);
  await third.until(/listening on/);
});
