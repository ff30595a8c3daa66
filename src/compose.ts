import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createWatching } from './administer.ts';
import type { Keyring } from './auth/keyring.ts';
import type { Config, Finding } from './config/config.ts';
import type { LoadedConfig, LoadResult, ReadResult } from './config/load.ts';
import { createConnections } from './connect.ts';
import { canonical } from './core/identity.ts';
import type { Json } from './core/json.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { heapShare, watchHeap } from './heap.ts';
import { createMetricsListener, pathOf } from './http/metrics.ts';
import { beginServing, openConfiguredStore, openKeys, rememberMappings, storedRevision } from './keep.ts';
import { keepKnown } from './known.ts';
import { causesOf, type Log } from './log.ts';
import { openTelemetry } from './observe.ts';
import { createReloads, follow, type Reloads, type Source } from './reload.ts';
import { composeRevision } from './revision.ts';
import type { OpenedStore } from './store/store.ts';
import { createStoreReadiness } from './store-readiness.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { watchTogether } from './upstream/watch.ts';

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
  /** Reads the configuration again, and tries the laws on its mappings; without it, nothing can be reloaded. */
  readonly load?: () => Promise<LoadResult>;
  /** Reads the configuration file again, without what the store holds; what was there at the start, when it is not given. */
  readonly read?: () => ReadResult;
  /** The files that a configuration came from; without it, `load` says whether they still say what is in force. */
  readonly source?: (loaded: LoadedConfig) => Source;
  /** Where the files of the console are; those that come with the package when it is not given. */
  readonly console?: string;
}

