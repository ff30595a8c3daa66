import { createOutgoing, type OutgoingCredentials, type SendTokenRequest } from './auth/outgoing.ts';
import type { UpstreamConfig } from './config/config.ts';
import { GradebridgeError } from './core/errors.ts';
import { namesIn } from './core/names.ts';
import { createPlacement } from './directory/placement.ts';
import { createRoster, type Roster } from './directory/roster.ts';
import type { Log } from './log.ts';
import { createCircuit } from './upstream/circuit.ts';
import { type Dressing, PROFILES } from './upstream/profile.ts';
import { faultError, waitOf } from './upstream/refusals.ts';
import { createRegister, type Register } from './upstream/register.ts';
import { createShelves, type Shelf, type Shelves, type Stashes } from './upstream/shelf.ts';
import { createSlots, type Slots } from './upstream/slots.ts';
import { createTransport, type Transport, TransportError } from './upstream/transport.ts';
import { createTurns, type SharedTurns, type Turns } from './upstream/turns.ts';
import { type Credentials, createUpstream, type Upstream } from './upstream/upstream.ts';
import { byRoute, type RouteWatch } from './upstream/watch.ts';

/** Everything that belongs to one upstream, and is shared by its contexts. */
export interface Connected {
  readonly upstream: Upstream;
  readonly transport: Transport;
  readonly dressing: Dressing;
  readonly probeUrl: string;
  readonly register: Register;
  readonly roster: Roster;
  readonly place: ReturnType<typeof createPlacement>;
  readonly turns: Turns;
  /** Whether it has failed so often that calls to it are held back. */
  readonly isOutage: () => boolean;
  readonly slots: Slots;
  readonly credentials: OutgoingCredentials;
  /** The same client with a token got in another way than configured: to see which ways there are. */
  readonly credentialsBy: (how: HowToken) => Credentials;
}

/** What is not named is as configured; a scope of undefined means that none is sent. */
export interface HowToken {
  readonly method?: 'form' | 'basic';
  readonly scope?: string | undefined;
}

export interface Surroundings {
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly newId: () => string;
  /** Where several replicas write to the upstream. */
  readonly shared?: SharedTurns | undefined;
  /** Whether an earlier process has ended in the middle of its work. */
  readonly wasKilled?: boolean;
  /** Is told what happens at an upstream. */
  readonly watchOf?: ((upstream: string) => RouteWatch) | undefined;
  /** Keys of tools, which must not be told to others. */
  readonly keysOfTools?: (() => readonly string[]) | undefined;
  /** Those of an earlier revision of the same upstream. */
  readonly turns?: Turns | undefined;
}

/** An upstream that contexts use. */
export interface Served extends Connected {
  /** By collection. */
  readonly shelfOf: (collection: string) => Shelf;
}

export interface Serving extends Surroundings {
  /** Keeps the metadata that upstreams drop. */
  readonly stashes: Stashes;
}

/** The upstreams of the configuration that is in force, kept over its revisions where they stay as they are. */
export interface Connections {
  /** Connects those that are new or have changed; what an earlier revision still uses is left open. */
  use(upstreams: Readonly<Record<string, UpstreamConfig>>): ReadonlyMap<string, Served>;
  /** Closes what the latest revision does not use. */
  closeUnused(): Promise<void>;
  close(): Promise<void>;
  /** Whether nothing is being written anywhere, and nothing that was written may still arrive. */
  areQuiet(): boolean;
}

