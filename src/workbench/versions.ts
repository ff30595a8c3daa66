import { usesOf } from '../config/cross-check.ts';
import {
  earlierTexts,
  findMapping,
  foldersOf,
  LARGEST_TEXT,
  type MappingFault,
  mappingNames,
} from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Mapping } from '../core/mapping.ts';
import { activeMappings, type Standing, standingOf } from './active.ts';
import { isSound, type Judged, type Problem } from './judge.ts';
import type { Bench, MappingConfig, MappingStore } from './ports.ts';
import { type RowChange, rowChanges } from './row-changes.ts';
import { type Change, detailOf, type MappingDetail, type MappingSummary } from './version-view.ts';

/** What is active after a change, and what was before; 0 is the file. */
export interface Settled {
  readonly before: number;
  readonly active: number;
  readonly revision: number;
}

/** A mapping may not become active: with everything that was found, counter-examples included. */
export class MappingRefused extends GradebridgeError {
  readonly judged: Judged;

  constructor(judged: Judged) {
    const law = judged.laws.find(({ holds }) => !holds);
    super('MAPPING_REFUSED', { members: { ...(law && { law }), ...judged } as unknown as JsonObject });
    this.judged = judged;
  }
}

/** Somebody who does something, and why. */
export interface Author {
  readonly who: string;
  readonly why: string;
}

export interface Versions {
  list(): Promise<readonly MappingSummary[]>;
  /** @throws GradebridgeError MAPPING_NOT_FOUND */
  show(name: string): Promise<MappingDetail>;
  /** The text of a version; of the active one, or else the file, when none is named; 0 is the file. */
  text(name: string, version?: number): Promise<string>;
  /**
   * Keeps a text; nothing uses it yet. It may be lossy, but it must be a mapping.
   *
   * @throws GradebridgeError INVALID_MAPPING with issues whose pointers are places in the text
   */
  draft(name: string, text: string, author: Author): Promise<number>;
  /**
   * Makes a version active, when it is sound. Doing it twice is doing it once.
   *
   * @throws MappingRefused; GradebridgeError MAPPING_NOT_FOUND, MAPPING_CHANGED
   */
  activate(name: string, version: number, author: Author): Promise<Settled>;
  /**
   * Makes active again what was so before, when that is still sound; in the end, the file.
   *
   * @throws MappingRefused; GradebridgeError NOTHING_TO_ROLL_BACK, MAPPING_CHANGED
   */
  rollback(name: string, author: Author): Promise<Settled>;
  /** The texts that were in force, or are; what they have written may stand in OneRoster. The newest first. */
  earlier(): Promise<readonly string[]>;
  /** What two versions have otherwise; 0 is the file. */
  diff(name: string, before: number, after: number): Promise<readonly RowChange[]>;
}

export interface VersionsParts {
  readonly store: MappingStore;
  readonly config: () => MappingConfig;
  readonly bench: Pick<Bench, 'judge' | 'faultsIn'>;
  readonly clock: () => number;
}

