import assert from 'node:assert/strict';
import { runChaos } from './chaos.ts';
import { type ChaosOptions, LATE } from './plan.ts';
import { reportOf } from './report.ts';

export const SHORT = { seed: 1, scores: 200, pairs: 50, kills: 2, late: LATE } as const;

/** A run of some seconds, for `npm test`. */
export async function runShort(store: ChaosOptions['store']): Promise<void> {
  const result = await runChaos({ ...SHORT, store });
  assert.deepEqual(result.violations, [], reportOf(result));
  const { attempts, deliveries, incidents, faults, maxima } = result;
  // A run in which nothing happened would prove nothing.
  for (const status of [0, 200, 202, 204])
    assert.ok(
      attempts.some((attempt) => attempt.status === status),
      `no ${status}: ${reportOf(result)}`,
    );
  assert.ok((deliveries['verified'] ?? 0) > 0 && (deliveries['superseded'] ?? 0) > 0, reportOf(result));
  assert.ok(result.commands.run > 0, reportOf(result));
  assert.deepEqual(result.commands.failed, [], reportOf(result));
  assert.ok(maxima > 8, reportOf(result));
  assert.ok(incidents.kills > 0 && (faults.get('late') ?? 0) > 0, reportOf(result));
}
