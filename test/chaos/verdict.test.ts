import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrder } from './order.ts';
import { commentOf, LINE_MAXIMUM, SCORE_MAXIMUM, scoreOf } from './plan.ts';
import { type Attempt, judge, type PairRecord } from './verdict.ts';

const PAIR = {
  number: 3,
  line: 'line-3',
  student: 'student-1',
  hasTimestamps: true,
  hasKeys: false,
  steps: [],
};

type Said = readonly [index: number, status: number, code?: string];

/** What is stored of a score of a pair: as the gateway would write it. */
function stored(index: number, pair = 3): { readonly score: number; readonly comment: string } {
  const { scoreGiven } = scoreOf({ ...PAIR, number: pair }, index);
  return { score: (Number(scoreGiven) * LINE_MAXIMUM) / SCORE_MAXIMUM, comment: commentOf(pair, index) };
}

function recordOf(
  said: readonly Said[],
  rows: readonly object[],
  states: readonly string[] = [],
): PairRecord {
  const receipts = new Map(states.map((state, place) => [`r-${place}`, { state }]));
  let place = 0;
  const attempts = said.map(([index, status, code]): Attempt => {
    const receipt = status === 202 ? `r-${place++}` : undefined;
    return { index, face: 'ags', process: 0, from: 0, to: 1, status, code, receipt };
  });
  const standing = rows.map((row, number) => ({
    sourcedId: `result-${number}`,
    score: 0,
    comment: '',
    ...row,
  }));
  return { pair: PAIR, attempts, receipts, rows: standing };
}

/** Each says what was answered, what stands in the end and what receipts say; and what is wrong with it. */
const CASES: Readonly<Record<string, readonly [PairRecord, readonly string[]]>> = {
  'the newest that was promised stands': [
    recordOf(
      [
        [1, 200],
        [2, 204],
      ],
      [stored(2)],
    ),
    [],
  ],
  'nothing was promised, nothing stands': [recordOf([[1, 0]], []), []],
  'what got no answer may stand': [
    recordOf(
      [
        [1, 200],
        [2, 0],
      ],
      [stored(2)],
    ),
    [],
  ],
  'what got no answer need not stand': [
    recordOf(
      [
        [1, 200],
        [2, 0],
      ],
      [stored(1)],
    ),
    [],
  ],
  'what was answered 503 may stand': [recordOf([[1, 503, 'STORE_UNAVAILABLE']], [stored(1)]), []],
  'a refusal as older, and something newer': [
    recordOf(
      [
        [2, 200],
        [1, 409, 'SCORE_STALE'],
      ],
      [stored(2)],
    ),
    [],
  ],
  'a promise was kept': [recordOf([[1, 202]], [stored(1)], ['verified']), []],
  'a promise was superseded': [
    recordOf(
      [
        [1, 202],
        [2, 200],
      ],
      [stored(2)],
      ['superseded'],
    ),
    [],
  ],
  'nothing stands of what was promised': [recordOf([[1, 200]], []), ['lost']],
  'a score on a maximum that its line item had before': [
    recordOf([[1, 200]], [{ ...stored(1), score: stored(1).score / 2 }]),
    ['wrong'],
  ],
  'an older one stands': [
    recordOf(
      [
        [1, 200],
        [2, 200],
      ],
      [stored(1)],
    ),
    ['stale'],
  ],
  'an older one stands that got no answer': [
    recordOf(
      [
        [1, 0],
        [2, 200],
      ],
      [stored(1)],
    ),
    ['stale'],
  ],
  'nothing newer stands than what was refused as older': [
    recordOf(
      [
        [1, 200],
        [2, 0],
        [2, 409, 'SCORE_STALE'],
      ],
      [stored(2)],
    ),
    ['lost'],
  ],
  'two results': [recordOf([[1, 200]], [stored(1), stored(1)]), ['doubled']],
  "another student's score": [recordOf([[1, 200]], [stored(1, 4)]), ['doubled']],
  'a score with the comment of another': [
    recordOf(
      [
        [1, 200],
        [2, 200],
      ],
      [{ ...stored(2), comment: commentOf(3, 1) }],
    ),
    ['doubled'],
  ],
  'what was refused stands': [
    recordOf(
      [
        [1, 200],
        [2, 409, 'SCORE_CONFLICT'],
      ],
      [stored(2)],
    ),
    ['untrue', 'untrue'],
  ],
  'a refusal for which there is no reason': [recordOf([[1, 404, 'USER_UNKNOWN']], []), ['untrue']],
  'a promise that came to no end': [recordOf([[1, 202]], [stored(1)], ['accepted']), ['lost']],
  'a promise that failed': [recordOf([[1, 202]], [], ['failed']), ['lost', 'lost']],
  'a receipt that is gone': [recordOf([[1, 202]], [stored(1)]), ['lost']],
  'superseded by nothing': [recordOf([[1, 202]], [stored(1)], ['superseded']), ['untrue']],
  'verified, and not there': [
    recordOf(
      [
        [1, 0],
        [2, 202],
      ],
      [stored(1)],
      ['verified'],
    ),
    ['stale', 'untrue'],
  ],
};

for (const [name, [record, kinds]] of Object.entries(CASES)) {
  test(`the verdict on: ${name}`, () => {
    assert.deepEqual(
      judge(record).map(({ kind }) => kind),
      kinds,
    );
  });
}

test('a write of an older score over a newer one is seen, also when it is mended', () => {
  const order = createOrder();
  const lineItem = { sourcedId: 'line-1' };
  for (const index of [1, 2, 2, 1, 3])
    order.stored('results', { sourcedId: 'r', lineItem, ...stored(index) });
  order.stored('results', { sourcedId: 'another', lineItem, ...stored(1, 4) });
  // What probe writes beside the run.
  for (const score of [2, 1])
    order.stored('results', { sourcedId: 'p', lineItem: { sourcedId: 'probe' }, score });
  assert.deepEqual(order.violations, [{ kind: 'stale', pair: 3, what: '1 was written over 2' }]);
  assert.deepEqual([order.written, order.repeated], [6, 1]);
});
