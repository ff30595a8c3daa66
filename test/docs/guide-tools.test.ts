import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { freePort, start } from '../cli/process.ts';
import { type Block, readPage, stepsOf } from './pages.ts';

/** Whoever reads the guide has these two in terminals of their own. */
const SERVED = /^node \.\.\/dist\/src\/main\.js (sandbox|serve)$/;
/** Stands between what two blocks print. */
const MARK = '--- next block ---';
/** What the repository asks of its own code, for what the guide tells others to write. */
const STRICT = {
  extends: join(PACKAGE_ROOT, 'tsconfig.json'),
  compilerOptions: {
    noEmit: true,
    incremental: false,
    tsBuildInfoFile: null,
    rootDir: null,
    typeRoots: [join(PACKAGE_ROOT, 'node_modules/@types')],
  },
  include: ['*.ts'],
};

interface Place {
  readonly folder: string;
  readonly steps: readonly Block[];
}

/** A folder as the guide has its reader make one, with the programs of the guide in it. */
async function practice(t: TestContext): Promise<Place> {
  const clone = mkdtempSync(join(tmpdir(), 'gradebridge-guide-'));
  t.after(() => rmSync(clone, { recursive: true }));
  for (const name of ['dist', 'node_modules']) symlinkSync(join(PACKAGE_ROOT, name), join(clone, name));
  const folder = join(clone, 'practice');
  mkdirSync(folder);
  const ports = { 8080: await freePort(), 8081: await freePort() };
  const steps = stepsOf(readPage('docs/guide-tools.md')).map((step) => ({
    ...step,
    text: Object.entries(ports).reduce((text, [from, to]) => text.replaceAll(from, String(to)), step.text),
  }));
  for (const [name, text] of filesIn(steps)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return { folder, steps };
}

/** The blocks that begin with the name of a file, as files: the parts of one that has several follow each other. */
function filesIn(steps: readonly Block[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { text } of steps) {
    const name = /^\/\/ ([a-z]+\.(?:ts|mjs))\b/.exec(text)?.[1];
    if (name !== undefined) files.set(name, (files.get(name) ?? '') + text);
  }
  return files;
}

const exec = promisify(execFile);

/** Runs the blocks as one shell would, which keeps their variables. @returns what each of them has printed */
async function shell(blocks: readonly string[], cwd: string): Promise<readonly string[]> {
  const script = blocks.join(`\necho '${MARK}'\n`);
  const options = ['-e', '-o', 'pipefail', '-c', script];
  const { stdout } = await exec('bash', options, { cwd, timeout: 50_000 }).catch(({ stdout, stderr }) =>
    assert.fail(`${stdout}\n${stderr}`),
  );
  return stdout.split(`${MARK}\n`);
}

/** Holds lines in which `…` stands for anything against what was printed. */
function assertPrinted(printed: string, said: string): void {
  const lines = said.trimEnd().split('\n');
  const pattern = lines.map((line) => line.split('…').map(escaped).join('[^\\n]*')).join('\\n');
  assert.match(printed, new RegExp(`^${pattern}$`, 'm'));
}

/** As `RegExp.escape`, which Node 20 does not have. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test('docs/guide-tools.md: its code is strict TypeScript, its commands run, and print what it says', async (t) => {
  const { folder, steps } = await practice(t);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(STRICT));
  await exec(join(PACKAGE_ROOT, 'node_modules/.bin/tsc'), ['-p', folder]).catch(({ stdout }) =>
    assert.fail(stdout),
  );
  const [, making = '', ...rest] = steps.filter(({ language }) => language === 'sh').map(({ text }) => text);
  await shell([making], folder);
  for (const verb of ['sandbox', 'serve'])
    await start(t, [verb, ...(verb === 'sandbox' ? ['--port', portOf(steps)] : [])], folder).until(
      /listening|OneRoster sandbox/,
    );
  const commands = rest.filter((text) => !SERVED.test(text.trim()));
  const printed = await shell(commands, folder);
  for (const [index, { language, text }] of steps.entries()) {
    const before = steps[index - 1];
    if (language === 'text' && before?.language === 'sh')
      assertPrinted(printed[commands.indexOf(before.text)] ?? '', text);
  }
});

/** The port of the sandbox, which the page gives by the address of its faults. */
function portOf(steps: readonly Block[]): string {
  return /127\.0\.0\.1:(\d+)\/_sandbox/.exec(steps.map(({ text }) => text).join('\n'))?.[1] ?? '';
}
