import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { makeCodec } from '../../src/core/codecs.ts';
import { changedBy, editsOf, stamped, stampedOnNewScale } from '../../src/core/edits.ts';
import { isEmpty, type Json, type JsonObject } from '../../src/core/json.ts';
import { difference, LAWS, type LawName, tryLaw } from '../../src/core/laws.ts';
import type { Lens } from '../../src/core/lens.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { valueAt, withValue } from '../../src/core/pointer.ts';
import { keepsMetadata } from '../../src/core/policy.ts';
import type { PairRow } from '../../src/core/rows.ts';
import { samples } from '../../src/proof/samples.ts';
import { readable } from '../../src/proof/values.ts';
import { frozen, lensOf, mappingOf, shippedMappings, trialOf, withoutStash } from './lenses.ts';

const ROWS: readonly MappingRow[] = [
  { ags: '/label', oneroster: '/title', codec: 'text' },
  { ags: '/scoreMaximum', oneroster: '/resultValueMax', codec: 'positive' },
  { ags: '/startDateTime', oneroster: '/assignDate', codec: 'dateTime', default: { oneroster: '$now' } },
  {
    ags: '/endDateTime',
    oneroster: '/dueDate',
    codec: 'dateTime',
    default: { oneroster: { after: '/assignDate', duration: 'P14D' } },
  },
  { ags: '/day', oneroster: '/day', codec: 'date' },
  { ags: '/tag', oneroster: '/metadata/ltiTag' },
  { ags: '/grader', oneroster: '/grader', codec: 'reference' },
  { oneroster: '/status', constant: 'active' },
];

const QUIZ: JsonObject = {
  label: 'Quiz',
  scoreMaximum: 10,
  startDateTime: '2026-03-01T08:00:00+02:00',
  day: '2026-03-01T08:00:00Z',
  tag: { deep: [1, { b: 2, a: 1 }] },
  grader: 'teacher-1',
};

const { lens, write } = trialOf(ROWS);
const { plan } = lens;
const written = stamped(plan, write(QUIZ));
const placesOf = (document: JsonObject): readonly string[] =>
  editsOf(plan, frozen(document)).map(({ oneroster }) => oneroster);

const UNTOUCHED: Readonly<Record<string, JsonObject>> = {
  'nothing at all': {},
  'other members': { description: 'Bring a pencil.', status: 'inactive' },
  milliseconds: { assignDate: '2026-03-01T06:00:00.000Z' },
  'another offset': { assignDate: '2026-03-01T07:00:00+01:00' },
  'the day of a date-time only': { assignDate: '2026-03-01' },
  'a date-time for a day': { day: '2026-03-01T00:00:00.000Z' },
  'a reference with its type': {
    grader: { sourcedId: 'teacher-1', type: 'user', href: 'https://or.example' },
  },
};

for (const [what, members] of Object.entries(UNTOUCHED)) {
  test(`no edit: ${what}`, () => assert.deepEqual(placesOf({ ...written, ...members }), []));
}

const EDITED: Readonly<Record<string, readonly [JsonObject, readonly string[]]>> = {
  'another title': [{ title: 'Renamed' }, ['/title']],
  'another case': [{ title: 'quiz' }, ['/title']],
  'a title that is null': [{ title: null }, ['/title']],
  'the text of another number': [{ resultValueMax: '11' }, ['/resultValueMax']],
  'a text that is no number': [{ resultValueMax: 'ten' }, ['/resultValueMax']],
  zero: [{ resultValueMax: 0 }, ['/resultValueMax']],
  'another second': [{ assignDate: '2026-03-01T06:00:01Z' }, ['/assignDate']],
  'another day': [{ assignDate: '2026-03-02' }, ['/assignDate']],
  'a default that was moved': [{ dueDate: '2026-05-01T00:00:00Z' }, ['/dueDate']],
  'a date that is none': [{ assignDate: 'tomorrow' }, ['/assignDate']],
  'another reference': [{ grader: { sourcedId: 'teacher-2' } }, ['/grader']],
  'several places': [{ title: 'x', day: '2026-03-02' }, ['/title', '/day']],
};

