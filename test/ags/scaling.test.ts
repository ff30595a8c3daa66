import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Document, eventually, type World } from '../exchange/world.ts';
import {
  type AgsTool,
  at,
  deskOn,
  edit,
  held,
  openDesk,
  resultIn,
  resultWrites,
  sourcedIdIn,
} from './desk.ts';

/** The line item's maximum, the score, and what it is on the line item's scale. */
const SCALED: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'AGS §3.4.4 1 of 3 on a line item of 6 is 2': [6, 1, 3, 2],
  'AGS §3.4.4 300 of 100 is kept, on a line item of 100': [100, 300, 100, 300],
  'AGS §3.4.4 zero is zero': [100, 0, 1, 0],
  'AGS §3.4.4 0.1 of 1 on a line item of 3 is 0.3': [3, 0.1, 1, 0.3],
  'AGS §3.4.4 0.96 of 12 on a line item of 100 is 8': [100, 0.96, 12, 8],
  'AGS §3.4.4 4.35 of 100 on a line item of 100 is 4.35': [100, 4.35, 100, 4.35],
  'AGS §3.4.4 1.1 of 1.1 on a line item of 0.1 is 0.1': [0.1, 1.1, 1.1, 0.1],
  'AGS §3.4.4 1e-7 of 1 on a line item of 10 is 1e-6': [10, 1e-7, 1, 1e-6],
  'AGS §3.4.4 2 of 3 on a line item of 1 is the nearest number': [1, 2, 3, 2 / 3],
};

test('AGS §3.4.4 scores are put on the scale of the line item, exactly', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, [maximum, scoreGiven, scoreMaximum, expected]] of Object.entries(SCALED)) {
    await t.test(name, async () => {
      const id = await tool.create({ scoreMaximum: maximum });
      await tool.grade(id, { scoreGiven, scoreMaximum });
      assert.equal(resultIn(world)['score'], expected);
      const [result] = await tool.results(id);
      assert.deepEqual([result?.['resultScore'], result?.['resultMaximum']], [expected, maximum]);
    });
  }
});

test('zero reaches OneRoster as zero, comes back as zero, and shows in results, on both faces', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { scoreGiven: 0 });
  assert.strictEqual(resultIn(world)['score'], 0);
  assert.strictEqual((await tool.results(id))[0]?.['resultScore'], 0);
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const { scores } = (await ltiaas.call('GET', path)).body as { scores: Document[] };
  assert.strictEqual(scores[0]?.['resultScore'], 0);
});

async function replaced(tool: AgsTool, id: string, scoreMaximum: number): Promise<void> {
  const answer = await tool.put(id, { label: 'Quiz', scoreMaximum });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body['scoreMaximum'], scoreMaximum);
}

async function score(tool: AgsTool, id: string): Promise<unknown> {
  const [result] = await tool.results(id);
  assert.ok(result);
  return result['resultScore'];
}

test('AGS §3.2.6 a new scoreMaximum rescales the results in OneRoster, exactly from what the tool gave', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 10 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
  for (const [maximum, expected] of [
    [7, 7 / 3],
    [3, 1],
    [0.3, 0.1],
    [6, 2],
    [6, 2],
  ] as const) {
    await replaced(tool, id, maximum);
    assert.equal(await score(tool, id), expected, 'to the tool, at once');
    await eventually(async () => resultIn(world)['score'] === expected);
    assert.equal(await score(tool, id), expected);
  }
});

test('AGS §3.2.6 a replacement with the same scoreMaximum writes no result', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id);
  const before = resultWrites(world);
  await replaced(tool, id, 10);
  assert.equal(resultWrites(world), before);
});

/** A result that a teacher has entered in OneRoster, without any gateway. */
function entered(world: World, id: string, members: Document): void {
  world.sandbox.put('results', {
    sourcedId: `teacher-${members['student']}`,
    status: 'active',
    scoreDate: at(0),
    scoreStatus: 'fully graded',
    lineItem: { sourcedId: sourcedIdIn(id) },
    class: { sourcedId: 'class-1' },
    ...members,
    student: { sourcedId: members['student'] },
  });
}

