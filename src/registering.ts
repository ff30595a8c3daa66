import type { LookupParts } from './admin/lookups.ts';
import type { KeySetLook } from './admin/ports.ts';
import type { RegistryRouteParts } from './admin/registry.ts';
import type { Administered } from './administered.ts';
import type { Keyring } from './auth/keyring.ts';
import { createCache } from './cache.ts';
import type { LoadedConfig, ReadResult } from './config/load.ts';
import type { EntryName } from './config/registered.ts';
import type { Connected } from './connect.ts';
import { OPEN_STATES } from './core/delivery.ts';
import { lookAtKeySet } from './doctor/key-sets.ts';
import { causesOf } from './log.ts';
import { createRegistry, type Registry } from './registry/registry.ts';
import type { Store } from './store/store.ts';
import { activeMappings } from './workbench/active.ts';

interface Registering {
  /** Reads the configuration file as it lies there now. */
  readonly read: () => ReadResult;
  readonly clock: () => number;
}

/** Tools and contexts in an opened store, over a configuration file: for the console and for the command line. */
export function registryOn(store: Store, { read, clock }: Registering): Registry {
  return createRegistry({
    store: store.registry,
    read,
    active: () => activeMappings(store),
    isPromised: (entry, formerNames) => isPromised(store, entry, formerNames),
    clock,
  });
}

async function isPromised(
  { deliveries }: Store,
  { kind, name }: EntryName,
  formerNames: readonly string[],
): Promise<boolean> {
  const names = [...formerNames, name];
  for (const state of OPEN_STATES) {
    const filter = { state, ...(kind === 'tool' ? { tool: names } : { context: names }) };
    if ((await deliveries.list(filter, 1)).length > 0) return true;
  }
  return false;
}

/** An ltik stands for one launch and lasts a day (LTIAAS API 2.0). Seconds. */
export const LTIK_LIFETIME = 86_400;

/** Signs service keys and ltiks as `gradebridge keys issue` does. */
export function issuing({ sign }: Pick<Keyring, 'sign'>): RegistryRouteParts['issue'] {
  return (claims, isLtik) => (isLtik ? sign('ltik', claims, LTIK_LIFETIME) : sign('serviceKey', claims));
}

/** Reloads, so that what the store holds is in force. What goes wrong is told: the change itself is made by then. */
export function settling({ reloads }: Pick<Administered, 'reloads'>): RegistryRouteParts['settle'] {
  return async () => {
    try {
      return (await reloads().reload()).findings;
    } catch (error) {
      const { file } = reloads().state();
      const remedy = 'look into the log, and reload';
      return [{ file, place: '/', message: `cannot be reloaded: ${causesOf(error)}`, remedy }];
    }
  };
}

/** Milliseconds for which what was found of a key set is told again, well or not: a page may be loaded often. */
const LOOKED_AT_FOR = 10_000;

interface Reachable {
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly clock: () => number;
}

/** What is looked up for somebody who registers a tool or a context. */
export function lookupsOf({ config }: LoadedConfig, { upstreams, clock }: Reachable): LookupParts {
  const looks = createCache<KeySetLook>({
    max: 1_000,
    ttl: LOOKED_AT_FOR,
    load: async (name) => {
      const found = await lookAtKeySet(config.tools[name] ?? {}, config.keySets);
      return { value: { ...found, lookedAt: clock() } };
    },
  });
  return {
    tools: config.tools,
    keySetOf: (name) => looks.get(name, undefined),
    classesOf: Object.fromEntries([...upstreams].map(([name, { register }]) => [name, register.classesWith])),
    patience: config.limits.request,
  };
}
