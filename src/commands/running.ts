import { compose, type Service, type World } from '../compose.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type RunningServer, startServer, TIMEOUTS, type Timeouts } from '../http/server.ts';

/** A gateway that is listening. */
export interface RunningGateway {
  readonly service: Service;
  readonly url: string;
  /** Where its metrics are, when they have a port of their own. */
  readonly metricsUrl: string | undefined;
  stop(): Promise<void>;
}

/** @throws Error EADDRINUSE … when the port cannot be had */
export async function startGateway(
  loaded: LoadedConfig,
  world: World,
  timeouts = TIMEOUTS,
): Promise<RunningGateway> {
  const service = await compose(loaded, world);
  const { listen, limits, metrics } = loaded.config;
  const { host, port, trustedProxies } = listen;
  let shown: RunningServer | undefined;
  try {
    shown = await startMetrics(service, loaded.config, timeouts);
    const server = await startServer(service.listener, {
      host,
      port,
      connections: limits.connections,
      perAddress: trustedProxies === 0 ? limits.address.connections : undefined,
      timeouts,
    });
    return {
      service,
      url: `http://${host}:${server.port}`,
      metricsUrl: shown && `http://${shown.host}:${shown.port}${metrics?.path}`,
      stop: async () => {
        service.drain();
        await server.stop(limits.drain);
        await service.close();
        // Last, so that a stop that takes long can be watched.
        await shown?.stop(0);
      },
    };
  } catch (error) {
    await shown?.stop(0);
    await service.close();
    throw error;
  }
}

/** A few scrapers: nobody else has to do with that port. */
const METRICS_CONNECTIONS = 50;

async function startMetrics(
  { metrics: listener }: Service,
  { metrics }: LoadedConfig['config'],
  timeouts: Timeouts,
): Promise<RunningServer | undefined> {
  if (listener === undefined || metrics?.listen === undefined) return undefined;
  return startServer(listener, { ...metrics.listen, connections: METRICS_CONNECTIONS, timeouts });
}
