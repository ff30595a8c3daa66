import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { PlainResponse } from '../core/exchange.ts';
import { stringifyKept } from '../core/numbers.ts';
import { keepText } from '../core/recording.ts';
import { leave, type Outgoing } from './under-way.ts';

/** What helmet sets on a response: names and values in turn. It is the same for all of them, so it is worked out once. */
export const SECURITY = securityWith({ defaultSrc: ["'none'"] });

/** Sends an answer, its headers as one list: that is what `node:http` is fastest at. */
export function answer(response: Outgoing, { status, headers, body }: PlainResponse): void {
  const { locals } = response;
  leave(locals);
  const list = [...SECURITY, 'x-request-id', locals.requestId];
  for (const name of Object.keys(headers)) list.push(name, headers[name] as string);
  if (body === undefined) {
    response.writeHead(status, list).end();
    return;
  }
  const text = stringifyKept(body);
  if (locals.recording !== undefined) {
    const said = keepText(locals.recording, text);
    if (said !== undefined) locals.recording.said = said;
  }
  list.push('content-length', String(Buffer.byteLength(text)));
  response.writeHead(status, list).end(text);
}

/**
 * The headers with another content security policy.
 *
 * @example securityWith({ defaultSrc: ["'none'"], scriptSrc: ["'self'"] })
 */
export function securityWith(directives: Readonly<Record<string, Iterable<string>>>): readonly string[] {
  return headersBy(
    helmet({ contentSecurityPolicy: { useDefaults: false, directives }, xFrameOptions: { action: 'deny' } }),
  );
}

function headersBy(middleware: ReturnType<typeof helmet>): readonly string[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(response.req, response, () => {});
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}