for (const [what, [members, places]] of Object.entries(EDITED)) {
  test(`an edit: ${what}`, () => assert.deepEqual(placesOf({ ...written, ...members }), places));
}

test('a value where none was written is an edit, and so is one that was taken away', () => {
  const untagged = stamped(plan, write({ label: 'Quiz' }));
  assert.deepEqual(placesOf(untagged), []);
  const metadata = { ...(untagged['metadata'] as JsonObject), ltiTag: 'teacher' };
  assert.deepEqual(placesOf({ ...untagged, metadata }), ['/metadata/ltiTag']);
  const { title: _, ...untitled } = written;
  assert.deepEqual(placesOf(untitled), ['/title']);
});

test('the order of members is no edit, another value inside is', () => {
  const metadata = written['metadata'] as JsonObject;
  const tagged = (ltiTag: Json): JsonObject => ({ ...written, metadata: { ...metadata, ltiTag } });
  assert.deepEqual(placesOf(tagged({ deep: [1, { a: 1, b: 2 }] })), []);
  assert.deepEqual(placesOf(tagged({ deep: [1, { a: 1, b: 3 }] })), ['/metadata/ltiTag']);
});

describe('without a usable mark nothing is edited', () => {
  const bare: JsonObject = { title: 'Renamed', resultValueMax: 3 };
  const marked = (ltiWrote: Json): JsonObject => ({ ...bare, metadata: { ltiWrote } });
  const documents: Readonly<Record<string, JsonObject>> = {
    'no metadata': bare,
    'null metadata': { ...bare, metadata: null },
    'metadata of another form': { ...bare, metadata: 'x' },
    'no mark': { ...bare, metadata: { ltiTool: 'quizzer' } },
    'a broken mark': marked('x'),
    'an array': marked(['1']),
    'marks of other places': marked({ '/other': '-' }),
    'a mark that is no text': marked({ '/title': 1 }),
  };
  for (const [what, document] of Object.entries(documents)) {
    test(what, () => assert.deepEqual(placesOf(document), []));
  }
});

describe('a stamp', () => {
  test('of the same write again is the very document', () => {
    const again = frozen(written);
    assert.equal(stamped(plan, again), again);
  });

  test('keeps what else is in the metadata, and leaves metadata of another form alone', () => {
    const metadata = { district: 7, ltiWrote: { '/gone': '-' } };
    const after = stamped(plan, frozen({ title: 'Quiz', metadata }))['metadata'] as JsonObject;
    assert.equal(after['district'], 7);
    assert.deepEqual(Object.keys(after['ltiWrote'] as JsonObject), [
      ...plan.pairs.map((row) => row.oneroster),
      'rows',
    ]);
    const odd = frozen({ title: 'Quiz', metadata: 'x' });
    assert.equal(stamped(plan, odd), odd);
    assert.ok(
      'ltiWrote' in (stamped(plan, frozen({ title: 'Quiz', metadata: null }))['metadata'] as JsonObject),
    );
  });

  test('keeps the time of a date-time of which the service has kept the day', () => {
    const dated = { ...written, assignDate: '2026-03-01' };
    assert.deepEqual(stamped(plan, dated), dated);
    assert.deepEqual(placesOf({ ...stamped(plan, dated), assignDate: '2026-03-01T23:00:00Z' }), [
      '/assignDate',
    ]);
  });

  test('leaves the marks of edits that it does not settle, and settles the others', () => {
    const edited = { ...written, title: 'Renamed', resultValueMax: 5 };
    const lasting = stamped(plan, edited, editsOf(plan, edited).slice(0, 1));
    assert.deepEqual(placesOf(lasting), ['/title']);
    assert.deepEqual(placesOf({ ...lasting, title: 'Quiz' }), [], 'set back');
    assert.deepEqual(placesOf(stamped(plan, edited)), []);
  });
});

test('a service that loses the mark alone is not refused, one that loses another is', () => {
  const sent = { metadata: { ltiTool: 'quizzer', ltiWrote: { '/title': '-' } } };
  assert.equal(keepsMetadata(sent, { metadata: { ltiTool: 'quizzer' } }), true);
  assert.equal(keepsMetadata(sent, { metadata: { ltiWrote: { '/title': '-' } } }), false);
});

