import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GradebridgeError } from '../../src/core/errors.ts';
import type { Issue, Json, JsonObject } from '../../src/core/json.ts';
import { compile, type Lens } from '../../src/core/lens.ts';
import type { Mapping, MappingRow } from '../../src/core/mapping.ts';

/** The root of the repository, wherever the tests were compiled to. */
function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Every mapping that is shipped. */
export function shippedMappings(): readonly Mapping[] {
  const folder = join(root(), 'mappings');
  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.schema.json'),
  );
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Mapping);
}

/** The lens of a mapping that has no problems. */
export function lensOf(mapping: Mapping): Lens {
  const compiled = compile(mapping);
  assert.ok('lens' in compiled, `the mapping has problems: ${JSON.stringify(compiled)}`);
  return compiled.lens;
}

/** A mapping of these rows, with a stash unless told otherwise. */
export function mappingOf(fields: readonly MappingRow[], others: Partial<Mapping> = {}): Mapping {
  return {
    name: 'test',
    version: 1,
    resource: 'lineItem',
    stash: { oneroster: '/metadata/lti' },
    fields,
    ...others,
  };
}

/** The same mapping without a place for what OneRoster cannot hold. */
export function withoutStash({ stash: _stash, ...mapping }: Mapping): Mapping {
  return mapping;
}

/** A lens that is tried on documents with one line each. */
export interface Trial {
  readonly lens: Lens;
  write(
    document: JsonObject,
    base?: JsonObject,
    options?: { context?: JsonObject; now?: number },
  ): JsonObject;
  read(document: JsonObject): JsonObject;
}

export const NOON = Date.UTC(2026, 2, 1, 12);
export const DAY = 86_400_000;

/** Tries a mapping; documents are frozen all the way down, so that a write into an input throws. */
export function trialOf(fields: readonly MappingRow[], others: Partial<Mapping> = {}): Trial {
  const lens = lensOf(mappingOf(fields, others));
  return {
    lens,
    write: (document, base, { context = {}, now = NOON } = {}) =>
      lens.toOneRoster(frozen(document), { context, now, ...(base && { base: frozen(base) }) }).document,
    read: (document) => lens.toAgs(frozen(document)).document,
  };
}

/** A deeply frozen copy, made as JSON text makes it: members called __proto__ are members. */
export function frozen<T extends Json>(value: T): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  freeze(copy);
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item);
}

/** The issues with which a write is refused. */
export function issuesOf(write: () => unknown): readonly Issue[] {
  try {
    write();
  } catch (error) {
    assert.ok(error instanceof GradebridgeError);
    assert.equal(error.code, 'UNMAPPABLE');
    return error.details.issues ?? [];
  }
  return assert.fail('the document was written');
}
