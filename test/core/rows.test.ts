import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { issuesOf, NOON, trialOf } from './lenses.ts';

const ROWS: readonly MappingRow[] = [
  { ags: '/label', oneroster: '/title', codec: 'string' },
  { ags: '/scoreMaximum', oneroster: '/resultValueMax', codec: 'number' },
  { ags: '/tag', oneroster: '/metadata/ltiTag' },
  { ags: '/gradesReleased', oneroster: '/metadata/ltiGradesReleased', codec: 'boolean' },
];

describe('rows that the gateway fills', () => {
  const { lens, write } = trialOf([
    { oneroster: '/status', constant: 'active' },
    { oneroster: '/min', constant: 0, keep: true },
    { oneroster: '/class', codec: 'reference', from: '$context.class' },
    { oneroster: '/category', codec: 'reference', from: '$context.category', keep: true },
    { oneroster: '/none', constant: null },
  ]);
  const context = { class: 'class-1', category: 'category-1' };

  test('are written whatever stood there', () => {
    const base = { status: 'tobedeleted', class: { sourcedId: 'class-2', href: 'x' } };
    assert.deepEqual(write({}, base, { context }), {
      status: 'active',
      class: { sourcedId: 'class-1' },
      min: 0,
      category: { sourcedId: 'category-1' },
      none: null,
    });
  });

  test('leave what means the same in the words of OneRoster', () => {
    const base = { class: { sourcedId: 'class-1', type: 'class', href: 'x' } };
    assert.deepEqual(write({}, base, { context })['class'], base.class);
  });

  test('with keep, leave what stands, zero included, and say so', () => {
    const base = { min: 5, category: { sourcedId: 'homework' } };
    const { document, notes } = lens.toOneRoster({}, { base, context, now: NOON });
    assert.deepEqual([document['min'], document['category']], [5, { sourcedId: 'homework' }]);
    assert.deepEqual(
      notes.filter((note) => note.kind === 'kept').map((note) => note.oneroster),
      ['/min', '/category'],
    );
    for (const value of [0, false, '']) {
      const { write: fill } = trialOf([{ oneroster: '/x', constant: 5, keep: true }]);
      assert.deepEqual(fill({}, { x: value }), { x: value });
    }
  });

  test('with keep, fill what is null', () => assert.equal(write({}, { min: null }, { context })['min'], 0));

  test('ask for a context that has the value', () => {
    const issues = issuesOf(() => write({}, {}, { context: { category: 7 } }));
    assert.deepEqual(
      issues.map(({ pointer, code, message }) => [pointer, code, message]),
      [
        ['', 'context', 'The context has no usable class (row 2 of the mapping).'],
        ['', 'context', 'The context has no usable category (row 3 of the mapping).'],
      ],
    );
  });

  test('with keep, ask for nothing that is not needed', () => {
    const base = { category: { sourcedId: 'homework' } };
    assert.deepEqual(write({}, base, { context: { class: 'class-1' } })['category'], base.category);
  });

  test('never take a value from the prototype of the context', () => {
    const { write: fill } = trialOf([{ oneroster: '/x', from: '$context.toString' }]);
    assert.equal(issuesOf(() => fill({}))[0]?.code, 'context');
  });
});

describe('names of Object.prototype are data', () => {
  const rows: readonly MappingRow[] = [
    { ags: '/toString', oneroster: '/valueOf' },
    { ags: '/hasOwnProperty', oneroster: '/metadata/toString' },
  ];
  const { write, read } = trialOf(rows);

  test('absent ones are absent', () => {
    assert.deepEqual(write({}), {});
    assert.deepEqual(read({}), {});
    assert.deepEqual(read({ metadata: {} }), {});
  });

  test('present ones cross, also as strangers', () => {
    const ags = { toString: 1, hasOwnProperty: 2, isPrototypeOf: 3 };
    const written = write(ags);
    assert.deepEqual(Object.entries(written).length, 2);
    assert.deepEqual(read(written), ags);
  });

  test('a base with a member called __proto__ gives nobody a prototype', () => {
    const base = JSON.parse('{"__proto__":{"title":"evil"},"a":1}') as JsonObject;
    const plain = trialOf([{ ags: '/label', oneroster: '/title' }]);
    assert.equal(plain.read(base)['label'], undefined);
    const written = plain.lens.toOneRoster({ label: 'Quiz' }, { base, now: 0 }).document;
    assert.deepEqual(plain.read(written), { label: 'Quiz' });
    assert.equal(({} as JsonObject)['title'], undefined);
  });
});

describe('read', () => {
  const { lens, write } = trialOf([
    ...ROWS,
    { ags: '/start', oneroster: '/assignDate', codec: 'dateTime' },
    { ags: '/level', oneroster: '/level', default: { ags: 1 } },
  ]);
  const ags = {
    label: 'Quiz',
    tag: '',
    start: '2026-04-01T00:00:00+02:00',
    level: 2,
    'https://tool.example/x': { deep: [0] },
  };
  const document = write(ags);

  const cases: Readonly<Record<string, Json | undefined>> = {
    '/label': 'Quiz',
    '/tag': '',
    '/start': '2026-04-01T00:00:00+02:00',
    '/level': 2,
    '/scoreMaximum': undefined,
    '/https:~1~1tool.example~1x': { deep: [0] },
    '/https:~1~1tool.example~1x/deep': [0],
    '/nothing': undefined,
    '/toString': undefined,
    '/__proto__': undefined,
    '': undefined,
    label: undefined,
  };
  for (const [pointer, value] of Object.entries(cases)) {
    test(`finds ${JSON.stringify(value)} at ${JSON.stringify(pointer)}`, () =>
      assert.deepEqual(lens.read(document, pointer), value));
  }

  test('shows what toAgs shows', () => {
    for (const other of [
      document,
      {},
      { level: null, title: 5, metadata: null },
      { metadata: { lti: 'x' } },
    ]) {
      const whole = lens.toAgs(other).document;
      for (const { ags: pointer } of lens.plan.pairs) {
        assert.deepEqual(lens.read(other, pointer), whole[pointer.slice(1)], pointer);
      }
    }
  });
});

describe('nested places of the tool', () => {
  const { write, read } = trialOf([
    { ags: '/submission/start', oneroster: '/a' },
    { ags: '/submission/end', oneroster: '/b' },
  ]);

  test('are read together into one object', () =>
    assert.deepEqual(read({ a: 1, b: 2 }), { submission: { start: 1, end: 2 } }));

  for (const ags of [
    { submission: { start: 1 } },
    { submission: {} },
    { submission: { end: 0, other: 1 } },
    { submission: 'text' },
    { submission: null },
    { submission: [] },
    { submission: { start: { other: 1 } } },
    {},
  ]) {
    test(`${JSON.stringify(ags)} comes back`, () => assert.deepEqual(read(write(ags)), ags));
  }
});
