import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSilent, limitPerAddress } from './connections.ts';
import { originForm } from './targets.ts';

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

/** What a client may take its time for, in milliseconds. */
export interface Timeouts {
  /** From the connection, or from the first byte of a request, to the end of its header. */
  readonly headers: number;
  /** From the first byte of a request to its last. */
  readonly request: number;
  /** Between two requests. */
  readonly keepAlive: number;
  /** For taking an answer, besides the time that its length is worth. */
  readonly answer: number;
  /** Bytes of an answer that a client takes in a millisecond at least. */
  readonly slowest: number;
  /** How often the others are looked at. Node's own is 30 seconds, in which ten seconds become forty. */
  readonly checkEvery: number;
}

export const TIMEOUTS: Timeouts = {
  headers: 10_000,
  request: 30_000,
  // Longer than the idle time of common proxies, so that it is they who close.
  keepAlive: 75_000,
  answer: 20_000,
  // Some 250 kbit/s.
  slowest: 32,
  checkEvery: 1_000,
};

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** Connections at once; more are closed unheard. */
  readonly connections: number;
  /** Connections of one address at once; absent behind a proxy, whose address they all have. */
  readonly perAddress?: number | undefined;
  readonly timeouts: Timeouts;
}

/** The answers that are not yet out, and until when each must be: unknown before it is given. */
type UnderWay = Map<ServerResponse, number>;

/**
 * @throws Error EADDRINUSE, EACCES … of node:net when it cannot listen
 * @example const server = await startServer(app, { host: '127.0.0.1', port: 0, connections: 100, timeouts: TIMEOUTS })
 */
export function startServer(listener: RequestListener, options: ServerOptions): Promise<RunningServer> {
  const { host, port, connections, perAddress, timeouts } = options;
  const server = createServer({
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: timeouts.checkEvery,
  });
  server.maxConnections = connections;
  if (perAddress !== undefined) limitPerAddress(server, perAddress);
  const endSilent = createSilent(server);
  const underWay: UnderWay = new Map();
  server.on('request', (request, response: ServerResponse) => {
    request.url = originForm(request.url);
    underWay.set(response, Number.POSITIVE_INFINITY);
    response.once('close', () => underWay.delete(response));
    if (!server.listening) response.shouldKeepAlive = false;
  });
  server.on('request', listener);
  const looking = setInterval(() => lookAt(underWay, timeouts), timeouts.checkEvery).unref();
  server.once('close', () => clearInterval(looking));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({
        host,
        port: (server.address() as AddressInfo).port,
        stop: (patience) => {
          endSilent();
          return stop(server, underWay, patience);
        },
      });
    });
  });
}

/**
 * Ends the connections of those who do not take their answers. What is written goes to the kernel at once as long as the
 * client reads, so an answer that is still here has a reader who is slow. One without a socket waits behind another one, as
 * requests that were pipelined do; of those, Node tells the first alone that the connection is gone.
 */
function lookAt(underWay: UnderWay, { answer, slowest }: Timeouts): void {
  const now = performance.now();
  for (const [response, until] of underWay) {
    if (response.socket === null) {
      if (response.req.socket.destroyed) response.emit('close');
    } else if (until < now) {
      response.socket.destroy();
    } else if (response.writableEnded && until === Number.POSITIVE_INFINITY) {
      underWay.set(response, now + answer + response.writableLength / slowest);
    }
  }
}

function stop(server: Server, underWay: UnderWay, patience: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection whose last answer has been given would else be kept open for a next request that may not come.
    const closeWhenIdle = (): void => void setImmediate(() => server.closeIdleConnections());
    for (const response of underWay.keys()) {
      response.shouldKeepAlive = false;
      response.once('close', closeWhenIdle);
    }
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
