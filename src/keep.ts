import { randomUUID } from 'node:crypto';
import { rememberedCaller } from './auth/caller.ts';
import { type Keyring, newKeySet, openKeyring } from './auth/keyring.ts';
import type { Config } from './config/config.ts';
import type { LoadedConfig } from './config/load.ts';
import { NONE_ACTIVE } from './config/mappings.ts';
import type { Stored } from './config/registered.ts';
import type { Connected } from './connect.ts';
import type { AlignResults } from './core/alignment.ts';
import { type Delivery, deliveryKind } from './core/delivery.ts';
import { GradebridgeError } from './core/errors.ts';
import { formerOf } from './core/names.ts';
import type { Caller, Operation } from './core/operation.ts';
import { createAttempts } from './delivery/attempts.ts';
import { type Chore, startHousekeeping } from './delivery/housekeeping.ts';
import { createPump, type Pump } from './delivery/pump.ts';
import type { Gateway } from './gateway/gateway.ts';
import { causesOf, type Log } from './log.ts';
import { registeredEntries } from './registry/active.ts';
import { configNames, withPresentNames } from './renamed.ts';
import { claimFile, claimStore } from './store/claim.ts';
import type { PeekedConfig } from './store/peek.ts';
import type { Settings } from './store/settings.ts';
import { KEYS, type OpenedStore, openStore, SERVING, type StoreOptions } from './store/store.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { activeMappings } from './workbench/active.ts';

/**
 * Opens the store that the configuration names.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE when it cannot be reached, made or brought up to date
 */
export async function openConfiguredStore(
  { store }: Pick<Config, 'store'>,
  { log, ...options }: Omit<StoreOptions, 'lost'> & { readonly log?: Log },
): Promise<OpenedStore> {
  const lost = (error: Error): void => {
    if (error instanceof GradebridgeError)
      log?.('error', 'store', { code: error.code, cause: causesOf(error) });
    else log?.('warn', 'store', { cause: causesOf(error) });
  };
  try {
    return await openStore(store, { ...options, lost });
  } catch (cause) {
    const detail = `${placeOf(store)} cannot be opened`;
    throw new GradebridgeError('STORE_UNAVAILABLE', { detail, cause });
  }
}

/** Where a store is, for people: without user and password. */
export function placeOf(store: Config['store']): string {
  if ('sqlite' in store) return store.sqlite;
  const { host, pathname } = new URL(store.postgres);
  return `PostgreSQL at ${host}${pathname}`;
}

/** What a store has to say to the configuration that names it: `completeConfig(read, await storedOf(store))`. */
export async function storedOf({
  mappings,
  registry,
}: Pick<PeekedConfig, 'mappings' | 'registry'>): Promise<Stored> {
  return {
    active: mappings === undefined ? NONE_ACTIVE : await activeMappings({ mappings }),
    entries: registry === undefined ? [] : await registeredEntries({ registry }),
  };
}

/**
 * Notes the mappings that come into force before they write anything: what they write can be read for as long as the store lasts, also
 * when their files are changed.
 */
export async function rememberMappings(
  { mappings }: Pick<OpenedStore, 'mappings'>,
  { lenses }: Pick<LoadedConfig, 'lenses'>,
  clock: () => number,
): Promise<void> {
  const plans = [...lenses.values()].flatMap(({ lineItem, result }) => [lineItem.plan, result.plan]);
  const byDigest = new Map(plans.map(({ digest, mapping: { examples: _, ...rows } }) => [digest, rows]));
  const at = clock();
  const noted = [...byDigest].map(([digest, rows]) => ({ digest, text: JSON.stringify(rows), at }));
  if (noted.length > 0) await mappings.remember(noted);
}

/** A number that grows with everything that a store has to say to a configuration. */
export async function storedRevision({ mappings, registry }: OpenedStore): Promise<number> {
  return (await mappings.revision()) + (await registry.revision());
}

/** Opens the gateway's own keys, which are made when there are none. */
export function openKeys(
  { settings }: { readonly settings: Settings },
  clock: () => number,
): Promise<Keyring> {
  const read = async (): Promise<string> =>
    (await settings.read(KEYS)) ?? settings.settle(KEYS, await newKeySet(randomUUID()));
  return openKeyring(read, clock);
}

export interface Serving {
  readonly wasKilled: boolean;
  /**
   * Gives the store back.
   *
   * @param isQuiet whether nothing that was written may still arrive; else the note stays, and whoever comes next waits
   */
  end(isQuiet: boolean): Promise<void>;
}

/**
 * Notes that a process serves from this store. Of SQLite there is one at a time; a note that is there already is of one that
 * was killed in the middle of its work, or stopped too soon after it: what it was writing may still arrive.
 *
 * @throws StoreInUse
 */
