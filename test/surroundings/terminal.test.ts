import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '../exchange/world.ts';
import { atTerminal, newPlace, noTerminal } from './gateway.ts';

const SIGHUP = -1;

/** A gateway at a terminal, with a PUT under way. */
async function openBusy(t: TestContext) {
  const place = await newPlace(t);
  const serve = await atTerminal(t, ['serve'], place.folder);
  await place.answers();
  place.sandbox.inject({ kind: 'slow', delayMs: 700, method: 'PUT' });
  const underWay = place.put('quiz-1');
  await eventually(async () => place.sandbox.requests().some(({ path }) => path.endsWith('quiz-1')));
  return { place, serve, underWay };
}

test('a terminal that is closed stops the gateway: what is under way gets its answer', {
  skip: noTerminal,
}, async (t) => {
  const { place, serve, underWay } = await openBusy(t);
  serve.close();
  assert.equal((await underWay).status, 201);
  assert.equal(await serve.ended, SIGHUP);
  await assert.rejects(fetch(`${place.url}/healthz`));
});

test('with --reload-on-hangup the gateway outlives its terminal, and SIGTERM ends it', {
  skip: noTerminal,
}, async (t) => {
  const place = await newPlace(t);
  const serve = await atTerminal(t, ['serve', '--reload-on-hangup'], place.folder);
  await place.answers();
  serve.close();
  // Each writes a line of the log to the terminal that is gone.
  for (let index = 0; index < 30; index++)
    assert.equal((await place.put(`quiz-${index}`)).status, 201, `PUT ${index}`);
  process.kill(serve.pid, 'SIGTERM');
  await serve.ended;
  await assert.rejects(fetch(`${place.url}/healthz`));
});

test('SIGHUP to a gateway on a terminal stops it, and more of them change nothing', {
  skip: noTerminal,
}, async (t) => {
  const { serve, underWay } = await openBusy(t);
  for (let index = 0; index < 3; index++) process.kill(serve.pid, 'SIGHUP');
  assert.equal((await underWay).status, 201);
  assert.equal(await serve.ended, 0);
});
