import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { instantOf } from '../../src/core/date-time.ts';
import { equal, type JsonObject } from '../../src/core/json.ts';
import { LAWS } from '../../src/core/laws.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import { parsePointer, valueAt } from '../../src/core/pointer.ts';
import { runJob } from '../../src/workbench/bench.ts';
import { isSound, type Judged, judge, type TriedLaw } from '../../src/workbench/judge.ts';
import { tryMapping } from '../../src/workbench/try.ts';
import { changedText, lossyText, shippedText } from './texts.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10 };

function lawOf({ laws }: Judged, name: string): TriedLaw {
  const law = laws.find(({ law }) => law === name);
  assert.ok(law);
  return law;
}

for (const name of ['line-item', 'result', 'assessment-line-item', 'assessment-result']) {
  test(`the laws and the examples hold for ${name}`, () => {
    const judged = runJob({ kind: 'judge', text: shippedText(name), name }, Date.now);
    assert.ok(isSound(judged), JSON.stringify(judged.problems));
    assert.deepEqual(
      judged.laws.map(({ law }) => law),
      LAWS,
    );
    assert.ok(judged.laws.every(({ runs }) => runs >= 300));
    assert.notEqual(judged.examples.length, 0);
  });
}

/** Mappings without a stash, and the laws that each of them breaks. */
const LOSSES: readonly (readonly [string, MappingRow, readonly string[]])[] = [
  ['an offset', { ags: '/end', oneroster: '/dueDate', codec: 'dateTime' }, ['put-get']],
  ['null', { ags: '/tag', oneroster: '/metadata/tag' }, ['put-get']],
];

describe('a law that is broken has the smallest documents for the panes', () => {
  for (const [what, row, laws] of LOSSES) {
    test(what, () => {
      const text = JSON.stringify({
        name: 'lossy',
        version: 1,
        resource: 'lineItem',
        fields: [row],
        lossy: 'x',
      });
      const { judged } = judge(text, { runs: 500, milliseconds: 5_000, clock: Date.now });
      for (const name of laws) {
        const { holds, counterExample } = lawOf(judged, name);
        assert.equal(holds, false);
        assert.ok(counterExample, name);
        const { panes, difference } = counterExample;
        const request = { ...panes, now: instantOf(panes.now) ?? 0 };
        const tried = tryMapping(text, request, { runs: 1, milliseconds: 100, clock: Date.now });
        const at = parsePointer(difference.pointer) ?? [];
        assert.ok(equal(valueAt(tried.back ?? {}, at), difference.actual), JSON.stringify(counterExample));
        assert.ok(tried.differences.some(({ pointer }) => pointer === difference.pointer));
      }
    });
  }
});

test('when one law is broken, the others are tried all the same', () => {
  const { judged } = judge(lossyText(), { runs: 300, milliseconds: 10_000, clock: Date.now });
  assert.deepEqual([lawOf(judged, 'put-get').holds, lawOf(judged, 'keep').holds], [false, true]);
  assert.ok(lawOf(judged, 'keep').runs >= 300);
});

/** Rows enough that no machine tries a thousand documents in the time that is given. */
function manyRows(count: number): string {
  const fields = Array.from({ length: count }, (_, index) => ({
    ags: `/member${index}`,
    oneroster: `/metadata/member${index}`,
    codec: 'dateTime',
  }));
  return changedText(({ examples: _examples, ...mapping }) => ({ ...mapping, name: 'many', fields }));
}

test('the laws are tried for as long as they may be, and how often is told', () => {
  const text = manyRows(300);
  const started = process.cpuUsage();
  const { judged } = judge(text, { runs: 1_000_000, milliseconds: 500, clock: Date.now });
  const { user } = process.cpuUsage(started);
  // By the time of the processor, because the machine may be busy with something else.
  assert.ok(user < 5_000_000, `${user} µs`);
  assert.equal(judged.laws.length, 6);
  for (const { runs, holds } of judged.laws) assert.ok(holds === runs > 0 && runs < 1_000_000, `${runs}`);
});

test('an activation is not decided on a handful of documents', () => {
  // A clock that runs so fast that there is no time for more of them.
  let now = 0;
  const racing = (): number => {
    now += 60_000;
    return now;
  };
  assert.throws(
    () => runJob({ kind: 'judge', text: manyRows(400), name: 'many' }, racing),
    ({ code }: { readonly code?: string }) => code === 'MAPPING_TOO_HEAVY',
  );
});

test('the same text is judged on the same documents, so that what was activated starts tomorrow', () => {
  const seeds = [1, 2].map(() => {
    const { judged } = judge(lossyText(), { runs: 300, milliseconds: 10_000, clock: Date.now });
    return lawOf(judged, 'put-get').counterExample;
  });
  assert.deepEqual(seeds[0], seeds[1]);
});

test('an example that does not hold is told with its direction and place', () => {
  const text = changedText((mapping) => ({
    ...mapping,
    examples: (mapping.examples ?? []).map((example) => ({
      ...example,
      ags: { ...example.ags, tag: 'other' },
    })),
  }));
  const { examples } = judge(text, { runs: 10, milliseconds: 500, clock: Date.now }).judged;
  assert.ok(examples.every(({ holds }) => !holds));
  const [first] = examples[0]?.differences ?? [];
  assert.deepEqual([first?.direction, first?.pointer], ['oneroster', '/metadata/ltiTag']);
});

test('an example that does not even fit its mapping is a problem of the text', () => {
  const text = changedText((mapping) => ({
    ...mapping,
    examples: [{ title: 'Wrong', ags: { label: 7 } as JsonObject, oneroster: {} }],
  }));
  const { judged } = judge(text, { runs: 10, milliseconds: 500, clock: Date.now });
  assert.equal(judged.problems[0]?.place, '/examples');
  assert.equal(isSound(judged), false);
});

test('what a text does is shown both ways, with what came back otherwise', () => {
  const tried = tryMapping(
    lossyText(),
    { direction: 'oneroster', document: QUIZ, now: Date.UTC(2026, 2, 1) },
    { runs: 10, milliseconds: 500, clock: Date.now },
  );
  assert.equal(tried.document?.['title'], 'Quiz');
  assert.deepEqual(
    tried.differences.map(({ pointer, expected }) => [pointer, expected]),
    [
      ['/startDateTime', undefined],
      ['/endDateTime', undefined],
    ],
  );
});
