import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Document } from '../exchange/world.ts';
import { at, edit, held, openDesk, resultIn, sourcedIdIn } from './desk.ts';

const CLEARING: Readonly<Record<string, Document>> = {
  'AGS §3.4.4 an absent scoreGiven clears': { scoreGiven: undefined, scoreMaximum: undefined },
  'AGS §3.4.4 a scoreGiven of null clears': { scoreGiven: null, scoreMaximum: undefined },
  'AGS §3.4.4 a scoreGiven of null clears, with a scoreMaximum too': { scoreGiven: null },
  'AGS §6.3 a scoreMaximum alone clears': { scoreGiven: undefined },
  'AGS §4.5 Initialized and NotReady without a score: the old deleteResult': {
    scoreGiven: undefined,
    scoreMaximum: undefined,
    activityProgress: 'Initialized',
    gradingProgress: 'NotReady',
  },
};

test('AGS §3.4.4 clearing', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, members] of Object.entries(CLEARING)) {
    await t.test(name, async () => {
      const id = await tool.create();
      await tool.grade(id, { scoreGiven: 0 });
      assert.equal((await tool.results(id))[0]?.['resultScore'], 0);
      await tool.grade(id, { ...members, timestamp: at(1) });
      assert.ok((resultIn(world)['score'] ?? null) === null);
      assert.ok((await tool.results(id)).every((result) => !('resultScore' in result)));
      await tool.grade(id, { scoreGiven: 5, timestamp: at(2) });
      assert.equal((await tool.results(id))[0]?.['resultScore'], 5);
    });
  }
});

const NO_COMMENT: Readonly<Record<string, Document>> = {
  absent: {},
  null: { comment: null },
  blank: { comment: '' },
};

test("AGS §3.4.5 a missing, null or blank comment clears the tool's own", async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, members] of Object.entries(NO_COMMENT)) {
    await t.test(name, async () => {
      const id = await tool.create();
      await tool.grade(id, { comment: 'First try' });
      assert.equal((await tool.results(id))[0]?.['comment'], 'First try');
      await tool.grade(id, { ...members, timestamp: at(1) });
      assert.ok((resultIn(world)['comment'] ?? null) === null);
      assert.equal((await tool.results(id))[0]?.['comment'], undefined);
    });
  }
});

test("AGS §3.4.5 a teacher's comment survives a score without one, and is replaced by one that has", async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, members] of Object.entries(NO_COMMENT)) {
    await t.test(name, async () => {
      const id = await tool.create();
      await tool.grade(id, { comment: 'First try' });
      edit(world, { comment: 'See me' });
      await tool.grade(id, { ...members, timestamp: at(1) });
      await tool.grade(id, { ...members, timestamp: at(2) });
      assert.equal(resultIn(world)['comment'], 'See me');
      await tool.grade(id, { comment: 'Third try', timestamp: at(3) });
      assert.equal(resultIn(world)['comment'], 'Third try');
      await tool.grade(id, { ...members, timestamp: at(4) });
      assert.ok((resultIn(world)['comment'] ?? null) === null, 'this one was the tool’s');
    });
  }
});

test('AGS §3.4.5 a comment that the teacher has removed does not come back', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { comment: 'First try' });
  edit(world, { comment: null });
  await tool.grade(id, { timestamp: at(1) });
  assert.equal((await tool.results(id))[0]?.['comment'], undefined);
});

interface Step {
  readonly activity: string;
  readonly submission?: Document;
  /** What is known of the submission then. */
  readonly known: Document;
}

const step = (activity: string, known: Document, submission?: Document): Step => ({
  activity,
  known,
  ...(submission && { submission }),
});

