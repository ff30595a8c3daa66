import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { eventually } from '../exchange/world.ts';
import { ATTEMPTS, lossyText, withRow } from '../workbench/texts.ts';
import { exitOf, freePort, start } from './process.ts';
import { newFolder, type Ran, run } from './run.ts';

const WHY = ['--why', 'Attempts of a quiz', '--who', 'alice'] as const;

interface Desk {
  readonly folder: string;
  call(...args: readonly string[]): Promise<Ran>;
  draft(text: string): Promise<Ran>;
}

function openDesk(): Desk {
  const folder = newFolder();
  const call: Desk['call'] = (...args) => run(['mappings', ...args], { folder });
  return {
    folder,
    call,
    draft: (text) => {
      writeFileSync(join(folder, 'draft.json'), text);
      return call('draft', 'line-item', '--file', 'draft.json', ...WHY);
    },
  };
}

test('mappings list, draft, activate, show, diff and rollback, for people and for programs', async () => {
  const { call, draft } = openDesk();
  assert.match((await call('list')).out, /^line-item {2}lineItem {2}shipped {2}0 versions {2}math-101$/m);
  const { out, code } = await draft(withRow(ATTEMPTS));
  assert.deepEqual([out, code], ['1', 0]);
  const shown = await call('show', 'line-item');
  assert.ok(!shown.out.includes('maxAttempts'), 'the file is what is used');
  assert.match(
    shown.error,
    /line-item is the file \(shipped\)[\s\S]*version 1 {2}draft {2}\S+ {2}alice: Attempts of a quiz/,
  );
  assert.match((await call('show', 'line-item', '1')).out, /maxAttempts/);
  assert.match(
    (await call('diff', 'line-item', 'file', '1')).out,
    /^\+ row 13 \/metadata\/maxAttempts {2}\{/,
  );
  const activated = await call('activate', 'line-item', '1', ...WHY);
  assert.equal(activated.code, 0, activated.error);
  assert.match(activated.error, /was the file and is version 1 now/);
  const listed = JSON.parse((await call('list', '--json')).out) as {
    ok: boolean;
    mappings: { active: number | null }[];
  };
  assert.deepEqual([listed.ok, listed.mappings.map(({ active }) => active)], [true, [null, null, 1, null]]);
  const back = await call('rollback', 'line-item', ...WHY);
  assert.match(back.error, /was version 1 and is the file now/);
  assert.equal((await call('rollback', 'line-item', ...WHY)).code, 1);
});

test('a lossy draft is not activated, and the law it breaks is told with its documents', async () => {
  const { call, draft } = openDesk();
  await draft(lossyText());
  const refused = await call('activate', 'line-item', '1', ...WHY);
  assert.equal(refused.code, 1);
  assert.match(refused.error, /breaks the law put-get .*counter-example: \{"direction":"oneroster"/);
  const { ok, code, laws } = JSON.parse((await call('activate', 'line-item', '1', '--json', ...WHY)).out) as {
    ok: boolean;
    code: string;
    laws: { law: string; holds: boolean }[];
  };
  assert.deepEqual(
    [ok, code, laws.find(({ law }) => law === 'put-get')?.holds],
    [false, 'MAPPING_REFUSED', false],
  );
  assert.match((await call('list')).out, /^line-item {2}lineItem {2}shipped {2}1 versions/m);
});

const WRONG_USE: readonly (readonly string[])[] = [
  [],
  ['mend'],
  ['list', 'line-item'],
  ['show'],
  ['draft', 'line-item', ...WHY],
  ['draft', 'line-item', '--file', 'absent.json', ...WHY],
  ['activate', 'line-item', '1'],
  ['activate', 'line-item', 'one', ...WHY],
  ['rollback', 'line-item', '--why', ' '],
  ['diff', 'line-item', '1'],
];

for (const args of WRONG_USE) {
  test(`mappings ${args.join(' ')} is wrong use`, async () => {
    const { code, out } = await openDesk().call(...args);
    assert.deepEqual([code, out], [2, '']);
  });
}

test('a draft that is no mapping is told where, and a version that is not there is', async () => {
  const { call, draft } = openDesk();
  const { code, error } = await draft('{\n  "name": }');
  assert.equal(code, 1);
  assert.match(error, /line 2, column 11: is not JSON/);
  assert.equal((await call('activate', 'line-item', '3', ...WHY)).code, 1);
  assert.equal((await call('show', 'nothing')).code, 1);
});

test('a gateway uses an activated mapping when it starts, and another one when it reloads', async (t) => {
  const folder = newFolder();
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const port = await freePort();
  const auth = { tokenUrl: sandbox.tokenUrl, clientId: 'sandbox', clientSecret: 'sandbox-secret' };
  const config = {
    version: 1,
    listen: { port },
    upstreams: { sandbox: { profile: 'timeback', baseUrl: sandbox.url, auth } },
    contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config));
  const call = async (...args: readonly string[]): Promise<string> => {
    const { code, out, error } = await run(args, { folder });
    assert.equal(code, 0, error);
    return out;
  };
  writeFileSync(join(folder, 'draft.json'), withRow(ATTEMPTS));
  await call('mappings', 'draft', 'line-item', '--file', 'draft.json', ...WHY);
  await call('mappings', 'activate', 'line-item', '1', ...WHY);
  const key = await call('keys', 'issue', '--tool', 'quizzer', '--context', 'math-101');
  const serve = start(t, ['serve'], folder);
  await serve.until(/listening on/);
  const metadataOf = async (id: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/lineitems/${id}`, {
      method: 'PUT',
      headers: { authorization: `SERVICE-AUTH-V1 quizzer-key:${key}`, 'content-type': 'application/json' },
      body: '{"label":"Quiz","scoreMaximum":5,"https://quizzer.example/ags/attempts":3}',
    });
    assert.equal(answer.status, 201);
    return sandbox.find('lineItems', id)?.['metadata'] as Record<string, unknown>;
  };
  assert.equal((await metadataOf('quiz-1'))['maxAttempts'], 3);
  await call('mappings', 'rollback', 'line-item', ...WHY);
  serve.child.kill('SIGHUP');
  // Or it has seen in the store already that another version is active.
  await serve.until(/revision \S+ is in force|nothing has changed/);
  await eventually(async () => (await metadataOf('quiz-3'))['maxAttempts'] === undefined);
  serve.child.kill('SIGTERM');
  assert.equal(await exitOf(serve), 0);
});

test('check looks at what is active in the store', async () => {
  const { call, draft, folder } = openDesk();
  await draft(withRow(ATTEMPTS));
  await call('activate', 'line-item', '1', ...WHY);
  const { error, code } = await run(['check', '--runs', '20'], { folder });
  assert.equal(code, 0, error);
  assert.match(error, /line-item: 14 rows/);
});
