import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HIDDEN, hiddenPath, redact, wordsOf } from '../../src/admin/redaction.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { LENSES } from './lenses.ts';

const words = wordsOf(LENSES);

/** Texts and numbers that only a student has: whatever is shown, they are not in it. */
const text = fc.string({ maxLength: 12 }).map((tail) => `Ada Lovelace ${tail}`);
const number = fc.integer({ min: 7_000_001, max: 7_999_999 }).map((value) => value / 16);
const id = fc.nat().map((value) => `student-${value}`);
const ofStudent: fc.Arbitrary<Json> = fc.oneof(text, number);
const members = [...words, 'https://tool.example/feedback', '__comment', 'x', 'Ada Lovelace'];
const anything = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    ofStudent,
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...members), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

/** A score as AGS §3.4 has it, a result of either family, and lists of them; all that is of a student in them is theirs alone. */
const strangers = fc.dictionary(fc.constantFrom(...members.slice(-4)), anything, { noNullPrototype: true });
const score = fc
  .record({
    userId: id,
    scoringUserId: id,
    scoreGiven: number,
    comment: text,
    activityProgress: text,
    timestamp: text,
  })
  .chain((known) => strangers.map((more): Json => ({ scoreMaximum: 10, ...more, ...known })));
const result = fc
  .record({
    sourcedId: id,
    student: id.map((sourcedId) => ({ sourcedId })),
    score: number,
    comment: text,
    scoreStatus: text,
    scoreDate: text,
    metadata: anything,
  })
  .map((known): Json => ({ lineItem: { sourcedId: 'li-1' }, ...known }));
const document = fc.oneof(
  score,
  result.map((one): Json => ({ result: one })),
  fc.array(result, { maxLength: 3 }).map((results): Json => ({ results, totalCount: results.length })),
  result.map((one): Json => ({ assessmentResult: one })),
  id.map((sourcedId): Json => ({ users: [{ sourcedId, email: 'ada@example.org', givenName: 'Ada' }] })),
  id.map((sourcedId): Json => ({ enrollments: [{ user: { sourcedId, name: 'Ada' }, role: 'student' }] })),
);

describe('in a body that is not revealed', () => {
  test('no text or number survives that is of a student, wherever it stands', () => {
    fc.assert(
      fc.property(anything, (value) => {
        // What a column says is shown where a column says it: a number there is no student's.
        const shown = JSON.stringify(redact(value, words));
        assert.doesNotMatch(shown, /Ada|Lovelace/);
      }),
      { numRuns: 3_000 },
    );
  });

  test('no id, text or number of a score, a result, a user or an enrollment survives', () => {
    fc.assert(
      fc.property(document, (value) => {
        const shown = JSON.stringify(redact(value, words));
        assert.doesNotMatch(shown, /Ada|Lovelace|student-\d|\d{6}|example\.org/);
      }),
      { numRuns: 3_000 },
    );
  });

  test('the structure stays: lists, and the members that the standards know', () => {
    fc.assert(
      fc.property(anything, (value) => assert.deepEqual(skeleton(redact(value, words)), skeleton(value))),
      { numRuns: 2_000 },
    );
  });

  test('what a column says can be read', () => {
    const lineItem: JsonObject = {
      sourcedId: 'li-1',
      title: 'Essay of Ada',
      dueDate: '2026-03-20T18:05:02.000Z',
      resultValueMax: 100,
      class: { sourcedId: 'class-1' },
      metadata: { ltiTool: 'quizzer', other: { note: 'x' } },
    };
    assert.deepEqual(redact({ lineItem }, words), {
      lineItem: {
        ...lineItem,
        title: HIDDEN,
        metadata: { ltiTool: HIDDEN, [HIDDEN]: HIDDEN },
      },
    });
  });

  test('a place of a column shows only what a column can say there', () => {
    const lineItem = { sourcedId: 'Ada Lovelace', dueDate: 'Ada', resultValueMax: 'Ada', status: 'Ada' };
    for (const value of Object.values(redact({ lineItem }, words) as { lineItem: JsonObject }))
      for (const shown of Object.values(value as unknown as JsonObject)) assert.equal(shown, HIDDEN);
  });
});

/** What is left of a document without its values: names that nobody has defined, and all below them, are one. */
function skeleton(value: Json): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(skeleton);
  if (!isObject(value)) return '';
  const known = Object.entries(value).filter(([name]) => words.has(name));
  const isMore = Object.keys(value).some((name) => !words.has(name));
  return {
    ...Object.fromEntries(known.map(([name, inner]) => [name, skeleton(inner)])),
    ...(isMore && { more: '' }),
  };
}

/** Addresses, and how they are shown. */
const PATHS = [
  ['/ims/or/results/r-1', `/ims/or/results/${HIDDEN}`],
  ['/ims/or/users/ada%40example.org', `/ims/or/users/${HIDDEN}`],
  [
    '/ims/or/classes/c-1/lineItems/li-1/results?limit=10',
    '/ims/or/classes/c-1/lineItems/li-1/results?limit=10',
  ],
  ["/x/results?filter=student.sourcedId='ada'&sort=sourcedId", `/x/results?filter=${HIDDEN}&sort=sourcedId`],
  [
    '/lti/contexts/c/lineitems/li/results?user_id=ada',
    `/lti/contexts/c/lineitems/li/results?user_id=${HIDDEN}`,
  ],
  [
    '/api/lineitems/x/scores?ada=1&limit=Ada+L',
    `/api/lineitems/x/scores?${HIDDEN}=${HIDDEN}&limit=${HIDDEN}`,
  ],
] as const;

for (const [path, shown] of PATHS)
  test(`${path} is shown as ${shown}`, () => assert.equal(hiddenPath(path), shown));
