import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { eventually } from '../exchange/world.ts';
import { exitOf, freePort, type Running, start } from './process.ts';
import { newFolder, run } from './run.ts';

interface Scene {
  readonly serve: Running;
  readonly sandbox: Sandbox;
  readonly folder: string;
  /** Writes the configuration, with some members laid over it. */
  write(members?: JsonObject): void;
  put(id: string, context?: string): Promise<Response>;
}

async function open(t: TestContext, options: readonly string[] = []): Promise<Scene> {
  const folder = newFolder();
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const port = await freePort();
  const auth = { tokenUrl: sandbox.tokenUrl, clientId: 'sandbox', clientSecret: 'sandbox-secret' };
  const context = { upstream: 'sandbox', class: 'class-1', category: 'category-1' };
  const config = {
    version: 1,
    listen: { port },
    mappingsDir: '.',
    upstreams: { sandbox: { profile: 'timeback', baseUrl: sandbox.url, auth } },
    contexts: { 'math-101': context, 'science-7': { ...context, class: 'class-2' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  };
  const write: Scene['write'] = (members = {}) =>
    writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify({ ...config, ...members }));
  const both = { tools: { quizzer: { ...config.tools.quizzer, contexts: ['math-101', 'science-7'] } } };
  write(both);
  const issue = (name: string) => run(['keys', 'issue', '--tool', 'quizzer', '--context', name], { folder });
  const keys = new Map<string, string>();
  for (const name of ['math-101', 'science-7']) keys.set(name, (await issue(name)).out);
  write();
  const serve = start(t, ['serve', ...options], folder);
  await serve.until(/listening on/);
  const put: Scene['put'] = (id, name = 'math-101') =>
    fetch(`http://127.0.0.1:${port}/api/lineitems/${id}`, {
      method: 'PUT',
      headers: {
        authorization: `SERVICE-AUTH-V1 quizzer-key:${keys.get(name)}`,
        'content-type': 'application/json',
      },
      body: '{"label":"Quiz","scoreMaximum":5}',
    });
  return { serve, sandbox, folder, write, put };
}

const TOOL = { clientId: 'quizzer', apiKey: 'quizzer-key' };
const BOTH = { tools: { quizzer: { ...TOOL, contexts: ['math-101', 'science-7'] } } };

test('SIGHUP puts the configuration in force that is on disk, and a request under way ends on the old one', async (t) => {
  const { serve, sandbox, write, put } = await open(t);
  assert.equal((await put('quiz-1', 'science-7')).status, 403);
  sandbox.inject({ kind: 'slow', delayMs: 1000, method: 'PUT' });
  const underWay = put('quiz-2');
  await eventually(async () => sandbox.requests().some(({ path }) => path.endsWith('quiz-2')));
  write({ tools: { quizzer: { ...TOOL, contexts: ['science-7'] } } });
  serve.child.kill('SIGHUP');
  await serve.until(/SIGHUP: revision \S+ is in force/);
  assert.equal((await underWay).status, 201);
  assert.equal((await put('quiz-1', 'science-7')).status, 201);
  assert.equal((await put('quiz-1', 'math-101')).status, 403);
  serve.child.kill('SIGTERM');
  assert.equal(await exitOf(serve), 0);
});

test('what is wrong on disk changes nothing, says so, and the next reload that is right goes on', async (t) => {
  const { serve, folder, write, put } = await open(t);
  const mapping = JSON.parse(readFileSync(join(SHIPPED_MAPPINGS, 'line-item.json'), 'utf8')) as JsonObject;
  const { stash: _, examples: __, ...lossy } = mapping;
  const wrong: readonly (readonly [string, JsonObject, RegExp])[] = [
    ['an unknown key', { lisen: {} }, /unknown key "lisen"/],
    ['another port', { listen: { port: 1 } }, /\/listen: cannot be changed while the gateway runs/],
    ['a mapping that loses something', BOTH, /breaks the law/],
  ];
  for (const [name, members, message] of wrong) {
    if (name.startsWith('a mapping')) writeFileSync(join(folder, 'line-item.json'), JSON.stringify(lossy));
    write(members);
    serve.child.kill('SIGHUP');
    await serve.until(message);
    assert.equal((await put('quiz-1')).status, 201, name);
    assert.equal((await put('quiz-1', 'science-7')).status, 403, name);
  }
  writeFileSync(join(folder, 'line-item.json'), JSON.stringify(mapping));
  serve.child.kill('SIGHUP');
  await serve.until(/SIGHUP: revision/);
  assert.equal((await put('quiz-7', 'science-7')).status, 201);
});

test('with --watch a file that has changed is taken up by itself', async (t) => {
  const { serve, write, put } = await open(t, ['--watch']);
  write(BOTH);
  await serve.until(/The files changed: revision/);
  assert.equal((await put('quiz-1', 'science-7')).status, 201);
});
