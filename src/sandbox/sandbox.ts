import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Context, timestamp } from './call.ts';
import { answerControl, controlBase } from './control.ts';
import { type Request, readRequest, send } from './exchange.ts';
import { createFaults, type Faults, type Outcome, strike } from './faults.ts';
import { createLog, type RequestLog } from './log.ts';
import { answerToken, createTokens, type TokenEndpoint, type Tokens } from './oauth.ts';
import { profiles } from './profiles.ts';
import { collectionNamed } from './reference.ts';
import { seed } from './seed.ts';
import { bearerToken, createService, refusal, type Service } from './service.ts';
import { createStore } from './store.ts';
import type { RecordedRequest, Sandbox, SandboxOptions } from './types.ts';

export type {
  ErrorDetail,
  Fault,
  FaultKind,
  RecordedRequest,
  Sandbox,
  SandboxOptions,
  SandboxProfile,
} from './types.ts';

const tokenPath = '/oauth2/token';

interface State {
  readonly context: Context;
  readonly tokens: Tokens;
  readonly endpoint: TokenEndpoint;
  readonly service: Service;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly students: number;
  readonly faultFor: NonNullable<SandboxOptions['faultFor']>;
  /** Ends what waits when the sandbox closes. */
  readonly closing: AbortController;
}

/**
 * Starts a OneRoster 1.2 gradebook service with seeded data, its token endpoint and fault injection. Rejects if the
 * port is taken.
 *
 * @example
 * const sandbox = await startSandbox({ profile: 'timeback' });
 * sandbox.inject({ kind: 'status', status: 429, retryAfter: 1 });
 * await sandbox.close();
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = createState(options);
  const server = createServer();
  // Longer than any client's pool keeps a socket, or the sandbox would reset connections that nobody asked it to.
  server.keepAliveTimeout = 120_000;
  state.context.origin = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  seed(state.context, state.students);
  const sandbox = createHandle(state, server);
  server.on('request', (message, response) => void exchange({ state, sandbox, message, response }));
  return sandbox;
}

function createState(options: SandboxOptions): State {
  const { clock = Date.now, uuid = randomUUID, tokenLifetime: lifetime = 3600 } = options;
  const profile = profiles[options.profile ?? 'timeback'];
  const context: Context = {
    profile,
    store: createStore(options.stored),
    clock,
    uuid,
    bulkPairs: options.bulkPairs ?? profile.pairs,
    danglingStatus: options.danglingStatus ?? 404,
    metadata: options.metadata ?? 'kept',
    put: options.put ?? 'replaces',
    origin: '',
  };
  const tokens = createTokens({ clock, uuid, lifetime });
  const closing = new AbortController();
  // Every slow request listens for the end: many of them are no leak.
  setMaxListeners(0, closing.signal);
  const { clientId = 'sandbox', clientSecret = 'sandbox-secret' } = options;
  return {
    context,
    tokens,
    endpoint: { tokens, clientId, clientSecret, lifetime, scopes: profile.scopes },
    service: createService(context, tokens),
    faults: createFaults(),
    log: createLog(),
    students: options.students ?? 5,
    faultFor: options.faultFor ?? (() => undefined),
    closing,
  };
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const { port: bound } = server.address() as AddressInfo;
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound}`;
}

function createHandle(state: State, server: Server): Sandbox {
  const { context, endpoint, faults, log, tokens } = state;
  const { store } = context;
  return {
    url: context.origin,
    tokenUrl: context.origin + tokenPath,
    profile: context.profile.name,
    clientId: endpoint.clientId,
    clientSecret: endpoint.clientSecret,
    close: () => close(state, server),
    inject: faults.add,
    clearFaults: faults.clear,
    requests: log.recent,
    clearRequests: log.clear,
    find: (name, sourcedId) => {
      const collection = collectionNamed(name);
      return collection && structuredClone(store.get(collection, sourcedId));
    },
    put: (name, object) => {
      const collection = collectionNamed(name);
      if (!collection) throw new TypeError(`There is no collection ${name}.`);
      store.put(collection, { ...structuredClone(object), dateLastModified: timestamp(context) });
    },
    revokeTokens: tokens.revokeAll,
    reset: () => {
      store.clear();
      faults.clear();
      log.clear();
      seed(context, state.students);
    },
  };
}

async function close(state: State, server: Server): Promise<void> {
  state.closing.abort();
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Exchange {
  state: State;
  sandbox: Sandbox;
  message: IncomingMessage;
  response: ServerResponse;
}

const requestIdForm = /^[\w.:-]{1,128}$/;

async function exchange({ state, sandbox, message, response }: Exchange): Promise<void> {
  const given = message.headers['x-request-id'];
  const requestId = typeof given === 'string' && requestIdForm.test(given) ? given : state.context.uuid();
  try {
    const request = await readRequest(message);
    if (request.pathname === controlBase || request.pathname.startsWith(`${controlBase}/`)) {
      send(response, answerControl(sandbox, request), requestId);
      return;
    }
    const record = state.log.add(recordOf(request, state.context.clock()));
    record.status = send(response, await outcomeOf(state, request), requestId);
  } catch (error) {
    // The other side went away, or the sandbox is closing: there is nobody left to answer.
    if (!response.destroyed && !response.headersSent) send(response, refusal(error), requestId);
  }
}

async function outcomeOf(state: State, request: Request): Promise<Outcome> {
  const fault = state.faults.take(request) ?? state.faultFor(request);
  if (!fault) return serve(state, request);
  return strike(fault, {
    serve: (changes) => serve(state, request, changes),
    wait: (milliseconds) => delay(milliseconds, undefined, { signal: state.closing.signal }),
    revokeToken: () => state.tokens.revoke(bearerToken(request.authorization) ?? ''),
  });
}

function serve(state: State, request: Request, changes?: { dropMetadata: boolean }): Answer {
  if (request.pathname !== tokenPath) return state.service(request, changes);
  return answerToken({ ...request, body: request.body ?? '' }, state.endpoint);
}

const schemes: readonly [RegExp, RecordedRequest['authorization']][] = [
  [/^basic /i, 'basic'],
  [/^bearer /i, 'bearer'],
];

function recordOf(request: Request, at: number): RecordedRequest {
  const scheme = schemes.find(([form]) => form.test(request.authorization ?? ''));
  const body = recordedBody(request);
  return {
    at,
    method: request.method,
    path: request.path,
    status: 0,
    authorization: scheme?.[1] ?? 'none',
    ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
    ...(body === undefined ? {} : { body }),
  };
}

/** The form of a token request loses its secret: recorded requests end up in logs. */
function recordedBody({ body, contentType, json }: Request): unknown {
  if (json) return json.value;
  if (!body || contentType !== 'application/x-www-form-urlencoded') return body || undefined;
  const form = new URLSearchParams(body);
  if (form.has('client_secret')) form.set('client_secret', '***');
  return Object.fromEntries(form);
}
