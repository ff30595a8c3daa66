import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is listening. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /**
   * Takes no new connections, lets what is under way end, and ends what is not over in time.
   *
   * @param patience milliseconds
   */
  stop(patience: number): Promise<void>;
}

/** Milliseconds. A client that sends its request slower than this is not a client. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
/** Longer than the idle time of common proxies, so that it is they who close. */
const KEEP_ALIVE = 75_000;

/**
 * @throws Error EADDRINUSE, EACCES … of node:net when it cannot listen
 * @example const server = await startServer(app, { host: '127.0.0.1', port: 0 })
 */
export function startServer(
  listener: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: KEEP_ALIVE },
    listener,
  );
  const underWay = new Set<ServerResponse>();
  server.on('request', (_request, response: ServerResponse) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({
        host,
        port: (server.address() as AddressInfo).port,
        stop: (patience) => stop(server, underWay, patience),
      });
    });
  });
}

function stop(server: Server, underWay: ReadonlySet<ServerResponse>, patience: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose last answer has been given would else be kept open for a next request that may not come.
    const closeWhenIdle = (): void => void setImmediate(() => server.closeIdleConnections());
    for (const response of underWay) response.once('close', closeWhenIdle);
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
