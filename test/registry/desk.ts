import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { completeConfig, type LoadResult, type ReadResult, readConfig } from '../../src/config/load.ts';
import { NONE_ACTIVE } from '../../src/config/mappings.ts';
import type { EntryName } from '../../src/config/registered.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { storedOf } from '../../src/keep.ts';
import { createRegistry, type Registry } from '../../src/registry/registry.ts';
import { type OpenedStore, openStore } from '../../src/store/store.ts';
import type { Kind } from '../store/databases.ts';

export const ALICE = { who: 'alice', why: 'A new tool' } as const;
/** 2026-03-06T10:00:00.250Z: not at the beginning of a second. */
export const NOW = 1_772_791_200_250;

export const FILE: JsonObject = {
  version: 1,
  upstreams: {
    school: {
      profile: 'timeback',
      baseUrl: 'http://127.0.0.1:9',
      auth: { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' },
    },
  },
  contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-api-key' } },
};

export const QUIZZER: EntryName = { kind: 'tool', name: 'quizzer' };
export const DRILL: EntryName = { kind: 'tool', name: 'drill' };
export const MATH: EntryName = { kind: 'context', name: 'math-101' };
export const SCIENCE: EntryName = { kind: 'context', name: 'science-7' };
export const SCIENCE_ENTRY: JsonObject = { upstream: 'school', class: 'class-2', category: 'category-2' };

export interface Shelf {
  readonly store: OpenedStore;
  readonly registry: Registry;
  /** What a gateway would load now. */
  load(): Promise<LoadResult>;
}

export interface ShelfOptions {
  readonly file?: () => JsonObject;
  readonly isPromised?: (entry: EntryName) => boolean;
}

/** Opens the store of a kind, with a registry over a file. */
export async function openShelf(
  t: TestContext,
  place: Awaited<ReturnType<Kind['newPlace']>>,
  { file = () => FILE, isPromised = () => false }: ShelfOptions = {},
): Promise<Shelf> {
  const store = await openStore(place, { clock: () => NOW });
  t.after(() => store.close());
  const read = (): ReadResult => readConfig(file(), join('/etc', 'gradebridge.config.json'), {});
  const registry = createRegistry({
    store: store.registry,
    read,
    active: async () => NONE_ACTIVE,
    isPromised: async (entry) => isPromised(entry),
    clock: () => NOW,
  });
  const load = async (): Promise<LoadResult> => {
    const found = read();
    return 'config' in found ? completeConfig(found, await storedOf(store)) : found;
  };
  return { store, registry, load };
}
