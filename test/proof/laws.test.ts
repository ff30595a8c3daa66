import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LAW_SENTENCES, LAWS, tryLaw } from '../../src/core/laws.ts';
import { prove } from '../../src/proof/prove.ts';
import { lensOf, mappingOf, shippedMappings } from '../core/lenses.ts';

const RUNS = 10_000;
const SEED = 20_260_301;

for (const mapping of shippedMappings()) {
  const lens = lensOf(mapping);
  describe(`every law holds for ${mapping.name}`, () => {
    test(`on ${RUNS} documents`, () => assert.equal(prove(lens, { runs: RUNS, seed: SEED }), undefined));

    test('on documents that no run has seen before', () => {
      const seed = Math.floor(Math.random() * 0x7fffffff);
      const found = prove(lens, { runs: 500, seed });
      assert.equal(found, undefined, `seed ${seed}: ${JSON.stringify(found)}`);
    });

    test('on its own examples, each written over each', () => {
      const examples = mapping.examples ?? [];
      for (const { ags: first, context = {} } of examples) {
        for (const { ags: second, oneroster: base } of examples) {
          const sample = { first, second, base, context, now: 0, later: 1e12 };
          for (const law of LAWS) assert.equal(tryLaw(law, lens, sample), undefined, law);
        }
      }
    });
  });
}

/** One row of every codec, with places inside each other on both sides. */
const EVERYTHING = mappingOf([
  { ags: '/label', oneroster: '/title', codec: 'string' },
  { ags: '/any', oneroster: '/metadata/any' },
  { ags: '/submission/start', oneroster: '/dates/assign', codec: 'dateTime', default: { oneroster: '$now' } },
  {
    ags: '/submission/end',
    oneroster: '/dates/due',
    codec: 'date',
    default: { oneroster: { after: '/dates/assign', duration: 'P1M' } },
  },
  { ags: '/submission/limits/tries', oneroster: '/a/b/c', codec: { scale: { by: 0.1 } } },
  { ags: '/max', oneroster: '/max', codec: 'number', default: { ags: 100, oneroster: 1 } },
  { ags: '/released', oneroster: '/released', codec: 'boolean' },
  { ags: '/code', oneroster: '/code', codec: { affix: { prefix: 'lti-' } } },
  {
    ags: '/progress',
    oneroster: '/progress',
    codec: { table: { values: { Started: 1, InProgress: 1, Done: 2 }, back: { 1: 'Started' } } },
    default: { oneroster: 2 },
  },
  { ags: '/owner', oneroster: '/owner', codec: 'reference' },
  { oneroster: '/a/kind', constant: 'lti', keep: true },
  { oneroster: '/metadata/none', constant: false },
  { oneroster: '/class', codec: 'reference', from: '$context.class' },
]);

test('every law holds for a mapping with one row of everything', () =>
  assert.equal(prove(lensOf(EVERYTHING), { runs: 2_000, seed: SEED }), undefined));

test('every law has a sentence for people', () => {
  assert.deepEqual(Object.keys(LAW_SENTENCES), [...LAWS]);
});
