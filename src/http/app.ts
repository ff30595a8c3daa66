import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { GradebridgeError } from '../core/errors.ts';
import type { Dialect, PlainRequest, PlainResponse, Route } from '../core/exchange.ts';
import type { Json } from '../core/json.ts';
import type { Caller, Operation, Outcome } from '../core/operation.ts';
import { type BodyReader, createBodyReader } from './body.ts';
import { asGradebridgeError } from './failures.ts';

/** What is known of an upstream without asking the tool's question. */
export interface Readiness {
  readonly reachable: boolean;
  /** The code of the error, when it is not. */
  readonly code?: string;
}

/** One finished request, for the log. */
export interface Exchange {
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, not the path, which may be anything. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly tool?: string;
  readonly context?: string;
  readonly error?: GradebridgeError;
}

export interface AppParts {
  readonly dialects: readonly Dialect[];
  readonly guard: (credentials: {
    readonly authorization: string | undefined;
    readonly context: string | undefined;
  }) => Promise<Caller>;
  readonly perform: (
    operation: Operation,
    caller: Caller,
    call: { readonly requestId: string; readonly deadline: number },
  ) => Promise<Outcome>;
  readonly readiness: () => Promise<Readonly<Record<string, Readiness>>>;
  readonly finished: (exchange: Exchange) => void;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly limits: { readonly body: number; readonly inFlight: number; readonly request: number };
}

/** What is remembered of a request while it is under way. */
interface Locals {
  requestId: string;
  route?: string;
  caller?: Caller;
  error?: GradebridgeError;
}

/**
 * The HTTP side: routes from the tables of the dialects, and nothing that a dialect or the gateway could decide.
 *
 * @example createServer(createApp(parts)).listen(8080, '127.0.0.1')
 */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  app.use(begin(parts));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"] } } }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', ready(parts));
  const readBody = createBodyReader(parts.limits.body);
  for (const dialect of parts.dialects) addRoutes(app, dialect, { parts, readBody });
  app.use(() => {
    throw new GradebridgeError('ROUTE_NOT_FOUND');
  });
  app.use(failed(parts));
  return app;
}

interface Routing {
  readonly parts: AppParts;
  readonly readBody: BodyReader;
}

function addRoutes(app: Express, dialect: Dialect, routing: Routing): void {
  const paths = new Map<string, Route[]>();
  for (const route of dialect.routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  for (const [path, routes] of paths) {
    for (const route of routes) app[verbOf(route)](path, handle(dialect, route, routing));
    const allow = routes.map(({ method }) => method).join(', ');
    app.all(path, () => {
      throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow } });
    });
  }
}

function verbOf({ method }: Route): 'get' | 'post' | 'put' | 'delete' {
  return method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
}

/** One request, top to bottom: who, may they, what, do it, say it. */
function handle(dialect: Dialect, route: Route, { parts, readBody }: Routing) {
  return async (request: Request, response: Response): Promise<void> => {
    const locals = response.locals as Locals;
    locals.route = route.path;
    const deadline = parts.clock() + parts.limits.request;
    const query = queryOf(request);
    const context = query.get('context') ?? headerOf(request, 'x-lti-context');
    const caller = await parts.guard({ authorization: request.headers.authorization, context });
    locals.caller = caller;
    if (!route.scopes.some((scope) => caller.scopes.has(scope))) {
      throw new GradebridgeError('INSUFFICIENT_SCOPE', {
        description: `One of these scopes is needed: ${route.scopes.join(', ')}.`,
      });
    }
    const body = route.body && (await readBody(request, response, route.body));
    const operation = route.decode(plain(request, query, body), caller);
    const outcome = await parts.perform(operation, caller, { requestId: locals.requestId, deadline });
    send(response, dialect.encode(outcome, caller));
  };
}

function plain(request: Request, query: URLSearchParams, body: Json | undefined): PlainRequest {
  return {
    method: request.method,
    params: request.params as Record<string, string>,
    query,
    headers: request.headers as Record<string, string | undefined>,
    ...(body !== undefined && { body }),
  };
}

function queryOf({ url }: Request): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

function headerOf({ headers }: Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function send(response: Response, { status, headers, body }: PlainResponse): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Names the request, counts it, and reports it when it is over. */
function begin({ clock, newId, limits, finished }: AppParts) {
  let underWay = 0;
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = clock();
    const given = headerOf(request, 'x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
    response.locals['requestId'] = requestId;
    response.setHeader('x-request-id', requestId);
    underWay++;
    response.once('close', () => {
      underWay--;
      const { route = 'none', caller, error } = response.locals as Locals;
      const { method } = request;
      const status = response.statusCode;
      finished({
        requestId,
        method,
        route,
        status,
        milliseconds: clock() - started,
        ...(caller && { tool: caller.tool, context: caller.context }),
        ...(error && { error }),
      });
    });
    if (underWay > limits.inFlight) throw new GradebridgeError('OVERLOADED', { retryAfter: 1 });
    next();
  };
}

function ready({ readiness }: AppParts) {
  return async (_request: Request, response: Response): Promise<void> => {
    const upstreams = await readiness();
    const isReady = Object.values(upstreams).every(({ reachable }) => reachable);
    response
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ready' : 'upstream unreachable', upstreams });
  };
}

/** Every error leaves here, in the words of the dialect whose path it was. */
function failed({ dialects }: AppParts) {
  return (cause: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = asGradebridgeError(cause);
    const locals = response.locals as Locals;
    locals.error = error;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const dialect = dialects.find(({ root }) => request.path.startsWith(`${root}/`)) ?? dialects[0];
    if (dialect !== undefined) send(response, dialect.encodeError(error, locals.requestId));
  };
}
