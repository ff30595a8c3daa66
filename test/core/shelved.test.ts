import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import { begun, done, type Shelved, withShelved } from '../../src/core/shelved.ts';

const OLD = { tag: 'old', lti: { of: 5 } };
const NEW = { tag: 'new', lti: { of: 7 } };
const BEFORE = {
  sourcedId: 'r',
  score: 5,
  scoreDate: '2025-10-06',
  comment: 'Good',
  student: { sourcedId: 's' },
  dateLastModified: '2025-10-06T14:00:00Z',
};
const WRITE = { ...BEFORE, score: 7, scoreDate: '2025-10-06T14:00:10.000Z', metadata: NEW };
const UNDER_WAY = begun(WRITE, { document: BEFORE, shelved: { metadata: OLD, kept: {} } });

/** What OneRoster holds after a write of which nobody has said what came of it, and whose metadata belongs to it. */
const HELD: Readonly<Record<string, readonly [Shelved, JsonObject, JsonObject | undefined]>> = {
  'the same as before': [UNDER_WAY, BEFORE, OLD],
  'the same as before, with a comment that a teacher has added since': [
    UNDER_WAY,
    { ...BEFORE, comment: 'Better', dateLastModified: '2025-10-06T15:00:00Z' },
    OLD,
  ],
  'a score of somebody else': [UNDER_WAY, { ...BEFORE, score: 6 }, OLD],
  'what was written': [UNDER_WAY, WRITE, NEW],
  'what was written, as the service spells it': [
    UNDER_WAY,
    { ...BEFORE, score: 7, student: { sourcedId: 's', type: 'user', href: 'x' }, timeSpent: null },
    NEW,
  ],
  'what was written, with a comment that a teacher has added since': [
    UNDER_WAY,
    { ...BEFORE, score: 7, comment: 'Better' },
    NEW,
  ],
  'nothing but the same, because metadata alone was to change': [
    begun({ ...BEFORE, metadata: NEW }, { document: BEFORE, shelved: { metadata: OLD } }),
    BEFORE,
    NEW,
  ],
  'a new object': [begun(WRITE, undefined), WRITE, NEW],
  'an object that the store knew nothing of, and the write has not reached': [
    begun(WRITE, { document: BEFORE, shelved: undefined }),
    BEFORE,
    undefined,
  ],
  'the same as before, when the write was to take all metadata away': [
    begun({ ...BEFORE, score: 7 }, { document: BEFORE, shelved: { metadata: OLD } }),
    BEFORE,
    OLD,
  ],
  'what was written, all metadata taken away': [
    begun({ ...BEFORE, score: 7 }, { document: BEFORE, shelved: { metadata: OLD } }),
    { ...BEFORE, score: 7 },
    undefined,
  ],
};

for (const [name, [shelved, standing, expected]] of Object.entries(HELD)) {
  test(`a write without an end: OneRoster holds ${name}`, () => {
    const { metadata: _, ...document } = standing as JsonObject;
    assert.deepEqual(withShelved(document, shelved)['metadata'], expected);
  });
}

test('a write over one without an end goes out from the metadata that belongs to what stands', () => {
  const { attempt: _, ...over } = begun({ ...WRITE, score: 9 }, { document: BEFORE, shelved: UNDER_WAY });
  assert.deepEqual(over.metadata, OLD);
  const arrived = begun({ ...WRITE, score: 9 }, { document: { ...BEFORE, score: 7 }, shelved: UNDER_WAY });
  assert.deepEqual(arrived.metadata, NEW);
});

/** Of what was written, what the service kept, and holds now; and what is shown. */
const EDITED: Readonly<
  Record<string, readonly [JsonObject, JsonObject | undefined, JsonObject, JsonObject]>
> = {
  'nothing was kept': [NEW, {}, {}, NEW],
  'text alone was kept': [NEW, { tag: 'new' }, { tag: 'new' }, NEW],
  'objects were kept as text': [NEW, { ...NEW, lti: 'x' }, { ...NEW, lti: 'x' }, NEW],
  'somebody has changed what was kept': [NEW, { tag: 'new' }, { tag: 'theirs' }, { ...NEW, tag: 'theirs' }],
  'somebody has taken away what was kept': [NEW, { tag: 'new' }, {}, { lti: NEW.lti }],
  'somebody has added to it': [NEW, { tag: 'new' }, { tag: 'new', a: 1 }, { ...NEW, a: 1 }],
  'nobody knows what was kept': [NEW, undefined, { tag: 'x', a: 1 }, { ...NEW, a: 1 }],
  'the service adds something of its own': [NEW, { v: 1 }, { v: 1 }, { ...NEW, v: 1 }],
};

for (const [name, [metadata, kept, now, expected]] of Object.entries(EDITED)) {
  test(`what is shown when ${name}`, () => {
    const shown = withShelved({ sourcedId: 'r', metadata: now }, { metadata, kept });
    assert.deepEqual(shown, { sourcedId: 'r', metadata: expected });
  });
}

const json = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 4,
}) as fc.Arbitrary<JsonObject>;

test('what was written is shown, whatever part of it the service keeps and however it is stored', () => {
  fc.assert(
    fc.property(json, fc.func(fc.boolean()), (metadata, isKept) => {
      const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => isKept(name)));
      const held = { sourcedId: 'r', ...(Object.keys(kept).length > 0 && { metadata: kept }) };
      const shelved = done({ sourcedId: 'r', metadata }, held);
      const stored = shelved && (JSON.parse(JSON.stringify(shelved)) as Shelved);
      const shown = withShelved(held, stored)['metadata'] ?? {};
      assert.equal(JSON.stringify(shown), JSON.stringify(shelved?.metadata ?? {}));
    }),
  );
});
