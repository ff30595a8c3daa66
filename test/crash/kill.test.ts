import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { GatewayProcess } from '../chaos/gateway-process.ts';
import { eventually, until } from '../exchange/world.ts';
import { noPostgres } from '../store/databases.ts';
import { ARRIVES_LATE, insist, openScene, type Scene } from './scene.ts';

const DOWN = { kind: 'status', status: 503, path: '/ims/', times: 0 } as const;
const LATE_RESULT = { kind: 'slow', delayMs: ARRIVES_LATE, method: 'PUT', path: '/results/' } as const;

function only({ gateways }: Scene): GatewayProcess {
  return gateways[0] as GatewayProcess;
}

/** A newer score comes while an older one that got no answer is still on its way. */
async function newerAfter(t: TestContext, scene: Scene, process: number): Promise<void> {
  const newer = await insist(() => scene.score(6, {}, { process }));
  if (newer.status === 202) await scene.settled(newer.location, 'verified');
  await until(() => scene.writes.includes(5), 5_000);
  assert.deepEqual(scene.writes, [5, 6], 'the older one was not written over the newer one');
  assert.equal(scene.standing(), 6);
  t.diagnostic(`the newer one was answered ${newer.status}`);
}

// They wait for processes and for writes that are late, most of the time: together they take as long as one.
suite('a gateway that is killed while it writes scores', { concurrency: 4 }, () => {
  test('kill -9 after a 202: it is delivered by the next process', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(DOWN);
    const { status, location } = await scene.score(5);
    assert.equal(status, 202);
    await only(scene).end('SIGKILL');
    scene.sandbox.clearFaults();
    await only(scene).start();
    await scene.settled(location, 'verified');
    assert.equal(scene.standing(), 5);
    assert.deepEqual(scene.writes, [5]);
  });

  test('kill -9 in the middle of a delivery: it is made again, and once in OneRoster', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(DOWN);
    const { status, location } = await scene.score(5);
    assert.equal(status, 202);
    scene.sandbox.clearFaults();
    scene.sandbox.inject(LATE_RESULT);
    await scene.reached('PUT', '/results/');
    await only(scene).end('SIGKILL');
    await only(scene).start();
    await scene.settled(location, 'verified');
    assert.equal(scene.standing(), 5);
  });

  test('kill -9 between commit and answer: sent again, it is the same promise', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(DOWN);
    const unheard = scene.score(5);
    const ids = async (): Promise<readonly string[]> =>
      (await (await scene.store()).deliveries.list({}, 10)).map(({ id }) => id);
    await eventually(async () => (await ids()).length > 0);
    await only(scene).end('SIGKILL');
    // Whether or not its answer was on its way already: the client has not heard it.
    await unheard;
    await only(scene).start();
    const again = await scene.score(5);
    assert.equal(again.status, 202);
    assert.deepEqual(await ids(), [/receipts\/([^?]+)/.exec(String(again.location))?.[1]]);
    scene.sandbox.clearFaults();
    await scene.settled(again.location, 'verified');
    assert.deepEqual(scene.writes, [5]);
  });

  test('kill -9 while a score is being written: sent again there is one result, whenever the first arrives', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(LATE_RESULT);
    const unanswered = scene.score(5);
    await scene.reached('PUT', '/results/');
    await only(scene).end('SIGKILL');
    assert.equal((await unanswered).status, 0, 'nothing was promised');
    await only(scene).start();
    const again = await insist(() => scene.score(5));
    assert.equal(again.status, 202, 'the first may still arrive, so it is promised');
    await scene.settled(again.location, 'verified');
    assert.equal(scene.standing(), 5);
  });

  test('kill -9 while a score is being written: a newer one waits until it has arrived', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject(LATE_RESULT);
    const unanswered = scene.score(5);
    await scene.reached('PUT', '/results/');
    await only(scene).end('SIGKILL');
    await unanswered;
    await only(scene).start();
    await newerAfter(t, scene, 0);
  });

  test('SIGTERM while a score may still arrive: the next process waits for it as well', async (t) => {
    const scene = await openScene(t, { limits: { drain: 50 } });
    scene.sandbox.inject(LATE_RESULT);
    const first = scene.score(5);
    await scene.reached('PUT', '/results/');
    await only(scene).end('SIGTERM');
    await first;
    await only(scene).start();
    await newerAfter(t, scene, 0);
  });

  test('kill -9 of a replica while it writes a score: the other one waits', {
    skip: noPostgres,
  }, async (t) => {
    const scene = await openScene(t, { store: 'postgres', processes: 2 });
    scene.sandbox.inject(LATE_RESULT);
    const unanswered = scene.score(5);
    await scene.reached('PUT', '/results/');
    await only(scene).end('SIGKILL');
    await unanswered;
    await newerAfter(t, scene, 1);
  });
});
