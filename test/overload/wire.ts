import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A connection below HTTP, and what came over it. */
export interface Wire {
  readonly socket: Socket;
  readonly received: () => string;
  /** Resolves to the milliseconds that the connection was open. */
  readonly closed: Promise<number>;
  readonly isClosed: () => boolean;
}

/** Opens a connection and sends text as it is. */
export function open(t: TestContext, url: string, text = ''): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.after(() => void socket.destroy());
  let received = '';
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  // How a connection ends is what the tests look at; a reset is one way.
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('connect', () => {
      const since = performance.now();
      const closed = new Promise<number>((done) => {
        socket.once('close', () => {
          isClosed = true;
          done(performance.now() - since);
        });
      });
      if (text !== '') socket.write(text);
      resolve({ socket, received: () => received, closed, isClosed: () => isClosed });
    });
  });
}

/** Sends text again and again until the connection is closed. */
export function trickle({ socket }: Wire, text: string, every: number): void {
  const timer = setInterval(() => socket.write(text), every);
  socket.once('close', () => clearInterval(timer));
}

/** The header of a request, with the empty line that ends it. */
export function head(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ host: 'gateway', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${line} HTTP/1.1\r\n${fields.join('')}\r\n`;
}

/** The status lines among what was received. */
export function statuses({ received }: Wire): readonly number[] {
  return [...received().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
