import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCommands } from '../../src/cli.ts';
import { newFolder, run } from './run.ts';

const COMMANDS = await loadCommands();

const HAS_BASH = spawnSync('bash', ['-c', 'exit 0']).status === 0;

/** What is on the line, the last word being completed, and what bash offers for it. */
const LINES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [[''], [...Object.keys(COMMANDS), 'help']],
  [['de'], ['deliveries', 'demo']],
  [['deliveries', 'd'], ['discard']],
  [
    ['keys', ''],
    [
      'issue',
      'rotate',
      'list',
      'retire',
      '--tool',
      '--context',
      '--ltik',
      '--resource-link',
      '--key',
      '--who',
      '--json',
      '--config',
      '--help',
    ],
  ],
  [['keys', 'issue', '--re'], ['--resource-link']],
  [['keys', 'issue', 'r'], []],
  [['deliveries', 'list', '--state', 'acc'], ['accepted']],
  [
    ['sandbox', '--profile', ''],
    ['timeback', 'spec', 'google'],
  ],
  [
    ['check', '--config', ''],
    ['my file.json', 'other.json', 'own mappings'],
  ],
  [['check', '--config', 'my'], ['my file.json']],
  [['translate', '--mappings-dir', ''], ['own mappings']],
  [['check', '--runs', ''], []],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', '--help'],
  ],
  [['fly', ''], []],
];

test('bash completes commands, verbs, options, words, files and folders', { skip: !HAS_BASH }, async () => {
  const { code, out, error } = await run(['completion', 'bash']);
  assert.deepEqual([code, error], [0, '']);
  const folder = newFolder();
  for (const name of ['my file.json', 'other.json']) writeFileSync(join(folder, name), '{}');
  mkdirSync(join(folder, 'own mappings'));
  const asked = LINES.map(([words]) => {
    const quoted = ['gradebridge', ...words].map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _gradebridge; printf '%s\\n' "\${COMPREPLY[@]}"; echo ==`;
  });
  // Errors of the script itself would be lost among the replies.
  const script = ['set -u', out, ...asked].join('\n');
  const bash = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' });
  assert.equal(bash.stderr, '');
  const replies = bash.stdout.split('==\n').slice(0, -1);
  assert.equal(replies.length, LINES.length);
  for (const [index, [words, expected]] of LINES.entries()) {
    const found = (replies[index] ?? '').split('\n').filter((line) => line !== '');
    assert.deepEqual(found.toSorted(), expected.toSorted(), words.join(' '));
  }
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`the script for ${shell} names every command, verb and option, and ${shell} can read it`, async (t) => {
    const { out } = await run(['completion', shell]);
    for (const [name, { verbs = [], options }] of Object.entries(COMMANDS))
      for (const word of [name, ...verbs, ...Object.keys(options)])
        assert.match(out, new RegExp(`\\b${word}\\b`));
    if (spawnSync(shell, ['-c', 'exit 0']).status !== 0) return t.diagnostic(`there is no ${shell} here`);
    const file = join(newFolder(), 'completion');
    writeFileSync(file, out);
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}

test('completion is there for three shells', async () => {
  for (const args of [[], ['tcsh'], ['bash', 'zsh'], ['__proto__']]) {
    const { code, out, error } = await run(['completion', ...args]);
    assert.deepEqual([code, out], [2, ''], args.join(' '));
    assert.match(error, /bash, zsh (or|and) fish/);
  }
});
