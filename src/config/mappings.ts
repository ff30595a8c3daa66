import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../core/json.ts';
import { compile, type Lens } from '../core/lens.ts';
import type { Mapping } from '../core/mapping.ts';
import type { Finding } from './config.ts';
import { PACKAGE_ROOT, readJsonFile, readShipped } from './files.ts';
import { compileSchema, type SchemaCheck } from './schema.ts';

/** The folder of the mappings that come with Gradebridge. */
export const SHIPPED_MAPPINGS = join(PACKAGE_ROOT, 'mappings');

let schemaCheck: SchemaCheck | undefined;

/**
 * Loads a mapping by its name and compiles it: schema first, then what a schema cannot say.
 *
 * @param folders looked through in this order
 * @returns the lens, or everything that is wrong with the file
 * @example loadMapping('line-item', [SHIPPED_MAPPINGS])
 */
export function loadMapping(
  name: string,
  folders: readonly string[],
): { readonly lens: Lens; readonly file: string } | { readonly findings: readonly Finding[] } {
  const paths = folders.map((folder) => join(folder, `${name}.json`));
  const file = paths.find((path) => existsSync(path)) ?? (paths[0] as string);
  const read = readJsonFile(file);
  if ('finding' in read) return { findings: [read.finding] };
  schemaCheck ??= compileSchema(readShipped('mappings/mapping.schema.json'));
  const findings = schemaCheck(read.document, file);
  if (findings.length > 0)
    return { findings: findings.map((found) => ({ ...found, place: read.placeOf(found.place) })) };
  const mapping = read.document as JsonObject as unknown as Mapping;
  const compiled = compile(mapping);
  if ('lens' in compiled && mapping.name === name) return { lens: compiled.lens, file };
  const problems =
    'problems' in compiled
      ? compiled.problems
      : [{ message: `"name" is ${mapping.name}, the file is ${name}` }];
  return {
    findings: problems.map(({ row, message }) => ({
      file,
      place: row === undefined ? '/' : read.placeOf(`/fields/${row}`),
      message,
      remedy: 'correct the row; docs/mapping.md describes the language',
    })),
  };
}
