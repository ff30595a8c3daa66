import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createFailureBudget, type FailureBudget } from './auth/failures.ts';
import { createGuard, type GuardParts } from './auth/guard.ts';
import { createGuardedFetch } from './auth/guarded-fetch.ts';
import { createIssuers } from './auth/issuers.ts';
import { createForeignVerifier } from './auth/key-sets.ts';
import type { Keyring } from './auth/keyring.ts';
import { createTokenEndpoint, type TokenEndpoint } from './auth/token-endpoint.ts';
import type { Config } from './config/config.ts';
import type { ContextLenses } from './config/cross-check.ts';
import type { LoadedConfig } from './config/load.ts';
import { type Connected, connect } from './connect.ts';
import { GradebridgeError } from './core/errors.ts';
import type { JsonObject } from './core/json.ts';
import { createPromises } from './delivery/promises.ts';
import { createAgs } from './dialects/ags/dialect.ts';
import { createLtiaas } from './dialects/ltiaas/dialect.ts';
import { createPeople } from './directory/people.ts';
import { createGateway } from './gateway/gateway.ts';
import type { ContextPorts, GatewayPorts } from './gateway/ports.ts';
import { heapShare, watchHeap } from './heap.ts';
import { createApp, type Face } from './http/app.ts';
import { beginServing, openConfiguredStore, openKeys, startKeeping } from './keep.ts';
import { causesOf, type Log } from './log.ts';
import type { OpenedStore } from './store/store.ts';
import { createLineItems, createResults } from './upstream/gradebook.ts';
import { createReadiness } from './upstream/readiness.ts';

/** What the composition takes from the outside world. */
export interface World {
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly observe?: GatewayPorts['observe'];
  /** The most writes that the store does in one transaction. */
  readonly largest?: number;
  /** The part of the heap that is used, from 0 to 1; that of this process when it is not given. */
  readonly heapShare?: () => number;
}

/** The gateway, composed and not yet listening. */
export interface Service {
  readonly listener: RequestListener;
  readonly keyring: Keyring;
  readonly store: OpenedStore;
  /** From now on `/readyz` says that nobody should send anything new. */
  drain(): void;
  /** To be called when the server has stopped. */
  close(): Promise<void>;
}

/** Chooses every real part, from the configuration: the only place that does. */
export async function compose(loaded: LoadedConfig, world: World): Promise<Service> {
  const store = await openConfiguredStore(loaded.config, world);
  try {
    return await composeOn(store, loaded, world);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function composeOn(
  store: OpenedStore,
  { config, lenses }: LoadedConfig,
  world: World,
): Promise<Service> {
  const { clock, log } = world;
  const keyring = await openKeys(store, clock);
  const serving = await beginServing(store);
  const shared = { ...world, newId: randomUUID, shared: store.leases, wasKilled: serving.wasKilled };
  const upstreams = new Map(
    Object.entries(config.upstreams).map(([name, settings]) => [name, connect(name, settings, shared)]),
  );
  const contexts = new Map(
    Object.keys(config.contexts).map((key) => [key, contextPorts(key, { config, upstreams, lenses })]),
  );
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
    metEdit: ({ thing, outcome, sourcedId, places }, { tool, context }, { requestId }) => {
      const where = places.map(({ oneroster }) => oneroster).join(' ');
      log('info', 'edited', { requestId, tool, context, thing, sourcedId, places: where, outcome });
    },
    ...(world.observe && { observe: world.observe }),
  });
  const keeping = startKeeping(store, { config, upstreams, gateway, world });
  const used = (key: string, until: number): Promise<boolean> => store.usedOnce.claim(key, until);
  const failures = createFailureBudget(config.limits.address.failuresPerMinute, clock);
  const heap = watchHeap(world.heapShare ?? heapShare, config.limits.heap);
  let isDraining = false;
  const tokens = tokenEndpoint(config, { keyring, failures, clock, claimOnce: used });
  const listener = createApp({
    faces: facesOf(config, { keyring, failures, clock }),
    tokens: async (form, { requestId, address }) => {
      const { reason, clientId, ...answer } = await tokens(form, address);
      log('info', 'token', { requestId, status: answer.status, client: clientId, reason });
      return answer;
    },
    keySet: async () => ({ ...(await keyring.publicKeys()) }) as unknown as JsonObject,
    perform: gateway.perform,
    readiness: createReadiness(upstreams, clock),
    finished: ({ requestId, method, route, status, milliseconds, tool, context, error }) => {
      const level = error !== undefined && error.row.status >= 500 ? 'warn' : 'info';
      const [code, cause] = error === undefined ? [] : [error.code, causeFor(error)];
      log(level, 'request', { requestId, method, route, status, milliseconds, tool, context, code, cause });
    },
    clock,
    newId: randomUUID,
    isFull: heap.isFull,
    isDraining: () => isDraining,
    trustedProxies: config.listen.trustedProxies,
    limits: config.limits,
  });
  const drain = (): void => {
    isDraining = true;
  };
  const close = async (): Promise<void> => {
    heap.close();
    await keeping.stop(config.limits.drain);
    await Promise.all([...upstreams.values()].map(({ transport }) => transport.close()));
    await serving.end().catch(() => undefined);
    await store.close();
  };
  return { listener, keyring, store, drain, close };
}

