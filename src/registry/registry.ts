import type { Finding } from '../config/config.ts';
import { completeConfig, type ReadConfig, type ReadResult } from '../config/load.ts';
import type { ActiveMapping } from '../config/mappings.ts';
import { ENTRY_PARTS, type EntryName, entryFile, type StoredEntry } from '../config/registered.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own as memberOf } from '../core/json.ts';
import { entriesOf } from './active.ts';
import { type Draft, type Drafting, EntryRefused, type Found, withDigests } from './drafts.ts';
import type { EntryAuthor, RegistryStore } from './ports.ts';

/** A change that was checked, and is not made yet: so that it can be written down before. */
export interface Planned {
  /** Undefined where there is nothing. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  /** @throws EntryRefused; GradebridgeError ENTRY_CHANGED when somebody else was quicker */
  commit(): Promise<Changed>;
}

export interface Changed {
  /** Of the last change of that name. */
  readonly revision: number;
}

/** One line of what was done to an entry. */
export interface EntryHistory {
  readonly revision: number;
  readonly verb: string;
  readonly who: string;
  /** ISO 8601. */
  readonly when: string;
  readonly why: string;
}

/** What the store knows of an entry. */
export interface Standing {
  readonly revision: number;
  /** Whether the store has one, which then goes before the file's. */
  readonly isStored: boolean;
  /** Newest first. */
  readonly history: readonly EntryHistory[];
}

export interface Registry {
  /** What the store knows of each entry of a kind that was ever changed. */
  standings(kind: EntryName['kind']): Promise<ReadonlyMap<string, Standing>>;
  /** An entry as it stands, undefined when there is none. @throws EntryRefused when the file cannot be read */
  find(entry: EntryName): Promise<Found | undefined>;
  /**
   * Checks a change against the whole configuration as it would be.
   *
   * @throws EntryRefused with all that is wrong; GradebridgeError ENTRY_CHANGED, ENTRY_EXISTS, ENTRY_PROMISED, NOT_FOUND, and what the drafting throws
   */
  plan(entry: EntryName, drafting: Drafting, author: EntryAuthor): Promise<Planned>;
}

export interface RegistryParts {
  readonly store: RegistryStore;
  /** Reads the configuration file as it lies there now. */
  readonly read: () => ReadResult;
  /** The versions of mappings that are active. */
  readonly active: () => Promise<ActiveMapping>;
  /** Whether promises wait that cannot be kept without it. */
  readonly isPromised: (entry: EntryName, formerNames: readonly string[]) => Promise<boolean>;
  readonly clock: () => number;
}

/** How often a change is checked anew because others are made at the same time. */
const MOST_TRIES = 8;

/**
 * Tools and contexts that are changed while the gateway runs.
 *
 * @example const planned = await registry.plan({ kind: 'tool', name: 'quizzer' }, switching(true), author); await planned.commit()
 */
export function createRegistry(parts: RegistryParts): Registry {
  const { store, clock } = parts;
  const look = (entry: EntryName): Promise<Look> => lookAt(entry, parts);
  return {
    standings: async (kind) => standingsOf(await store.changes(kind)),
    find: async (entry) => {
      const { found } = await look(entry);
      return found.current === undefined ? undefined : found;
    },
    plan: async (entry, drafting, author) => {
      let seen = await look(entry);
      checkAuthor(seen.found, author);
      const { current: before, revision: after } = seen.found;
      let draft = await checked(drafting, seen, parts);
      const changed = (): GradebridgeError => new GradebridgeError('ENTRY_CHANGED');
      const commit = async (): Promise<Changed> => {
        const { who, why } = author;
        for (let tries = 0; tries < MOST_TRIES && draft !== undefined; tries++) {
          const document = draft.document === null ? null : JSON.stringify(draft.document);
          const { kind, name } = entry;
          const change = { kind, name, verb: draft.verb, document, who, why, at: clock(), after };
          const outcome = await store.change({ ...change, seen: seen.revision });
          if (outcome === 'changed') throw changed();
          if (outcome !== 'outdated') return outcome;
          seen = await look(entry);
          if (seen.found.revision !== after) throw changed();
          draft = await checked(drafting, seen, parts);
        }
        if (draft === undefined) return { revision: after };
        throw new GradebridgeError('OVERLOADED');
      };
      return { before, after: draft === undefined ? before : standingAfter(draft, seen.found), commit };
    },
  };
}

/** Everything that a change is checked with, as of one moment. */
interface Look {
  readonly read: ReadConfig;
  readonly entries: readonly StoredEntry[];
  /** The revision of the whole. */
  readonly revision: number;
  readonly found: Found;
}

