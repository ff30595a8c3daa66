import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCommands } from '../../src/cli.ts';
import { MACHINE_CHECKS } from '../../src/doctor/checks-machine.ts';
import { TOOL_CHECKS } from '../../src/doctor/checks-tools.ts';
import { CONTEXT_CHECKS, UPSTREAM_CHECKS } from '../../src/doctor/checks-upstreams.ts';
import { SUITE } from '../../src/probe/suite.ts';
import { codeIn, readPage, rowsOf } from './pages.ts';

const COMMANDS = await loadCommands();

const page = readPage('docs/command-line.md');

/** The section of a command. */
function sectionOf(command: string): string {
  const [, section = ''] = page.text.split(`\n## gradebridge ${command}\n`);
  return section.split('\n## ')[0] as string;
}

/** The first cells of the tables of a section, when they are code. */
function cellsOf(command: string): readonly string[] {
  return rowsOf({ ...page, text: sectionOf(command) }).map(([first = '']) => codeIn(first) ?? '');
}

test('the page has a section for each command, in the order of the overview', () => {
  const sections = [...page.text.matchAll(/^## gradebridge (\S+)$/gm)].map(([, command]) => command);
  assert.deepEqual(sections, Object.keys(COMMANDS));
});

for (const [command, { options, summary, example, exits }] of Object.entries(COMMANDS)) {
  test(`the section of ${command} has its options, an example and its exit codes`, () => {
    const written = Object.entries(options).map(
      ([name, { value }]) => `--${name}${value ? ` ${value}` : ''}`,
    );
    const found = cellsOf(command).filter((cell) => cell.startsWith('--'));
    assert.deepEqual(found, written);
    const section = sectionOf(command);
    assert.ok(section.includes(summary), 'its summary');
    assert.ok(section.includes(example.replace('gradebridge', 'node dist/src/main.js')), 'its example');
    const plain = section.replaceAll('`', '').replaceAll(/\s+/g, ' ');
    assert.match(plain, /Exit codes: 0 .+; 1 /);
    if (exits !== undefined)
      assert.ok(plain.includes(`Exit codes: 0 ${exits[0]}; 1 ${exits[1]}`), 'its exit codes');
  });
}

test('the page names every row of the probe, what it asks and whether it is needed', () => {
  const rows = rowsOf({ ...page, text: sectionOf('probe') });
  const found = rows.filter(([first = '']) => !first.startsWith('`--'));
  assert.deepEqual(
    found,
    SUITE.map(({ id, needed, question }) => [`\`${id}\``, needed ? 'yes' : '', question]),
  );
});

test('the page names every check of the doctor', () => {
  const checks = [...MACHINE_CHECKS, ...UPSTREAM_CHECKS, ...CONTEXT_CHECKS, ...TOOL_CHECKS];
  assert.deepEqual(
    cellsOf('doctor').filter((cell) => !cell.startsWith('--')),
    ['configuration', ...checks.map(({ id }) => id)],
  );
});

test('every command that reads the configuration can be told which; every one with results has --json', () => {
  for (const command of ['serve', 'keys', 'check', 'doctor', 'probe'])
    assert.ok(COMMANDS[command]?.options['config'], command);
  for (const command of ['check', 'doctor', 'probe', 'store'])
    assert.ok(COMMANDS[command]?.options['json'], command);
});
