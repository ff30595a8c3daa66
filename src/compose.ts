import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { createGuard } from './auth/guard.ts';
import { createIssuerVerifier } from './auth/issuers.ts';
import { type Keyring, newKeySet, openKeyring } from './auth/keyring.ts';
import { createOutgoing } from './auth/outgoing.ts';
import type { Config, UpstreamConfig } from './config/config.ts';
import type { LoadedConfig } from './config/load.ts';
import { GradebridgeError } from './core/errors.ts';
import type { Lens } from './core/lens.ts';
import { createLtiaas } from './dialects/ltiaas/dialect.ts';
import { createPlacement } from './directory/placement.ts';
import { type ContextPorts, createGateway, type GatewayPorts } from './gateway.ts';
import { createApp } from './http/app.ts';
import { causesOf, type Log } from './log.ts';
import { readOrMakeKeyFile } from './store/key-file.ts';
import { createCircuit } from './upstream/circuit.ts';
import { createGradebook } from './upstream/gradebook.ts';
import { type Dressing, PROFILES } from './upstream/profile.ts';
import { createReadiness } from './upstream/readiness.ts';
import { faultError } from './upstream/refusals.ts';
import { createRegister } from './upstream/register.ts';
import { createTransport, type Transport, TransportError } from './upstream/transport.ts';
import { createSlots, createTurns } from './upstream/turns.ts';
import { type Credentials, createUpstream, type Upstream } from './upstream/upstream.ts';

/** What the composition takes from the outside world. */
export interface World {
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly observe?: GatewayPorts['observe'];
}

/** The gateway, composed and not yet listening. */
export interface Service {
  readonly listener: RequestListener;
  readonly keyring: Keyring;
  close(): Promise<void>;
}

/** Chooses every real part, from the configuration: the only place that does. */
export async function compose({ config, lenses }: LoadedConfig, world: World): Promise<Service> {
  const { clock, log } = world;
  const keyring = await openKeys(config, clock);
  const upstreams = new Map(
    Object.entries(config.upstreams).map(([name, settings]) => [name, connect(name, settings, world)]),
  );
  const contexts = new Map(
    Object.keys(config.contexts).map((key) => [key, contextPorts(key, { config, upstreams, lenses })]),
  );
  const gateway = createGateway({
    contextOf: (key) => contexts.get(key) ?? missing(),
    clock,
    newId: randomUUID,
    pageCap: config.limits.page,
    ...(world.observe && { observe: world.observe }),
  });
  const listener = createApp({
    dialects: [createLtiaas({ publicUrl: config.publicUrl })],
    guard: createGuard({
      tools: config.tools,
      keyring,
      foreignToken: createIssuerVerifier(Object.values(config.issuers)),
      clock,
    }),
    perform: gateway.perform,
    readiness: createReadiness(upstreams, clock),
    finished: ({ error, ...exchange }) => {
      const broken = error !== undefined && error.row.status >= 500;
      log(broken ? 'warn' : 'info', 'request', {
        ...exchange,
        ...(error && { code: error.code, cause: causeFor(error) }),
      });
    },
    clock,
    newId: randomUUID,
    limits: config.limits,
  });
  const close = async (): Promise<void> => {
    await Promise.all([...upstreams.values()].map(({ transport }) => transport.close()));
  };
  return { listener, keyring, close };
}

/** The gateway's own keys lie beside the store. */
export async function openKeys({ store }: Config, clock: () => number): Promise<Keyring> {
  const folder = 'sqlite' in store ? dirname(store.sqlite) : '.';
  const text = await readOrMakeKeyFile(join(folder, 'keys.json'), () => newKeySet(randomUUID()));
  return openKeyring(text, clock);
}

function missing(): never {
  throw new GradebridgeError('CONTEXT_NOT_ALLOWED');
}

/** A bug is told with its stack; what the catalogue foresaw, with its causes. */
function causeFor(error: GradebridgeError): string {
  const { cause } = error;
  return error.code === 'INTERNAL' && cause instanceof Error ? String(cause.stack) : causesOf(error);
}

/** Everything that belongs to one upstream. */
interface Connected {
  readonly upstream: Upstream;
  readonly transport: Transport;
  readonly dressing: Dressing;
  readonly probeUrl: string;
  readonly place: ReturnType<typeof createPlacement>;
  readonly turns: ReturnType<typeof createTurns>;
}

/** Bytes of one answer: a page of 3000 line items with large metadata stays well below. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

function connect(name: string, settings: UpstreamConfig, { clock, random, log }: World): Connected {
  const { baseUrl, prefixes, concurrency, timeouts, retry, failuresToOpen } = settings;
  const services = { gradebook: baseUrl + prefixes.gradebook, rostering: baseUrl + prefixes.rostering };
  const dressing: Dressing = { profile: PROFILES[settings.profile], services, now: clock };
  const transport = createTransport({ connections: concurrency, maxBytes: LARGEST_ANSWER });
  const upstream = createUpstream({
    transport,
    credentials: credentialsFor(settings, transport, (code) =>
      log('warn', 'upstream token', { upstream: name, code }),
    ),
    circuit: createCircuit(failuresToOpen),
    slots: createSlots(concurrency),
    retry,
    callTimeout: timeouts.call,
    clock,
    random,
  });
  const place = createPlacement(createRegister(upstream, dressing));
  const probeUrl = `${services.gradebook}/categories?limit=1`;
  return { upstream, transport, dressing, probeUrl, place, turns: createTurns() };
}

function credentialsFor(
  { auth, profile, timeouts }: UpstreamConfig,
  transport: Transport,
  refused: (code: string) => void,
): Credentials {
  const scope = auth.scope ?? PROFILES[profile].scope;
  return createOutgoing({ ...auth, scope }, async (request) => {
    try {
      return await transport.exchange({ method: 'POST', timeout: timeouts.call, ...request });
    } catch (error) {
      const fault = error instanceof TransportError ? faultError(error.fault, error) : error;
      if (fault instanceof GradebridgeError) refused(fault.code);
      throw fault;
    }
  });
}

interface Composition {
  readonly config: Config;
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly lenses: ReadonlyMap<string, Lens>;
}

function contextPorts(key: string, { config, upstreams, lenses }: Composition): ContextPorts {
  const settings = config.contexts[key] as Config['contexts'][string];
  const { upstream, dressing, place, turns } = upstreams.get(settings.upstream) as Connected;
  const { resourceLinks } = settings;
  return {
    key,
    classId: settings.class,
    ownership: settings.ownership,
    resourceLinks: resourceLinks === 'any' ? 'any' : new Set(resourceLinks),
    lens: lenses.get(key) as Lens,
    lineItems: createGradebook(settings.family, { upstream, dressing, turns, name: settings.upstream }),
    placement: (call) => place(key, { settings, call }),
  };
}
