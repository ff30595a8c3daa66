import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { GradebridgeError } from '../core/errors.ts';
import type { Caller } from '../core/operation.ts';

/** One finished request, for the log. */
export interface Exchange {
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, not the path, which may be anything. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly tool: string | undefined;
  readonly context: string | undefined;
  readonly error: GradebridgeError | undefined;
}

/** What is remembered of a request while it is under way. */
export interface Locals {
  readonly requestId: string;
  readonly started: number;
  route?: string;
  caller?: Caller;
  error?: GradebridgeError;
}

/** What a handler gets when Express's router is called without an Express application around it. */
export type Incoming = IncomingMessage & { readonly params: Readonly<Record<string, string>> };
export type Outgoing = ServerResponse & { readonly locals: Locals };
export type Handler = (request: Incoming, response: Outgoing) => void | Promise<void>;

/** A handler that uses nothing of what an Express application would add. */
export function expressly(handler: Handler): RequestHandler {
  return handler as unknown as RequestHandler;
}

/** What it takes to name a request and to report it. */
export interface Watch {
  readonly finished: (exchange: Exchange) => void;
  readonly clock: () => number;
  readonly newId: () => string;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Names the request, and reports it when it is over. */
export function begin(
  { clock, newId, finished }: Watch,
  request: IncomingMessage,
  response: ServerResponse,
): Outgoing {
  const given = headerOf(request, 'x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
  const locals: Locals = { requestId, started: clock() };
  response.on('close', () => {
    const { route = 'none', started, caller, error } = locals;
    finished({
      requestId,
      method: request.method as string,
      route,
      status: response.statusCode,
      milliseconds: clock() - started,
      tool: caller?.tool,
      context: caller?.context,
      error,
    });
  });
  return Object.assign(response, { locals });
}

/** Counts the requests under way: tells whether one more is too many. */
export function counter(most: number): (response: ServerResponse) => boolean {
  let underWay = 0;
  return (response) => {
    underWay++;
    response.on('close', () => underWay--);
    return underWay > most;
  };
}

/** One header that may be there once. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