test("AGS §3.2.6 a teacher's own results and edits are rescaled too, each once", async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 10 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
  edit(world, { score: 5 });
  entered(world, id, { student: 'student-2', score: 8 });
  entered(world, id, { student: 'student-3', score: 0 });
  entered(world, id, { student: 'student-4', score: null, scoreStatus: 'exempt' });
  await replaced(tool, id, 20);
  await eventually(async () => resultIn(world)['score'] === 10);
  await eventually(async () => world.sandbox.find('results', 'teacher-student-2')?.['score'] === 16);
  assert.equal(world.sandbox.find('results', 'teacher-student-2')?.['score'], 16);
  assert.equal(world.sandbox.find('results', 'teacher-student-3')?.['score'], 0);
  assert.equal(world.sandbox.find('results', 'teacher-student-4')?.['score'] ?? null, null);
  assert.equal(world.sandbox.find('results', 'teacher-student-4')?.['scoreStatus'], 'exempt');
  assert.equal(world.sandbox.find('results', 'teacher-student-2')?.['scoreDate'], at(0));
  await replaced(tool, id, 10);
  await eventually(async () => resultIn(world)['score'] === 5);
  await eventually(async () => world.sandbox.find('results', 'teacher-student-2')?.['score'] === 8);
});

test('AGS §3.2.6 the replay of a score after a rescaling is still a replay', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 10 });
  await tool.grade(id, { comment: 'x' });
  await replaced(tool, id, 20);
  await eventually(async () => resultIn(world)['score'] === 16);
  const before = resultWrites(world);
  await tool.grade(id, { comment: 'x' });
  assert.equal(resultWrites(world), before);
  assert.equal(resultIn(world)['score'], 16);
  assert.equal(resultIn(world)['comment'], 'x');
});

/** A teacher gives a line item another maximum in OneRoster, and a student another score. */
function regraded(world: World, id: string, resultValueMax: number, score: number): void {
  world.sandbox.put('lineItems', { ...held(world, sourcedIdIn(id)), resultValueMax });
  edit(world, { score });
}

test('AGS §3.3 a maximum and a score that a teacher has changed in OneRoster are shown as they stand', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 6 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
  regraded(world, id, 12, 9);
  const later = await deskOn(t, world.sandbox);
  const [result] = await later.tool.results(id);
  assert.deepEqual([result?.['resultScore'], result?.['resultMaximum']], [9, 12]);
});

test('AGS §3.3 results have the maximum that the line item has now, also right after a score', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 6 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
  regraded(world, id, 12, 9);
  assert.equal((await tool.get(id)).body['scoreMaximum'], 12);
  const [result] = await tool.results(id);
  assert.equal(result?.['resultMaximum'], 12);
});

test('AGS §3.4.4 a score against a line item that was given another maximum in between is on the new scale', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 10 });
  await tool.grade(id, { scoreGiven: 5 });
  await replaced(tool, id, 100);
  await tool.grade(id, { scoreGiven: 6, timestamp: at(1) });
  assert.equal(resultIn(world)['score'], 60);
});

test('AGS §3.2.6 rescaling holds in the assessment family', async (t) => {
  const config = { contexts: { 'math-101': { family: 'assessmentLineItems' } } };
  const { world, tool } = await openDesk(t, { config });
  const id = await tool.create({ scoreMaximum: 10 });
  await tool.grade(id, { scoreGiven: 1, scoreMaximum: 3 });
  await replaced(tool, id, 3);
  await eventually(async () => resultIn(world, 'student-1', 'assessmentResults')['score'] === 1);
  assert.equal(await score(tool, id), 1);
});

test('AGS §3.2.6 a line item without a maximum can be given one, and no score is scaled by the one that was shown', async (t) => {
  const { world, tool } = await openDesk(t, { config: { contexts: { 'math-101': { ownership: 'class' } } } });
  const id = await tool.create();
  const { resultValueMax: _, ...lineItem } = held(world, sourcedIdIn(id));
  world.sandbox.put('lineItems', lineItem);
  const shown = Number((await tool.get(id)).body['scoreMaximum']);
  assert.ok(shown > 0);
  entered(world, id, { student: 'student-2', score: shown / 2 });
  await replaced(tool, id, 30);
  assert.equal(await score(tool, id), shown / 2);
});