/** The gateway, composed and not yet listening. */
export interface Service {
  readonly listener: RequestListener;
  /** Shows metrics on the port of their own, where the configuration wants that. */
  readonly metrics: RequestListener | undefined;
  readonly keyring: Keyring;
  readonly store: OpenedStore;
  /** The configuration that requests meet, and others in its place: those that are under way end on the one they began with. */
  readonly reloads: Reloads;
  /** From now on `/readyz` says that nobody should send anything new, no delivery begins, and `limits.drain` runs. */
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

async function composeOn(store: OpenedStore, loaded: LoadedConfig, world: World): Promise<Service> {
  const keyring = await openKeys(store, world.clock);
  const secret = await store.settings.settle(REVISIONS, randomBytes(32).toString('base64url'));
  await rememberMappings(store, loaded, world.clock);
  const serving = await beginServing(store, loaded.config);
  const { wasKilled } = serving;
  const telemetry = await openTelemetry(loaded.config, {
    ...world,
    upstreams: () => revision.upstreams,
    revision: () => reloads.state(),
    deliveries: store.deliveries.count,
  });
  const { leases: shared, stashes } = store;
  const watching = createWatching(loaded.config.admin, { ...world, store });
  const connections = createConnections({
    ...world,
    newId: randomUUID,
    stashes,
    shared,
    wasKilled,
    keysOfTools: () => Object.values(revision.config.tools).flatMap(({ apiKey }) => apiKey ?? []),
    watchOf: watchTogether(telemetry?.upstream, watching?.upstream),
  });
  // Where it cannot be written down, earlier ids are still known by their paths.
  const seen = (next: LoadedConfig): Promise<readonly string[]> =>
    keepKnown(store.settings, next.config).catch((error: unknown) => {
      world.log('warn', 'store', { cause: causesOf(error) });
      return [];
    });
  const heap = watchHeap(world.heapShare ?? heapShare, loaded.config.limits.heap);
  let isDraining = false;
  const load = world.load ?? (async () => loaded);
  const read = world.read ?? (() => loaded.inFile);
  const lasting = {
    ...{ ...world, store, keyring, telemetry, isFull: heap.isFull, isDraining: () => isDraining },
    ...{ watching, load, read, reloads: () => reloads, seenUrls: () => seenUrls },
    storeReadiness: createStoreReadiness({ ...world, store }),
  };
  let seenUrls = await seen(loaded);
  const compose = (next: LoadedConfig) =>
    composeRevision(next, connections.use(next.config.upstreams), lasting);
  let revision = compose(loaded);
  const swap = async (next: LoadedConfig): Promise<readonly Finding[]> => {
    const findings = fixed(revision.config, next);
    if (findings.length > 0) return findings;
    seenUrls = await seen(next);
    await rememberMappings(store, next, world.clock);
    const before = revision;
    revision = compose(next);
    const { request, drain } = before.config.limits;
    before
      .stop(Math.max(request, drain))
      .then(() => connections.closeUnused())
      .catch((error: unknown) => world.log('warn', 'reload', { cause: causesOf(error) }));
    return [];
  };
  const reloads = createReloads({
    loaded,
    ...{ secret, load, swap },
    ...sourceOf(world, store),
    clock: world.clock,
    reloaded: ({ id, findings }, isChanged) => {
      const isRefused = findings.length > 0;
      const told = { revision: id, isChanged, findings: findings.length };
      world.log(isRefused ? 'error' : 'info', 'reload', told);
      telemetry?.reloaded(isRefused ? 'refused' : isChanged ? 'changed' : 'same');
    },
  });
  const unfollow = world.load && follow(() => storedRevision(store), reloads.reload);
  let drainedBy: number | undefined;
  const stop = (): Promise<void> => {
    unfollow?.();
    drainedBy ??= performance.now() + revision.config.limits.drain;
    return revision.stop(Math.max(0, drainedBy - performance.now()));
  };
  const close = async (): Promise<void> => {
    heap.close();
    await stop();
    await connections.close();
    await serving.end(connections.areQuiet()).catch(() => undefined);
    await store.close();
    await telemetry?.close();
  };
  return {
    ...listeners(
      (request, response) => revision.listener(request, response),
      telemetry,
      loaded.config,
      world.log,
    ),
    keyring,
    store,
    reloads,
    drain: () => {
      isDraining = true;
      void watching?.end();
      // Together with the requests under way, so that both have all of the time; `close` waits for it, and hears what goes wrong.
      stop().catch(() => undefined);
    },
    close,
  };
}

/** Files and store: an activation at another replica, or by a command, is a change as well. */
function sourceOf({ source }: World, store: OpenedStore): { readonly source?: (of: LoadedConfig) => Source } {
  if (source === undefined) return {};
  return {
    source: (loaded) => {
      const { files, stamp, print } = source(loaded);
      const withStore = async (look: () => Promise<string>): Promise<string> =>
        `${await storedRevision(store)} ${await look()}`;
      return { files, stamp: () => withStore(stamp), print: () => withStore(print) };
    },
  };
}

/** The name of the secret by which revisions are named, among the settings. */
const REVISIONS = 'revisions';

/** What the ports show: the tools' own, and that of metrics, which tools may share. */
function listeners(
  listener: RequestListener,
  telemetry: Telemetry | undefined,
  { metrics: settings }: Config,
  log: Log,
): Pick<Service, 'listener' | 'metrics'> {
  const scrape = telemetry?.scrape;
  if (settings === undefined || scrape === undefined) return { listener, metrics: undefined };
  const { path, token } = settings;
  const failed = (error: unknown): void => log('error', 'metrics', { cause: causesOf(error) });
  const metrics = createMetricsListener({ path, token, scrape, failed });
  if (settings.listen !== undefined) return { listener, metrics };
  return {
    listener: (request, response) =>
      pathOf(request) === path ? metrics(request, response) : listener(request, response),
    metrics: undefined,
  };
}

/** What cannot be changed while the gateway listens. */
const FIXED: readonly (readonly [string, (config: Config) => unknown])[] = [
  ['/listen', ({ listen }) => listen],
  ['/store', ({ store }) => store],
  ['/log', ({ log }) => log],
  ['/metrics', ({ metrics }) => metrics],
  ['/traces', ({ traces }) => traces],
  ['/limits/heap', ({ limits }) => limits.heap],
  ['/limits/connections', ({ limits }) => limits.connections],
  ['/limits/address/connections', ({ limits }) => limits.address.connections],
  ['/admin/traffic', ({ admin }) => admin?.traffic ?? null],
];

function fixed(before: Config, { config, file }: LoadedConfig): readonly Finding[] {
  const isSame = (value: (config: Config) => unknown): boolean =>
    canonical(value(before) as Json) === canonical(value(config) as Json);
  return FIXED.filter(([, value]) => !isSame(value)).map(([place]) => ({
    file,
    place,
    message: 'cannot be changed while the gateway runs',
    remedy: 'restart the gateway, or set it back',
  }));
}
