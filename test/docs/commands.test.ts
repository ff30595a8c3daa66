import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { runCli } from '../../src/cli.ts';
import { readShipped } from '../../src/config/files.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { readPages } from './pages.ts';

/** The help of a verb, undefined when there is no such verb. */
async function helpOf(verb: string): Promise<string | undefined> {
  const said: string[] = [];
  const code = await runCli([verb, '--help'], {
    out: (text) => void said.push(text),
    error: () => {},
    environment: {},
    folder: '/',
    input: Readable.from([]),
  });
  return code === 0 ? said.join('\n') : undefined;
}

/** `gradebridge VERB …` to the end of the line or of the code; a bar or a redirection ends the command as well. */
const COMMAND = /(?:npx gradebridge|`gradebridge|dist\/src\/main\.js) ([a-z]+)([^\n`|>)]*)/g;

for (const { path, text } of readPages()) {
  const commands = [...text.matchAll(COMMAND)].map(([, verb = '', rest = '']) => ({ verb, rest }));
  if (commands.length > 0) {
    test(`the commands in ${path} exist, and so do their options`, async () => {
      for (const { verb, rest } of commands) {
        const help = await helpOf(verb);
        assert.ok(help !== undefined, `there is no verb ${verb}`);
        for (const [option] of rest.matchAll(/--[a-z-]+/g)) {
          assert.ok(help.includes(`${option} `) || help.includes(`${option}\n`), `${verb} has no ${option}`);
        }
      }
    });
  }

  test(`the npm scripts in ${path} exist`, () => {
    const scripts = Object.keys(readShipped('package.json')['scripts'] as JsonObject);
    const named = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name);
    assert.deepEqual(
      named.filter((name) => !scripts.includes(name)),
      [],
    );
  });
}
