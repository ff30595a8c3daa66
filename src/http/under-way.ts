import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { GradebridgeError } from '../core/errors.ts';
import type { Caller } from '../core/operation.ts';
import type { Recording } from '../core/recording.ts';
import type { TraceParent } from '../core/trace.ts';
import type { Share } from './shares.ts';

/** What kind of request it is: words of our own tables, never of the request. */
export interface RoutePlace {
  /** The name of a dialect; empty for what is of none. */
  readonly face: string;
  readonly operation: string;
  /** The route's pattern, not the path, which may be anything. */
  readonly route: string;
}

/** One finished request, for logs, metrics, traces and the console. */
export interface Exchange extends RoutePlace {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly method: string;
  readonly status: number;
  /** Whether there was an answer, and not a client that has hung up before. */
  readonly isAnswered: boolean;
  readonly milliseconds: number;
  readonly tool: string | undefined;
  readonly context: string | undefined;
  readonly error: GradebridgeError | undefined;
  readonly trace: TraceParent | undefined;
  readonly recording: Recording | undefined;
}

/** What is remembered of a request while it is under way. */
export interface Locals {
  readonly requestId: string;
  readonly started: number;
  readonly trace: TraceParent | undefined;
  place: RoutePlace;
  caller?: Caller;
  error?: GradebridgeError;
  recording?: Recording;
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
  /** Is told of a request that begins, and gives its place in a trace, where traces are kept. */
  readonly begun?: ((headers: IncomingHttpHeaders) => TraceParent | undefined) | undefined;
  readonly clock: () => number;
  readonly newId: () => string;
}

/** What no route was found for. */
const NOWHERE: RoutePlace = { face: '', operation: '', route: 'none' };

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

interface Pair {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Names the request, counts it, and reports it when it is over. */
export function begin(
  { clock, newId, finished, begun }: Watch,
  { request, response }: Pair,
  room: Room,
): Outgoing {
  const given = headerOf(request, 'x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
  const locals: Locals = {
    requestId,
    started: clock(),
    trace: begun?.(request.headers),
    place: NOWHERE,
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
    const { place, started, caller, error, trace, recording } = locals;
    const { face, operation, route } = place;
    finished({
      requestId,
      started,
      method: request.method as string,
      face,
      operation,
      route,
      status: response.statusCode,
      isAnswered: response.headersSent,
      milliseconds: clock() - started,
      tool: caller?.tool,
      context: caller?.context,
      error,
      trace,
      recording,
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

/** What goes on for as long as its client likes has no share of what is quickly over. */
export function endShare(locals: Locals): void {
  if (locals.share !== undefined) locals.share.underWay--;
  locals.share = undefined;
}

function giveBack(locals: Locals): void {
  if (locals.share === undefined || locals.isWorkedOn || locals.isOpen) return;
  endShare(locals);
}

/** One header that may be there once. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
