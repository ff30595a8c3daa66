import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../core/call.ts';
import type { JsonObject } from '../core/json.ts';
import type { Shelved } from '../core/shelved.ts';

/** One collection at one upstream: `{ upstream: 'timeback', collection: 'lineItems' }`. */
export interface Place {
  readonly upstream: string;
  readonly collection: string;
}

interface StashOptions {
  /** Also into a store that is lost with this process. */
  readonly isUnchecked: boolean;
}

/** Where metadata is kept that upstreams drop, and which upstreams do. */
export interface Stashes {
  /** Undefined when nobody has found out yet. */
  drops(place: Place): Promise<boolean | undefined>;
  /** What is kept of an upstream that does not drop metadata is forgotten. */
  found(place: Place, drops: boolean): Promise<void>;
  read(place: Place, sourcedIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>>;
  write(
    place: Place,
    kept: { readonly sourcedId: string; readonly metadata: JsonObject },
    how: StashOptions,
  ): Promise<void>;
  remove(place: Place, sourcedId: string, how: StashOptions): Promise<void>;
}

/** Who keeps the metadata of a collection: whoever is found to, the upstream in any case, or the store in any case. */
export type MetadataMode = 'auto' | 'kept' | 'stored';

export interface ShelvesParts {
  readonly upstream: string;
  readonly stashes: Stashes;
  /** Whether other processes write to the same upstream with the same store. */
  readonly isShared: boolean;
  readonly clock: () => number;
  /** Is told once when this process finds that the upstream drops the metadata of a collection. */
  readonly dropped: (collection: string) => void;
}

/** The shelves of one upstream. Those of a collection know the same, whatever their mode. */
export type Shelves = (collection: string, mode: MetadataMode) => Shelf;

/** What is known of a collection. Until it was seen to keep metadata, or to drop it, the store keeps it as well. */
export type Habit = 'unknown' | 'keeps' | 'drops';

/** What the store holds of the metadata of one collection, and whether the store is where to look for it. */
export interface Shelf {
  /** Whether dropping is looked for. */
  readonly isWatched: boolean;
  /** What this process may rely on now. It asks the store now and then, at most. */
  habit(): Habit | Promise<Habit>;
  /** Resolves when every process looks into the store, so that something may be laid there that is nowhere else. */
  open(): Promise<void>;
  /** Whether this very process has seen that the upstream keeps metadata although its answers do not show it. */
  isSilent(): boolean;
  /** This process has seen that the upstream drops metadata. */
  seenToDrop(): Promise<void>;
  /**
   * This process has seen that the upstream keeps metadata, also inside of objects.
   *
   * @param how in its answer to the write, or only when it was read back
   */
  seenToKeep(how: 'answered' | 'read back'): Promise<void>;
  read(sourcedIds: readonly string[]): Promise<ReadonlyMap<string, Shelved>>;
  /**
   * @param shelved undefined when nothing is left to keep
   * @param call no tool waits for what keeps a promise: a grade is delivered also from a store that is lost, metadata or not
   */
  lay(sourcedId: string, shelved: Shelved | undefined, call: Call): Promise<void>;
}

/**
 * For how long a process that shares its store relies on an upstream keeping metadata before it asks the store again.
 * Milliseconds. Whoever finds the opposite waits that long before it lays anything into the store.
 */
const RELIANCE = 1_000;

/** @example const shelf = createShelves(parts)('lineItems', 'auto') */
export function createShelves(parts: ShelvesParts): Shelves {
  const known = new Map<string, Knowledge>();
  return (collection, mode) => {
    const place = { upstream: parts.upstream, collection };
    const knowledge = known.get(collection) ?? createKnowledge(place, parts);
    known.set(collection, knowledge);
    if (mode === 'stored') knowledge.settle('drops');
    return createShelf({ place, mode, knowledge }, parts);
  };
}

interface ShelfParts {
  readonly place: Place;
  readonly mode: MetadataMode;
  readonly knowledge: Knowledge;
}

function createShelf({ place, mode, knowledge }: ShelfParts, { stashes, dropped }: ShelvesParts): Shelf {
  return {
    isWatched: mode !== 'kept',
    habit: mode === 'kept' ? () => 'keeps' : knowledge.habit,
    open: knowledge.open,
    isSilent: knowledge.isSilent,
    seenToDrop: async () => {
      if (!knowledge.settle('drops')) return;
      dropped(place.collection);
      await stashes.found(place, true);
    },
    seenToKeep: async (how) => {
      if (how === 'read back') knowledge.trustSilence();
      if (mode === 'kept' || (await knowledge.habit()) !== 'unknown') return;
      await stashes.found(place, false);
      knowledge.settle('keeps');
    },
    read: async (sourcedIds) => (await stashes.read(place, sourcedIds)) as ReadonlyMap<string, Shelved>,
    lay: (sourcedId, shelved, { tool }) => {
      const how = { isUnchecked: tool === undefined };
      return shelved === undefined
        ? stashes.remove(place, sourcedId, how)
        : stashes.write(place, { sourcedId, metadata: { ...shelved } as JsonObject }, how);
    },
  };
}

interface Knowledge extends Pick<Shelf, 'habit' | 'open' | 'isSilent'> {
  trustSilence(): void;
  /** @returns whether this is news */
  settle(habit: Habit): boolean;
}

function createKnowledge(place: Place, { stashes, isShared, clock }: ShelvesParts): Knowledge {
  let known: Habit | undefined;
  let isSilent = false;
  let askedAt = clock();
  let asking: Promise<Habit> | undefined;
  let opening: Promise<void> | undefined;
  const isForGood = (): boolean => known === 'drops' || !isShared;
  const ask = async (): Promise<Habit> => {
    const now = clock();
    const drops = await stashes.drops(place);
    const told = drops === undefined ? 'unknown' : drops ? 'drops' : 'keeps';
    [known, askedAt] = [known === 'drops' ? known : told, now];
    return known;
  };
  const announce = async (): Promise<void> => {
    await stashes.found(place, true);
    if (isShared) await sleep(RELIANCE);
  };
  return {
    habit: () => {
      if (known !== undefined && isForGood()) return known;
      const age = clock() - askedAt;
      // A clock that was put back must not prolong it.
      const isGood = known !== undefined && age >= 0 && age < RELIANCE;
      if (isGood && age < RELIANCE / 2) return known as Habit;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      if (!isGood) return asking;
      // Asked in good time, so that nobody waits; a store that fails is met by whoever must ask it.
      asking.catch(() => undefined);
      return known as Habit;
    },
    open: () => {
      opening ??= announce().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    isSilent: () => isSilent,
    trustSilence: () => {
      isSilent = true;
    },
    settle: (habit) => {
      const isNews = known !== habit && known !== 'drops';
      if (isNews) known = habit;
      return isNews;
    },
  };
}
