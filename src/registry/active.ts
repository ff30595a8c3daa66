import type { StoredEntry } from '../config/registered.ts';
import type { JsonObject } from '../core/json.ts';
import type { EntryChange, RegistryStore } from './ports.ts';

/**
 * The tools and contexts that the store holds, for `completeConfig`.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 * @example completeConfig(read, { active, entries: await registeredEntries(store) })
 */
export async function registeredEntries({
  registry,
}: {
  readonly registry: Pick<RegistryStore, 'latest'>;
}): Promise<readonly StoredEntry[]> {
  return entriesOf(await registry.latest());
}

/** What the last changes leave of each name: nothing of those that were forgotten. */
export function entriesOf(latest: readonly EntryChange[]): readonly StoredEntry[] {
  return latest.flatMap(({ kind, name, document }) =>
    document === null ? [] : [{ kind, name, document: JSON.parse(document) as JsonObject }],
  );
}
