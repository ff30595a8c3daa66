import { usesOf } from '../config/cross-check.ts';
import { findMapping, foldersOf, type MappingSource } from '../config/mappings.ts';
import { isObject, type Json, own } from '../core/json.ts';
import { activeMappings, type Standing, standingOf } from './active.ts';
import type { MappingConfig, MappingStore, StoredVersion } from './ports.ts';

export type VersionState = 'draft' | 'active' | 'retired';

/** A version as people see it. */
export interface Version {
  readonly version: number;
  readonly state: VersionState;
  readonly who: string;
  /** ISO 8601. */
  readonly when: string;
  readonly why: string;
  readonly text: string;
}

export interface Change {
  readonly verb: 'activated' | 'rolledBack';
  /** 0 is the file. */
  readonly version: number;
  readonly who: string;
  readonly when: string;
  readonly why: string;
}

export interface MappingSummary {
  readonly name: string;
  /** Absent when its text cannot be read. */
  readonly resource?: string;
  readonly source: MappingSource;
  readonly active: number | null;
  readonly usedBy: readonly string[];
  readonly versions: number;
}

export interface MappingDetail extends Omit<MappingSummary, 'versions'> {
  /** What the gateway uses from its next start or reload on; absent when there is neither an active version nor a file. */
  readonly text?: string;
  /** Newest first. */
  readonly versions: readonly Version[];
  /** Newest first. */
  readonly changes: readonly Change[];
}

/** A mapping with all that has happened to it. Nobody knows it when it has neither a text nor a version. */
export async function detailOf(
  name: string,
  { store, config }: { readonly store: MappingStore; readonly config: () => MappingConfig },
): Promise<MappingDetail> {
  const [versions, changes] = await Promise.all([store.versions(name), store.changes(name)]);
  const active = await activeMappings({ mappings: store });
  const standing = standingOf(changes);
  const found = findMapping(name, foldersOf(config()), active);
  const resource = 'text' in found ? resourceOf(found.text) : undefined;
  const users = usesOf(config()).filter((use) => use.name === name);
  return {
    name,
    ...(resource !== undefined && { resource }),
    source: 'text' in found ? found.source : 'console',
    active: standing.active === 0 ? null : standing.active,
    usedBy: users.map(({ context }) => context),
    ...('text' in found && { text: found.text }),
    versions: versions.map((version) => shown(version, standing)).reverse(),
    changes: changes
      .map(({ verb, version, who, at, why }) => ({ verb, version, who, when: iso(at), why }))
      .reverse(),
  };
}

function shown({ version, who, at, why, text }: StoredVersion, { active, used }: Standing): Version {
  const state = version === active ? 'active' : used.has(version) ? 'retired' : 'draft';
  return { version, state, who, when: iso(at), why, text };
}

function resourceOf(text: string): string | undefined {
  try {
    const mapping = JSON.parse(text) as Json;
    const resource = isObject(mapping) ? own(mapping, 'resource') : undefined;
    return typeof resource === 'string' ? resource : undefined;
  } catch {
    return undefined;
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
