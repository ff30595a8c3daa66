import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { frozen, trialOf } from './lenses.ts';

describe('members that no row names', () => {
  const { lens, write, read } = trialOf([
    { ags: '/label', oneroster: '/title' },
    { ags: '/submission/start', oneroster: '/assignDate' },
  ]);
  const ags = {
    label: 'Quiz',
    'https://tool.example/ags/attempts': 3,
    'a/b~c': null,
    submission: { start: 'x', 'https://tool.example/late': { days: [0, false, ''] } },
    '': '',
  };
  const written = write(ags);

  test('travel in the stash in their own structure, and come back', () => {
    assert.deepEqual(written['metadata'], {
      lti: {
        members: {
          'https://tool.example/ags/attempts': 3,
          'a/b~c': null,
          submission: { 'https://tool.example/late': { days: [0, false, ''] } },
          '': '',
        },
      },
    });
    assert.deepEqual(read(written), ags);
  });

  test('are noted, each by its pointer', () => {
    const stashed = lens.toOneRoster(ags, { now: 0 }).notes.filter((note) => note.kind === 'stashed');
    assert.deepEqual(
      stashed.map((note) => note.ags),
      ['/https:~1~1tool.example~1ags~1attempts', '/a~1b~0c', '/submission', '/'],
    );
    assert.ok(stashed.every((note) => note.oneroster === '/metadata/lti'));
  });

  test('go when the tool no longer sends them', () =>
    assert.deepEqual(write({ label: 'Quiz' }, written), { title: 'Quiz' }));

  test('do not disturb what else stands in the stash', () => {
    const base = { metadata: { lti: { theirs: 1, members: { old: 1 } }, other: 2 } };
    assert.deepEqual(write({ label: 'Quiz', fresh: 2 }, base), {
      title: 'Quiz',
      metadata: { lti: { theirs: 1, members: { fresh: 2 } }, other: 2 },
    });
    assert.deepEqual(write({}, base), { metadata: { lti: { theirs: 1 }, other: 2 } });
  });

  test('include an empty object, also after somebody has given it a value in OneRoster', () => {
    const empty = write({ submission: {} });
    assert.deepEqual(read(empty), { submission: {} });
    const edited = { ...empty, assignDate: 'x' };
    assert.deepEqual(read(edited), { submission: { start: 'x' } });
    assert.deepEqual(write(read(edited), edited), edited);
  });

  test('do not include the id, which is an address', () => {
    assert.deepEqual(write({ id: 'https://gateway.example/1', label: 'Quiz' }), { title: 'Quiz' });
  });

  test('never come under a forbidden name', () => {
    const hostile = JSON.parse('{"__proto__":{"a":1},"constructor":1,"prototype":2,"ok":3}') as JsonObject;
    const { document } = lens.toOneRoster(hostile, { now: 0 });
    assert.deepEqual(document, { metadata: { lti: { members: { ok: 3 } } } });
  });

  test('are lost without a stash', () => {
    const { write: bare } = trialOf([{ ags: '/label', oneroster: '/title' }], { stash: undefined } as object);
    assert.deepEqual(bare({ label: 'Quiz', other: 1 }), { title: 'Quiz' });
  });
});

describe('a stash that somebody has edited', () => {
  const { lens, read, write } = trialOf([
    { ags: '/label', oneroster: '/title', codec: 'string' },
    { ags: '/submission/start', oneroster: '/assignDate', codec: 'dateTime' },
    { ags: '/progress', oneroster: '/progress', codec: { table: { values: { a: 1 } } } },
  ]);
  const withStash = (lti: Json): JsonObject => ({ title: 'Quiz', metadata: { lti } });

  for (const lti of [
    null,
    'text',
    [],
    7,
    {},
    { members: [], originals: 'x' },
    { members: null, originals: null },
    { members: 'abc', originals: ['/label'] },
    { originals: { '/label': null, '/submission/start': [], '/progress': 'a' } },
    { originals: { '/label': { was: 'Evil' } } },
    { originals: { '/label': { was: 7, wrote: 'Quiz' } } },
    { originals: { '/label': { was: { a: 1 }, wrote: 'Quiz' } } },
    { originals: { '/label': { was: 'Evil', wrote: 'Other' } } },
    { originals: { '/nothing': { was: 1 }, label: { was: 'Evil', wrote: 'Quiz' } } },
    { members: { label: 'Evil' } },
    { members: { id: 'https://evil.example/' } },
    { members: { submission: { start: 'Evil' } } } as Json,
  ]) {
    test(`${JSON.stringify(lti)} changes nothing that a row reads`, () => {
      const base = withStash(lti);
      const { submission, ...rest } = read(base);
      assert.deepEqual(rest, { label: 'Quiz' });
      assert.ok(submission === undefined || Object.keys(submission as JsonObject).length === 0);
      assert.deepEqual(write({ label: 'New' }, base)['title'], 'New');
    });
  }

  test('is repaired by the next write that needs it', () => {
    const written = write({ label: 'Quiz', extra: 1 }, withStash('text'));
    assert.deepEqual(read(written), { label: 'Quiz', extra: 1 });
  });

  test('never reaches a prototype', () => {
    const text =
      '{"title":"Quiz","metadata":{"lti":{"members":{"__proto__":{"evil":1},"constructor":{"a":1},"ok":1},"__proto__":{"members":{"x":1}},"originals":{"__proto__":{"was":1}}}}}';
    const base = JSON.parse(text) as JsonObject;
    const { document } = lens.toAgs(base);
    assert.deepEqual(Object.keys(document), ['label', 'ok']);
    assert.equal(Object.getPrototypeOf(document), Object.prototype);
    assert.equal((document as { evil?: Json }).evil, undefined);
    const written = lens.toOneRoster(document, { base, now: 0 }).document;
    assert.deepEqual(read(JSON.parse(JSON.stringify(written)) as JsonObject), { label: 'Quiz', ok: 1 });
  });

  test('a member of the stash joins an object that rows read, and no value of theirs', () => {
    const base = frozen({
      assignDate: '2026-01-01T00:00:00Z',
      metadata: { lti: { members: { submission: { start: 'Evil', late: 1 }, label: { a: 1 } } } },
    });
    assert.deepEqual(lens.toAgs(base).document, { submission: { start: '2026-01-01T00:00:00Z', late: 1 } });
  });
});
