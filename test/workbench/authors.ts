import type { TestContext } from 'node:test';
import type { OpenedStore } from '../../src/store/store.ts';
import { benchHere } from '../../src/workbench/bench.ts';
import { judge } from '../../src/workbench/judge.ts';
import type { MappingConfig } from '../../src/workbench/ports.ts';
import { createVersions, type Versions } from '../../src/workbench/versions.ts';
import type { Kind } from '../store/databases.ts';

/** Two contexts of one class of documents; nothing else of a configuration says which mappings there are. */
export const CONFIG = {
  contexts: {
    'math-101': { family: 'lineItems', mappings: {} },
    'science-7': { family: 'lineItems', mappings: { lineItem: 'science' } },
  },
} as unknown as MappingConfig;

export const ALICE = { who: 'alice', why: 'A new field' };

/** Enough for losses as plain as those of these tests; how thoroughly a mapping is judged is tried elsewhere. */
const FEW = { runs: 40, milliseconds: 20_000 };

export interface Shelf {
  readonly store: OpenedStore;
  readonly versions: Versions;
}

/** Versions in a store of one kind, as one replica sees them. */
export async function openShelf(t: TestContext, kind: Kind, config = CONFIG): Promise<Shelf> {
  const store = await kind.open(t);
  const versions = createVersions({
    store: store.mappings,
    config: () => config,
    bench: {
      judge: async (text, name) => judge(text, { ...FEW, name, clock: Date.now }).judged,
      faultsIn: benchHere(Date.now).faultsIn,
    },
    clock: () => Date.UTC(2026, 2, 1),
  });
  return { store, versions };
}
