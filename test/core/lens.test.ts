import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { frozen, issuesOf, trialOf } from './lenses.ts';

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
