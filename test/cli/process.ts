import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** A process of the command line, and everything that it has said so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly out: () => string;
  /** Waits until the text has been said, and gives its match. */
  until(text: RegExp): Promise<RegExpExecArray>;
}

/** Starts `gradebridge` with these arguments in a folder; it is killed after the test. */
export function start(context: TestContext, args: readonly string[], folder: string): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: process.env['PATH'] } });
  context.after(() => void child.kill('SIGKILL'));
  let [said, out] = ['', ''];
  const until = (text: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = text.exec(said);
        if (match !== null) resolve(match);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('exit', (code) => reject(new Error(`ended with ${code} before it said ${text}: ${said}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.prependListener('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  return { child, said: () => said, out: () => out, until };
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The exit code; null when a signal ended it. */
export async function exitOf({ child }: Running): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
