import type { Json } from '../core/json.ts';
import type { Mapping } from '../core/mapping.ts';
import { type History, standingOf } from './active.ts';
import { rowChanges } from './row-changes.ts';
import type { Versions } from './versions.ts';

/** What is written down of a change, before it is made. */
export interface AuditedChange {
  readonly what: string;
  readonly subject: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly why?: string;
}

/** Writes down a change, and then has it made. */
export type Witness = <Result>(change: AuditedChange, work: () => Promise<Result>) => Promise<Result>;

/**
 * Versions of mappings of which every change is written down: what was active, and what is to be; of a draft, what it has otherwise
 * than what is active.
 *
 * @example await auditedVersions(versions, witness).activate('line-item', 3, { who: 'ada', why: 'Tried' })
 */
export function auditedVersions(versions: Versions, witness: Witness): Versions {
  const standing = async (name: string) =>
    standingOf([...((await versions.show(name)).changes as readonly History[])].reverse());
  return {
    ...versions,
    draft: async (name, text, author) => {
      const after = await changesOf(versions, name, text);
      const change = { what: 'mapping.draft', subject: name, ...(after && { after }), why: author.why };
      return witness(change, () => versions.draft(name, text, author));
    },
    activate: async (name, version, author) => {
      const { active } = await standing(name);
      const sides = { before: sideOf(active), after: sideOf(version) };
      const change = { what: 'mapping.activate', subject: name, ...sides, why: author.why };
      return witness(change, () => versions.activate(name, version, author));
    },
    rollback: async (name, author) => {
      const { active, previous } = await standing(name);
      const sides = { before: sideOf(active), after: sideOf(previous) };
      const change = { what: 'mapping.rollback', subject: name, ...sides, why: author.why };
      return witness(change, () => versions.rollback(name, author));
    },
  };
}

function sideOf(version: number): Json {
  return version === 0 ? 'file' : { version };
}

/** Undefined for what cannot be compared: the first text of a name, and what is no mapping, which is refused. */
async function changesOf(versions: Versions, name: string, text: string): Promise<Json | undefined> {
  try {
    const [before, after] = [await versions.text(name), text].map((one) => JSON.parse(one) as Mapping);
    return before && after && (rowChanges(before, after) as unknown as Json);
  } catch {
    return undefined;
  }
}
