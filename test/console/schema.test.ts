import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readShipped } from '../../src/config/files.ts';
import { SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import { compileSchema } from '../../src/config/schema.ts';
import { membersAt, validate, valuesAt } from '../../src/console/app/editor/schema.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

const SCHEMA = readShipped('mappings/mapping.schema.json') as JsonObject;
const full = compileSchema(SCHEMA);
const ROW: JsonObject = { ags: '/label', oneroster: '/title' };
const mapping = (parts: JsonObject = {}): JsonObject => ({
  name: 'x',
  version: 1,
  resource: 'lineItem',
  fields: [ROW],
  ...parts,
});
const withRow = (row: JsonObject): JsonObject => mapping({ fields: [{ ...ROW, ...row }] });

const WRONG: Readonly<Record<string, readonly [document: Json, pointer: string]>> = {
  'no object': [[], ''],
  'no fields': [{ name: 'x', version: 1, resource: 'lineItem' }, ''],
  'no rows': [mapping({ fields: [] }), '/fields'],
  'a name that is none': [mapping({ name: 'X y' }), '/name'],
  'another version': [mapping({ version: 2 }), '/version'],
  'a resource that is not known': [mapping({ resource: 'course' }), '/resource'],
  'a member that is not known': [mapping({ fileds: [] }), '/fileds'],
  'a place that is no pointer': [withRow({ oneroster: 'title' }), '/fields/0/oneroster'],
  'a codec that is not known': [withRow({ codec: 'nunber' }), '/fields/0/codec'],
  'an option of another type': [withRow({ codec: { scale: { by: '2' } } }), '/fields/0/codec/scale/by'],
  'two codecs in one': [withRow({ codec: { scale: { by: 2 }, affix: {} } }), '/fields/0/codec'],
  'a default with half a rule': [
    withRow({ default: { oneroster: { after: '/x' } } }),
    '/fields/0/default/oneroster',
  ],
  'an empty reason': [withRow({ lossy: '' }), '/fields/0/lossy'],
  'a row that is no object': [mapping({ fields: [ROW, 1] }), '/fields/1'],
};

for (const [name, [document, pointer]] of Object.entries(WRONG)) {
  test(`the editor marks ${name} where it stands, as the gateway does`, () => {
    assert.notEqual(full(document, 'file').length, 0);
    const problems = validate(SCHEMA, document);
    assert.ok(
      problems.some((problem) => problem.pointer === pointer),
      JSON.stringify(problems),
    );
  });
}

for (const file of readdirSync(SHIPPED_MAPPINGS).filter((name) => !name.includes('schema'))) {
  test(`the editor marks nothing in ${file}`, () => {
    const document = JSON.parse(readFileSync(join(SHIPPED_MAPPINGS, file), 'utf8')) as Json;
    assert.deepEqual(validate(SCHEMA, document), []);
  });
}

test('completion offers the members of a row and the codecs', () => {
  const members = membersAt(SCHEMA, ['fields', '0']).map(({ text }) => text);
  for (const member of ['ags', 'oneroster', 'codec', 'default', 'keep'])
    assert.ok(members.includes(member), member);
  assert.ok(valuesAt(SCHEMA, ['fields', '3', 'codec']).includes('"dateTime"'));
  assert.deepEqual(valuesAt(SCHEMA, ['fields', '3', 'keep']), ['true', 'false']);
  assert.ok(valuesAt(SCHEMA, ['resource']).includes('"lineItem"'));
});
