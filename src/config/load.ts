import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Json, JsonObject } from '../core/json.ts';
import type { Config, Finding } from './config.ts';
import { type ContextLenses, crossCheck } from './cross-check.ts';
import { substitute } from './environment.ts';
import { readJsonFile, readShipped } from './files.ts';
import { withPresentNames } from './former-names.ts';
import type { LoadedMapping } from './mappings.ts';
import { entryPlace, layOver, NOTHING_STORED, type Stored } from './registered.ts';
import { compileSchema, type SchemaCheck } from './schema.ts';

/** A configuration that may be run: every link in it names something, every mapping in it is compiled. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file: string;
  /** What the file says, without the tools and contexts of the store. */
  readonly inFile: ReadConfig;
  /** The tools and contexts that come from the store, each as `tool quizzer`. */
  readonly fromStore: ReadonlySet<string>;
  /** The compiled mappings of each context. */
  readonly lenses: ReadonlyMap<string, ContextLenses>;
  /** Those that did not come with Gradebridge. */
  readonly ownMappings: readonly LoadedMapping[];
}

export type LoadResult = LoadedConfig | { readonly findings: readonly Finding[] };

const DEFAULT_FILE = 'gradebridge.config.json';

export interface ConfigSource {
  /** The value of `--config`. */
  readonly named?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
}

/**
 * The file that holds the configuration, undefined when none is named and none lies in the folder.
 *
 * @example findConfigFile({ environment: process.env, folder: process.cwd() })
 */
export function findConfigFile({ named, environment, folder }: ConfigSource): string | undefined {
  const wanted = named ?? environment['GRADEBRIDGE_CONFIG'];
  if (wanted !== undefined && wanted !== '') return resolve(folder, wanted);
  const usual = resolve(folder, DEFAULT_FILE);
  return existsSync(usual) ? usual : undefined;
}

/**
 * A configuration as far as it can be known without its mappings: some of them may lie in the store, which the configuration
 * itself names.
 */
export interface ReadConfig {
  readonly config: Config;
  readonly file: string;
  /** The place of a finding in the file, for people. */
  readonly placeOf: (pointer: string) => string;
}

export type ReadResult = ReadConfig | { readonly findings: readonly Finding[] };

/** Reads a configuration file and checks everything in it but its mappings. Nothing is started, nothing is called. */
export function readConfigFile(file: string, environment: NodeJS.ProcessEnv): ReadResult {
  const read = readJsonFile(file);
  if ('finding' in read) return { findings: [read.finding] };
  const { placeOf } = read;
  const result = readConfig(read.document, file, environment);
  return 'config' in result
    ? { ...result, placeOf }
    : { findings: placed(result.findings, { file, placeOf }) };
}

let configCheck: SchemaCheck | undefined;

/**
 * Checks a configuration document: environment and schema.
 *
 * @param file names the document in findings; relative paths in it start from its folder
 */
export function readConfig(document: Json, file: string, environment: NodeJS.ProcessEnv): ReadResult {
  const substituted = substitute(document, environment, file);
  configCheck ??= compileSchema(readShipped('src/config/config.schema.json'));
  const findings = [...substituted.findings, ...configCheck(substituted.document, file)];
  if (findings.length > 0) return { findings: unique(findings) };
  const config = settle(substituted.document as JsonObject as unknown as Config, dirname(file));
  return { config: freeze(config), file, placeOf: (pointer) => pointer };
}

/**
 * Lays what the store holds over the file, checks what a schema cannot say, and compiles the mappings.
 *
 * @param stored the versions of mappings that are active in the store, and its tools and contexts; none when they are not to count
 * @example const read = readConfigFile(file, process.env); if ('config' in read) completeConfig(read, await storedIn(read.config))
 */
export function completeConfig(read: ReadConfig, stored: Stored = NOTHING_STORED): LoadResult {
  const { file } = read;
  const laid = layOver(read.config, stored.entries);
  if (laid.findings.length > 0) return { findings: laid.findings };
  const { fromStore } = laid;
  const config = freeze(withPresentNames(laid.config));
  const { findings, lenses, ownMappings } = crossCheck(config, file, stored.active);
  if (findings.length === 0) return { config, file, inFile: read, fromStore, lenses, ownMappings };
  return {
    findings: findings.flatMap((found) => entryPlace(found, file, fromStore) ?? placed([found], read)),
  };
}

/** Reads a configuration file and checks everything in it, with the mappings that lie in files. */
export function loadConfigFile(file: string, environment: NodeJS.ProcessEnv): LoadResult {
  const read = readConfigFile(file, environment);
  return 'config' in read ? completeConfig(read) : read;
}

/** The same for a document: `loadConfig(document, '/etc/gradebridge.config.json', process.env)`. */
export function loadConfig(document: Json, file: string, environment: NodeJS.ProcessEnv): LoadResult {
  const read = readConfig(document, file, environment);
  return 'config' in read ? completeConfig(read) : read;
}

function placed(
  findings: readonly Finding[],
  { file, placeOf }: Pick<ReadConfig, 'file' | 'placeOf'>,
): readonly Finding[] {
  return findings.map((found) => (found.file === file ? { ...found, place: placeOf(found.place) } : found));
}

/** A variable that is not set leaves its `${NAME}` behind, which the schema need not complain about again. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const places = new Set<string>();
  return findings.filter(({ place, message }) => {
    const isNew = !places.has(place) || message.startsWith('the environment');
    places.add(place);
    return isNew;
  });
}

function settle(config: Config, folder: string): Config {
  const { listen, store, mappingsDir } = config;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return {
    ...config,
    publicUrl: config.publicUrl ?? `http://${host}:${listen.port}`,
    store: 'sqlite' in store ? { sqlite: resolve(folder, store.sqlite) } : store,
    ...(mappingsDir !== undefined && { mappingsDir: resolve(folder, mappingsDir) }),
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
