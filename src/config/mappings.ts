import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Bounds, inspect, type JsonObject } from '../core/json.ts';
import { compile, type Lens, lensOf } from '../core/lens.ts';
import type { Mapping } from '../core/mapping.ts';
import type { Plan } from '../core/plan.ts';
import type { Finding } from './config.ts';
import { type JsonText, PACKAGE_ROOT, readJsonText, readShipped, readText } from './files.ts';
import { mappingTooLarge } from './mapping-bounds.ts';
import { compileSchema, type SchemaCheck } from './schema.ts';

/** The folder of the mappings that come with Gradebridge. */
export const SHIPPED_MAPPINGS = join(PACKAGE_ROOT, 'mappings');

/** Where a mapping comes from: with Gradebridge, from the folder of the configuration, or from a version in the store. */
export type MappingSource = 'shipped' | 'folder' | 'console';

/** What the store says of mappings. */
export interface ActiveMapping {
  /** The version that is active, undefined when none is; then its file counts. */
  (name: string): { readonly text: string; readonly version: number } | undefined;
  /** Texts of all names that have been in force, the newest first: what they have written may still stand. */
  readonly earlier?: readonly string[];
}

/** Nothing is active in the store, or there is no store yet. */
export const NONE_ACTIVE: ActiveMapping = () => undefined;

/** The text that a mapping's name stands for, and what findings call it. */
export interface MappingText {
  readonly text: string;
  readonly file: string;
  readonly source: MappingSource;
}

/** A compiled mapping and where it comes from. */
export interface LoadedMapping {
  readonly lens: Lens;
  readonly file: string;
  readonly source: MappingSource;
}

/** Something wrong with the text of a mapping, and where: line and column from 1, the row from 0 when it is one row's fault. */
export interface MappingFault {
  readonly place: string;
  readonly line: number;
  readonly column: number;
  readonly row?: number;
  readonly message: string;
  readonly remedy: string;
}

/** Where the mappings of a configuration lie, those that go before others first: `foldersOf({ mappingsDir: '/etc/m' })`. */
export function foldersOf({ mappingsDir }: { readonly mappingsDir?: string }): readonly string[] {
  return mappingsDir === undefined ? [SHIPPED_MAPPINGS] : [mappingsDir, SHIPPED_MAPPINGS];
}

/** The names of the mappings that lie in folders; one that is missing has none: `mappingNames([SHIPPED_MAPPINGS])`. */
export function mappingNames(folders: readonly string[]): readonly string[] {
  return [...new Set(folders.flatMap(namesIn))];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json'))
      .map((name) => basename(name, '.json'));
  } catch {
    return [];
  }
}

/**
 * The text of a mapping: the version that is active in the store, else the first file of that name.
 *
 * @returns the text, or why there is none
 * @example findMapping('line-item', [SHIPPED_MAPPINGS])
 */
export function findMapping(
  name: string,
  folders: readonly string[],
  active: ActiveMapping = NONE_ACTIVE,
): MappingText | { readonly finding: Finding } {
  const stored = active(name);
  if (stored !== undefined) {
    const file = `mapping ${name}, version ${stored.version} in the store`;
    return { text: stored.text, file, source: 'console' };
  }
  const paths = folders.map((folder) => join(folder, `${name}.json`));
  const file = paths.find((path) => existsSync(path)) ?? (paths[0] as string);
  const read = readText(file);
  if ('finding' in read) return read;
  return {
    text: read.text,
    file,
    source: file === join(SHIPPED_MAPPINGS, `${name}.json`) ? 'shipped' : 'folder',
  };
}

/**
 * Loads a mapping by its name and compiles it.
 *
 * @param folders looked through in this order, when nothing is active in the store
 * @returns the lens, or everything that is wrong with it
 * @example loadMapping('line-item', [SHIPPED_MAPPINGS])
 */
export function loadMapping(
  name: string,
  folders: readonly string[],
  active: ActiveMapping = NONE_ACTIVE,
): LoadedMapping | { readonly findings: readonly Finding[] } {
  const found = findMapping(name, folders, active);
  if ('finding' in found) return { findings: [found.finding] };
  const { file, source } = found;
  const compiled = compileText(found.text, name);
  if ('lens' in compiled) {
    const { plan } = compiled.lens;
    return { lens: lensOf(plan, plansOf(earlierTexts(folders, active))), file, source };
  }
  return {
    findings: compiled.faults.map(({ place, message, remedy }) => ({ file, place, message, remedy })),
  };
}

