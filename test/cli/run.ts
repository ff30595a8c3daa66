import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCli } from '../../src/cli.ts';

/** What a command did, as a person or a script would see it. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** A folder that nobody else uses. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gradebridge-cli-'));
}

/** Runs a command in this process: `await run(['check'])`. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input = '', folder = newFolder(), environment = {} } = options;
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    environment,
    folder,
    input: Readable.from([input]),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

/** A file in a new folder, and the folder. */
export function writeFile(
  name: string,
  document: unknown,
): { readonly file: string; readonly folder: string } {
  const folder = newFolder();
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(document, null, 2));
  return { file, folder };
}
