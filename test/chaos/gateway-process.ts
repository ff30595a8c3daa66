import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const LEASH = ['--expose-gc', '--import', new URL('./leash.js', import.meta.url).href];

/** A gateway as a process of its own, which can be ended and started again. */
export interface GatewayProcess {
  readonly url: string;
  readonly isUp: boolean;
  /** Of the process that is up. */
  readonly pid: number | undefined;
  /** Resolves when it listens. @throws Error with what it has said when it ends before */
  start(): Promise<void>;
  /** Sends a signal, and waits until the process is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Bytes of its heap that are in use after a collection. */
  heap(): Promise<number>;
}

export interface GatewayProcessOptions {
  readonly config: string;
  readonly port: number;
  /** Where everything goes that it says. */
  readonly log: string;
}

/** @example const gateway = createGatewayProcess({ config, port, log }); await gateway.start() */
export function createGatewayProcess({ config, port, log }: GatewayProcessOptions): GatewayProcess {
  let child: ChildProcess | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    get isUp() {
      return child !== undefined;
    },
    get pid() {
      return child?.pid;
    },
    start: async () => {
      const started = spawn(process.execPath, [...LEASH, MAIN, 'serve', '--config', config], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { PATH: process.env['PATH'] },
      });
      await listening(started, log);
      child = started;
    },
    end: async (signal) => {
      if (child === undefined) return;
      const ending = child;
      child = undefined;
      const exited = once(ending, 'exit');
      ending.kill(signal);
      await exited;
    },
    heap: async () => {
      const answered = once(child as ChildProcess, 'message');
      child?.send('heap');
      return (await answered)[0] as number;
    },
  };
}

function listening(child: ChildProcess, log: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const ended = (): void => reject(new Error(`the gateway ended before it listened: ${said}`));
    child.once('exit', ended);
    child.stderr?.on('data', (chunk: Buffer) => {
      appendFileSync(log, chunk);
      if (said.includes('is listening on')) return;
      said += chunk.toString();
      if (!said.includes('is listening on')) return;
      child.off('exit', ended);
      resolve();
    });
  });
}