/** The texts of mappings that may have written what stands in OneRoster: those that were in force, and every file. */
export function earlierTexts(
  folders: readonly string[],
  { earlier = [] }: Pick<ActiveMapping, 'earlier'> = NONE_ACTIVE,
): readonly string[] {
  const files = folders.flatMap((folder) =>
    namesIn(folder).map((name) => readText(join(folder, `${name}.json`))),
  );
  return [...earlier, ...files.flatMap((read) => ('text' in read ? [read.text] : []))];
}

/**
 * The plans of texts; one that is no mapping any more has none.
 *
 * @example lensOf(draft.plan, plansOf(earlierTexts(folders, active)))
 */
export function plansOf(texts: readonly string[]): readonly Plan[] {
  return texts.flatMap((text) => planOf(text) ?? []);
}

/** The plans of texts by the text; a gateway that reloads meets the same ones again. */
const PLANS = new Map<string, Plan | undefined>();
const MOST_PLANS = 500;

function planOf(text: string): Plan | undefined {
  if (PLANS.has(text)) return PLANS.get(text);
  const compiled = compileText(text);
  const plan = 'lens' in compiled ? compiled.lens.plan : undefined;
  if (PLANS.size >= MOST_PLANS) PLANS.clear();
  PLANS.set(text, plan);
  return plan;
}

let schemaCheck: SchemaCheck | undefined;

/** Examples may hold documents; everything else of a mapping is far smaller. */
const BOUNDS: Bounds = { depth: 32, members: 50_000 };

/**
 * Compiles the text of a mapping: syntax first, then its schema, then what a schema cannot say.
 *
 * @param name what it must be called; any name is good when none is given
 * @returns the lens, or everything that is wrong with the text
 * @example compileText('{ "name": }', 'line-item') // { faults: [{ line: 1, column: 11, … }] }
 */
export function compileText(
  text: string,
  name?: string,
): { readonly lens: Lens } | { readonly faults: readonly MappingFault[] } {
  if (text.length > LARGEST_TEXT) return { faults: [TOO_LARGE] };
  const read = readJsonText(text);
  if ('fault' in read) return { faults: [read.fault] };
  const unfit = inspect(read.document, BOUNDS) ?? mappingTooLarge(read.document);
  if (unfit !== undefined) {
    return { faults: [faultAt(read, unfit.pointer, { message: unfit.message, remedy: 'take it out' })] };
  }
  schemaCheck ??= compileSchema(readShipped('mappings/mapping.schema.json'));
  const findings = schemaCheck(read.document, '').slice(0, MOST_FAULTS);
  if (findings.length > 0) return { faults: findings.map((found) => faultAt(read, found.place, found)) };
  return compileMapping(read, name);
}

/** More than the largest mapping with all its examples. Characters. */
export const LARGEST_TEXT = 256 * 1024;

const TOO_LARGE: MappingFault = {
  ...{ place: '/', line: 1, column: 1 },
  message: `is larger than ${LARGEST_TEXT / 1024} KiB`,
  remedy: 'leave out examples',
};

/** As many as a person corrects before looking again; each has a place that is looked up. */
const MOST_FAULTS = 100;

const REMEDY = 'correct the row; docs/mapping.md describes the language';

function compileMapping(read: JsonText, name?: string): ReturnType<typeof compileText> {
  const mapping = read.document as JsonObject as unknown as Mapping;
  const compiled = compile(mapping);
  if ('problems' in compiled) {
    return {
      faults: compiled.problems
        .slice(0, MOST_FAULTS)
        .map(({ row, message }) =>
          faultAt(read, row === undefined ? '/' : `/fields/${row}`, { message, remedy: REMEDY }),
        ),
    };
  }
  if (name === undefined || mapping.name === name) return compiled;
  const message = `"name" is ${mapping.name}, and it should be ${name}`;
  return { faults: [faultAt(read, '/name', { message, remedy: 'change the name' })] };
}

function faultAt(
  read: JsonText,
  pointer: string,
  { message, remedy }: Pick<MappingFault, 'message' | 'remedy'>,
): MappingFault {
  const row = /^\/fields\/(\d+)/.exec(pointer)?.[1];
  const at = { place: read.placeOf(pointer), ...read.spotOf(pointer) };
  return { ...at, ...(row !== undefined && { row: Number(row) }), message, remedy };
}
