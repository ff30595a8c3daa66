import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Administration, Watching } from './administer.ts';
import { facesOf, tokenEndpoint } from './admission.ts';
import { createFailureBudget } from './auth/failures.ts';
import type { Keyring } from './auth/keyring.ts';
import type { Config } from './config/config.ts';
import type { LoadedConfig, LoadResult, ReadResult } from './config/load.ts';
import type { Served } from './connect.ts';
import { contextsOf } from './contexts.ts';
import { GradebridgeError } from './core/errors.ts';
import type { JsonObject } from './core/json.ts';
import { createPromises } from './delivery/promises.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { createApp } from './http/app.ts';
import { startKeeping } from './keep.ts';
import { formerUrlsOf } from './known.ts';
import { causesOf, type Log } from './log.ts';
import type { Reloads } from './reload.ts';
import { configNames } from './renamed.ts';
import type { OpenedStore } from './store/store.ts';
import type { StoreReadiness } from './store-readiness.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { createReadiness } from './upstream/readiness.ts';

/** What outlives a revision of the configuration. */
export interface Lasting {
  readonly store: OpenedStore;
  readonly keyring: Keyring;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly observe?: GatewayPorts['observe'];
  readonly telemetry: Telemetry | undefined;
  readonly isFull: () => boolean;
  readonly isDraining: () => boolean;
  readonly storeReadiness: () => Promise<StoreReadiness>;
  /** Absent where there is no console. */
  readonly watching: Watching | undefined;
  /** Reads the configuration that is on disk. */
  readonly load: () => Promise<LoadResult>;
  /** Reads the file alone. */
  readonly read: () => ReadResult;
  readonly reloads: () => Reloads;
  /** The public URLs of earlier gateways on this store. */
  readonly seenUrls: () => readonly string[];
}

/** The gateway as one configuration has it. Requests that have begun on it end on it. */
export interface Revision {
  readonly config: Config;
  readonly upstreams: ReadonlyMap<string, Served>;
  readonly listener: RequestListener;
  readonly gateway: Gateway;
  /** Begins no more deliveries, and waits for those under way. @param patience milliseconds */
  stop(patience: number): Promise<void>;
}

/** Composes all that follows from a configuration; it takes requests at once, and keeps promises from now on. */
export function composeRevision(
  loaded: LoadedConfig,
  upstreams: ReadonlyMap<string, Served>,
  lasting: Lasting,
): Revision {
  const { config, lenses } = loaded;
  const { store, clock, log, telemetry, watching } = lasting;
  const contexts = contextsOf({ config, lenses }, upstreams);
  const promises = createPromises({
    store: store.deliveries,
    clock,
    newId: randomUUID,
    accepted: (upstream) => keeping.wake(upstream),
  });
  const gateway = createGateway({
    contextOf: (key) => contexts.get(key) ?? missing(),
    promises,
    repeatables: store.repeatables,
    leases: store.leases,
    clock,
    newId: randomUUID,
    pageCap: config.limits.page,
    metEdit: (edit, caller, { requestId }) => {
      const { thing, outcome, sourcedId, places } = edit;
      const { tool, context } = caller;
      const where = places.map(({ oneroster }) => oneroster).join(' ');
      log('info', 'edited', { requestId, tool, context, thing, sourcedId, places: where, outcome });
      telemetry?.metEdit(edit, caller);
    },
    ...observers(lasting.observe, watching?.observe),
  });
  const keeping = startKeeping(store, { config, upstreams, gateway, world: lasting });
  const readiness = createReadiness(upstreams, clock);
  const administration = watching?.serve({
    ...{ ...lasting, loaded, upstreams, readiness, promises },
    // Under which of its names something waits, people do not see.
    wake: (upstream) => {
      for (const one of configNames(config).upstreams.all(upstream)) keeping.wake(one);
    },
    contextOf: (key) => contexts.get(key),
  });
  return {
    config,
    upstreams,
    gateway,
    listener: listenerOf({ config, upstreams, gateway, readiness, administration }, lasting),
    stop: async (patience) => {
      await Promise.all([administration?.stop(), keeping.stop(patience)]);
    },
  };
}

