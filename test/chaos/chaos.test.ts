import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPostgres } from '../store/databases.ts';
import { runChaos } from './chaos.ts';
import { LATE, planOf } from './plan.ts';
import { reportOf } from './report.ts';

const SHORT = { seed: 1, scores: 240, pairs: 60, kills: 2, late: LATE } as const;

test('a plan is that of its seed', () => {
  const options = { ...SHORT, store: 'sqlite' } as const;
  assert.deepEqual(planOf(options), planOf(options));
  assert.notDeepEqual(planOf(options), planOf({ ...options, seed: 2 }));
});

for (const [store, skip] of [
  ['sqlite', false],
  ['postgres', noPostgres],
] as const) {
  test(`no grade is lost, doubled or stale on ${store}`, { skip }, async () => {
    const result = await runChaos({ ...SHORT, store });
    assert.deepEqual(result.violations, [], reportOf(result));
    const { attempts, deliveries, incidents, faults } = result;
    // A run in which nothing happened would prove nothing.
    for (const status of [0, 200, 202, 204, 409])
      assert.ok(
        attempts.some((attempt) => attempt.status === status),
        `no ${status}: ${reportOf(result)}`,
      );
    assert.ok((deliveries['verified'] ?? 0) > 0 && (deliveries['superseded'] ?? 0) > 0, reportOf(result));
    assert.ok(incidents.kills > 0 && (faults.get('late') ?? 0) > 0, reportOf(result));
  });
}