test('a write changes an edit only where it puts another value', () => {
  const standing = { ...written, title: 'Renamed', assignDate: '2026-04-01T06:00:00.000Z' };
  const met = (said: JsonObject): readonly string[] =>
    changedBy(editsOf(plan, standing), { standing, document: write(said, standing) }).map(({ ags }) => ags);
  assert.deepEqual(met(QUIZ), ['/label', '/startDateTime']);
  assert.deepEqual(met({ ...QUIZ, label: 'Renamed' }), ['/startDateTime']);
  assert.deepEqual(met({ ...QUIZ, label: 'Renamed', startDateTime: '2026-04-01T08:00:00+02:00' }), []);
  const { startDateTime: _, ...undated } = QUIZ;
  assert.deepEqual(met({ ...undated, label: 'Renamed' }), [], 'a date that the tool does not say stays');
});

test('on another scale an edit is never taken for ours, and what has no mark gets none', () => {
  const standing = { ...written, resultValueMax: 20, title: 'Renamed' };
  const after = stampedOnNewScale(plan, { standing, document: { ...standing, resultValueMax: 10 } });
  assert.deepEqual(
    placesOf(after),
    ['/title', '/resultValueMax'],
    '10 is what we wrote on the scale of before',
  );
  const own = stampedOnNewScale(plan, { standing: written, document: { ...written, resultValueMax: 5 } });
  assert.deepEqual(placesOf(own), []);
  const unmarked = { title: 'Quiz' };
  assert.equal(stampedOnNewScale(plan, { standing: unmarked, document: unmarked }), unmarked);
});

test('kept rows stay as they stand, memory and what follows them included', () => {
  const standing = frozen({
    ...written,
    assignDate: '2026-04-01T06:00:00Z',
    dueDate: '2026-04-15T06:00:00Z',
  });
  const said = { ...QUIZ, label: 'New', startDateTime: '2026-06-01T00:00:00Z' };
  const kept = ['/assignDate'];
  const { document, notes } = lens.toOneRoster(said, { base: standing, now: 0, kept });
  assert.equal(document['title'], 'New');
  assert.deepEqual(
    [document['assignDate'], document['dueDate']],
    [standing['assignDate'], standing['dueDate']],
  );
  assert.ok(notes.some(({ kind, ags }) => kind === 'kept' && ags === '/startDateTime'));
  assert.equal(lens.toAgs(document).document['startDateTime'], '2026-04-01T06:00:00Z');
  const setBack = { ...document, assignDate: written['assignDate'] as Json };
  assert.equal(
    lens.toAgs(setBack).document['startDateTime'],
    QUIZ['startDateTime'],
    'the original counts again',
  );
});

/** The codecs as the mappings of the tests use them. */
const CODECS: Readonly<Record<string, JsonObject>> = {
  json: {},
  string: {},
  text: {},
  number: {},
  positive: {},
  boolean: {},
  dateTime: {},
  date: {},
  reference: {},
  scale: { by: 3 },
  affix: { prefix: 'x' },
  table: { values: { a: 1, b: 2 } },
};

for (const [name, options] of Object.entries(CODECS)) {
  test(`the gist of ${name} says the same as "same"`, () => {
    const codec = makeCodec(name, options);
    assert.ok(typeof codec !== 'string');
    const respelled = readable(codec).map((value) =>
      typeof value === 'string' ? value.replace(/T.*$/, '') : value,
    );
    const value = fc.oneof(readable(codec), respelled, fc.constantFrom<Json>('2026-03-01', 'x', 0, {}, []));
    fc.assert(
      fc.property(value, value, fc.boolean(), (left, other, isTwin) => {
        const right = isTwin && typeof left === 'string' ? left.replace(/(:\d\d)Z$/, '$1.000Z') : other;
        const [one, two] = [codec.gist(left), codec.gist(right)];
        const begins = one.slice(0, two.length).every((text, index) => text === two[index]);
        // A reference without an id is the same as nothing, itself included; its text is at least its own.
        if (name === 'reference' && codec.decode(left) === undefined) return;
        assert.equal(begins, codec.same(left, right), JSON.stringify([left, right, one, two]));
      }),
      { numRuns: 300 },
    );
  });
}

