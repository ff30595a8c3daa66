import { StoreInUse } from '../store/claim.ts';
import type { Io } from './command.ts';

const STOPPING = ['SIGINT', 'SIGTERM'] as const;

/**
 * Waits for SIGINT or SIGTERM. The next one of either ends the process at once, as it does where nobody waits for it.
 *
 * @param hangup whether SIGHUP stops as well. A terminal that is closed says so several times (the shell to its jobs, the kernel to its
 *   foreground), so the next SIGHUP ends nothing.
 */
export function untilStopped({ hangup = false } = {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      for (const each of STOPPING) process.off(each, stop);
      resolve(signal);
    };
    for (const signal of STOPPING) process.on(signal, stop);
    if (hangup) process.on('SIGHUP', stop);
  });
}

/**
 * Says why a port, or the store, could not be had, for people; other errors are passed on.
 *
 * @param where how another port is chosen
 */
export function explainListenError(error: unknown, where: string, io: Io): void {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (error instanceof StoreInUse) {
    io.error(
      `Another gateway already serves from ${error.file}. Stop it, or give this one a "store" of its own; gateways that share their work share PostgreSQL (docs/operations.md).`,
    );
    return;
  }
  if (code === 'EADDRINUSE')
    io.error(`Port ${port} is in use. Stop what uses it, or choose another with ${where}.`);
  else if (code === 'EACCES') io.error(`Port ${port} may not be used by this user. Choose one above 1023.`);
  else throw error;
}

/** A curl that works as it stands. */
export function curlFor(url: string, apiKey: string, serviceKey: string): string {
  const id = encodeURIComponent('https://lms.example.com/course/1/lineitems/1');
  return [
    `curl -i -X PUT '${url}/api/lineitems/${id}' \\`,
    `  -H 'Authorization: SERVICE-AUTH-V1 ${apiKey}:${serviceKey}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"label":"Activity","scoreMaximum":100,"resourceId":"quiz-231","tag":"grade"}'`,
  ].join('\n');
}
