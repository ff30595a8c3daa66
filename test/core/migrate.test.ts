import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changedBy, editsOf, stamped } from '../../src/core/edits.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { tryLaw } from '../../src/core/laws.ts';
import { type Lens, lensOf } from '../../src/core/lens.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { currentForm } from '../../src/core/migrate.ts';
import { valueAt, withValue } from '../../src/core/pointer.ts';
import { samples } from '../../src/proof/samples.ts';
import { lensOf as compiled, frozen, mappingOf } from './lenses.ts';

const LABEL: MappingRow = { ags: '/label', oneroster: '/title', codec: 'text' };
const WEIGHT = '/https:~1~1x.example~1weight';
const NOW = Date.UTC(2026, 2, 1);

interface Version {
  readonly fields: readonly MappingRow[];
  readonly stash?: string;
}

function version({ fields, stash = '/metadata/lti' }: Version): Lens {
  return compiled({ ...mappingOf([LABEL, ...fields]), stash: { oneroster: stash } });
}

/** Two versions that know each other, as they do when a version is activated and rolled back. */
function pairOf(before: Version, after: Version): readonly [Lens, Lens] {
  const [one, other] = [version(before), version(after)];
  return [lensOf(one.plan, [other.plan]), lensOf(other.plan, [one.plan])];
}

const at = (oneroster: string, codec?: MappingRow['codec'], ags = WEIGHT): MappingRow => ({
  ags,
  oneroster,
  ...(codec !== undefined && { codec }),
});
const words = (values: Record<string, string>, back = {}): MappingRow['codec'] => ({
  table: { values, back },
});
const NOTHING: Version = { fields: [] };

/** Everything that a change of a mapping can do to a row. */
const CHANGES: Readonly<Record<string, readonly [Version, Version]>> = {
  'a row that is new': [NOTHING, { fields: [at('/metadata/weight')] }],
  'a row that is new, of one kind of values': [NOTHING, { fields: [at('/metadata/weight', 'number')] }],
  'a row inside of a member': [
    NOTHING,
    { fields: [at('/metadata/at', 'dateTime', '/submission/startedAt')] },
  ],
  'a place that moved': [{ fields: [at('/metadata/a')] }, { fields: [at('/metadata/b')] }],
  'a place that moved with a default': [
    { fields: [{ ...at('/due', 'dateTime'), default: { oneroster: '$now' } }] },
    { fields: [{ ...at('/metadata/due', 'date'), default: { oneroster: '$now' } }] },
  ],
  'two rows that swap their places': [
    { fields: [at('/a', 'string', '/x'), at('/b', 'string', '/y')] },
    { fields: [at('/b', 'string', '/x'), at('/a', 'string', '/y')] },
  ],
  'another stash': [
    { fields: [at('/metadata/due', 'dateTime')] },
    { fields: [at('/metadata/due', 'dateTime')], stash: '/metadata/other' },
  ],
  'another stash and another place': [
    { fields: [at('/a', 'date')] },
    { fields: [at('/metadata/b', 'date')], stash: '/elsewhere' },
  ],
  'an affix that is new': [
    { fields: [at('/a', 'string')] },
    { fields: [at('/a', { affix: { prefix: 'lti-' } })] },
  ],
  'another scale': [
    { fields: [at('/a', { scale: { by: 100 } })] },
    { fields: [at('/a', { scale: { by: 10 } })] },
  ],
  'a codec that takes more': [{ fields: [at('/a', 'positive')] }, { fields: [at('/a', 'json')] }],
  'a codec that keeps less': [{ fields: [at('/a', 'dateTime')] }, { fields: [at('/a', 'date')] }],
  'a table with other values': [
    { fields: [at('/a', words({ one: '1', two: '2' }))] },
    { fields: [at('/a', words({ one: '2', two: '1', three: '3' }))] },
  ],
  'a member inside of one that had a row': [
    { fields: [at('/a', 'json', '/x')] },
    { fields: [at('/b', 'json', '/x/y')] },
  ],
  'a place that a constant takes': [
    { fields: [at('/a', 'string')] },
    { fields: [{ oneroster: '/a', constant: 'fixed' }] },
  ],
};

describe('migrate holds, there and back', () => {
  for (const [what, [before, after]] of Object.entries(CHANGES)) {
    const [old, young] = pairOf(before, after);
    for (const [way, lens] of Object.entries({ there: young, back: old })) {
      test(`${what}: ${way}`, () => {
        fc.assert(
          fc.property(samples(lens), (sample) => {
            assert.equal(tryLaw('migrate', lens, sample), undefined);
          }),
          { numRuns: 300, seed: 46 },
        );
      });
    }
  }
});

const write = (lens: Lens, document: JsonObject, base?: JsonObject): JsonObject =>
  frozen(
    stamped(lens.plan, lens.toOneRoster(document, { now: NOW, context: {}, ...(base && { base }) }).document),
  );

