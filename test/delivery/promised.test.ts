import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { positionOf } from '../../src/core/delivery.ts';
import { nameBasedId } from '../../src/core/identity.ts';
import {
  type AgsTool,
  assertProblem,
  at,
  type Desk,
  openDesk,
  resultIn,
  resultWrites,
  scoreOf,
} from '../ags/desk.ts';
import { type Answer, type Document, eventually, sourcedIdIn, until } from '../exchange/world.ts';
import { promise } from '../store/promises.ts';

/** A desk with a line item, whose upstream then answers nothing but 503. */
async function openOutage(t: TestContext): Promise<Desk & { readonly id: string }> {
  const desk = await openDesk(t, { config: { upstreams: { school: { retry: { attempts: 1 } } } } });
  const id = await desk.tool.create();
  desk.world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  return { ...desk, id };
}

function receiptOf(answer: Answer): string {
  assert.equal(answer.status, 202, answer.text);
  const address = String(answer.headers['location']);
  assert.equal(answer.body['id'], address, 'the body is the receipt');
  return address;
}

async function settled(tool: AgsTool, receipt: string, state: string): Promise<Document> {
  await eventually(async () => (await tool.get(receipt)).body['state'] === state);
  return (await tool.get(receipt)).body;
}

test('a score that OneRoster cannot take is promised, and delivered when it can', async (t) => {
  const { tool, world, id } = await openOutage(t);
  const receipt = receiptOf(await tool.score(id, { comment: 'Well done' }));
  const { body } = await tool.get(receipt);
  assert.equal(body['scoreOf'], id);
  assert.equal(body['timestamp'], at(0));
  assert.ok(['accepted', 'sent'].includes(String(body['state'])), String(body['state']));
  assert.equal(world.writes().filter(({ path }) => path.includes('/results/')).length, 0);
  world.sandbox.clearFaults();
  const done = await settled(tool, receipt, 'verified');
  assert.ok(
    done['acknowledgedAt'] && done['verifiedAt'] && Number(done['attempts']) >= 1,
    JSON.stringify(done),
  );
  assert.equal(done['error'], undefined);
  assert.equal(resultIn(world)['score'], 8);
  assert.equal(resultWrites(world), 1, 'it was written once');
});

test('a score is not delivered for a tool that is there no more: who its users are is not known', async (t) => {
  let isThere = true;
  const { tool, world } = await openDesk(t, {
    config: {
      upstreams: { school: { retry: { attempts: 1 } } },
      deliveries: { firstDelay: 60_000, longestDelay: 60_000 },
      // Its own way of naming students; in the way of the context, the same word is another student.
      tools: { quizzer: { users: { by: 'table', users: { 'student-2': 'student-1' } } } },
    },
    load: ({ config, ...loaded }) => {
      const { quizzer: _, ...others } = config.tools;
      return { ...loaded, config: isThere ? config : { ...config, tools: others } };
    },
  });
  const id = await tool.create();
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const receipt = receiptOf(await tool.score(id, { userId: 'student-2' }));
  const { reloads, store } = world.gateway.service;
  const left = async () => (await store.deliveries.list({ tool: 'quizzer' }, 1))[0];
  // What is under way ends as it has begun.
  await eventually(async () => (await left())?.attempts === 1 && (await left())?.state === 'accepted');
  isThere = false;
  assert.deepEqual((await reloads.reload()).findings, []);
  world.sandbox.clearFaults();
  world.advance(61_000);
  await eventually(async () => (await left())?.state === 'failed');
  assert.equal((await left())?.errorCode, 'CONTEXT_NOT_ALLOWED');
  assert.equal(resultWrites(world), 0);
  isThere = true;
  await reloads.reload();
  assert.equal(await store.deliveries.retry((await left())?.id ?? '', world.now()), true);
  await settled(tool, receipt, 'verified');
  assert.equal(resultIn(world)['score'], 8);
});

test('of several scores of a student, the newest alone is delivered', async (t) => {
  const { tool, world, id } = await openOutage(t);
  const first = receiptOf(await tool.score(id, { timestamp: at(1), scoreGiven: 1 }));
  const third = receiptOf(await tool.score(id, { timestamp: at(3), scoreGiven: 3 }));
  assertProblem(await tool.score(id, { timestamp: at(2), scoreGiven: 2 }), 409, 'SCORE_STALE');
  assert.equal((await settled(tool, first, 'superseded'))['supersededBy'], third);
  world.sandbox.clearFaults();
  await settled(tool, third, 'verified');
  assert.equal(resultIn(world)['score'], 3);
  assert.equal(resultWrites(world), 1);
});

test('the same score again is the same promise; another one of the same timestamp is refused', async (t) => {
  const { tool, id } = await openOutage(t);
  const answers = await Promise.all(Array.from({ length: 20 }, () => tool.score(id)));
  assert.equal(new Set(answers.map(receiptOf)).size, 1);
  assertProblem(await tool.score(id, { scoreGiven: 9 }), 409, 'SCORE_CONFLICT');
});

test('a promise is never kept over a newer score that went straight through', async (t) => {
  const { tool, world, id } = await openOutage(t);
  world.sandbox.clearFaults();
  // It asks to wait, so that nothing is tried before the newer score is there.
  world.sandbox.inject({ kind: 'status', status: 429, retryAfter: 1, path: '/ims/' });
  const older = receiptOf(await tool.score(id, { timestamp: at(1), scoreGiven: 1 }));
  await tool.grade(id, { timestamp: at(2), scoreGiven: 2 });
  const { supersededBy, error } = await settled(tool, older, 'superseded');
  assert.deepEqual([supersededBy, error], [undefined, undefined]);
  assert.equal(resultIn(world)['score'], 2);
});

