import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decided, type Evidence, findingOf, stateOf } from '../../src/reconcile/finding.ts';

const finding = (evidence: Evidence) =>
  findingOf({
    ...{ kind: 'lineItemGone', weight: 'wrong', context: 'math-101', lineItem: 'li-1', says: '' },
    ...{ evidence, repairs: [] },
  });

const CASES: readonly (readonly [why: string, left: Evidence, now: Evidence, isLeft: boolean])[] = [
  ['the same', { stands: 'deleted' }, { stands: 'deleted' }, true],
  ['more of the same', { stands: 'deleted', results: 1 }, { stands: 'deleted', results: 9 }, true],
  ['something grave', { stands: 'deleted' }, { stands: 'deleted', failed: 1 }, false],
  [
    'something grave of another kind',
    { stands: 'deleted', failed: 1 },
    { stands: 'deleted', missed: 1 },
    false,
  ],
  ['less that is grave', { stands: 'deleted', failed: 1, missed: 2 }, { stands: 'deleted', missed: 1 }, true],
  ['another state', { stands: 'deleted' }, { stands: 'absent' }, false],
  [
    'another place',
    { places: [{ ags: '/label', oneroster: '/title', isKnown: true }] },
    { places: [{ ags: '/tag', oneroster: '/metadata/ltiTag', isKnown: true }] },
    false,
  ],
];

for (const [why, left, now, isLeft] of CASES) {
  test(`what was left stays left, or not: ${why}`, () => {
    const before = finding(left);
    const [after] = decided([finding(now)], new Map([[before.id, stateOf(before)]]));
    assert.equal(after?.weight, isLeft ? 'note' : 'wrong');
    assert.equal(after?.isLeft ?? false, isLeft);
  });
}
