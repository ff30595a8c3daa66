import { createHmac } from 'node:crypto';
import type { Finding } from './config/config.ts';
import type { LoadedConfig, LoadResult } from './config/load.ts';
import { canonical } from './core/identity.ts';
import type { Json } from './core/json.ts';

/** The configuration that is in force, and what is known of the one on disk. */
export interface RevisionState {
  /** A digest of configuration and mappings: the same content has the same id, on every replica. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  readonly file: string;
  /** What stood in the way of the last reload; empty when it went well. */
  readonly findings: readonly Finding[];
}

export interface Reloads {
  state(): RevisionState;
  /** Takes what is on disk now, whole or not at all. */
  reload(): Promise<RevisionState>;
  /** Whether what is on disk is what is in force. */
  isCurrent(): Promise<boolean>;
  /** The same, when it can be told without loading anything; false when it cannot. */
  isSurelyCurrent(): Promise<boolean>;
}

/** What a configuration came from: looked at cheaply, and read when it looks different. */
export interface Source {
  /** Which files they are. */
  readonly files: string;
  /** The same as long as nothing was written. */
  stamp(): Promise<string>;
  /** The same as long as it says the same. */
  print(): Promise<string>;
}

export interface ReloadParts {
  readonly loaded: LoadedConfig;
  /** Known to the replicas alone: an id is shown to people, and what it is made of holds secrets that could be guessed by it. */
  readonly secret: string;
  /** Reads the configuration again, and tries the laws on its mappings. */
  readonly load: () => Promise<LoadResult>;
  /** The files and the store that a configuration came from; without it, they are read again whenever somebody looks. */
  readonly source?: (loaded: LoadedConfig) => Source;
  /** Puts it in force. @returns what stands in its way */
  readonly swap: (loaded: LoadedConfig) => Promise<readonly Finding[]>;
  readonly clock: () => number;
  /** Is told of each attempt. */
  readonly reloaded: (state: RevisionState, isChanged: boolean) => void;
}

/**
 * Reloads: load, validate, prove, swap. On any problem what is in force stays, and the problem is told until a reload goes well.
 *
 * @example const reloads = createReloads(parts); (await reloads.reload()).findings // []
 */
export function createReloads(parts: ReloadParts): Reloads {
  const { loaded, secret, load, swap, clock, reloaded } = parts;
  let state: RevisionState = {
    id: revisionOf(loaded, secret),
    loadedAt: clock(),
    file: loaded.file,
    findings: [],
  };
  const sightOf = async (of: LoadedConfig): Promise<Sight | undefined> => {
    const source = parts.source?.(of);
    return source && sightOn(source);
  };
  let inForce = loaded;
  let sight = sightOf(loaded);
  const take = async (): Promise<RevisionState> => {
    // Before it is read, so that what is written meanwhile is seen as something else.
    const before = await sightOf(inForce);
    const next = await load();
    const id = 'findings' in next ? state.id : revisionOf(next, secret);
    const isChanged = id !== state.id;
    const findings = 'findings' in next ? next.findings : isChanged ? await swap(next) : [];
    if ('config' in next && findings.length === 0) {
      inForce = next;
      const isOfSameFiles = before?.files === parts.source?.(next).files;
      sight = isOfSameFiles ? Promise.resolve(before) : sightOf(next);
    }
    if (findings.length > 0) state = { ...state, findings };
    else state = { ...state, id, findings, ...(isChanged && { loadedAt: clock() }) };
    reloaded(state, isChanged && findings.length === 0);
    return state;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    state: () => state,
    reload: () => {
      const mine = last.then(take, take);
      last = mine;
      return mine;
    },
    isSurelyCurrent: async () => (await sight)?.isSame() ?? false,
    isCurrent: async () => {
      const seen = await sight;
      if (seen !== undefined) return seen.isSame();
      const onDisk = await load();
      return !('findings' in onDisk) && revisionOf(onDisk, secret) === state.id;
    },
  };
}

interface Sight {
  readonly files: string;
  isSame(): Promise<boolean>;
}

/** Remembers how a source looks and what it says; it is read again only when it looks otherwise than at the last look. */
async function sightOn(source: Source): Promise<Sight> {
  const [stamp, print] = await Promise.all([source.stamp(), source.print()]);
  let last = { stamp, isSame: true };
  return {
    files: source.files,
    isSame: async () => {
      const now = await source.stamp();
      if (now !== last.stamp) last = { stamp: now, isSame: (await source.print()) === print };
      return last.isSame;
    },
  };
}

/** Milliseconds between two looks at what other replicas, or a command line, have made active. */
const LOOK_AGAIN = 2_000;

/**
 * Reloads when a number in the store has changed: somebody has made a version of a mapping active, here or at another replica.
 *
 * @returns what ends it
 * @example const stop = follow(() => store.mappings.revision(), () => reloads.reload())
 */
export function follow(revision: () => Promise<number>, reload: () => Promise<unknown>): () => void {
  // One that was made active while this process started may have been missed.
  let seen = 0;
  let isLooking = false;
  const look = async (): Promise<void> => {
    const now = await revision();
    if (now !== seen) await reload();
    seen = now;
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // A store that cannot be read just now has nothing new to say.
    look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_AGAIN).unref();
  return () => clearInterval(timer);
}

/** The id of what a configuration says, its mappings included: 22 characters, the same for everybody who has the secret. */
export function revisionOf({ config, lenses }: LoadedConfig, secret: string): string {
  const mappings = [...lenses].map(([context, { lineItem, result }]) => [
    context,
    lineItem.plan.mapping,
    result.plan.mapping,
  ]);
  const text = canonical([config, mappings] as unknown as Json);
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
}
