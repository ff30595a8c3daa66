import { compose, type Service, type World } from '../compose.ts';
import type { LoadedConfig } from '../config/load.ts';
import { startServer } from '../http/server.ts';
import type { Io } from './command.ts';

/** A gateway that is listening. */
export interface RunningGateway {
  readonly service: Service;
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws Error EADDRINUSE … when the port cannot be had */
export async function startGateway(loaded: LoadedConfig, world: World): Promise<RunningGateway> {
  const service = await compose(loaded, world);
  const { listen, limits } = loaded.config;
  const server = await startServer(service.listener, listen).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  return {
    service,
    url: `http://${listen.host}:${server.port}`,
    stop: async () => {
      await server.stop(limits.drain);
      await service.close();
    },
  };
}

/** Waits for SIGINT or SIGTERM. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}

/**
 * Says why a port could not be had, for people; other errors are passed on.
 *
 * @param where how another port is chosen
 */
export function explainListenError(error: unknown, where: string, io: Io): void {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
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
