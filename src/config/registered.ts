import { escapeToken, inspect, type JsonObject, type MutableJsonObject } from '../core/json.ts';
import type { Config, ContextConfig, Finding, ToolConfig } from './config.ts';
import { readShipped } from './files.ts';
import { type ActiveMapping, NONE_ACTIVE } from './mappings.ts';
import { compileSchema, type SchemaCheck } from './schema.ts';

/** The parts of the configuration that may be changed while it runs, by what one entry of them is called. */
export const ENTRY_PARTS = { tool: 'tools', context: 'contexts' } as const;
export type EntryKind = keyof typeof ENTRY_PARTS;

/** A tool or a context. */
export interface EntryName {
  readonly kind: EntryKind;
  readonly name: string;
}

/** One that the store holds, as its author wrote it. */
export interface StoredEntry extends EntryName {
  readonly document: JsonObject;
}

/** What the store has to say to a configuration. */
export interface Stored {
  readonly active: ActiveMapping;
  readonly entries: readonly StoredEntry[];
}

/** There is no store yet, or it is not to count. */
export const NOTHING_STORED: Stored = { active: NONE_ACTIVE, entries: [] };

/** What people call an entry: `entryTitle({ kind: 'tool', name: 'quizzer' }) === 'tool quizzer'`. */
export function entryTitle({ kind, name }: EntryName): string {
  return `${kind} ${name}`;
}

/** What findings call an entry of the store. */
export function entryFile(entry: EntryName): string {
  return `${entryTitle(entry)} in the store`;
}

/** Far above any class; a table of users is the only part that grows. */
const BOUNDS = { depth: 16, members: 50_000 };
const LONGEST_NAME = 100;

const checks = new Map<EntryKind, SchemaCheck>();

/** The same definitions as those of the file, so that an entry may stand here and there. */
function schemaOf(kind: EntryKind): SchemaCheck {
  const known = checks.get(kind);
  if (known !== undefined) return known;
  const { definitions, properties } = readShipped('src/config/config.schema.json') as unknown as ConfigSchema;
  const { propertyNames } = properties[ENTRY_PARTS[kind]];
  const named = { type: 'object', propertyNames, additionalProperties: { $ref: `#/definitions/${kind}` } };
  const check = compileSchema({ definitions, ...named });
  checks.set(kind, check);
  return check;
}

interface ConfigSchema {
  readonly definitions: JsonObject;
  readonly properties: Readonly<
    Record<(typeof ENTRY_PARTS)[EntryKind], { readonly propertyNames: JsonObject }>
  >;
}

/**
 * Checks an entry as the schema of the configuration does, and fills in its defaults.
 *
 * @returns the entry, or what is wrong with it: places are pointers into it
 * @example checkEntry({ kind: 'tool', name: 'quizzer', document: { clientId: 'quizzer', contexts: ['math-101'] } })
 */
export function checkEntry(
  entry: StoredEntry,
): { readonly filled: JsonObject } | { readonly findings: readonly Finding[] } {
  const { kind, name, document } = entry;
  const file = entryFile(entry);
  const unfit = inspect(document, BOUNDS);
  if (unfit !== undefined)
    return {
      findings: [{ file, place: unfit.pointer || '/', message: unfit.message, remedy: 'take it out' }],
    };
  if (name.length > LONGEST_NAME)
    return {
      findings: [{ file, place: '/', message: 'the name is too long', remedy: 'take a shorter one' }],
    };
  const named: MutableJsonObject = { [name]: structuredClone(document) };
  const findings = schemaOf(kind)(named, file);
  if (findings.length === 0) return { filled: named[name] as JsonObject };
  const prefix = `/${escapeToken(name)}`;
  return {
    findings: findings.map((found) => ({ ...found, place: withoutPrefix(found.place, prefix) || '/' })),
  };
}

function withoutPrefix(place: string, prefix: string): string {
  return place === prefix || place.startsWith(`${prefix}/`) ? place.slice(prefix.length) : place;
}

export interface LaidOver {
  readonly config: Config;
  readonly fromStore: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Puts the entries of the store before those of the same name in the file, each as a whole; those that it has alone come last, by name. */
export function layOver(config: Config, entries: readonly StoredEntry[]): LaidOver {
  const findings: Finding[] = [];
  const [tools, contexts] = [new Map<string, ToolConfig>(), new Map<string, ContextConfig>()];
  for (const entry of entries.toSorted(byName)) {
    const checked = checkEntry(entry);
    if ('findings' in checked) findings.push(...checked.findings);
    else if (entry.kind === 'tool') tools.set(entry.name, checked.filled as unknown as ToolConfig);
    else contexts.set(entry.name, checked.filled as unknown as ContextConfig);
  }
  return {
    config: {
      ...config,
      contexts: { ...notRenamed(config.contexts, contexts), ...Object.fromEntries(contexts) },
      tools: { ...notRenamed(config.tools, tools), ...Object.fromEntries(tools) },
    },
    fromStore: new Set(entries.map(entryTitle)),
    findings,
  };
}

/** Entries of the file, without those that the store holds under another name. */
function notRenamed<Entry extends { readonly formerNames: readonly string[] }>(
  inFile: Readonly<Record<string, Entry>>,
  stored: ReadonlyMap<string, Entry>,
): Readonly<Record<string, Entry>> {
  const renamed = new Set([...stored.values()].flatMap(({ formerNames }) => formerNames));
  return renamed.size === 0
    ? inFile
    : Object.fromEntries(Object.entries(inFile).filter(([name]) => !renamed.has(name)));
}

/** So that a list stays in its order, whatever was changed last. */
function byName({ name: left }: EntryName, { name: right }: EntryName): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const PLACE = /^\/(tools|contexts)\/([^/]+)(.*)$/;

/** A finding of a configuration in the words of the entry of the store that it is about, undefined when it is about none. */
export function entryPlace(
  found: Finding,
  file: string,
  fromStore: ReadonlySet<string>,
): Finding | undefined {
  const [, part, name = '', rest = ''] = (found.file === file && PLACE.exec(found.place)) || [];
  const entry: EntryName = { kind: part === 'tools' ? 'tool' : 'context', name };
  if (!fromStore.has(entryTitle(entry))) return undefined;
  return { ...found, file: entryFile(entry), place: rest || '/' };
}
