import type { IncomingMessage, RequestListener } from 'node:http';
import { type Request, type Response, Router } from 'express';
import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Dialect, PlainRequest, Route } from '../core/exchange.ts';
import type { Json } from '../core/json.ts';
import { type Caller, type Operation, type Outcome, type Scope, scopeUrl } from '../core/operation.ts';
import { keepBody, type Recording } from '../core/recording.ts';
import { type AddressOf, createAddressOf } from './address.ts';
import { type AdminFace, addAdmin } from './admin.ts';
import { answer } from './answer.ts';
import { type BodyReader, createBodyReader, type ReadBody } from './body.ts';
import { peerOf } from './connections.ts';
import { addConsole } from './console.ts';
import { addDocuments, type DocumentParts } from './documents.ts';
import { asGradebridgeError } from './failures.ts';
import { createShares, type Share } from './shares.ts';
import { hasSeveralHosts, isExact, singleSlashes } from './targets.ts';
import {
  begin,
  expressly,
  type Handler,
  headerOf,
  type Incoming,
  type Outgoing,
  type Room,
  type Watch,
  workDone,
  workOn,
} from './under-way.ts';

/** A dialect, and who may speak it. */
export interface Face {
  readonly dialect: Dialect;
  readonly guard: (credentials: {
    readonly authorization: string | undefined;
    readonly context: string | undefined;
    readonly address: string;
  }) => Promise<Caller>;
}

export interface AppParts extends Watch, DocumentParts {
  readonly faces: readonly Face[];
  /** The admin API, and the folder of the console's files; absent: there is neither. */
  readonly admin?: (AdminFace & { readonly console: string }) | undefined;
  readonly perform: (operation: Operation, caller: Caller, call: Call) => Promise<Outcome>;
  /** Makes a recording for each request of a tool, when there is a console that shows them. */
  readonly newRecording?: ((url: string) => Recording) | undefined;
  /** Whether memory is so short that nothing new may be begun. */
  readonly isFull: () => boolean;
  readonly trustedProxies: number;
  readonly limits: {
    readonly body: number;
    readonly inFlight: number;
    readonly request: number;
    /** Of one tool: the part of `inFlight`, from 0 to 1, and requests in a second. */
    readonly tool: { readonly share: number; readonly perSecond?: number };
  };
}

/** Bytes: the text of the largest mapping, as JSON in JSON. */
const ADMIN_BODY = 1024 * 1024;

/**
 * The HTTP side: routes from the tables of the dialects, and nothing that a dialect or the gateway could decide. Of Express
 * it uses the router alone: an application gives every request and response another prototype, which costs more than
 * finding the route, for methods that nobody calls here.
 *
 * @example createServer(createApp(parts)).listen(8080, '127.0.0.1')
 */
export function createApp(parts: AppParts): RequestListener {
  const router = createRouter(parts);
  const { inFlight } = parts.limits;
  const room: Room = { underWay: 0 };
  // A gateway that is full is still alive, and whoever watches it must see that: they have a room of their own.
  const watchRoom: Room = { underWay: 0 };
  const objection = (request: IncomingMessage, isWatched: boolean): GradebridgeError | undefined => {
    if (hasSeveralHosts(request)) return new GradebridgeError('SEVERAL_HOSTS');
    if (isWatched) return undefined;
    if (peerOf(request.socket).isOneTooMany) return tooManyConnections();
    const isTooMuch = room.underWay > inFlight || parts.isFull();
    return isTooMuch ? new GradebridgeError('OVERLOADED', { retryAfter: 1 }) : undefined;
  };
  const roots = parts.faces.map(({ dialect }) => dialect.root);
  const lenient = [...roots, '/console'];
  return (request, response) => {
    request.url = singleSlashes(request.url ?? '/', roots);
    const isWatched = request.url === '/healthz' || request.url === '/readyz';
    const outgoing = begin(parts, { request, response }, isWatched ? watchRoom : room);
    const fail = (cause: unknown): void => failed(parts, cause, { request, response: outgoing });
    const refused = objection(request, isWatched);
    if (refused !== undefined) fail(refused);
    else if (!isExact(request.url, lenient)) fail(new GradebridgeError('ROUTE_NOT_FOUND'));
    else router(request as Request, outgoing as unknown as Response, fail);
  };
}

/** Every route that is served, each known to the router by its pattern: `createRouter(parts).stack`. */
export function createRouter(parts: AppParts): Router {
  // Paths are exactly those of the tables: a proxy's rule for /admin is one for all ways to it.
  const router = Router({ caseSensitive: true });
  const { body, inFlight, tool } = parts.limits;
  const addressOf = createAddressOf(parts.trustedProxies);
  const routing = {
    parts,
    addressOf,
    readBody: createBodyReader(body),
    shareOf: createShares({ most: Math.ceil(inFlight * tool.share), perSecond: tool.perSecond }),
  };
  for (const face of parts.faces) addRoutes(router, face, routing);
  addDocuments(router, parts, addressOf);
  if (parts.admin !== undefined) {
    const { clock } = parts;
    const readBody = createBodyReader(Math.max(body, ADMIN_BODY));
    addAdmin(router, parts.admin, { addressOf, readBody, clock, inFlight });
    addConsole(router, parts.admin.console);
  }
  router.use(() => {
    throw new GradebridgeError('ROUTE_NOT_FOUND');
  });
  return router;
}

