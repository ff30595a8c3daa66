import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { eventually } from '../exchange/world.ts';
import { exitOf, freePort, start } from './process.ts';
import { newFolder, type Ran, run } from './run.ts';

const WHY = ['--why', 'Ordered by the maths department', '--who', 'alice'] as const;
const ABACUS: JsonObject = { clientId: 'abacus', contexts: ['math-101'], scopes: ['lineitem', 'score'] };
const EVENING: JsonObject = { upstream: 'school', class: 'class-2', category: 'category-2' };

interface Desk {
  readonly folder: string;
  call(...args: readonly string[]): Promise<Ran>;
  write(name: string, document: JsonObject): void;
}

function openDesk(config: JsonObject = {}): Desk {
  const folder = newFolder();
  const write: Desk['write'] = (name, document) =>
    writeFileSync(join(folder, name), JSON.stringify(document), { mode: 0o600 });
  write('gradebridge.config.json', {
    version: 1,
    upstreams: {
      school: {
        profile: 'timeback',
        baseUrl: 'http://127.0.0.1:9',
        auth: { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' },
      },
    },
    contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-api-key' } },
    ...config,
  });
  write('abacus.json', ABACUS);
  write('evening.json', EVENING);
  return { folder, write, call: (...args) => run(args, { folder }) };
}

function ok(ran: Ran): Ran {
  assert.equal(ran.code, 0, ran.error + ran.out);
  return ran;
}

test('tools and contexts are listed, registered, edited, disabled and removed, for people and for programs', async () => {
  const { call, write } = openDesk();
  assert.equal(ok(await call('tools', 'list')).out, 'quizzer  file  enabled  quizzer  math-101');
  ok(await call('contexts', 'register', 'evening', '--file', 'evening.json', ...WHY));
  write('abacus.json', { ...ABACUS, contexts: ['evening'] });
  const made = ok(
    await call('tools', 'register', 'abacus', '--file', 'abacus.json', '--api-key', 'new', ...WHY),
  );
  assert.match(made.out, /^[A-Za-z0-9_-]{43}$/);
  assert.match(made.error, /revision 2\. A running gateway takes it up within seconds\./);
  const again = await call('tools', 'register', 'abacus', '--file', 'abacus.json', ...WHY);
  assert.deepEqual([again.code, /already/.test(again.error)], [1, true], again.error);
  assert.equal((await call('tools', 'edit', 'nobody', '--file', 'abacus.json', ...WHY)).code, 1);
  assert.equal(
    ok(await call('contexts', 'list')).out,
    ['math-101  file  enabled  school  class-1', 'evening  store  enabled  school  class-2'].join('\n'),
  );
  ok(await call('check', '--runs', '1'));
  ok(await call('keys', 'issue', '--tool', 'abacus', '--context', 'evening'));
  ok(await call('deliveries', 'list'));
  const kept = await call('contexts', 'forget', 'evening', ...WHY);
  assert.equal(kept.code, 1);
  assert.match(
    kept.error,
    /tool abacus in the store\n {2}at \/contexts\/0: the tool uses the context "evening"/,
  );
  ok(await call('tools', 'disable', 'abacus', ...WHY));
  const shown = ok(await call('tools', 'show', 'abacus'));
  assert.deepEqual(JSON.parse(shown.out), { ...ABACUS, contexts: ['evening'], disabled: true });
  assert.match(
    shown.error,
    /abacus comes from the store, at revision 3\.\nrevision 3 {2}disabled {2}\S+ {2}alice: Ordered by[\s\S]*revision 2 {2}registered/,
  );
  const rotated = ok(await call('tools', 'rotate', 'abacus', '--grace', '0', '--json', ...WHY));
  const { ok: isOk, revision, apiKey } = JSON.parse(rotated.out) as Record<string, unknown>;
  assert.deepEqual([isOk, revision, String(apiKey).length], [true, 4, 43]);
  ok(await call('tools', 'end-keys', 'abacus', ...WHY));
  ok(await call('tools', 'forget', 'abacus', ...WHY));
  ok(await call('contexts', 'forget', 'evening', ...WHY));
  const listed = JSON.parse(ok(await call('tools', 'list', '--json')).out) as Record<string, unknown>;
  assert.deepEqual(listed, {
    version: 1,
    command: 'tools list',
    ok: true,
    tools: [{ name: 'quizzer', source: 'file', isInFile: true, state: 'enabled', revision: 0 }],
  });
});

test('what cannot be used is told with its places, to people and to programs', async () => {
  const { call, write } = openDesk();
  write('abacus.json', { clientId: 'quizzer', contexts: ['math-102'] });
  const said = await call('tools', 'register', 'abacus', '--file', 'abacus.json', ...WHY);
  assert.equal(said.code, 1);
  for (const words of [
    /at \/contexts\/0: there is no context "math-102"/,
    /at \/clientId: is the same/,
    /no means/,
  ])
    assert.match(said.error, words);
  const json = await call('tools', 'register', 'abacus', '--file', 'abacus.json', '--json', ...WHY);
  const { ok: isOk, code, findings } = JSON.parse(json.out) as Record<string, unknown>;
  assert.deepEqual([isOk, code, (findings as unknown[]).length], [false, 'ENTRY_INVALID', 3]);
  assert.equal(ok(await call('tools', 'list')).out.split('\n').length, 1);
});

const WRONG_USE: readonly (readonly string[])[] = [
  ['tools'],
  ['tools', 'burn', 'quizzer'],
  ['tools', 'disable', 'quizzer'],
  ['tools', 'disable', ...WHY],
  ['tools', 'register', 'abacus', ...WHY],
  ['tools', 'register', 'abacus', '--file', 'nothing.json', ...WHY],
  ['tools', 'rotate', 'quizzer', '--grace', 'long', ...WHY],
  ['tools', 'edit', 'quizzer', '--file', 'abacus.json', '--api-key', 'mine', ...WHY],
  ['contexts', 'rotate', 'math-101', ...WHY],
  ['token'],
  ['token', '--tool', 'nobody'],
  ['token', '--tool', 'quizzer', '--context', 'evening'],
  ['token', '--tool', 'quizzer', '--scope', 'everything'],
  ['token', '--tool', 'quizzer', 'score'],
  ['token', '--tool', 'quizzer', '--lifetime', '0'],
];

test('wrong use is told, and nothing is done', async () => {
  const { call } = openDesk();
  for (const args of WRONG_USE) {
    const { code, out, error } = await call(...args);
    assert.deepEqual([code, out], [2, ''], `${args.join(' ')}: ${error}`);
  }
});

/** `gradebridge serve` in a process of its own, before a sandbox. */
async function serve(t: TestContext) {
  const [sandbox, port] = [await startSandbox(), await freePort()];
  t.after(() => sandbox.close());
  const { url: baseUrl, tokenUrl, clientId, clientSecret } = sandbox;
  const url = `http://127.0.0.1:${port}`;
  const desk = openDesk({
    listen: { port },
    publicUrl: url,
    upstreams: { school: { profile: 'timeback', baseUrl, auth: { tokenUrl, clientId, clientSecret } } },
  });
  const gateway = start(t, ['serve'], desk.folder);
  await gateway.until(/listening on/);
  const command = async (...args: readonly string[]): Promise<string> => {
    const running = start(t, [...args], desk.folder);
    assert.equal(await exitOf(running), 0, running.said());
    return String(running.out().trim().split('\n').at(-1));
  };
  const status = async (authorization: string): Promise<number> =>
    (await fetch(`${url}/api/lineitems`, { headers: { authorization } })).status;
  return { command, status, url, desk };
}

test('beside a running gateway, a tool is registered, used, disabled and removed; a test token works as it is', async (t) => {
  const { command, status, url } = await serve(t);
  const apiKey = await command(
    'tools',
    'register',
    'abacus',
    '--file',
    'abacus.json',
    '--api-key',
    'new',
    ...WHY,
  );
  const serviceKey = await command('keys', 'issue', '--tool', 'abacus', '--context', 'math-101');
  const keyed = `SERVICE-AUTH-V1 ${apiKey}:${serviceKey}`;
  await eventually(async () => (await status(keyed)) === 200, 20_000);
  const token = await command('token', '--tool', 'abacus', '--scope', 'lineitem', '--lifetime', '60');
  const list = (): Promise<Response> =>
    fetch(`${url}/lti/contexts/math-101/lineitems`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await list()).status, 200);
  const post = await fetch(`${url}/lti/contexts/math-101/lineitems/x/scores`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.ims.lis.v1.score+json' },
    body: '{}',
  });
  assert.equal(post.status, 403, 'it has the scope that was asked for, and no other');
  await command('tools', 'disable', 'abacus', ...WHY);
  await eventually(async () => (await status(keyed)) === 403, 20_000);
  await command('tools', 'forget', 'abacus', ...WHY);
  await eventually(async () => (await status(keyed)) === 401, 20_000);
});
