import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readShipped } from '../../src/config/files.ts';
import { CODEC_NAMES, makeCodec } from '../../src/core/codecs.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { LAW_SENTENCES } from '../../src/core/laws.ts';
import { compile } from '../../src/core/lens.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { blocksOf, codeIn, readPage, rowsOf } from './pages.ts';

const page = readPage('docs/mapping.md');

/** The rows of the table of codecs: how it is written in a row of a mapping, what the tool says, what OneRoster gets. */
const codecs = rowsOf(page)
  .map((cells) => cells.map((cell) => codeIn(cell) ?? ''))
  .filter(([codec = '']) => codec.startsWith('"') || codec.startsWith('{'))
  .map((cells) => cells.map((cell) => JSON.parse(cell) as Json));

function nameOf(codec: Json): string {
  return typeof codec === 'string' ? codec : (Object.keys(codec as JsonObject)[0] ?? '');
}

test('docs/mapping.md has every codec, and no other', () => {
  assert.deepEqual([...new Set(codecs.map(([codec = null]) => nameOf(codec)))], CODEC_NAMES);
});

describe('the codecs do what the table of docs/mapping.md says', () => {
  for (const [written = null, said = null, holds = null, reads = null] of codecs) {
    test(JSON.stringify(written), () => {
      const name = nameOf(written);
      const options = typeof written === 'string' ? {} : ((written as JsonObject)[name] as JsonObject);
      const codec = makeCodec(name, options);
      assert.ok(typeof codec !== 'string', String(codec));
      assert.deepEqual(codec.encode(said), holds);
      assert.deepEqual(codec.decode(holds), reads);
    });
  }
});

describe('the rows that docs/mapping.md shows compile', () => {
  const shown = blocksOf(page, 'json')
    .map((block) => JSON.parse(block) as Json)
    .filter((block): block is readonly Json[] => Array.isArray(block));
  assert.notEqual(shown.length, 0);
  for (const fields of shown) {
    test(JSON.stringify(fields).slice(0, 100), () => {
      const stash = { oneroster: '/metadata/lti' };
      const rows = fields as unknown as readonly MappingRow[];
      const compiled = compile({ name: 'shown', version: 1, resource: 'lineItem', stash, fields: rows });
      assert.deepEqual('problems' in compiled ? compiled.problems : [], []);
    });
  }
});

/** The table of a mapping's row for the progress. */
function statusTable(mapping: string): { readonly values: JsonObject; readonly back: JsonObject } {
  const rows = readShipped(`mappings/${mapping}.json`)['fields'] as unknown as readonly MappingRow[];
  const codec = rows.find(({ ags }) => ags === '/progress')?.codec as JsonObject;
  return codec['table'] as { values: JsonObject; back: JsonObject };
}

/** The cells of the table whose head begins with a word in code, without that head. */
function tableUnder(word: string): { readonly head: readonly string[]; readonly body: readonly string[][] } {
  const lines = page.text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| \`${word}\``));
  const rest = lines.slice(at);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  const [head = [], , ...body] = rest.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
  return { head, body };
}

describe('docs/mapping.md has the status table of results', () => {
  const { head, body } = tableUnder('activityProgress');
  const values = Object.fromEntries(
    body.flatMap(([activity, ...cells]) =>
      cells.map((cell, index) => [`${activity} ${head[index + 1]}`, cell]),
    ),
  );
  const back = Object.fromEntries(tableUnder('scoreStatus').body);
  for (const mapping of ['result', 'assessment-result']) {
    test(mapping, () => assert.deepEqual({ ...statusTable(mapping) }, { values, back }));
  }
});

for (const path of ['docs/mapping.md', 'README.md']) {
  test(`${path} has every law, in the words of the command line`, () => {
    const said = rowsOf(readPage(path)).map(([name = '', sentence = '']) => `${codeIn(name)}: ${sentence}`);
    const laws = Object.entries(LAW_SENTENCES).map(([law, sentence]) => `${law}: ${sentence}`);
    assert.deepEqual(
      laws.filter((law) => !said.includes(law)),
      [],
    );
  });
}
