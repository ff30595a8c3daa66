import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { freePort, start } from '../cli/process.ts';
import { type Block, readPage, stepsOf } from './pages.ts';
import { assertPrinted, clone, exec, shell } from './shell.ts';

/** Whoever reads the guide has these two in terminals of their own. */
const SERVED = /^node \.\.\/dist\/src\/main\.js (sandbox|serve)$/;
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
  readonly sandboxPort: number;
}

/** A folder as the guide has its reader make one, with the programs of the guide in it. */
async function practice(t: TestContext): Promise<Place> {
  const folder = join(clone(t), 'practice');
  mkdirSync(folder);
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const steps = stepsOf(readPage('docs/guide-tools.md')).map(({ language, text }) => ({
    language,
    text: text.replaceAll('8080', String(port)).replaceAll('8081', String(sandboxPort)),
  }));
  for (const [name, text] of filesIn(steps)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(STRICT));
  return { folder, steps, sandboxPort };
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

test('docs/guide-tools.md: its code is strict TypeScript, its commands run, and print what it says', async (t) => {
  const { folder, steps, sandboxPort } = await practice(t);
  await exec(join(PACKAGE_ROOT, 'node_modules/.bin/tsc'), ['-p', folder]).catch(({ stdout }) =>
    assert.fail(stdout),
  );
  const [, preparing = '', ...rest] = steps
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text);
  await shell([preparing], folder);
  await start(t, ['sandbox', '--port', String(sandboxPort)], folder).until(/listening/);
  await start(t, ['serve'], folder).until(/listening/);
  const commands = rest.filter((text) => !SERVED.test(text.trim()));
  const printed = await shell(commands, folder);
  let held = 0;
  for (const [index, { language, text }] of steps.entries()) {
    const before = steps[index - 1];
    if (language !== 'text' || before?.language !== 'sh') continue;
    assertPrinted(printed[commands.indexOf(before.text)] ?? '', text);
    held++;
  }
  assert.equal(held, steps.filter(({ language }) => language === 'text').length, 'each output is held');
});