function isSame({ place, codec }: PairRow, one: JsonObject, other: JsonObject): boolean {
  const [left, right] = [valueAt(one, place.tokens), valueAt(other, place.tokens)];
  return isEmpty(left) || isEmpty(right) ? isEmpty(left) && isEmpty(right) : codec.same(left, right);
}

/** A lens whose writes are stamped, as those of the gateway are where the tool wins. */
function stamping(inner: Lens): Lens {
  return {
    ...inner,
    toOneRoster: (document, options) => {
      const translation = inner.toOneRoster(document, options);
      return { ...translation, document: stamped(inner.plan, translation.document) };
    },
  };
}

/** Without the mark, which is the gateway's and not a member that somebody else owns. */
function unmarked(inner: Lens): Lens {
  const { places } = inner.plan;
  const metadata = new Map(places.get('metadata') ?? []).set('ltiWrote', null);
  return { ...inner, plan: { ...inner.plan, places: new Map(places).set('metadata', metadata) } };
}

const MAPPINGS = [
  ...shippedMappings(),
  mappingOf(ROWS, { name: 'every-codec' }),
  { ...withoutStash(mappingOf(ROWS, { name: 'no-stash', lossy: 'no stash' })), fields: ROWS.map(lossily) },
];

function lossily(row: MappingRow): MappingRow {
  return row.ags === undefined ? row : { ...row, lossy: 'no stash' };
}

for (const mapping of MAPPINGS) {
  describe(`stamped writes of ${mapping.name}`, () => {
    const inner = lensOf(mapping);
    const outer = stamping(inner);
    const runs = { numRuns: 120 };

    const alone: readonly LawName[] = LAWS.filter((law) => law !== 'get-put');
    test(`keep ${alone.join(', ')}`, () => {
      fc.assert(
        fc.property(samples(outer), (sample) => {
          for (const law of alone) assert.equal(tryLaw(law, unmarked(outer), sample), undefined, law);
        }),
        runs,
      );
    });

    test('keep get-put, and with the marks of edits where they do not settle them', () => {
      fc.assert(
        fc.property(samples(outer), ({ base, context, now }) => {
          if (base === undefined || mapping.lossy !== undefined) return;
          const marked =
            valueAt(base, ['metadata', 'ltiWrote']) === undefined ? stamped(inner.plan, base) : base;
          const read = inner.toAgs(marked).document;
          const { document } = inner.toOneRoster(read, { base: marked, context, now });
          const after = stamped(inner.plan, document, editsOf(inner.plan, marked));
          assert.equal(difference(marked, after), undefined);
        }),
        runs,
      );
    });

    test('have no edits; other values at any mapped places are found, and kept when they are to be', () => {
      const { pairs } = inner.plan;
      const places = fc.subarray([...pairs], { minLength: 1 });
      fc.assert(
        fc.property(samples(outer), places, (sample, rows) => {
          const { first, second, context, now, later, base } = sample;
          const mine = outer.toOneRoster(first, { context, now, ...(base && { base }) }).document;
          assert.deepEqual(editsOf(inner.plan, mine), []);
          // What another write would put there stands for what somebody puts there.
          const theirs = inner.toOneRoster(second, { context, now: later }).document;
          const edited = rows.reduce((whole, { place }) => {
            return withValue(whole, place.tokens, valueAt(theirs, place.tokens));
          }, mine);
          const edits = editsOf(inner.plan, edited);
          assert.deepEqual(
            edits,
            rows.filter((row) => !isSame(row, mine, edited)),
          );

          // And what the first write would put there, for what the tool says then.
          const plain = inner.toOneRoster(first, { base: edited, context, now }).document;
          const met = changedBy(edits, { standing: edited, document: plain });
          const kept = met.map(({ oneroster }) => oneroster);
          const { document } = inner.toOneRoster(first, { base: edited, context, now, kept });
          assert.deepEqual(changedBy(edits, { standing: edited, document }), []);
          assert.deepEqual(editsOf(inner.plan, stamped(inner.plan, document, edits)), edits);
          assert.deepEqual(editsOf(inner.plan, stamped(inner.plan, plain)), []);
        }),
        runs,
      );
    });
  });
}
