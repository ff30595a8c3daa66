import assert from 'node:assert/strict';
import { isIP, Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * From here on this process dials nothing but 127.0.0.1: an attempt is an error, and fails the test at its end. Names are left to
 * the resolver.
 */
export function dialLoopbackOnly(t: TestContext): void {
  const connect = Socket.prototype.connect;
  const others: string[] = [];
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]): Socket {
    const [first] = given.flat() as [{ readonly host?: unknown } | undefined];
    const host = String(first?.host ?? '127.0.0.1');
    if (isIP(host) !== 0 && host !== '127.0.0.1') {
      others.push(host);
      throw new Error(`a test has dialled ${host}`);
    }
    return Reflect.apply(connect, this, given) as Socket;
  } as typeof connect;
  t.after(() => {
    Socket.prototype.connect = connect;
    assert.deepEqual(others, [], 'only loopback may be dialled');
  });
}