/** @example createVersions({ store: store.mappings, config: () => config, bench, clock: Date.now }) */
export function createVersions(parts: VersionsParts): Versions {
  const { store, config, clock } = parts;
  const standing = async (name: string): Promise<Standing> => standingOf(await store.changes(name));
  const textOf = async (name: string, version: number): Promise<string> => {
    const text = version === 0 ? fileOf(config(), name) : (await store.find(name, version))?.text;
    if (text === undefined) throw new GradebridgeError('MAPPING_NOT_FOUND');
    return text;
  };
  const earlierOf = async (): Promise<readonly string[]> =>
    earlierTexts(foldersOf(config()), await activeMappings({ mappings: store }));
  const settle = async (verb: Change['verb'], task: Task): Promise<Settled> => {
    const { name, author, target, found } = task;
    // A rollback is for emergencies: whether it can read what was written since was tried when that was activated.
    const earlier = verb === 'activated' ? await earlierOf() : [];
    const judged = await judgeFor(parts, name, { text: await textOf(name, target), earlier });
    if (!isSound(judged)) throw new MappingRefused(judged);
    const change = { name, verb, version: target, ...author, at: clock(), after: found.revision };
    const revision = await store.change(change);
    if (revision === undefined) throw new GradebridgeError('MAPPING_CHANGED');
    return { before: found.active, active: target, revision };
  };
  return {
    list: async () => {
      const names = new Set([
        ...mappingNames(foldersOf(config())),
        ...usesOf(config()).map(({ name }) => name),
        ...(await store.versions()).map(({ name }) => name),
      ]);
      const details = await Promise.all([...names].sort().map((name) => detailOf(name, parts)));
      return details.map(({ text: _text, versions, changes: _changes, ...summary }) => ({
        ...summary,
        versions: versions.length,
      }));
    },
    show: async (name) => {
      const detail = await detailOf(name, parts);
      if (detail.text === undefined && detail.versions.length === 0)
        throw new GradebridgeError('MAPPING_NOT_FOUND');
      return detail;
    },
    text: async (name, version) => textOf(name, version ?? (await standing(name)).active),
    draft: async (name, text, author) => {
      await checkDraft(parts, name, text);
      return store.add({ name, text, ...author, at: clock() });
    },
    activate: async (name, version, author) => {
      const found = await standing(name);
      if (version < 1) throw new GradebridgeError('MAPPING_NOT_FOUND');
      if (found.active === version) return { before: version, active: version, revision: found.revision };
      return settle('activated', { name, target: version, author, found });
    },
    rollback: async (name, author) => {
      const found = await standing(name);
      if (found.active === 0) throw new GradebridgeError('NOTHING_TO_ROLL_BACK');
      return settle('rolledBack', { name, target: found.previous, author, found });
    },
    earlier: earlierOf,
    diff: async (name, before, after) =>
      rowChanges(
        JSON.parse(await textOf(name, before)) as Mapping,
        JSON.parse(await textOf(name, after)) as Mapping,
      ),
  };
}

interface Task {
  readonly name: string;
  readonly target: number;
  readonly author: Author;
  readonly found: Standing;
}

/** What is wrong with a text in the place of the mapping of that name: in itself, or for the contexts that use it. */
async function judgeFor(
  { bench, config }: VersionsParts,
  name: string,
  { text, earlier }: { readonly text: string; readonly earlier: readonly string[] },
): Promise<Judged> {
  const judged = await bench.judge(text, name, earlier);
  // What has problems is no mapping, perhaps not even JSON. This thread compiles no draft.
  if (judged.problems.length > 0) return judged;
  const { resource } = JSON.parse(text) as Mapping;
  const misfits = usesOf(config()).filter((use) => use.name === name && use.resource !== resource);
  const problems = misfits.map(
    (use): Problem => ({
      place: '/resource',
      message: `maps ${resource}, but the family of context ${use.context} is ${use.family}`,
      remedy: `use a mapping of ${use.resource}`,
    }),
  );
  return { ...judged, problems: [...judged.problems, ...problems] };
}

/** @throws GradebridgeError INVALID_MAPPING */
async function checkDraft({ bench }: VersionsParts, name: string, text: string): Promise<void> {
  if (Buffer.byteLength(text) > LARGEST_TEXT) {
    const message = `is larger than ${LARGEST_TEXT / 1024} KiB`;
    throw invalidMapping([{ place: '/', message, remedy: 'leave out examples' }]);
  }
  const faults = await bench.faultsIn(text, name);
  if (faults.length > 0) throw invalidMapping(faults);
}

/** The refusal of a text that is no mapping; the pointers of its issues are places in the text. */
export function invalidMapping(
  faults: readonly Pick<MappingFault, 'place' | 'message' | 'remedy'>[],
): GradebridgeError {
  const issues = faults.map(({ place, message, remedy }) => ({
    pointer: place,
    code: 'mapping',
    message: `${message}; ${remedy}`,
  }));
  return new GradebridgeError('INVALID_MAPPING', { issues });
}

function fileOf(config: MappingConfig, name: string): string | undefined {
  const found = findMapping(name, foldersOf(config));
  return 'text' in found ? found.text : undefined;
}
