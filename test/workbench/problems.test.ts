import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileText, type MappingFault } from '../../src/config/mappings.ts';
import { tryMapping } from '../../src/workbench/try.ts';
import { shippedText } from './texts.ts';

const HEAD = '{ "name": "line-item", "version": 1, "resource": "lineItem",\n';
const STASH = '  "stash": { "oneroster": "/metadata/lti" },\n';

type Where = Pick<MappingFault, 'line' | 'column'> & { readonly row?: number };

/** What is wrong, the text, what is said of it, and where. */
const TEXTS: readonly (readonly [string, string, RegExp, Where])[] = [
  ['nothing at all', '', /is not JSON/, { line: 1, column: 1 }],
  ['a comma too many', `${HEAD}  "fields": [],\n}`, /is not JSON/, { line: 3, column: 1 }],
  ['a brace too few', `${HEAD}  "fields": [\n`, /is not JSON/, { line: 3, column: 1 }],
  ['a comment', `{ // why\n}`, /is not JSON/, { line: 1, column: 3 }],
  ['no object', '[]', /must be object/, { line: 1, column: 1 }],
  [
    'an unknown member',
    `${HEAD}  "feilds": [],\n  "fields": [{ "oneroster": "/a", "constant": 1 }] }`,
    /unknown key "feilds"/,
    { line: 1, column: 1 },
  ],
  ['a member that is missing', `${HEAD}  "description": "" }`, /"fields" is missing/, { line: 1, column: 1 }],
  [
    'a forbidden member',
    `{ "name": "line-item",\n  "examples": [{ "ags": { "__proto__": {} } }] }`,
    /__proto__/,
    { line: 2, column: 25 },
  ],
  [
    'a row without OneRoster',
    `${HEAD}  "fields": [\n    { "ags": "/label" } ] }`,
    /"oneroster" is missing/,
    { line: 3, column: 5, row: 0 },
  ],
  [
    'a codec that there is not',
    `${HEAD}  "fields": [\n    { "oneroster": "/a", "constant": 1 },\n    { "ags": "/b", "oneroster": "/b", "codec": "dat" } ] }`,
    /none of the forms/,
    { line: 4, column: 48, row: 1 },
  ],
  [
    'two rows for one place',
    `${HEAD}  "fields": [\n    { "ags": "/a", "oneroster": "/t" },\n    { "ags": "/b", "oneroster": "/t" } ] }`,
    /overlaps/,
    { line: 4, column: 5, row: 1 },
  ],
  [
    'a mark of the gateway',
    `${HEAD}  "fields": [ { "ags": "/a", "oneroster": "/metadata/ltiTool" } ] }`,
    /marks/,
    { line: 2, column: 15, row: 0 },
  ],
  [
    'an id',
    `${HEAD}  "fields": [ { "ags": "/id", "oneroster": "/title" } ] }`,
    /identity/,
    { line: 2, column: 15, row: 0 },
  ],
  [
    'a default after nothing',
    `${HEAD}${STASH}  "fields": [\n    { "ags": "/e", "oneroster": "/dueDate", "codec": "dateTime",\n      "default": { "oneroster": { "after": "/assignDate", "duration": "P1D" } } } ] }`,
    /no earlier row/,
    { line: 4, column: 5, row: 0 },
  ],
  [
    'a table of nulls',
    `${HEAD}  "fields": [ { "ags": "/a", "oneroster": "/t",\n    "codec": { "table": { "values": { "x": null } } } } ] }`,
    /not null/,
    { line: 2, column: 15, row: 0 },
  ],
  [
    'another name',
    shippedText().replace('"name": "line-item"', '"name": "line-items"'),
    /it should be line-item/,
    { line: 3, column: 11 },
  ],
];

describe('what is wrong with a text is told with its line, its column and its row', () => {
  for (const [what, text, said, where] of TEXTS) {
    test(what, () => {
      const compiled = compileText(text, 'line-item');
      assert.ok('faults' in compiled, 'it compiles');
      const found = compiled.faults.find(({ message }) => said.test(message));
      assert.ok(found, JSON.stringify(compiled.faults));
      const { line, column, row, remedy } = found;
      assert.deepEqual({ line, column, ...(row !== undefined && { row }) }, where);
      assert.notEqual(remedy, '');
    });
  }
});

const BOUNDS = { runs: 20, milliseconds: 200, clock: Date.now };

test('several problems are told at once, and nothing is mapped', () => {
  const text = `${HEAD}  "fields": [\n    { "ags": "/a", "oneroster": "/sourcedId" },\n    { "ags": "/id", "oneroster": "/t" } ] }`;
  const tried = tryMapping(text, { direction: 'oneroster', document: {}, now: 0 }, BOUNDS);
  assert.deepEqual(
    tried.problems.map(({ row, line }) => [row, line]),
    [
      [0, 3],
      [1, 4],
    ],
  );
  assert.equal(tried.document, undefined);
  assert.deepEqual([tried.laws, tried.rows], [[], []]);
});

test('a mapping that cannot write what its own rows say is a problem of its text, and ends nothing', () => {
  const row = '{ "oneroster": "/weight", "codec": "number", "from": "$context.weight" }';
  const text = `${HEAD}  "fields": [ ${row} ], "lossy": "all" }`;
  const tried = tryMapping(text, { direction: 'oneroster', document: {}, now: 0 }, BOUNDS);
  assert.match(tried.problems[0]?.message ?? '', /no usable weight/);
});

/** Documents that do not fit: which one, where, and in which row. */
const MISFITS = [
  [
    'a value of another kind',
    { document: { label: 7, scoreMaximum: 1 } },
    { in: 'document', pointer: '/label', row: 0 },
  ],
  [
    'a context without a class',
    { document: { label: 'Q', scoreMaximum: 1 }, context: { school: 's', category: 'c' } },
    { in: 'context', pointer: '', row: 10 },
  ],
  [
    'a base with a text where an object belongs',
    { document: { label: 'Q', scoreMaximum: 1, tag: 't' }, base: { metadata: 'x' } },
    { in: 'base', pointer: '', row: 5 },
  ],
] as const;

for (const [what, documents, expected] of MISFITS) {
  test(`${what} is a problem of the document, with its row`, () => {
    const tried = tryMapping(shippedText(), { direction: 'oneroster', now: 0, ...documents }, BOUNDS);
    const [{ in: where, pointer, row } = { in: '', pointer: '', row: -1 }] = tried.documentProblems;
    assert.deepEqual({ in: where, pointer, row }, expected);
    assert.deepEqual(tried.problems, []);
    assert.equal(tried.laws.length, 6, 'the mapping itself is judged all the same');
  });
}
