import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { loadCommands, runCli } from '../../src/cli.ts';
import { SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import { freePort } from './process.ts';
import { newFolder, run, writeFile } from './run.ts';

const COMMANDS = await loadCommands();

/** An example of a help as a shell takes it apart: what is piped in, and the words after `gradebridge`. */
function taken(example: string): { readonly input: string; readonly words: readonly string[] } {
  const [, input = '', , line = ''] =
    /^(?:echo '(.*)' \| )?(eval "\$\()?gradebridge (.*?)(?:\)")?$/.exec(example) ?? [];
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return { input, words };
}

for (const [name, { example, options, verbs }] of Object.entries(COMMANDS)) {
  test(`the example of ${name} is called rightly`, () => {
    const [command, ...args] = taken(example).words;
    assert.equal(command, name);
    const types = Object.entries(options).map(
      ([option, { value }]) =>
        [option, { type: value === undefined ? 'boolean' : 'string' } as const] as const,
    );
    const parsed = parseArgs({
      args,
      options: Object.fromEntries(types),
      allowPositionals: true,
      strict: true,
    });
    if (verbs !== undefined) assert.ok(verbs.includes(parsed.positionals[0] ?? ''), `no verb in ${example}`);
    for (const [option, { choices }] of Object.entries(options)) {
      const value = parsed.values[option];
      if (choices !== undefined && value !== undefined) assert.ok(choices.includes(String(value)), option);
    }
  });
}

test('the verbs that a shell completes are those that a command knows', async () => {
  for (const [name, { verbs }] of Object.entries(COMMANDS)) {
    if (verbs === undefined) continue;
    const { code, error } = await run([name, 'no-such-verb']);
    const [line = ''] = error.split('\n');
    assert.equal(code, 2, line);
    const named = line
      .slice(line.indexOf(': '))
      .match(/"[a-z-]+"/g)
      ?.map((word) => word.slice(1, -1));
    // A shell is no verb of a table.
    if (name !== 'completion') assert.deepEqual(named, verbs);
    for (const verb of verbs) assert.ok(line.includes(verb), `${name} does not name ${verb}`);
  }
});

/** Those that run until they are stopped, or take long. */
const NOT_RUN = ['serve', 'sandbox', 'demo', 'check', 'probe'];

test('the examples run, on a configuration that init has written', async () => {
  const folder = newFolder();
  const url = `http://127.0.0.1:${await freePort()}`;
  const places = ['--upstream-url', url, '--token-url', `${url}/token`, '--port', String(await freePort())];
  assert.equal((await run(['init', '--yes', '--service', 'sandbox', ...places], { folder })).code, 0);
  for (const name of ['line-item.json', 'result.json'])
    writeFileSync(join(folder, name), readFileSync(join(SHIPPED_MAPPINGS, name)));
  const environment = {
    SANDBOX_CLIENT_ID: 'sandbox',
    SANDBOX_CLIENT_SECRET: 'sandbox-secret',
    QUIZZER_API_KEY: 'a-key-that-is-made-up',
    GRADEBRIDGE_ADMIN_TOKEN: 'a-token-that-is-made-up',
  };
  for (const [name, { example }] of Object.entries(COMMANDS)) {
    if (NOT_RUN.includes(name)) continue;
    const { input, words } = taken(example);
    const ran = await run(words, { folder, environment, input });
    // Nothing is running there, which is said with 1; 2 would be an example that cannot be used.
    assert.notEqual(ran.code, 2, `${example}: ${ran.error}`);
    if (ran.code === 1) assert.notEqual(ran.error, '', example);
  }
});

test('with --json, what cannot be used is told in a document as well', async () => {
  const { folder } = writeFile('gradebridge.config.json', { version: 2 });
  const calls = [
    ...[
      ['keys', 'list'],
      ['deliveries', 'list'],
      ['store', 'status'],
      ['mappings', 'list'],
      ['check'],
      ['reload'],
      ['diff'],
    ],
    ['probe', '--upstream', 'sis', '--class', 'c', '--config', 'gradebridge.config.json'],
    ['explain', '--to', 'ags'],
  ];
  for (const words of calls) {
    const { code, out } = await run([...words, '--json'], { folder, input: '{}' });
    const told = JSON.parse(out) as { version: number; ok: boolean; command: string; findings: object[] };
    assert.deepEqual([code, told.version, told.ok], [1, 1, false], words.join(' '));
    assert.equal(
      told.command,
      words.slice(0, COMMANDS[words[0] ?? '']?.verbs === undefined ? 1 : 2).join(' '),
    );
    assert.ok(told.findings.length > 0, words.join(' '));
  }
  const refused = await run(['translate', '--to', 'oneroster', '--json'], { input: 'no document' });
  const { code, issues } = JSON.parse(refused.out) as { code: string; issues: { message: string }[] };
  assert.deepEqual([refused.code, code, issues[0]?.message], [1, 'INVALID_JSON', 'stdin is not JSON.']);
});

test('check shows on a terminal how far it is, on stderr, and leaves nothing of it', async () => {
  const terminal = new PassThrough();
  const out: string[] = [];
  const code = await runCli(['check', '--runs', '30'], {
    out: (text) => void out.push(text),
    error: () => {},
    environment: {},
    folder: newFolder(),
    input: Readable.from([]),
    terminal,
  });
  const drawn = String(terminal.read());
  assert.deepEqual([code, out], [0, []]);
  assert.match(drawn, /line-item \[[#.]+\] \d+ of 30/);
  assert.ok(drawn.endsWith('\r\u001b[K'), 'the line is still there');
});
