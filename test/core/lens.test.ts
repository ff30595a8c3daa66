import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { frozen, issuesOf, NOON, trialOf } from './lenses.ts';

const ROWS: readonly MappingRow[] = [
  { ags: '/label', oneroster: '/title', codec: 'string' },
  { ags: '/scoreMaximum', oneroster: '/resultValueMax', codec: 'number' },
  { ags: '/tag', oneroster: '/metadata/ltiTag' },
  { ags: '/gradesReleased', oneroster: '/metadata/ltiGradesReleased', codec: 'boolean' },
];

describe('present, absent and null', () => {
  const { write, read } = trialOf(ROWS);

  for (const value of [0, false, '', [], {}, [null], 'text'] as const) {
    test(`${JSON.stringify(value)} is present`, () => {
      assert.deepEqual(write({ tag: value }), { metadata: { ltiTag: value } });
      assert.deepEqual(read({ metadata: { ltiTag: value } }), { tag: value });
    });
  }

  test('null comes back as null, though OneRoster is sent no member', () => {
    const written = write({ tag: null, label: 'Quiz' }, { metadata: { ltiTag: 'old' } });
    assert.deepEqual(written, { title: 'Quiz', metadata: { lti: { originals: { '/tag': { was: null } } } } });
    assert.deepEqual(read(written), { tag: null, label: 'Quiz' });
  });

  test('null of OneRoster is shown as null', () =>
    assert.deepEqual(read({ title: null, resultValueMax: 1 }), { label: null, scoreMaximum: 1 }));

  test('absent comes back as absent', () => {
    assert.deepEqual(write({}), {});
    assert.deepEqual(read({}), {});
  });
});

describe('removal crosses', () => {
  const { write } = trialOf(ROWS);

  test('a member that the tool no longer has goes, and with it the object that is empty then', () => {
    assert.deepEqual(write({ label: 'Quiz' }, { title: 'Quiz', metadata: { ltiTag: 'x' } }), {
      title: 'Quiz',
    });
  });

  test('an object that holds something of others stays', () => {
    const base = { metadata: { district: 7, ltiTag: 'x', ltiGradesReleased: true } };
    assert.deepEqual(write({ gradesReleased: false }, base), {
      metadata: { district: 7, ltiGradesReleased: false },
    });
  });

  test('an empty object of others stays', () =>
    assert.deepEqual(write({ label: 'Quiz' }, { metadata: {} }), { title: 'Quiz', metadata: {} }));

  test('a member taken away leaves no trace, not even an undefined one', () => {
    const written = write({ label: 'Quiz' }, { resultValueMax: 5, metadata: { ltiTag: 'x', a: 1 } });
    assert.deepEqual(Object.keys(written), ['title', 'metadata'].reverse());
    assert.deepEqual(Object.keys(written['metadata'] as JsonObject), ['a']);
  });

  test('a nested object that becomes empty takes the objects around it along', () => {
    const deep = trialOf([{ ags: '/a', oneroster: '/x/y/z' }]);
    assert.deepEqual(deep.write({}, { x: { y: { z: 1 } }, w: 1 }), { w: 1 });
    assert.deepEqual(deep.write({}, { x: { y: { z: 1 }, v: 1 } }), { x: { v: 1 } });
  });
});

describe('writing goes over the base', () => {
  const { write } = trialOf(ROWS);
  const base = { sourcedId: 'li-1', title: 'Old', description: 'd', metadata: { theirs: [1], ltiTag: 'x' } };

  test('members that no row names survive as they are', () => {
    assert.deepEqual(write({ label: 'New', tag: 'y' }, base), {
      sourcedId: 'li-1',
      title: 'New',
      description: 'd',
      metadata: { theirs: [1], ltiTag: 'y' },
    });
  });

  test('what changes nothing gives the base itself', () => {
    const { lens } = trialOf(ROWS);
    const document = frozen(base);
    const { document: ags } = lens.toAgs(document);
    assert.equal(lens.toOneRoster(ags, { base: document, now: 0 }).document, document);
  });

  test('a value in the way is an issue and is not overwritten', () => {
    const issues = issuesOf(() => write({ tag: 'x', label: 'Quiz' }, { metadata: 'mine' }));
    assert.deepEqual(issues, [
      {
        pointer: '',
        code: 'blocked',
        message:
          '/metadata/ltiTag cannot be written: a step on the way holds something that is no object (row 2 of the mapping).',
      },
    ]);
    assert.equal(issuesOf(() => write({ tag: 'x' }, { metadata: [] }))[0]?.code, 'blocked');
    assert.equal(issuesOf(() => write({ 'https://a.example': 1 }, { metadata: 0 }))[0]?.code, 'blocked');
  });

  test('null in the way gives room', () =>
    assert.deepEqual(write({ tag: 'x' }, { metadata: null }), { metadata: { ltiTag: 'x' } }));

  test('a value in the way of nothing that is written is nobody’s problem', () =>
    assert.deepEqual(write({ label: 'Quiz' }, { metadata: 'mine' }), { title: 'Quiz', metadata: 'mine' }));
});

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