export async function beginServing(
  { settings, deliveries, alsoWatch }: OpenedStore,
  { store }: Pick<Config, 'store'>,
): Promise<Serving> {
  if ('postgres' in store) return { wasKilled: false, end: async () => {} };
  const release = claimStore(store.sqlite);
  // Without the file of the lock, another gateway could begin on the same store.
  alsoWatch(claimFile(store.sqlite));
  const wasKilled = (await settings.read(SERVING)) !== undefined;
  if (wasKilled) await deliveries.release();
  await settings.write(SERVING, String(process.pid));
  const end = async (isQuiet: boolean): Promise<void> => {
    try {
      if (isQuiet) await settings.remove(SERVING);
    } finally {
      release();
    }
  };
  return { wasKilled, end };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function choresOf(store: OpenedStore, { admin, deliveries }: Config): readonly Chore[] {
  return [
    (now) => store.deliveries.forget(now - deliveries.keep * HOUR),
    (now) => store.usedOnce.forget(now),
    (now) => store.repeatables.forget(now),
    async () => store.leases?.forget(),
    (now) => store.adminSessions.forget(now),
    (now) => store.adminJobs.forget(now),
    async (now) => {
      // Without a console nobody has said how long.
      if (admin === undefined) return;
      await store.audit.forget(now - admin.auditDays * DAY);
      await store.left.forget(now - admin.auditDays * DAY);
    },
  ];
}

interface Keeping {
  readonly config: Config;
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly gateway: Gateway;
  readonly world: {
    readonly clock: () => number;
    readonly random: () => number;
    readonly log: Log;
    readonly telemetry?: Telemetry | undefined;
  };
}

/** Keeps what was promised, and forgets what is over: from now until it is stopped. */
export function startKeeping(store: OpenedStore, keeping: Keeping): Pick<Pump, 'wake' | 'stop'> {
  const { config, world } = keeping;
  const pump = pumpOf(store, keeping);
  const housekeeping = startHousekeeping(choresOf(store, config), world.clock, (error) =>
    world.log('warn', 'housekeeping', { cause: causesOf(error) }),
  );
  pump.start();
  return {
    wake: pump.wake,
    stop: async (patience) => {
      await pump.stop(patience);
      await housekeeping.stop();
    },
  };
}

/** What an attempt may need after its deadline to say what came of it. */
const MARGIN = 5_000;

/** The pump, which does with the gateway what was promised. */
function pumpOf(store: OpenedStore, { config, upstreams, gateway, world }: Keeping): Pump {
  const { clock, random, log, telemetry } = world;
  const { request } = config.limits;
  const failed = (error: unknown): void => log('error', 'delivery', { cause: causesOf(error) });
  const workOf = ({ operation }: Delivery) => operation as unknown as Operation | AlignResults;
  const names = configNames(config);
  const callerOf = (delivery: Delivery): Caller => {
    const { tool, context } = withPresentNames(delivery, names);
    return rememberedCaller({ tool, context, former: formerOf({ tool, context }, names) });
  };
  const latest = Math.max(...Object.values(config.upstreams).map(({ timeouts }) => timeouts.late));
  return createPump({
    upstreams: new Map(
      [...upstreams].flatMap(([name, { isOutage }]) => {
        // The other half is for tools that wait for an answer.
        const atOnce = Math.max(1, Math.floor((config.upstreams[name]?.concurrency ?? 2) / 2));
        // What waits under a former name is for the same upstream.
        return names.upstreams.all(name).map((one) => [one, { isOutage, atOnce }] as const);
      }),
    ),
    store: store.deliveries,
    attempt: createAttempts({
      deliver: async (delivery, call) => {
        const caller = callerOf(delivery);
        // How its users become students is not known any more: the context's own way may name another student.
        const isKnown = Object.hasOwn(config.tools, caller.tool) || deliveryKind(delivery) === 'alignResults';
        if (!isKnown) throw new GradebridgeError('CONTEXT_NOT_ALLOWED');
        return gateway.deliver(workOf(delivery), { caller, call }, delivery);
      },
      standing: config.deliveries.verify
        ? (delivery, call) => gateway.standing(workOf(delivery), callerOf(delivery), call)
        : undefined,
      edited: ({ context }) =>
        config.contexts[names.contexts.current(context)]?.edits === 'hold' ? 'held' : 'discarded',
      watch: telemetry?.attempts,
      failed,
    }),
    policy: config.deliveries,
    attemptTimeout: request,
    lease: request + latest + MARGIN,
    lookAgain: config.deliveries.lookAgain,
    clock,
    random,
    newId: randomUUID,
    settled: (settled) => {
      const delivery = withPresentNames(settled, names);
      const { id, upstream, tool, context, state, attempts, errorCode } = delivery;
      log('info', 'delivery', { id, upstream, tool, context, state, attempts, code: errorCode });
      telemetry?.settled(delivery);
    },
    failed,
  });
}