function tooManyConnections(): GradebridgeError {
  return new GradebridgeError('TOO_MANY_CONNECTIONS', { retryAfter: 1, headers: { connection: 'close' } });
}

interface Routing {
  readonly parts: AppParts;
  readonly readBody: BodyReader;
  readonly addressOf: AddressOf;
  /** Takes a place for a tool. */
  readonly shareOf: (tool: string, now: number) => Share;
}

function addRoutes(router: Router, face: Face, routing: Routing): void {
  const { dialect } = face;
  const paths = new Map<string, Route[]>();
  for (const route of dialect.routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  for (const [path, routes] of paths) {
    const at = router.route(path);
    for (const route of routes) at[verbOf(route)](expressly(handle(face, route, routing)));
    const allow = routes.map(({ method }) => method).join(', ');
    at.all(() => {
      throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow } });
    });
  }
}

function verbOf({ method }: Route): 'get' | 'post' | 'put' | 'delete' {
  return method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
}

/** One request, top to bottom: who, may they, what, do it, say it. */
function handle({ dialect, guard }: Face, route: Route, routing: Routing): Handler {
  const { parts, readBody, addressOf, shareOf } = routing;
  const place = { face: dialect.name, operation: route.operation, route: route.path };
  return async (request, response) => {
    const { locals } = response;
    locals.place = place;
    const recording = parts.newRecording?.(request.url as string);
    if (recording !== undefined) locals.recording = recording;
    const now = parts.clock();
    const query = queryOf(request);
    const context = request.params['context'] ?? query.get('context') ?? headerOf(request, 'x-lti-context');
    const { authorization } = request.headers;
    const caller = await guard({ authorization, context, address: addressOf(request) });
    locals.caller = caller;
    if (!route.scopes.some((scope) => caller.scopes.has(scope))) {
      throw insufficient(route.scopes);
    }
    workOn(locals, shareOf(caller.tool, now));
    try {
      const body = route.body && (await readBody(request, route.body));
      if (recording !== undefined && body !== undefined) recordBody(recording, request, body.value);
      const operation = route.decode(plain(request, query, body), caller, now);
      if (recording !== undefined) recording.operation = operation;
      // The tool's own time to send its body is not the upstream's.
      const { requestId, trace } = locals;
      const begun = parts.clock();
      if (recording !== undefined) recording.validatedAt = begun;
      const deadline = begun + parts.limits.request;
      const { tool } = caller;
      const call = { requestId, deadline, tool, ...(trace && { trace }), ...(recording && { recording }) };
      answer(response, dialect.encode(await parts.perform(operation, caller, call), caller));
    } finally {
      workDone(locals);
    }
  };
}

function recordBody(recording: Recording, { headers }: IncomingMessage, body: Json): void {
  keepBody(recording, body, Number(headers['content-length'] ?? JSON.stringify(body).length));
}

/** RFC 6750 §3.1. */
function insufficient(scopes: readonly Scope[]): GradebridgeError {
  const description = `One of these scopes is needed: ${scopes.join(', ')}.`;
  const challenge = `Bearer error="insufficient_scope", scope="${scopes.map(scopeUrl).join(' ')}"`;
  return new GradebridgeError('INSUFFICIENT_SCOPE', {
    description,
    headers: { 'www-authenticate': challenge },
  });
}

function plain(request: Incoming, query: URLSearchParams, body: ReadBody | undefined): PlainRequest {
  return {
    method: request.method as string,
    params: request.params,
    query,
    headers: request.headers as Record<string, string | undefined>,
    ...(body !== undefined && { body: body.value, numbers: body.numbers }),
  };
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

interface Pair {
  readonly request: IncomingMessage;
  readonly response: Outgoing;
}

/** Every error leaves here, in the words of the dialect whose path it was. */
function failed({ faces, admin }: AppParts, cause: unknown, { request, response }: Pair): void {
  const error = asGradebridgeError(cause);
  const { locals } = response;
  locals.error = error;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (admin !== undefined && /^\/(admin|console)([/?]|$)/.test(request.url ?? '')) {
    answer(response, admin.encodeError(error, locals.requestId));
    return;
  }
  const face = faces.find(({ dialect }) => request.url?.startsWith(`${dialect.root}/`)) ?? faces[0];
  if (face !== undefined) answer(response, face.dialect.encodeError(error, locals.requestId));
}
