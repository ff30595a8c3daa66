import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { containerOf, LINE_ITEM, openDesk } from '../ags/desk.ts';
import { type Answer, until, type World } from '../exchange/world.ts';
import { begin, end } from './stage.ts';

const STORE = { at: 'the store' } as const;

/** Asks for a line item under a key; the store breaks when OneRoster has the write, which then takes this fault. */
async function createWhileStoreBreaks(t: TestContext, fault: Fault) {
  const { world, tool } = await openDesk(t, {
    config: { upstreams: { school: { retry: { attempts: 1 } } } },
  });
  // The first write finds out whether OneRoster keeps metadata, and writes that down.
  await tool.create();
  world.sandbox.clearRequests();
  const ask = (): Promise<Answer> =>
    tool.call('POST', containerOf(), {
      body: { label: 'Quiz', scoreMaximum: 10 },
      headers: { 'content-type': LINE_ITEM, 'idempotency-key': 'quiz-1' },
    });
  world.sandbox.inject({ kind: 'slow', delayMs: 150, method: 'GET', path: '/lineItems/' });
  world.sandbox.inject({ ...fault, method: 'PUT', path: '/lineItems/' });
  const asked = ask();
  await until(() => world.calls().length > 0);
  await begin(STORE, { world });
  const answer = await asked;
  await end(STORE, { world });
  return { world, answer, ask };
}

/** The claim of a request that could not be ended has ended by itself. */
const afterLease = (world: World): void => world.advance(60_000);

test('a line item that was made is told as made, though its key cannot be written down', async (t) => {
  const { world, answer, ask } = await createWhileStoreBreaks(t, { kind: 'slow', delayMs: 0 });
  assert.equal(answer.status, 201, answer.text);
  afterLease(world);
  const again = await ask();
  assert.deepEqual([again.status, again.body['id']], [201, answer.body['id']], again.text);
});

test('what OneRoster has refused is told as that, though its key cannot be given back', async (t) => {
  const { world, answer, ask } = await createWhileStoreBreaks(t, { kind: 'status', status: 500 });
  assert.equal(answer.body['code'], 'UPSTREAM_FAILED', answer.text);
  afterLease(world);
  assert.equal((await ask()).status, 201);
});