type Observe = NonNullable<GatewayPorts['observe']>;

function observers(...given: readonly (Observe | undefined)[]): { readonly observe?: Observe } {
  const [first, ...others] = given.filter((one) => one !== undefined);
  if (first === undefined || others.length === 0) return first === undefined ? {} : { observe: first };
  return { observe: (...seen) => void [first, ...others].map((observe) => observe(...seen)) };
}

interface Serving {
  readonly config: Config;
  readonly upstreams: ReadonlyMap<string, Served>;
  readonly gateway: Gateway;
  readonly readiness: ReturnType<typeof createReadiness>;
  readonly administration: Administration | undefined;
}

function listenerOf(serving: Serving, lasting: Lasting): RequestListener {
  const { config, gateway, readiness, administration } = serving;
  const { store, keyring, clock, log, isFull, isDraining, telemetry, watching } = lasting;
  const failures = createFailureBudget(config.limits.address.failuresPerMinute, clock);
  const claimOnce = (key: string, until: number): Promise<boolean> => store.usedOnce.claim(key, until);
  const formerUrls = formerUrlsOf(config, lasting.seenUrls());
  const tokens = tokenEndpoint(config, { keyring, failures, formerUrls, clock, claimOnce });
  const toolOf = new Map(Object.entries(config.tools).map(([name, { clientId }]) => [clientId, name]));
  return createApp({
    faces: facesOf(config, { keyring, failures, formerUrls, clock }),
    tokens: async (read, { requestId, address }) => {
      const { reason, clientId, ...answer } = await tokens(read, address);
      log('info', 'token', { requestId, status: answer.status, client: clientId, reason });
      telemetry?.tokenAnswered(toolOf.get(clientId ?? ''), answer.status);
      return answer;
    },
    keySet: async () => ({ ...(await keyring.publicKeys()) }) as unknown as JsonObject,
    perform: performing(gateway, config, telemetry),
    readiness,
    storeReadiness: lasting.storeReadiness,
    newRecording: watching?.newRecording,
    admin: administration?.face,
    begun: telemetry?.begun,
    finished: (exchange) => {
      watching?.finished(exchange);
      const { requestId, method, route, status, milliseconds, tool, context, error, trace } = exchange;
      const level = error !== undefined && error.row.status >= 500 ? 'warn' : 'info';
      const [code, cause] = error === undefined ? [] : [error.code, causeFor(error)];
      const told = { requestId, method, route, status, milliseconds, tool, context, code, cause };
      log(level, 'request', trace === undefined ? told : { ...told, trace: trace.traceId });
      telemetry?.finished(exchange);
    },
    clock,
    newId: randomUUID,
    isFull,
    isDraining,
    trustedProxies: config.listen.trustedProxies,
    limits: config.limits,
  });
}

/** Operations as the gateway performs them, of whose outcomes somebody is told. */
function performing(
  { perform }: Gateway,
  { contexts }: Config,
  telemetry: Telemetry | undefined,
): Gateway['perform'] {
  if (telemetry === undefined) return perform;
  return async (operation, caller, call) => {
    const outcome = await perform(operation, caller, call);
    const upstream = contexts[caller.context]?.upstream ?? '';
    telemetry.performed(outcome, operation, { caller, upstream, trace: call.trace });
    return outcome;
  };
}

function missing(): never {
  throw new GradebridgeError('CONTEXT_NOT_ALLOWED');
}

/** A bug is told with its stack; what the catalogue foresaw, with its causes. */
function causeFor(error: GradebridgeError): string {
  const { cause } = error;
  return error.code === 'INTERNAL' && cause instanceof Error ? String(cause.stack) : causesOf(error);
}