async function lookAt(entry: EntryName, { store, read: readFile, clock }: RegistryParts): Promise<Look> {
  const { kind, name } = entry;
  const latest = await store.latest();
  const read = readFile();
  if ('findings' in read) throw new EntryRefused(read.findings, 'CONFIGURATION_INVALID');
  const entries = entriesOf(latest);
  const part = read.config[ENTRY_PARTS[kind]] as unknown as JsonObject;
  const inFile = memberOf(part, name) as JsonObject | undefined;
  const file = inFile && withDigests(inFile);
  const stored = entries.find((one) => one.kind === kind && one.name === name)?.document;
  const last = latest.find((change) => change.kind === kind && change.name === name);
  const found = { kind, name, file, stored, current: stored ?? file };
  return {
    ...{ read, entries, revision: Math.max(0, ...latest.map(({ revision }) => revision)) },
    found: { ...found, revision: last?.revision ?? 0, now: clock() },
  };
}

function formerNamesOf({ current }: Found): readonly string[] {
  const names = current && memberOf(current, 'formerNames');
  return Array.isArray(names) ? names.map(String) : [];
}

function checkAuthor({ current, revision }: Found, { revision: seen, isNew = false }: EntryAuthor): void {
  if (isNew && current !== undefined) throw new GradebridgeError('ENTRY_EXISTS');
  if (seen === undefined) return;
  if (seen !== revision) throw new GradebridgeError('ENTRY_CHANGED');
  if (current === undefined) throw new GradebridgeError('NOT_FOUND');
}

/** What counts once a draft is in the store. */
function standingAfter({ document }: Draft, { file }: Found): JsonObject | undefined {
  return document ?? file;
}

/**
 * What somebody wants, when the configuration can be used like that. What was wrong before is no reason against it, unless it is
 * wrong with the same entry.
 */
async function checked(drafting: Drafting, look: Look, parts: RegistryParts): Promise<Draft | undefined> {
  const { read, entries, found } = look;
  const draft = drafting(found);
  if (draft === undefined) return undefined;
  if (standingAfter(draft, found) === undefined && (await parts.isPromised(found, formerNamesOf(found))))
    throw new GradebridgeError('ENTRY_PROMISED');
  const active = await parts.active();
  const isOther = ({ kind, name }: EntryName): boolean => kind !== found.kind || name !== found.name;
  const { kind, name } = found;
  const others = entries.filter(isOther);
  const next = draft.document === null ? others : [...others, { kind, name, document: draft.document }];
  const findings = findingsOf(read, { active, entries: next }).map((one) => atMapping(one, found, draft));
  if (findings.length === 0) return draft;
  const before = new Set(findingsOf(read, { active, entries }).map(said));
  const fresh = findings.filter((one) => one.file === entryFile(found) || !before.has(said(one)));
  // What two entries have in common is told once, where its author looks.
  const own = fresh.filter(({ file }) => file === entryFile(found));
  if (fresh.length > 0) throw new EntryRefused(own.length > 0 ? own : fresh.map((one) => asUse(one, found)));
  return draft;
}

/** A mapping that cannot be used is told where the context names it, and not where it lies. */
function atMapping(finding: Finding, entry: EntryName, { document }: Draft): Finding {
  const suffix = ` (context ${entry.name})`;
  if (entry.kind !== 'context' || !finding.message.endsWith(suffix)) return finding;
  const chosen = document?.['mappings'];
  const [kind, name] = (isObject(chosen) ? Object.entries(chosen) : []).find(([, one]) =>
    finding.file.endsWith(`/${one}.json`),
  ) ?? ['', ''];
  if (kind === '') return finding;
  const message = `the mapping "${name}" cannot be used: ${finding.message.slice(0, -suffix.length)}`;
  return { file: entryFile(entry), place: `/mappings/${kind}`, message, remedy: 'choose another mapping' };
}

/** Whoever takes a context away is told who uses it, rather than that it is not there. */
function asUse(finding: Finding, { kind, name }: EntryName): Finding {
  if (kind !== 'context' || finding.message !== `there is no context "${name}"`) return finding;
  const remedy = 'take it out of the tool first, or disable the context';
  return { ...finding, message: `the tool uses the context "${name}"`, remedy };
}

function findingsOf(read: ReadConfig, stored: Parameters<typeof completeConfig>[1]): readonly Finding[] {
  const loaded = completeConfig(read, stored);
  return 'findings' in loaded ? loaded.findings : [];
}

function said({ file, place, message }: Finding): string {
  return JSON.stringify([file, place, message]);
}

function standingsOf(changes: Awaited<ReturnType<RegistryStore['changes']>>): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const { name, revision, verb, isStored, who, at, why } of changes) {
    const { history = [] } = standings.get(name) ?? {};
    const line = { revision, verb, who, when: new Date(at).toISOString(), why };
    standings.set(name, { revision, isStored, history: [line, ...history] });
  }
  return standings;
}
