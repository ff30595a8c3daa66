import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Json, JsonObject } from '../core/json.ts';
import type { Config, Finding } from './config.ts';
import { type ContextLenses, crossCheck, type MappingFile } from './cross-check.ts';
import { substitute } from './environment.ts';
import { readJsonFile, readShipped } from './files.ts';
import { compileSchema, type SchemaCheck } from './schema.ts';

/** A configuration that may be run: every link in it names something, every mapping in it is compiled. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file: string;
  /** The compiled mappings of each context. */
  readonly lenses: ReadonlyMap<string, ContextLenses>;
  /** Those that did not come with Gradebridge. */
  readonly ownMappings: readonly MappingFile[];
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

/** Reads a configuration file and checks everything in it. Nothing is started, nothing is called. */
export function loadConfigFile(file: string, environment: NodeJS.ProcessEnv): LoadResult {
  const read = readJsonFile(file);
  if ('finding' in read) return { findings: [read.finding] };
  const loaded = loadConfig(read.document, file, environment);
  if ('config' in loaded) return loaded;
  const { findings } = loaded;
  return {
    findings: findings.map((found) =>
      found.file === file ? { ...found, place: read.placeOf(found.place) } : found,
    ),
  };
}

let configCheck: SchemaCheck | undefined;

/**
 * Checks a configuration document: environment, schema, then what a schema cannot say.
 *
 * @param file names the document in findings; relative paths in it start from its folder
 */
export function loadConfig(document: Json, file: string, environment: NodeJS.ProcessEnv): LoadResult {
  const substituted = substitute(document, environment, file);
  configCheck ??= compileSchema(readShipped('src/config/config.schema.json'));
  const findings = [...substituted.findings, ...configCheck(substituted.document, file)];
  if (findings.length > 0) return { findings: unique(findings) };
  const config = settle(substituted.document as JsonObject as unknown as Config, dirname(file));
  const checked = crossCheck(config, file);
  return checked.findings.length > 0
    ? { findings: checked.findings }
    : { config: freeze(config), file, lenses: checked.lenses, ownMappings: checked.ownMappings };
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