/** @example const connections = createConnections(surroundings); connections.use(config.upstreams).get('timeback') */
export function createConnections({ stashes, ...surroundings }: Serving): Connections {
  let inUse = new Map<string, { readonly settings: string; readonly connected: Served }>();
  const unused = new Set<Connected>();
  // Writers of one object wait for each other whatever revision they have begun on.
  const turns = new Map<string, Turns>();
  // And what one of them finds out, all know at once.
  const shelves = new Map<string, Shelves>();
  const { clock, log, shared } = surroundings;
  const shelvesOf = (upstream: string): Shelves => {
    const isShared = shared !== undefined;
    const dropped = (collection: string): void => log('warn', 'metadata dropped', { upstream, collection });
    const some = shelves.get(upstream) ?? createShelves({ upstream, stashes, isShared, clock, dropped });
    shelves.set(upstream, some);
    return some;
  };
  const close = async (some: Iterable<Connected>): Promise<void> => {
    await Promise.all([...some].map(({ transport }) => transport.close()));
  };
  return {
    use: (upstreams) => {
      const before = inUse;
      inUse = new Map();
      const names = namesIn(upstreams);
      for (const [name, settings] of Object.entries(upstreams)) {
        const text = JSON.stringify(settings);
        const there = before.get(name);
        const connected =
          there?.settings === text
            ? there.connected
            : {
                ...connect(name, settings, { ...surroundings, turns: turns.get(names.kept(name)) }),
                shelfOf: (collection: string) => shelvesOf(names.kept(name))(collection, settings.metadata),
              };
        inUse.set(name, { settings: text, connected });
        turns.set(names.kept(name), connected.turns);
        connected.turns.expectFor(settings.timeouts.late);
      }
      const kept = new Set([...inUse.values()].map(({ connected }) => connected));
      for (const { connected } of before.values()) if (!kept.has(connected)) unused.add(connected);
      return new Map([...inUse].map(([name, { connected }]) => [name, connected]));
    },
    closeUnused: async () => {
      const some = [...unused];
      unused.clear();
      await close(some);
    },
    close: () => close([...unused, ...[...inUse.values()].map(({ connected }) => connected)]),
    areQuiet: () => [...turns.values()].every(({ isQuiet }) => isQuiet),
  };
}

/** Connects an upstream by its settings; nothing is called yet. */
export function connect(
  name: string,
  settings: UpstreamConfig,
  { clock, random, log, newId, shared, wasKilled = false, turns, watchOf, keysOfTools }: Surroundings,
): Connected {
  const { baseUrl, prefixes, concurrency, timeouts, retry, failuresToOpen } = settings;
  const services = { gradebook: baseUrl + prefixes.gradebook, rostering: baseUrl + prefixes.rostering };
  const dressing: Dressing = { profile: PROFILES[settings.profile], services, now: clock };
  const transport = createTransport({ connections: concurrency, maxBytes: settings.largestAnswer });
  const circuit = createCircuit(failuresToOpen);
  const slots = createSlots(concurrency);
  const watch = watchOf?.(name);
  const send = tokenSender(settings, {
    transport,
    clock,
    watch,
    refused: (code) => log('warn', 'upstream token', { upstream: name, code }),
  });
  const auth = { ...settings.auth, scope: settings.auth.scope ?? dressing.profile.scope };
  const credentials = createOutgoing(auth, send);
  const upstream = createUpstream({
    transport,
    credentials,
    circuit,
    slots,
    watch: watch && byRoute(watch, Object.values(services)),
    retry,
    callTimeout: timeouts.call,
    clock,
    random,
    secrets: { own: settings.auth.clientSecret, keysOfTools: () => keysOfTools?.() ?? [] },
  });
  const register = createRegister({ upstream, dressing });
  return {
    upstream,
    transport,
    dressing,
    probeUrl: `${services.gradebook}/categories?limit=1`,
    register,
    roster: createRoster(register, clock),
    place: createPlacement(register),
    turns:
      turns ??
      createTurns({
        clock,
        random,
        newId,
        late: timeouts.late,
        shared,
        // Where replicas share leases, those of the killed one tell which objects it was writing.
        quietUntil: wasKilled && shared === undefined ? clock() + timeouts.late : 0,
      }),
    isOutage: () => circuit.isOpen,
    slots,
    credentials,
    credentialsBy: (how) => createOutgoing({ ...auth, ...how }, send),
  };
}

interface Sending {
  readonly transport: Transport;
  readonly clock: () => number;
  readonly watch: RouteWatch | undefined;
  readonly refused: (code: string) => void;
}

/** Tokens are shared, so that none belongs to the trace of whoever happens to ask first. */
const TOKEN_EXCHANGE = { method: 'POST', route: 'token', tries: 1, trace: undefined } as const;

function tokenSender(
  { timeouts }: UpstreamConfig,
  { transport, clock, watch, refused }: Sending,
): SendTokenRequest {
  return async ({ deadline, ...request }) => {
    // Whoever asks first sets the pace; who joins later has later deadlines.
    const timeout = Math.max(1, Math.min(timeouts.call, deadline - clock()));
    const watched = watch?.begin(TOKEN_EXCHANGE);
    try {
      const answer = await transport.exchange({ method: 'POST', timeout, ...request });
      watched?.end(answer.status);
      return { ...answer, wait: waitOf(answer, clock()) };
    } catch (error) {
      if (error instanceof TransportError) watched?.end(error.fault);
      const fault = error instanceof TransportError ? faultError(error.fault, error) : error;
      if (fault instanceof GradebridgeError) refused(fault.code);
      throw fault;
    }
  };
}
