import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT, readShipped } from '../../src/config/files.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { blocksOf, codeIn, readPage, readPages, rowsOf } from './pages.ts';

/** A key of the configuration, as the schema has it. */
interface Key {
  /** Such as `upstreams.*.baseUrl`; a star stands for a name that the administrator chooses. */
  readonly path: string;
  readonly fallback: Json | undefined;
  readonly isRequired: boolean;
}

const schema = readShipped('src/config/config.schema.json');

/** Definitions that are used in several places, and described once under their own name. */
const SHARED: readonly string[] = ['users'];
const definitions = schema['definitions'] as JsonObject;

/** A schema, or the definition that it refers to; a key set is described by RFC 7517 and not here. */
function resolved(node: JsonObject): JsonObject {
  const name = /^#\/definitions\/(\w+)$/.exec(String(node['$ref'] ?? ''))?.[1];
  if (name === undefined) return node;
  return name === 'jwks' || SHARED.includes(name) ? {} : { ...(definitions[name] as JsonObject), ...node };
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

function keysOf(node: JsonObject, path: string): readonly Key[] {
  const { properties, additionalProperties, oneOf, allOf, required = [] } = resolved(node);
  const inside = isObject(additionalProperties) ? keysOf(additionalProperties, `${path}*.`) : [];
  const choices = [...listOf(oneOf), ...listOf(allOf).flatMap(({ then }) => (isObject(then) ? [then] : []))];
  const members = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, member]) => {
    const key = {
      path: path + name,
      fallback: (member as JsonObject)['default'],
      isRequired: (required as string[]).includes(name),
    };
    return [key, ...keysOf(member as JsonObject, `${path}${name}.`)];
  });
  return [...members, ...inside, ...choices.flatMap((one) => keysOf(one, path))];
}

const keys = [
  ...keysOf(schema, ''),
  ...SHARED.filter((name) => definitions[name] !== undefined).flatMap((name) =>
    keysOf(definitions[name] as JsonObject, `${name}.`),
  ),
];
const rows = new Map(
  rowsOf(readPage('docs/configuration.md')).map(([key = '', fallback = '']) => [codeIn(key) ?? '', fallback]),
);

test('docs/configuration.md has every key of the schema', () => {
  assert.deepEqual(
    keys.map(({ path }) => path).filter((path) => !rows.has(path)),
    [],
  );
});

test('docs/configuration.md has no key that the schema has not', () => {
  const known = new Set(keys.map(({ path }) => path));
  assert.deepEqual(
    [...rows.keys()].filter((path) => !known.has(path)),
    [],
  );
});

for (const { path, fallback, isRequired } of keys) {
  const said = rows.get(path) ?? '';
  if (isRequired) test(`${path} is said to be required`, () => assert.equal(said, 'required'));
  else if (fallback !== undefined && !isEmptyObject(fallback)) {
    test(`${path} is said to have its default`, () => {
      assert.deepEqual(JSON.parse(codeIn(said) ?? 'null'), fallback);
    });
  }
}

/** The members of an object that is there in any case have rows of their own. */
function isEmptyObject(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** A value for every variable that a page may name: a URL where one belongs. */
function fakeEnvironment(text: string): NodeJS.ProcessEnv {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(
    names.map((name) => [name, /(_URL|_API)$/.test(name) ? 'https://or.example' : `value-of-${name}`]),
  );
}

for (const page of readPages()) {
  const blocks = blocksOf(page, 'json').filter(
    (block) => /"version": 1\b/.test(block) && block.includes('"upstreams"'),
  );
  for (const [index, block] of blocks.entries()) {
    test(`configuration ${index + 1} in ${page.path} loads`, () => {
      const file = join(PACKAGE_ROOT, 'gradebridge.config.json');
      const loaded = loadConfig(JSON.parse(block) as Json, file, fakeEnvironment(block));
      assert.deepEqual('findings' in loaded ? loaded.findings : [], []);
    });
  }
}

test('the pages show a configuration', () => {
  assert.ok(
    readPages().some((page) => blocksOf(page, 'json').some((block) => block.includes('"upstreams"'))),
  );
});
