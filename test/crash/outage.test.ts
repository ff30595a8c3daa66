import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayProcess } from '../chaos/gateway-process.ts';
import { deliveriesIn, drained } from '../chaos/reading.ts';
import { openScene } from './scene.ts';

const STUDENTS = 30;
/** Scores of each student during the outage; as many as come in an hour when each student is scored every two minutes. */
const ROUNDS = 30;
const CONCURRENCY = 8;
/** Milliseconds that every call takes after the outage, so that those under way at once can be counted. */
const SLOW = 40;
/** More than what a heap differs by from one collection to the next; 900 scores that are kept in it would be more. */
const FLAT = 4 * 1024 * 1024;
/** What a score weighs here, so that memory would tell. */
const COMMENT = 'x'.repeat(10_000);

test('an outage under constant scores: 202 alone, flat memory, then the newest of each, at the pace that is allowed', async (t) => {
  let isOver = false;
  const starts: number[] = [];
  const scene = await openScene(t, {
    sandbox: {
      students: STUDENTS,
      faultFor: ({ path }) => {
        if (!isOver || !path.startsWith('/ims/')) return undefined;
        starts.push(Date.now());
        // The first thing that it says is how long to wait.
        return starts.length === 1
          ? { kind: 'status', status: 429, retryAfter: 1 }
          : { kind: 'slow', delayMs: SLOW };
      },
    },
    upstream: { concurrency: CONCURRENCY },
  });
  const gateway = scene.gateways[0] as GatewayProcess;
  scene.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const receipts = new Map<number, string[]>();
  const postRound = async (round: number): Promise<void> => {
    const replies = await Promise.all(
      Array.from({ length: STUDENTS }, (_, index) =>
        scene.score(round, { userId: `student-${index + 1}`, comment: `${round} ${COMMENT}` }),
      ),
    );
    for (const { status } of replies) assert.equal(status, 202);
    receipts.set(
      round,
      replies.map(({ location }) => String(location)),
    );
  };
  for (let round = 1; round <= ROUNDS / 3; round++) await postRound(round);
  const early = await gateway.heap();
  for (let round = ROUNDS / 3 + 1; round <= ROUNDS; round++) await postRound(round);
  const grown = (await gateway.heap()) - early;
  t.diagnostic(`heap ${early}, and ${grown} more after ${STUDENTS * ROUNDS} scores`);
  assert.ok(grown < FLAT, `the heap has grown by ${grown} bytes`);
  assert.deepEqual(scene.writes, []);

  isOver = true;
  scene.sandbox.clearFaults();
  assert.equal(await drained(scene, 30_000), 0);
  assert.deepEqual(await deliveriesIn(scene), { superseded: STUDENTS * (ROUNDS - 1), verified: STUDENTS });
  assert.deepEqual(
    scene.writes,
    Array.from({ length: STUDENTS }, () => ROUNDS),
    'the newest of each, once',
  );
  for (const receipt of receipts.get(1) ?? []) await scene.settled(receipt, 'superseded');
  for (const receipt of receipts.get(ROUNDS) ?? []) await scene.settled(receipt, 'verified');

  const [asked = 0, second = 0] = starts;
  assert.ok(second - asked >= 1000, `it was asked to wait a second, and waited ${second - asked} ms`);
  // Each call of an attempt takes 40 ms, so of those that begin within 30 ms each is of another attempt.
  const most = Math.max(
    ...starts.slice(1).map((start) => starts.filter((one) => one >= start && one < start + 30).length),
  );
  assert.ok(most <= CONCURRENCY / 2, `${most} calls at once`);
});
