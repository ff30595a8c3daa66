import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Document } from '../exchange/world.ts';
import { openLtijs } from './ltijs-tool.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10, tag: 'grade', resourceId: 'quiz-1' };
const DONE = { activityProgress: 'Completed', gradingProgress: 'FullyGraded' };

test('ltijs: the whole round with its own Grade service', async (t) => {
  const { world, grade, token } = await openLtijs(t);

  const created = await grade.createLineItem(token, { ...QUIZ }, { resourceLinkId: true });
  assert.deepEqual(created, { ...QUIZ, id: created['id'], resourceLinkId: 'link-1' });
  const other = await grade.createLineItem(token, { label: 'Other', scoreMaximum: 5 });

  assert.deepEqual(await grade.getLineItemById(token, created['id']), created);
  const labels = async (options?: Document): Promise<unknown[]> =>
    (await grade.getLineItems(token, options)).lineItems.map(({ label }) => label).sort();
  assert.deepEqual(await labels(), ['Other', 'Quiz']);
  assert.deepEqual(await labels({ resourceLinkId: true }), ['Quiz']);
  assert.deepEqual(await labels({ tag: 'grade' }), ['Quiz']);
  assert.deepEqual(await labels({ resourceId: 'quiz-1', tag: 'grade' }), ['Quiz']);
  assert.deepEqual(await labels({ tag: 'none' }), []);
  assert.deepEqual(await labels({ id: other['id'] }), ['Other']);

  const updated = await grade.updateLineItemById(token, created['id'], {
    ...QUIZ,
    label: 'Quiz 2',
    scoreMaximum: 20,
  });
  assert.equal(updated['label'], 'Quiz 2');
  assert.equal(updated['resourceLinkId'], 'link-1');

  await grade.submitScore(token, created['id'], { ...DONE, scoreGiven: 0, scoreMaximum: 10, comment: 'Hm' });
  await grade.submitScore(token, created['id'], { ...DONE, userId: 'student-2', scoreGiven: 5 });
  const { scores } = await grade.getScores(token, created['id']);
  assert.deepEqual(
    scores.map(({ userId, resultScore, resultMaximum, scoreOf }) => [
      userId,
      resultScore,
      resultMaximum,
      scoreOf,
    ]),
    [
      ['student-1', 0, 20, created['id']],
      ['student-2', 5, 20, created['id']],
    ],
  );
  const one = await grade.getScores(token, created['id'], { userId: 'student-2' });
  assert.deepEqual(
    one.scores.map(({ userId }) => userId),
    ['student-2'],
  );

  assert.equal(await grade.deleteLineItemById(token, created['id']), true);
  assert.deepEqual(await labels(), ['Other']);
  await assert.rejects(grade.getLineItemById(token, created['id']), /404/);
  const tokens = world.log.filter((line) => line.includes('"event":"token"'));
  assert.ok(tokens.length <= 5, 'ltijs asks once per set of scopes, and can do with what it gets');
});

test('ltijs: follows the page links of line items and of scores', async (t) => {
  const { grade, token } = await openLtijs(t);
  for (const label of ['A', 'B', 'C'])
    await grade.createLineItem(token, { label, scoreMaximum: 10, tag: 'x&y' });
  const first = await grade.getLineItems(token, { limit: 2, tag: 'x&y' });
  assert.equal(first.lineItems.length, 2);
  assert.equal(first.prev, undefined);
  const second = await grade.getLineItems(token, { url: first.next });
  assert.equal(second.lineItems.length, 1);
  assert.equal(second.next, undefined);
  assert.deepEqual(await grade.getLineItems(token, { url: second.first }), first);
  const id = first.lineItems[0]?.['id'];
  for (const userId of ['student-1', 'student-2', 'student-3'])
    await grade.submitScore(token, id, { ...DONE, userId, scoreGiven: 1, scoreMaximum: 1 });
  const page = await grade.getScores(token, id, { limit: 2 });
  const rest = await grade.getScores(token, id, { url: page.next });
  assert.deepEqual(
    [...page.scores, ...rest.scores].map(({ userId }) => userId),
    ['student-1', 'student-2', 'student-3'],
  );
});

test('ltijs: refusals reach it with their status and a reason in JSON', async (t) => {
  const { grade, token } = await openLtijs(t);
  const reason = (error: unknown): Document => {
    const { response } = error as { response: { statusCode: number; body: string } };
    return { status: response.statusCode, ...(JSON.parse(response.body) as Document) };
  };
  const refused = async (work: Promise<unknown>, status: number, code: string): Promise<void> => {
    const error: unknown = await work.then(
      () => assert.fail('it was taken'),
      (cause: unknown) => cause,
    );
    assert.deepEqual([reason(error)['status'], reason(error)['code']], [status, code]);
  };
  await refused(grade.createLineItem(token, { label: 'Q', scoreMaximum: 0 }), 400, 'INVALID_LINE_ITEM');
  await refused(grade.createLineItem(token, { ...QUIZ, resourceId: 188 }), 400, 'INVALID_LINE_ITEM');
  const { id } = await grade.createLineItem(token, { ...QUIZ });
  const score = { ...DONE, scoreGiven: 1, scoreMaximum: 1 };
  await refused(grade.submitScore(token, id, { ...score, userId: 'nobody' }), 404, 'USER_UNKNOWN');
  await refused(grade.submitScore(token, `${id}x`, score), 404, 'LINE_ITEM_NOT_FOUND');
});

test('ltijs: an upstream that fails once is no failure for it', async (t) => {
  const { world, grade, token } = await openLtijs(t);
  const { id } = await grade.createLineItem(token, { ...QUIZ });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/lineItems' });
  assert.equal((await grade.getLineItems(token)).lineItems.length, 1);
  world.sandbox.inject({ kind: 'status', status: 500, method: 'PUT', path: '/results/' });
  await grade.submitScore(token, id, { ...DONE, scoreGiven: 1, scoreMaximum: 1 });
  assert.equal((await grade.getScores(token, id)).scores[0]?.['resultScore'], 10);
});
