import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './plan.ts';
import { runShort, SHORT } from './short.ts';

test('a plan is that of its seed', () => {
  const options = { ...SHORT, store: 'sqlite' } as const;
  assert.deepEqual(planOf(options), planOf(options));
  assert.notDeepEqual(planOf(options), planOf({ ...options, seed: 2 }));
});

test('one gateway on SQLite, killed again and again: no grade is lost, doubled or stale', () =>
  runShort('sqlite'));
