import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { difference, type LawName, tryLaw } from '../../src/core/laws.ts';
import type { Lens } from '../../src/core/lens.ts';
import type { Mapping, MappingRow } from '../../src/core/mapping.ts';
import { prove } from '../../src/proof/prove.ts';
import { samples } from '../../src/proof/samples.ts';
import { lensOf, mappingOf, withoutStash } from '../core/lenses.ts';

/** A law that cannot fail says nothing: these mappings lose something, and each must be caught at it. */

const STRANGERS = 'Members that no row names are not kept.';
const WORDS = { values: { Started: 'open', InProgress: 'open', Done: 'closed' }, back: { open: 'Started' } };
const SEED = 7;

function lossyMapping(row: MappingRow, lossy?: string): Mapping {
  const label: MappingRow = { ags: '/label', oneroster: '/title', codec: 'string' };
  return withoutStash(mappingOf([label, row], lossy === undefined ? {} : { lossy }));
}

const ROWS: readonly [string, MappingRow, LawName][] = [
  ['a date-time with an offset', { ags: '/end', oneroster: '/dueDate', codec: 'dateTime' }, 'put-get'],
  ['the hour of a date', { ags: '/end', oneroster: '/dueDate', codec: 'date' }, 'put-get'],
  ['which of two words it was', { ags: '/word', oneroster: '/status', codec: { table: WORDS } }, 'put-get'],
  ['that nothing was said', { ags: '/end', oneroster: '/end', default: { oneroster: 'never' } }, 'put-get'],
  ['null', { ags: '/tag', oneroster: '/metadata/tag' }, 'put-get'],
];

describe('a mapping without a stash loses', () => {
  for (const [what, row, law] of ROWS) {
    test(`${what}, and is caught by ${law} on a small document`, () => {
      const found = prove(lensOf(lossyMapping(row, STRANGERS)), { runs: 1_000, seed: SEED });
      assert.equal(found?.law, law);
      assert.ok(size(found.sample.first) <= 2, JSON.stringify(found.sample.first));
      assert.match(found.difference.pointer, new RegExp(`^(${row.ags}|/label)`));
      assert.deepEqual(
        prove(lensOf(lossyMapping(row, STRANGERS)), { runs: 1_000, seed: found.seed }),
        found,
        'the seed finds it again',
      );
    });

    test(`${what}, and passes when it says so`, () => {
      const label: MappingRow = {
        ags: '/label',
        oneroster: '/title',
        codec: 'string',
        lossy: 'null is lost',
      };
      const declared = mappingOf([label, { ...row, lossy: 'because' }], { lossy: STRANGERS });
      assert.equal(prove(lensOf(withoutStash(declared)), { runs: 500, seed: SEED }), undefined);
    });
  }

  test('members that no row names, and is caught by put-get', () => {
    const row: MappingRow = { ags: '/label', oneroster: '/title', codec: 'string', lossy: 'null is lost' };
    const found = prove(lensOf(withoutStash(mappingOf([row]))), { runs: 1_000, seed: SEED });
    assert.equal(found?.law, 'put-get');
    assert.equal(size(found.sample.first), 1, 'one member shows it');
    assert.equal(
      prove(lensOf(withoutStash(mappingOf([row], { lossy: STRANGERS }))), { runs: 500, seed: SEED }),
      undefined,
    );
  });

  test('nothing of it with a stash', () => {
    const rows = ROWS.map(([, row], index) => ({
      ...row,
      ags: `/ags${index}`,
      oneroster: `/oneroster${index}`,
    }));
    assert.equal(prove(lensOf(mappingOf(rows)), { runs: 500, seed: SEED }), undefined);
  });
});

function size(document: object): number {
  return Object.keys(document).length;
}

/** A lens that writes in another way than it should, made of a good one. */
function broken(change: (lens: Lens) => Partial<Lens>): Lens {
  const lens = lensOf(
    mappingOf([
      { ags: '/label', oneroster: '/title', codec: 'string' },
      { ags: '/start', oneroster: '/assignDate', codec: 'dateTime', default: { oneroster: '$now' } },
      { ags: '/tag', oneroster: '/metadata/tag', codec: 'string' },
    ]),
  );
  return { ...lens, ...change(lens) };
}

const MISTAKES: readonly [LawName, string, (lens: Lens) => Partial<Lens>][] = [
  [
    'put-get',
    'reads upper case',
    (lens) => ({
      toAgs: (document) => {
        const read = lens.toAgs(document);
        const label = read.document['label'];
        return typeof label === 'string'
          ? { ...read, document: { ...read.document, label: label.toUpperCase() } }
          : read;
      },
    }),
  ],
  [
    'get-put',
    'counts its writes',
    (lens) => ({
      toOneRoster: (document, options) => {
        const written = lens.toOneRoster(document, options);
        const count = Number(options.base?.['count'] ?? 0) + 1;
        return options.base ? { ...written, document: { ...written.document, count } } : written;
      },
    }),
  ],
  [
    'put-put',
    'remembers the title before',
    (lens) => ({
      toOneRoster: (document, options) => {
        const written = lens.toOneRoster(document, options);
        const before = options.base?.['title'];
        const changed = before !== undefined && before !== written.document['title'];
        return changed ? { ...written, document: { ...written.document, before } } : written;
      },
    }),
  ],
  [
    'keep',
    'starts from nothing when the label changes',
    (lens) => ({
      toOneRoster: (document, { base, ...options }) => {
        const changes = base !== undefined && lens.toAgs(base).document['label'] !== document['label'];
        return lens.toOneRoster(document, { ...options, ...(base && !changes && { base }) });
      },
    }),
  ],
  [
    'retry',
    'stamps a new line item with the time',
    (lens) => ({
      toOneRoster: (document, options) =>
        lens.toOneRoster(document, { ...options, base: { ...options.base, assignDate: null } }),
    }),
  ],
];

describe('a lens with a mistake breaks a law', () => {
  for (const [law, what, change] of MISTAKES) {
    test(`${law}: it ${what}`, () => {
      const lens = broken(change);
      const holds = fc.property(samples(lens), (sample) => tryLaw(law, lens, sample) === undefined);
      assert.ok(fc.check(holds, { seed: SEED, numRuns: 2_000 }).failed, 'the law held');
    });
  }
});

test('difference names the first place at which two documents differ', () => {
  assert.equal(difference({ a: [1] }, { a: [1] }), undefined);
  assert.deepEqual(difference({ a: { 'b/c': 1 } }, { a: { 'b/c': 2 } }), {
    pointer: '/a/b~1c',
    expected: 1,
    actual: 2,
  });
  assert.deepEqual(difference({ a: null }, {}), { pointer: '/a', expected: null });
  assert.deepEqual(difference({}, { toString: 1 }), { pointer: '/toString', actual: 1 });
  assert.deepEqual(difference([1], [2]), { pointer: '', expected: [1], actual: [2] });
});
