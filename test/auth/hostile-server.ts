import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** How a server misbehaves once a request has arrived. */
export type Misbehaviour = (socket: Socket) => void;

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** Answers that are none, do not end, or are not allowed: each must end the fetch. */
export const MISBEHAVIOURS: Readonly<Record<string, Misbehaviour>> = {
  '101 with an upgrade': (socket) =>
    void socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
  '101 without one': (socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  '101 and then a good answer': (socket) =>
    void socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n${OK}content-length: 2\r\n\r\n{}`,
    ),
  '102 without end': (socket) => endless(socket, 'HTTP/1.1 102 Processing\r\n\r\n'),
  '103 without end': (socket) => endless(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
  '100 without end': (socket) => endless(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
  'a status that is none': (socket) => void socket.write('HTTP/1.1 000 Zero\r\n\r\n'),
  'half a status line': (socket) => void socket.write('HTTP/1.1 20'),
  'half a header': (socket) => void socket.write(`${OK}content-le`),
  'headers without end': (socket) => {
    socket.write(OK);
    endless(socket, `x-padding: ${'x'.repeat(500)}\r\n`);
  },
  'one header without end': (socket) => {
    socket.write(`${OK}x-padding: `);
    endless(socket, 'x'.repeat(500));
  },
  'half a body': (socket) => void socket.write(`${OK}content-length: 100\r\n\r\n{"keys":`),
  'half a body, and the end': (socket) =>
    void socket.end(`${OK}content-length: 100\r\n\r\n{"access_token":"x"`),
  'chunks without end': (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
    endless(socket, `200\r\n${' '.repeat(512)}\r\n`);
  },
  'a chunk extension without end': (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n2;`);
    endless(socket, 'x'.repeat(500));
  },
  'trailers without end': (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n`);
    endless(socket, `x-padding: ${'x'.repeat(500)}\r\n`);
  },
  'a trailer that does not end': (socket) =>
    void socket.write(`${OK}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-a: b`),
  'no answer': () => {},
  'no answer, and the end': (socket) => void socket.end(),
  'no HTTP': (socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
};

function endless(socket: Socket, text: string): void {
  const more = (): void => {
    if (socket.destroyed) return;
    if (socket.write(text.repeat(8))) setImmediate(more);
    else socket.once('drain', more);
  };
  more();
}

export interface HostileServer {
  readonly url: string;
  /** How often it was called. */
  called(): number;
  misbehave(how: Misbehaviour): void;
}

/** A server on 127.0.0.1 that answers below HTTP, as it likes. */
export async function startHostileServer(t: TestContext, first: Misbehaviour): Promise<HostileServer> {
  let how = first;
  let called = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // The other side hangs up in the middle of what is written: that is what is tested.
    socket.on('error', () => undefined);
    socket.once('data', () => {
      called++;
      how(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    called: () => called,
    misbehave: (other) => {
      how = other;
    },
  };
}