describe('a row that is new', () => {
  const [old, young] = pairOf(NOTHING, { fields: [at('/metadata/weight', 'number')] });
  const written = write(old, { label: 'Quiz', 'https://x.example/weight': 7 });

  test('reads what stood in the stash, and the next write moves it; one that goes gives it back', () => {
    assert.equal(young.read(written, WEIGHT), 7);
    const after = write(young, { ...young.toAgs(written).document, label: 'Test' }, written);
    assert.equal(valueAt(after, ['metadata', 'weight']), 7);
    assert.equal(valueAt(after, ['metadata', 'lti']), undefined);
    assert.equal(old.toAgs(after).document['https://x.example/weight'], 7);
    const again = write(old, { ...old.toAgs(after).document, label: 'Exam' }, after);
    assert.equal(valueAt(again, ['metadata', 'weight']), undefined);
    assert.equal(young.read(again, WEIGHT), 7);
  });

  test('reads what somebody has written at its place meanwhile', () => {
    const edited = withValue(written, ['metadata', 'weight'], 9);
    assert.equal(young.read(edited, WEIGHT), 9);
    assert.deepEqual(
      editsOf(young.plan, edited).map(({ oneroster }) => oneroster),
      ['/metadata/weight'],
    );
  });

  test('leaves in the stash what its codec does not take, until the tool says something else', () => {
    const odd = write(old, { label: 'Quiz', 'https://x.example/weight': 'heavy' });
    assert.equal(young.read(odd, WEIGHT), 'heavy');
    const after = write(young, { label: 'Test', 'https://x.example/weight': 'heavy' }, odd);
    assert.equal(young.read(after, WEIGHT), 'heavy');
    assert.equal(old.read(after, WEIGHT), 'heavy');
    assert.equal(young.read(write(young, { label: 'Test' }, after), WEIGHT), undefined);
    assert.throws(() => write(young, { label: 'Test', 'https://x.example/weight': 'light' }, after));
  });

  test('finds it also where nothing says which rows wrote', () => {
    const bare = old.toOneRoster({ label: 'Quiz', 'https://x.example/weight': 7 }, { now: NOW }).document;
    assert.equal(young.read(bare, WEIGHT), 7);
    const { rows: _, ...marks } = valueAt(written, ['metadata', 'ltiWrote']) as JsonObject;
    assert.equal(young.read(withValue(written, ['metadata', 'ltiWrote'], marks), WEIGHT), 7);
  });

  test('does not take for somebody’s what a service that merges has kept of it', () => {
    const moved = write(young, young.toAgs(written).document, written);
    const back = write(old, { label: 'Quiz', 'https://x.example/weight': 8 }, moved);
    const merged = withValue(back, ['metadata', 'weight'], 7);
    assert.equal(young.read(merged, WEIGHT), 8);
    const cleared = withValue(write(old, { label: 'Quiz' }, moved), ['metadata', 'weight'], 7);
    assert.equal(young.read(cleared, WEIGHT), undefined);
  });
});

describe('an edit goes on being one', () => {
  const [old, young] = pairOf({ fields: [at('/a', 'number')] }, { fields: [at('/b', 'number')] });
  const written = write(old, { label: 'Quiz', 'https://x.example/weight': 7 });

  test('at the place to which its row moves', () => {
    const edited = withValue(written, ['a'], 9);
    assert.deepEqual(
      editsOf(young.plan, edited).map(({ oneroster }) => oneroster),
      ['/b'],
    );
    assert.equal(young.read(edited, WEIGHT), 9);
    const standing = currentForm(young.plan, edited);
    const document = write(young, { label: 'Quiz', 'https://x.example/weight': 7 }, edited);
    assert.equal(changedBy(editsOf(young.plan, edited), { standing, document }).length, 1);
  });

  test('and what nobody edited is none', () => {
    assert.deepEqual(editsOf(young.plan, written), []);
    assert.deepEqual(
      editsOf(young.plan, { ...written, title: 'Renamed' }).map(({ ags }) => ags),
      ['/label'],
    );
  });
});

describe('a loss that is not declared is found', () => {
  const before = { fields: [at('/a', words({ one: '1', two: '2', both: '2' }, { 2: 'two' }))] };
  const after = { fields: [at('/a', words({ one: '1', two: '2' }))] };
  const broken = (lens: Lens): boolean =>
    fc.check(
      fc.property(samples(lens), (sample) => tryLaw('migrate', lens, sample) === undefined),
      { numRuns: 300, seed: 46 },
    ).failed;

  test('a word that a table has no more', () => {
    assert.equal(broken(pairOf(before, after)[1]), true);
  });

  test('unless its row says so', () => {
    const declared = { fields: after.fields.map((row) => ({ ...row, lossy: 'two words are one' })) };
    assert.equal(broken(pairOf(before, declared)[1]), false);
  });
});

test('a document of the rows of now, of nobody, or of unknown rows is the document itself', () => {
  const [old, young] = pairOf(NOTHING, { fields: [at('/a')] });
  const mine = write(young, { label: 'Quiz' });
  const strange = withValue(mine, ['metadata', 'ltiWrote', 'rows'], 'strange_');
  for (const document of [mine, strange, frozen({ title: 'Quiz' })]) {
    assert.equal(currentForm(young.plan, document), document);
  }
  assert.notEqual(currentForm(old.plan, mine), mine);
});
