import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../../src/core/lens.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { planMapping } from '../../src/core/plan.ts';
import { mappingOf, shippedMappings } from './lenses.ts';

const LABEL: MappingRow = { ags: '/label', oneroster: '/title' };
const START: MappingRow = { ags: '/start', oneroster: '/assignDate', codec: 'dateTime' };

function problemsOf(rows: readonly MappingRow[], stash = '/metadata/lti'): readonly string[] {
  const planned = planMapping(mappingOf(rows, { stash: { oneroster: stash } }));
  if ('plan' in planned) return [];
  return planned.problems.map(({ row, message }) => `${row ?? '-'}: ${message}`);
}

/** The row in question is number 1, after the label. */
const PROBLEMS: readonly [string, MappingRow, RegExp][] = [
  ['no place in OneRoster', { ags: '/tag' }, /^1: a row needs "oneroster", the place it writes$/],
  ['no pointer', { ags: '/tag', oneroster: 'tag' }, /^1: "tag" is no JSON Pointer to a member/],
  ['no pointer in AGS', { ags: '', oneroster: '/tag' }, /^1: "" is no JSON Pointer to a member/],
  ['a forbidden name', { ags: '/tag', oneroster: '/a/__proto__' }, /^1: "\/a\/__proto__" is no JSON Pointer/],
  ['identity of the tool', { ags: '/id', oneroster: '/tag' }, /^1: \/id is identity/],
  ['identity of OneRoster', { ags: '/tag', oneroster: '/sourcedId' }, /^1: \/sourcedId is identity/],
  ['inside identity', { ags: '/id/a', oneroster: '/tag' }, /^1: \/id\/a is identity/],
  ['one place twice', { ags: '/tag', oneroster: '/title' }, /^1: \/title overlaps \/title, which another/],
  ['inside another place', { ags: '/label/en', oneroster: '/tag' }, /^1: \/label\/en overlaps \/label,/],
  ['around the stash', { ags: '/tag', oneroster: '/metadata' }, /^1: \/metadata overlaps \/metadata\/lti,/],
  ['the mark of the owner', { oneroster: '/metadata/ltiTool', constant: 1 }, /^1: .*keeps its marks/],
  ['inside a mark', { ags: '/tag', oneroster: '/metadata/ltiWrote/a' }, /^1: .*keeps its marks/],
  ['inside the stash', { oneroster: '/metadata/lti/a', constant: 1 }, /^1: \/metadata\/lti\/a overlaps/],
  ['an unknown codec', { ags: '/tag', oneroster: '/tag', codec: 'colour' }, /^1: there is no codec colour/],
  ['no codec at all', { ags: '/tag', oneroster: '/tag', codec: {} }, /^1: there is no codec ;/],
  ['bad options', { ags: '/tag', oneroster: '/tag', codec: { scale: { by: 0 } } }, /^1: scale needs "by"/],
  ['a constant beside ags', { ags: '/tag', oneroster: '/tag', constant: 1 }, /^1: "constant" belongs to/],
  ['from beside ags', { ags: '/tag', oneroster: '/tag', from: '$context.a' }, /^1: "from" belongs to/],
  ['keep beside ags', { ags: '/tag', oneroster: '/tag', keep: true }, /^1: "keep" belongs to a row without/],
  ['nothing to write', { oneroster: '/tag' }, /^1: a row without "ags" needs either "constant", or "from"/],
  ['two things to write', { oneroster: '/tag', constant: 1, from: '$context.a' }, /^1: a row without "ags"/],
  ['from elsewhere', { oneroster: '/tag', from: 'context.a' }, /^1: a row without "ags" needs either/],
  ['from further in', { oneroster: '/tag', from: '$context.a.b' }, /^1: a row without "ags" needs either/],
  [
    'a default of a constant',
    { oneroster: '/tag', constant: 1, default: { ags: 1 } },
    /^1: "default" belongs to a row with "ags"$/,
  ],
  [
    'a constant that the codec refuses',
    { oneroster: '/tag', constant: 5, codec: 'reference' },
    /^1: the constant must be the sourcedId of an object$/,
  ],
  [
    'a time for a row that holds none',
    { ags: '/tag', oneroster: '/tag', codec: 'number', default: { oneroster: '$now' } },
    /^1: this default is a time, which the codec of the row does not read$/,
  ],
  [
    'a value to show that the tool could not send back',
    { ags: '/tag', oneroster: '/tag', codec: 'number', default: { ags: 'much' } },
    /^1: the default that the tool is shown must be a number$/,
  ],
  [
    'no duration',
    { ags: '/end', oneroster: '/dueDate', default: { oneroster: { after: '/title', duration: '14 days' } } },
    /^1: "duration" is an ISO 8601 duration, such as P14D$/,
  ],
  [
    'a duration alone',
    { ags: '/end', oneroster: '/dueDate', default: { oneroster: { after: '/title' } } },
    /^1: "duration" is an ISO 8601 duration, such as P14D$/,
  ],
  [
    'after a place that nobody writes',
    { ags: '/end', oneroster: '/dueDate', default: { oneroster: { after: '/start', duration: 'P1D' } } },
    /^1: "after" names \/start, which no earlier row writes$/,
  ],
];

