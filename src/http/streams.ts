import type { EventStream } from '../core/admin.ts';
import { SECURITY } from './answer.ts';
import { endShare, leave, type Outgoing } from './under-way.ts';

/** Looks again at who is at the other end. @throws GradebridgeError when they may no longer see what is sent */
export type Readmit = () => Promise<unknown>;

/** Milliseconds between two signs of life, and between two looks at whether the session is still good. */
const HEARTBEAT = 10_000;
/** Bytes that a client may leave untaken: whoever reads slower than tools write is better off with a list. */
const MOST_WAITING = 1_048_576;

/**
 * Server-sent events (HTML Living Standard §9.2), until the client is gone, the session is over, or the source ends.
 *
 * @throws GradebridgeError of the source when it takes nobody more, before anything is sent
 */
export function stream(response: Outgoing, { subscribe }: EventStream, readmit: Readmit): void {
  const { locals } = response;
  if (!locals.isOpen) return;
  let count = 0;
  const write = (text: string): void => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > MOST_WAITING) response.destroy();
    else response.write(text);
  };
  const unsubscribe = subscribe(
    (name, event) => write(`id: ${++count}\nevent: ${name}\ndata: ${JSON.stringify(event)}\n\n`),
    () => void response.end(),
  );
  const beat = setInterval(() => {
    readmit().then(
      () => write(':\n\n'),
      () => response.end(),
    );
  }, HEARTBEAT);
  response.once('close', () => {
    clearInterval(beat);
    unsubscribe();
  });
  leave(locals);
  endShare(locals);
  const headers = [
    'content-type',
    'text/event-stream',
    'cache-control',
    'no-store',
    'x-accel-buffering',
    'no',
  ];
  response.writeHead(200, [...SECURITY, 'x-request-id', locals.requestId, ...headers]);
  response.write(':\n\n');
}
