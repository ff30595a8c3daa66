import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark, from its parent's side. */
export interface Process<Ready> {
  readonly ready: Ready;
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): void;
}

/**
 * Starts a program of this folder as a process of its own and waits until it is ready.
 *
 * @param settings what {@link settings} gives it
 */
export async function start<Ready>(program: string, settings: object): Promise<Process<Ready>> {
  const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  // Logs go where they cost what they cost in production and nobody reads them.
  const child = fork(file, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ready = await nextMessage<Ready>(child, program);
  return {
    ready,
    ask: (question) => {
      const answer = nextMessage<never>(child, program);
      child.send(question as object);
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

function nextMessage<Message>(child: ChildProcess, program: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${program} has ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Message);
    });
  });
}