interface Keys {
  readonly keyring: Keyring;
  readonly failures: FailureBudget;
  readonly clock: () => number;
}

interface TokenKeys extends Keys {
  readonly claimOnce: (identifier: string, until: number) => Promise<boolean>;
}

/** The faces, and who may use each. */
function facesOf(config: Config, { keyring, failures, clock }: Keys): readonly Face[] {
  const { publicUrl, tools } = config;
  const foreignToken = createIssuers(Object.values(config.issuers), createGuardedFetch(config.keySets));
  const common = { tools, keyring, foreignToken, failures, clock };
  const ltiaas: Pick<GuardParts, 'schemes' | 'errors'> = {
    schemes: ['service-auth-v1', 'ltik-auth-v2', 'bearer'],
    errors: { unauthorised: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER', foreignContext: 'CONTEXT_NOT_ALLOWED' },
  };
  const ags: Pick<GuardParts, 'schemes' | 'errors'> = {
    schemes: ['bearer'],
    errors: { unauthorised: 'INVALID_TOKEN', foreignContext: 'CONTEXT_NOT_FOUND' },
  };
  return [
    { dialect: createLtiaas({ publicUrl }), guard: createGuard({ ...common, ...ltiaas }) },
    { dialect: createAgs({ publicUrl }), guard: createGuard({ ...common, ...ags }) },
  ];
}

/** The token endpoint, for the tools that have keys. */
function tokenEndpoint(config: Config, { keyring, failures, clock, claimOnce }: TokenKeys): TokenEndpoint {
  const fetchKeys = createGuardedFetch(config.keySets);
  const tools = Object.values(config.tools);
  const asserting = tools.filter(({ jwks, jwksUrl }) => jwks !== undefined || jwksUrl !== undefined);
  const verifiers = asserting.map((tool) => {
    const { clientId, audiences } = tool;
    return [clientId, { clientId, audiences, verify: createForeignVerifier(tool, fetchKeys) }] as const;
  });
  return createTokenEndpoint({
    assertions: {
      tools: new Map(verifiers),
      audiences: [`${config.publicUrl}/lti/token`, config.publicUrl],
      claimOnce,
      clock,
    },
    keyring,
    failures,
    scopes: new Map(tools.map(({ clientId, scopes }) => [clientId, scopes])),
    issuer: config.publicUrl,
    lifetime: config.tokens.lifetime,
    newId: randomUUID,
  });
}

function missing(): never {
  throw new GradebridgeError('CONTEXT_NOT_ALLOWED');
}

/** A bug is told with its stack; what the catalogue foresaw, with its causes. */
function causeFor(error: GradebridgeError): string {
  const { cause } = error;
  return error.code === 'INTERNAL' && cause instanceof Error ? String(cause.stack) : causesOf(error);
}

interface Composition {
  readonly config: Config;
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly lenses: ReadonlyMap<string, ContextLenses>;
}

function contextPorts(key: string, { config, upstreams, lenses }: Composition): ContextPorts {
  const settings = config.contexts[key] as Config['contexts'][string];
  const { upstream, dressing, place, turns, roster, register } = upstreams.get(
    settings.upstream,
  ) as Connected;
  const { lineItem, result } = lenses.get(key) as ContextLenses;
  const { resourceLinks, family, class: classId } = settings;
  const parts = { upstream, dressing, turns, name: settings.upstream };
  const peopleBy = (strategy: typeof settings.users) =>
    createPeople({ classId, strategy, roster, reads: register });
  const people = peopleBy(settings.users);
  const peopleOfTool = new Map(
    Object.entries(config.tools).flatMap(([name, { users }]) =>
      users ? [[name, peopleBy(users)] as const] : [],
    ),
  );
  return {
    key,
    upstream: settings.upstream,
    classId,
    ownership: settings.ownership,
    duplicates: settings.duplicates,
    edits: settings.edits,
    resourceLinks: resourceLinks === 'any' ? 'any' : new Set(resourceLinks),
    lens: lineItem,
    lineItems: createLineItems(family, parts),
    resultLens: result,
    results: createResults(family, parts),
    peopleOf: (tool) => peopleOfTool.get(tool) ?? people,
    placement: (call) => place(key, { settings, call }),
  };
}
