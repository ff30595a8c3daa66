import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { KEYS, openStore } from '../../src/store/store.ts';
import type { Stage } from './stage.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** A command as an administrator runs it, with the exit codes that it may have beside a gateway. */
export interface Beside {
  readonly args: readonly string[];
  readonly exits?: readonly number[];
}

/** Every command that reads the configuration, by its name; those that need other options are in the list of one more than once. */
export const BESIDE: Readonly<Record<string, readonly Beside[]>> = {
  // A second gateway on the store is refused.
  serve: [{ args: [], exits: [1] }],
  tools: [{ args: ['list'] }, { args: ['show', 'quizzer'] }],
  contexts: [{ args: ['list'] }],
  keys: [{ args: ['list'] }, { args: ['issue', '--tool', 'quizzer', '--context', 'math-101'] }],
  token: [{ args: ['--tool', 'quizzer'] }],
  deliveries: [{ args: ['list'] }],
  // They ask OneRoster, or a console, which may be away.
  reconcile: [{ args: [], exits: [0, 1] }],
  store: [{ args: ['status'] }, { args: ['backup', '--to', 'NEW_FILE'] }],
  mappings: [{ args: ['list'] }],
  check: [{ args: [] }],
  diff: [{ args: [], exits: [0, 1] }],
  reload: [{ args: [], exits: [0, 1] }],
  doctor: [{ args: [], exits: [0, 1] }],
  explain: [{ args: ['--to', 'oneroster'], exits: [0, 1] }],
  probe: [{ args: ['--upstream', 'school', '--class', 'class-1'], exits: [0, 1] }],
};

/** Those that look at no store. */
export const APART = ['init', 'sandbox', 'demo', 'translate', 'completion'] as const;

export interface Ran {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a command as a process of its own: `await runBeside('store', ['status'], config)`. */
export async function runBeside(name: string, args: readonly string[], config: string): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, name, ...args, '--config', config], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  child.stdin.end('{"label":"Quiz","scoreMaximum":10}');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** What is wrong with a backup: nothing, when SQLite finds it whole and it holds the keys of the gateway. */
async function faultsOf(copy: string): Promise<readonly string[]> {
  const backup = await openStore({ sqlite: copy }, { clock: Date.now });
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(backup.db);
    const faults = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    const hasKeys = (await backup.settings.read(KEYS)) !== undefined;
    return hasKeys ? faults : [...faults, `a backup without keys: ${copy}`];
  } finally {
    await backup.close();
  }
}

export interface Commands {
  /** Runs none any more, and waits for the one that is under way. @returns what went wrong, a text each */
  over(): Promise<readonly string[]>;
  readonly count: number;
}

/**
 * Runs one command after the other beside the gateways, as fast as they go. No second `serve`: it would begin while a gateway that was
 * killed is not back yet. A backup is opened as the store that it is to be, looked through, and removed again.
 *
 * @param first the place of the first one: a short run does not come to the end of them
 */
export function keepRunning(
  { configs: [config = ''], file }: Pick<Stage, 'configs' | 'file'>,
  first: number,
): Commands {
  const rows = Object.entries(BESIDE)
    .filter(([name]) => name !== 'serve')
    .flatMap(([name, all]) => all.map((row) => ({ name, ...row })))
    .filter(({ args }) => file !== undefined || !args.includes('backup'));
  const wrong: string[] = [];
  let count = 0;
  let isOver = false;
  const running = (async () => {
    for (; !isOver; count++) {
      const { name, args, exits = [0] } = rows[(first + count) % rows.length] as (typeof rows)[number];
      const copy = `${file}-copy-${count}`;
      const { code, said } = await runBeside(
        name,
        args.map((arg) => (arg === 'NEW_FILE' ? copy : arg)),
        config,
      );
      if (!exits.includes(Number(code))) wrong.push(`${name} ${args.join(' ')}: ${code}\n${said}`);
      else if (args.includes('backup')) wrong.push(...(await faultsOf(copy)));
      for (const suffix of ['', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
    }
  })();
  return {
    over: async () => {
      isOver = true;
      await running;
      return wrong;
    },
    get count() {
      return count;
    },
  };
}