/** Scores one second apart, beginning at second 0. */
const SUBMISSIONS: Readonly<Record<string, readonly Step[]>> = {
  'AGS §3.4 submission times that are absent stay as last known': [
    step('Completed', { startedAt: at(-9), submittedAt: at(-5) }, { startedAt: at(-9), submittedAt: at(-5) }),
    step('Completed', { startedAt: at(-9), submittedAt: at(-5) }),
    step('Completed', { startedAt: at(-9), submittedAt: at(-4) }, { submittedAt: at(-4) }),
  ],
  'AGS §3.4 startedAt is cleared by Initialized alone': [
    step('Started', { startedAt: at(-9) }, { startedAt: at(-9) }),
    step('InProgress', { startedAt: at(-9) }),
    step('Initialized', {}),
  ],
  'AGS §3.4 submittedAt is cleared by Initialized': [
    step('Completed', { submittedAt: at(-5) }, { submittedAt: at(-5) }),
    step('Initialized', {}),
  ],
  'AGS §3.4 submittedAt is cleared by Started': [
    step('Completed', { startedAt: at(-9), submittedAt: at(-5) }, { startedAt: at(-9), submittedAt: at(-5) }),
    step('Started', { startedAt: at(-9) }),
  ],
  'AGS §3.4 submittedAt is cleared by InProgress, and counted anew': [
    step('Submitted', { submittedAt: at(-5) }, { submittedAt: at(-5) }),
    step('InProgress', { startedAt: at(1) }),
    step('Submitted', { startedAt: at(1), submittedAt: at(2) }),
  ],
  'AGS §3.4 times that were never sent are those of the first scores': [
    step('Initialized', {}),
    step('Started', { startedAt: at(1) }),
    step('InProgress', { startedAt: at(1) }),
    step('Submitted', { startedAt: at(1), submittedAt: at(3) }),
    step('Completed', { startedAt: at(1), submittedAt: at(3) }),
  ],
};

test('AGS §3.4 submission', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, steps] of Object.entries(SUBMISSIONS)) {
    await t.test(name, async () => {
      const id = await tool.create();
      for (const [index, { activity, submission, known }] of steps.entries()) {
        await tool.grade(id, {
          activityProgress: activity,
          timestamp: at(index),
          ...(submission && { submission }),
        });
        assert.deepEqual(submissionIn(resultIn(world)), known, `after ${activity}`);
      }
    });
  }
});

function submissionIn({ metadata }: Document): Document {
  const { members } = (metadata as { lti: { members: Document } }).lti;
  return (members['submission'] ?? {}) as Document;
}

const DUE = at(100);

/** Whether a submission is late: the line item's end, the score, and the flag. */
const LATE: Readonly<Record<string, readonly [Document, Document, string]>> = {
  'submitted after the end': [{ endDateTime: DUE }, { submission: { submittedAt: at(101) } }, 'true'],
  'submitted at the end': [{ endDateTime: DUE }, { submission: { submittedAt: DUE } }, 'false'],
  'submitted in time and graded after the end': [
    { endDateTime: DUE },
    { submission: { submittedAt: at(99) }, timestamp: at(500) },
    'false',
  ],
  'no end is no lateness': [{}, { submission: { submittedAt: at(101) } }, 'false'],
  'nothing handed in is not late': [
    { endDateTime: DUE },
    { activityProgress: 'InProgress', timestamp: at(500) },
    'false',
  ],
};

test('AGS §3.4 submittedAt after the end of the line item is late', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, [lineItem, score, late]] of Object.entries(LATE)) {
    await t.test(name, async () => {
      await tool.grade(await tool.create(lineItem), score);
      assert.equal(resultIn(world)['late'], late);
    });
  }
});

test('AGS §3.4 scoringUserId is kept and given back, and goes with the score that had it', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  await tool.grade(id, { scoringUserId: 'grader-7' });
  assert.equal((await tool.results(id))[0]?.['scoringUserId'], 'grader-7');
  assert.match(JSON.stringify(resultIn(world)['metadata']), /grader-7/);
  await tool.grade(id, { timestamp: at(1) });
  assert.equal((await tool.results(id))[0]?.['scoringUserId'], undefined);
});

test('AGS §3.4 an end that a teacher has set in OneRoster counts', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.put('lineItems', { ...held(world, sourcedIdIn(id)), assignDate: at(-9), dueDate: DUE });
  await tool.grade(id, { submission: { submittedAt: at(101) } });
  assert.equal(resultIn(world)['late'], 'true');
});
