import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** The way to a database, which can be cut, left dead, and mended. */
export interface Line {
  /** The URL of the database over this line. */
  readonly url: string;
  /** Breaks every connection, and refuses new ones. */
  cut(): void;
  /** Takes what is sent and answers nothing, as a cable that was pulled out. */
  hush(): void;
  mend(): void;
}

/** A TCP proxy before the database of a URL. */
export async function lineTo(t: TestContext, database: string): Promise<Line> {
  const far = new URL(database);
  const sockets = new Set<Socket>();
  let state: 'good' | 'cut' | 'silent' = 'good';
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const there = connect(Number(far.port || 5432), far.hostname);
    for (const [socket, other] of [
      [near, there],
      [there, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (chunk) => void (state === 'silent' || other.write(chunk)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    drop();
    server.close();
  });
  const url = new URL(database);
  [url.hostname, url.port] = ['127.0.0.1', String((server.address() as { port: number }).port)];
  return {
    url: url.href,
    cut: () => {
      state = 'cut';
      drop();
    },
    hush: () => {
      state = 'silent';
    },
    mend: () => {
      // What was swallowed is missing from its connections for ever.
      if (state === 'silent') drop();
      state = 'good';
    },
  };
}