test('what cannot be delivered fails with its reason, and the same score again is tried again', async (t) => {
  const { tool, world, id } = await openOutage(t);
  const nobody = receiptOf(await tool.score(id, { userId: 'nobody' }));
  world.sandbox.clearFaults();
  const failed = await settled(tool, nobody, 'failed');
  assert.equal((failed['error'] as Document)['code'], 'USER_UNKNOWN');
  assert.ok((failed['error'] as Document)['remedy'], 'it says what to do');
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const again = await tool.score(id, { userId: 'nobody' });
  assert.equal(receiptOf(again), nobody);
  assert.equal(again.body['state'], 'accepted');
});

test('a receipt is for the tool that was given it, in its context', async (t) => {
  const desk = await openOutage(t);
  const receipt = receiptOf(await desk.tool.score(desk.id));
  const other = await desk.as('drill');
  assertProblem(await other.get(receipt), 404, 'RECEIPT_NOT_FOUND');
  assertProblem(await desk.tool.get(receipt.replace('math-101', 'science-7')), 404, 'RECEIPT_NOT_FOUND');
  assertProblem(await desk.tool.get(`${receipt}0`), 404, 'RECEIPT_NOT_FOUND');
  assert.equal((await desk.tool.get(receipt)).status, 200);
});

test('what was said of a student is cleared when it is delivered', async (t) => {
  const { tool, world, id } = await openOutage(t);
  const receipt = receiptOf(await tool.score(id, { comment: 'Only for her' }));
  const delivery = async () => world.gateway.service.store.deliveries.find(String(receipt.split('/').at(-1)));
  assert.match(JSON.stringify(await delivery()), /Only for her/);
  world.sandbox.clearFaults();
  await settled(tool, receipt, 'verified');
  const left = JSON.stringify(await delivery());
  for (const told of ['Only for her', 'student-1', '"scoreGiven"']) assert.ok(!left.includes(told), left);
});

test('on the LTIAAS face: 202 with the receipt, then 204 again', async (t) => {
  const { world } = await openDesk(t);
  const client = await world.as();
  await client.put('quiz-1', { label: 'Quiz', scoreMaximum: 10 });
  const { timestamp: _, ...score } = scoreOf();
  const post = (members: Document = {}): Promise<Answer> =>
    client.call('POST', '/api/lineitems/quiz-1/scores', { body: { ...score, ...members } });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const first = await post({ scoreGiven: 1 });
  const second = await post({ scoreGiven: 2 });
  const [one, two] = [first, second].map(receiptOf);
  assert.notEqual(one, two, 'what is stamped on arrival comes after what came before');
  world.sandbox.clearFaults();
  const path = String(two).replace('https://grades.example', '');
  await eventually(async () => (await client.call('GET', path)).body['state'] === 'verified');
  assert.equal(resultIn(world)['score'], 2);
  assert.equal((await post({ scoreGiven: 3 })).status, 204);
});

test('scores without timestamps of the same millisecond are promised one after the other', async (t) => {
  const { world, id } = await openOutage(t);
  const client = await world.as();
  const { timestamp: _, ...score } = scoreOf();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const post = (scoreGiven: number): Promise<Answer> =>
    client.call('POST', `/api/lineitems/${encodeURIComponent(id)}/scores`, {
      body: { ...score, scoreGiven },
    });
  const receipts = [receiptOf(await post(1)), receiptOf(await post(2)), receiptOf(await post(3))];
  assert.equal(new Set(receipts).size, 3);
  t.mock.timers.reset();
  world.sandbox.clearFaults();
  await eventually(
    async () =>
      (await client.call('GET', String(receipts[2]).replace('https://grades.example', ''))).body['state'] ===
      'verified',
  );
  assert.equal(resultIn(world)['score'], 3);
});

test('a score without a timestamp that was outrun on its way is not promised after what came later', async (t) => {
  const { world, tool } = await openDesk(t, {
    config: { upstreams: { school: { retry: { attempts: 1 } } } },
  });
  const id = await tool.create();
  const client = await world.as();
  const { timestamp: _, ...score } = scoreOf();
  world.sandbox.inject({ kind: 'slow', delayMs: 200, path: '/ims/' });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const before = world.calls().length;
  const outrun = client.call('POST', `/api/lineitems/${encodeURIComponent(id)}/scores`, { body: score });
  await until(() => world.calls().length > before);
  // Meanwhile another replica has promised the next one.
  const timestamp = new Date(world.now()).toISOString();
  const target = nameBasedId('delivery', 'school', 'quizzer', 'math-101', sourcedIdIn(id), 'student-1');
  const later = promise(0, {
    target,
    upstream: 'school',
    timestamp,
    position: positionOf(timestamp),
    due: world.now() + 60_000,
  });
  await world.gateway.service.store.deliveries.accept(later);
  assert.ok(
    receiptOf(await outrun).includes(later.id),
    'its receipt is that of the score that takes its place',
  );
  assert.equal((await world.gateway.service.store.deliveries.list({}, 10)).length, 1);
});
