import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { GradebridgeError } from '../core/errors.ts';
import type { Caller } from '../core/operation.ts';
import type { Share } from './shares.ts';

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
  /** Where it is counted until it has its answer. */
  room: Room | undefined;
  /** Where it is counted until it has its answer, the answer is out, and nothing is done for it any more. */
  share: Share | undefined;
  isWorkedOn: boolean;
  isOpen: boolean;
}

/** The requests that are being worked on. */
export interface Room {
  underWay: number;
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

interface Pair {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Names the request, counts it, and reports it when it is over. */
export function begin({ clock, newId, finished }: Watch, { request, response }: Pair, room: Room): Outgoing {
  const given = headerOf(request, 'x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
  const locals: Locals = {
    requestId,
    started: clock(),
    room,
    share: undefined,
    isWorkedOn: false,
    isOpen: true,
  };
  room.underWay++;
  response.on('close', () => {
    locals.isOpen = false;
    leave(locals);
    giveBack(locals);
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

/** A request that has its answer, or nobody waiting for one, makes room for another. */
export function leave(locals: Locals): void {
  if (locals.room === undefined) return;
  locals.room.underWay--;
  locals.room = undefined;
}

/** Works for a request on the share of its sender. */
export function workOn(locals: Locals, share: Share): void {
  locals.share = share;
  locals.isWorkedOn = true;
}

/** The work is over; the share is given back when the answer is out, too: an answer that nobody takes is memory. */
export function workDone(locals: Locals): void {
  locals.isWorkedOn = false;
  giveBack(locals);
}

function giveBack(locals: Locals): void {
  if (locals.share === undefined || locals.isWorkedOn || locals.isOpen) return;
  locals.share.underWay--;
  locals.share = undefined;
}

/** One header that may be there once. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