test('all problems of a document are reported together, each with its place and row', () => {
  const { write } = trialOf([...ROWS, { oneroster: '/class', from: '$context.class' }]);
  const issues = issuesOf(() =>
    write({ label: 5, scoreMaximum: '5', gradesReleased: 'no', tag: 'x' }, { metadata: 1 }),
  );
  assert.deepEqual(
    issues.map(({ pointer, code, message }) => `${pointer} ${code} ${message}`),
    [
      '/label type Must be a string (row 0 of the mapping).',
      '/scoreMaximum type Must be a number (row 1 of the mapping).',
      ' blocked /metadata/ltiTag cannot be written: a step on the way holds something that is no object (row 2 of the mapping).',
      '/gradesReleased type Must be true or false (row 3 of the mapping).',
      ' context The context has no usable class (row 4 of the mapping).',
    ],
  );
});

test('a message never holds the value, which may be a student’s', () => {
  const { write } = trialOf(ROWS);
  const issues = issuesOf(() => write({ scoreMaximum: 'Anna Schmidt' }));
  assert.ok(!JSON.stringify(issues).includes('Anna'));
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

describe('values that cannot be read', () => {
  const rows: readonly MappingRow[] = [
    { ags: '/label', oneroster: '/title', codec: 'string' },
    { ags: '/start', oneroster: '/assignDate', codec: 'dateTime' },
    { ags: '/max', oneroster: '/max', codec: 'number', default: { ags: 100 } },
    { ags: '/scaled', oneroster: '/scaled', codec: { scale: { by: 2 } } },
  ];
  const { lens, read, write } = trialOf(rows);

  test('are left out, with a note, and do not keep the others from being read', () => {
    const { document, notes } = lens.toAgs({
      title: ['Quiz'],
      assignDate: 'soon',
      max: 5,
      scaled: Number.POSITIVE_INFINITY,
    });
    assert.deepEqual(document, { max: 5 });
    assert.deepEqual(notes, [
      { kind: 'unreadable', ags: '/label', oneroster: '/title' },
      { kind: 'unreadable', ags: '/start', oneroster: '/assignDate' },
      { kind: 'unreadable', ags: '/scaled', oneroster: '/scaled' },
    ]);
  });

  test('give way to a value that must be shown', () => {
    const { document, notes } = lens.toAgs({ max: 'much' });
    assert.deepEqual(document, { max: 100 });
    assert.deepEqual(
      notes.map((note) => note.kind),
      ['unreadable', 'defaulted'],
    );
  });

  test('stay in OneRoster while the tool says nothing, and go when it says something', () => {
    const base = { title: ['Quiz'], max: 1 };
    assert.deepEqual(write(read(base), base), base);
    assert.deepEqual(write({ label: 'Quiz', max: 1 }, base), { title: 'Quiz', max: 1 });
  });
});

describe('a value that must be shown in any case', () => {
  const { lens, read, write } = trialOf([
    { ags: '/max', oneroster: '/max', codec: 'number', default: { ags: 100 } },
  ]);

  test('is shown where OneRoster has none or null, with a note', () => {
    assert.deepEqual(read({}), { max: 100 });
    assert.deepEqual(read({ max: null }), { max: 100 });
    assert.deepEqual(lens.toAgs({}).notes, [{ kind: 'defaulted', ags: '/max', oneroster: '/max' }]);
  });

  test('gives way to zero', () => assert.deepEqual(read({ max: 0 }), { max: 0 }));

  test('is written when the tool sends it back', () => assert.deepEqual(write(read({})), { max: 100 }));
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
