import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Document, eventually, until } from '../exchange/world.ts';
import { assertProblem, at, openDesk, resultIn, scoreOf, sourcedIdIn } from './desk.ts';

test('a line item that is replaced while a score reads it is no reason to fail the score', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 400, method: 'GET', path: `/lineItems/${sourcedIdIn(id)}` });
  const score = tool.score(id);
  await until(() => world.calls().some(({ path }) => path.includes('/lineItems/')));
  const replaced = await tool.put(id, { label: 'Quiz 2', scoreMaximum: 20 });
  assert.equal(replaced.status, 200, replaced.text);
  const { status, text } = await score;
  assert.equal(status, 200, text);
  assert.deepEqual(
    (await tool.results(id)).map(({ resultScore, resultMaximum }) => [resultScore, resultMaximum]),
    [[16, 20]],
  );
});

test('a line item that is deleted while a score reads it: the score is taken, or refused as not found', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.clearRequests();
  world.sandbox.inject({ kind: 'slow', delayMs: 400, method: 'GET', path: `/lineItems/${sourcedIdIn(id)}` });
  const score = tool.score(id);
  await until(() => world.calls().some(({ path }) => path.includes('/lineItems/')));
  assert.equal((await tool.call('DELETE', id)).status, 204);
  const { status, text } = await score;
  assert.ok(status === 200 || status === 404, text);
});

test('a roster that is read anew while others wait for it fails none of them', async (t) => {
  const users = { by: 'lookup', field: 'identifier' };
  const { world, tool } = await openDesk(t, { config: { contexts: { 'math-101': { users } } } });
  const id = await tool.create();
  await tool.grade(id, { userId: 'S-0001' });
  world.advance(20_000);
  const answers = await Promise.all(
    ['S-0091', 'S-0002', 'S-0003', 'S-0092', 'S-0004', 'nobody'].map((userId) => tool.score(id, { userId })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [404, 200, 200, 404, 200, 404],
  );
});

test('a PUT that rescales while scores come in loses none and scales each once', async (t) => {
  const { tool } = await openDesk(t, { sandbox: { students: 12 } });
  const id = await tool.create({ scoreMaximum: 10 });
  const students = Array.from({ length: 12 }, (_, index) => `student-${index + 1}`);
  for (const userId of students.slice(0, 6)) await tool.grade(id, { userId, scoreGiven: 4 });
  const [replaced, ...scores] = await Promise.all([
    tool.put(id, { label: 'Quiz', scoreMaximum: 100 }),
    ...students.map((userId) => tool.score(id, { userId, scoreGiven: 5, timestamp: at(1) })),
  ]);
  assert.equal(replaced.status, 200, replaced.text);
  for (const { status, text } of scores) assert.equal(status, 200, text);
  const results = await tool.results(id);
  assert.equal(results.length, 12);
  for (const result of results)
    assert.deepEqual([result['resultScore'], result['resultMaximum']], [50, 100], JSON.stringify(result));
});

test('an outage while a score is written: it is promised, the same score again is the same promise, and there is one result', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.inject({ kind: 'reset', when: 'after', method: 'PUT', path: '/results/', times: 3 });
  const broken = await tool.score(id);
  assert.equal(broken.status, 202, broken.text);
  const again = await tool.score(id);
  // Either it still waits, or it has been delivered meanwhile.
  assert.ok(again.status === 200 || again.headers['location'] === broken.headers['location'], again.text);
  await eventually(
    async () => (await tool.get(String(broken.headers['location']))).body['state'] === 'verified',
  );
  assert.equal(resultIn(world)['score'], 8);
  assert.equal((await tool.results(id)).length, 1);
});

test('what OneRoster says against a score is told in the words of the score', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const details = ['score', 'scoreStatus', 'scoreDate', 'comment', 'student.sourcedId'].map((member) => ({
    path: `result.${member}`,
    message: 'Not this one',
  }));
  world.sandbox.inject({
    kind: 'status',
    status: 422,
    method: 'PUT',
    path: '/results/',
    body: 'ims',
    details,
  });
  const answer = await tool.score(id, { comment: 'x' });
  assertProblem(answer, 422, 'UPSTREAM_REJECTED');
  const pointers = (answer.body['issues'] as Document[]).map(({ pointer }) => String(pointer));
  const known = Object.keys(scoreOf({ comment: 'x' })).map((member) => `/${member}`);
  assert.deepEqual(
    pointers.filter((pointer) => pointer !== '' && !known.includes(pointer)),
    [],
    'these are no members of a score',
  );
  assert.ok(pointers.includes('/scoreGiven') && pointers.includes('/comment'), String(pointers));
});

test('a score that no number can hold is refused, and not written as something else', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 100 });
  world.sandbox.clearRequests();
  for (const members of [
    { scoreGiven: 1e308, scoreMaximum: 1 },
    { scoreGiven: 1, scoreMaximum: 5e-324 },
  ]) {
    const { status, body, text } = await tool.score(id, members);
    assert.ok(status === 400 || status === 422, text);
    assert.ok(
      !text.includes('resultScore'),
      `a tool knows no resultScore: ${JSON.stringify(body['issues'])}`,
    );
  }
  assert.equal(world.writes().length, 0);
});
