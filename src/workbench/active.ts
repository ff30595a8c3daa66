import type { ActiveMapping } from '../config/mappings.ts';
import type { MappingStore, StoredChange, StoredVersion } from './ports.ts';

/** What was made active, as far as it says what is. */
export type History = Pick<StoredChange, 'verb' | 'version'> & Partial<Pick<StoredChange, 'revision'>>;

/**
 * The versions of mappings that are active in the store, for `completeConfig`.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 * @example completeConfig(read, await activeMappings(store))
 */
export async function activeMappings({
  mappings,
}: {
  readonly mappings: Pick<MappingStore, 'changes' | 'find' | 'remembered'>;
}): Promise<ActiveMapping> {
  const [changes, remembered] = await Promise.all([mappings.changes(), mappings.remembered()]);
  const last = new Map(changes.map(({ name, version }) => [name, version]));
  const used = new Map(changes.map((change) => [`${change.name} ${change.version}`, change]));
  const texts = await Promise.all(
    [...used.values()].map(({ name, version }) => mappings.find(name, version)),
  );
  const found = texts.filter((text) => text !== undefined);
  const active = new Map(found.filter(isLast(last)).map((text) => [text.name, text]));
  const earlier = [...found.reverse(), ...remembered].map(({ text }) => text);
  return Object.assign((name: string) => active.get(name), { earlier });
}

function isLast(last: ReadonlyMap<string, number>): (text: StoredVersion) => boolean {
  return ({ name, version }) => last.get(name) === version;
}

/**
 * A number that grows with every activation and rollback: whoever has seen it knows whether anything is new.
 *
 * @throws GradebridgeError STORE_UNAVAILABLE
 * @example if ((await revisionOf(store)) !== seen) await reload()
 */
export function revisionOf({
  mappings,
}: {
  readonly mappings: Pick<MappingStore, 'revision'>;
}): Promise<number> {
  return mappings.revision();
}

/** What has happened to one mapping, as far as it counts now. */
export interface Standing {
  /** The version that is active, 0 when the file counts. */
  readonly active: number;
  /** What a rollback would make active. */
  readonly previous: number;
  /** The revision of the last change, 0 when there was none. */
  readonly revision: number;
  /** Every version that has ever been active. */
  readonly used: ReadonlySet<number>;
}

/**
 * Reads the changes of one name, oldest first: an activation lies on what was active before, and a rollback takes it away again.
 *
 * @example standingOf([activated(1), activated(2), rolledBack(1)]).active // 1
 */
export function standingOf(changes: readonly History[]): Standing {
  const stack: number[] = [];
  for (const { verb, version } of changes) {
    if (verb === 'activated') stack.push(version);
    else stack.pop();
  }
  return {
    active: stack.at(-1) ?? 0,
    previous: stack.at(-2) ?? 0,
    revision: changes.at(-1)?.revision ?? 0,
    used: new Set(changes.map(({ version }) => version)),
  };
}