describe('a row is refused for', () => {
  for (const [what, row, message] of PROBLEMS) {
    test(what, () => {
      const problems = problemsOf([LABEL, row]);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', message);
    });
  }
});

test('a default may name earlier rows only', () => {
  const end: MappingRow = {
    ags: '/end',
    oneroster: '/dueDate',
    codec: 'dateTime',
    default: { oneroster: { after: '/assignDate', duration: 'P1D' } },
  };
  assert.deepEqual(problemsOf([START, end]), []);
  assert.deepEqual(problemsOf([end, START]), ['0: "after" names /assignDate, which no earlier row writes']);
});

test('the place of the stash is checked, too, and is no row', () => {
  assert.match(problemsOf([LABEL], 'metadata')[0] ?? '', /^-: "metadata" is no JSON Pointer/);
  assert.match(problemsOf([LABEL], '/sourcedId')[0] ?? '', /^-: \/sourcedId is identity/);
});

test('all problems of a mapping are reported at once, and all of one row', () => {
  const problems = problemsOf([
    { ags: '/id', oneroster: '/sourcedId', codec: 'colour', keep: true },
    LABEL,
    LABEL,
    { oneroster: '/x' },
  ]);
  assert.deepEqual(
    problems.map((problem) => problem.slice(0, 24)),
    [
      '0: "keep" belongs to a r',
      '0: there is no codec col',
      '0: /sourcedId is identit',
      '0: /id is identity: ids ',
      '2: /title overlaps /titl',
      '2: /label overlaps /labe',
      '3: a row without "ags" n',
    ],
  );
});

test('compile gives the problems in place of a lens', () => {
  const compiled = compile(mappingOf([{ ags: '/label' }]));
  assert.ok('problems' in compiled);
  assert.deepEqual(compiled.problems, [{ row: 0, message: 'a row needs "oneroster", the place it writes' }]);
});

test('rows that share an object share its holder', () => {
  const planned = planMapping(
    mappingOf([
      { ags: '/a/b', oneroster: '/x/y/z' },
      { ags: '/a/c', oneroster: '/x/y/w' },
      { ags: '/d', oneroster: '/x/v' },
    ]),
  );
  assert.ok('plan' in planned);
  const { plan } = planned;
  assert.deepEqual(plan.agsHolders, [{ parent: 0, name: 'a' }]);
  assert.deepEqual(
    plan.pairs.map(({ agsPlace, place }) => [agsPlace.holder, agsPlace.name, place.holder, place.name]),
    [
      [1, 'b', 3, 'z'],
      [1, 'c', 3, 'w'],
      [0, 'd', 2, 'v'],
    ],
  );
});

test('the shipped mappings have no problems', () => {
  for (const mapping of shippedMappings()) assert.ok('lens' in compile(mapping), mapping.name);
});
