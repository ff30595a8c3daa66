import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { freePort } from '../cli/process.ts';
import { newFolder, run } from '../cli/run.ts';
import { eventually } from '../exchange/world.ts';

export const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** A configuration in a folder of its own, before a sandbox in this process. */
export interface Place {
  readonly folder: string;
  readonly url: string;
  readonly sandbox: Sandbox;
  /** Puts a line item. */
  put(id: string): Promise<Response>;
  /** Posts a score for a student to a line item. */
  score(id: string): Promise<Response>;
  /** Resolves when the gateway answers on its port. */
  answers(): Promise<void>;
  /** The status of an answer of the gateway, and its document. */
  ready(): Promise<{ readonly status: number; readonly body: string }>;
}

const SCORE = {
  userId: 'student-1',
  timestamp: '2026-11-20T10:00:00Z',
  scoreGiven: 4,
  scoreMaximum: 5,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
};

export async function newPlace(t: TestContext, members: JsonObject = {}): Promise<Place> {
  const [folder, sandbox, port] = [newFolder(), await startSandbox(), await freePort()];
  t.after(() => sandbox.close());
  const auth = {
    tokenUrl: sandbox.tokenUrl,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
  };
  const config = {
    version: 1,
    listen: { port },
    upstreams: { sandbox: { profile: 'timeback', baseUrl: sandbox.url, auth } },
    contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
    ...members,
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config));
  const issued = await run(['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101'], { folder });
  assert.equal(issued.code, 0, issued.error);
  const url = `http://127.0.0.1:${port}`;
  const headers = {
    authorization: `SERVICE-AUTH-V1 quizzer-key:${issued.out.trim()}`,
    'content-type': 'application/json',
  };
  const body = '{"label":"Quiz","scoreMaximum":5}';
  const answers = () =>
    eventually(async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.status === 200);
  return {
    ...{ folder, url, sandbox, answers },
    put: (id) => fetch(`${url}/api/lineitems/${id}`, { method: 'PUT', headers, body }),
    score: (id) =>
      fetch(`${url}/api/lineitems/${id}/scores`, { method: 'POST', headers, body: JSON.stringify(SCORE) }),
    ready: async () => {
      const answer = await fetch(`${url}/readyz`);
      return { status: answer.status, body: await answer.text() };
    },
  };
}

/** Resolves with how a process ended. */
export async function endOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** Runs a line of the shell in a folder; `$GRADEBRIDGE` is the command line. It is killed after the test. */
export function shell(t: TestContext, line: string, folder: string): ChildProcess {
  const child = spawn('sh', ['-c', line], {
    cwd: folder,
    env: { ...process.env, GRADEBRIDGE: `${process.execPath} ${MAIN}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => void child.kill('SIGKILL'));
  return child;
}

/** Opens a terminal of its own for a command, and closes it when a line comes in; then it says how the command ended. */
const TERMINAL = `
import os, pty, select, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
sys.stdout.write('pid %d\\n' % pid)
sys.stdout.flush()
while True:
    ready, _, _ = select.select([fd, 0], [], [])
    if 0 in ready:
        sys.stdin.readline()
        break
    if fd in ready:
        try:
            os.read(fd, 65536)
        except OSError:
            break
os.close(fd)
_, status = os.waitpid(pid, 0)
sys.stdout.write('ended %d\\n' % os.waitstatus_to_exitcode(status))
`;

/** Why what needs a terminal is skipped, or false. */
export const noTerminal =
  process.platform === 'win32' || spawnSync('python3', ['-c', 'import pty']).status !== 0
    ? 'there is no python3 with the module pty'
    : false;

export interface AtTerminal {
  readonly pid: number;
  /** Closes the terminal: SIGHUP for the process, and EIO for what it writes. */
  close(): void;
  /** The exit code, or minus the number of the signal, when it has ended. */
  readonly ended: Promise<number>;
}

/** Starts the command line on a terminal of its own. It is killed after the test. */
export async function atTerminal(
  t: TestContext,
  args: readonly string[],
  folder: string,
): Promise<AtTerminal> {
  const child = spawn('python3', ['-c', TERMINAL, process.execPath, MAIN, ...args], { cwd: folder });
  let said = '';
  const until = (text: RegExp): Promise<number> =>
    new Promise((resolve) => {
      const look = (): void => {
        const match = text.exec(said);
        if (match !== null) resolve(Number(match[1]));
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.prependListener('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const pid = await until(/pid (\d+)/);
  const ended = until(/ended (-?\d+)/);
  t.after(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
  });
  return { pid, close: () => void child.stdin.write('\n'), ended };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
