import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused } from './envelope.ts';
import { type Document, held, LMS_URL, openWorld, sourcedIdIn, type World, writtenId } from './world.ts';

const DAY = 86_400_000;
const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;

/** Each is sent besides what a line item must have, and must come back as it was. */
const EXACT: Readonly<Record<string, Document>> = {
  'an extension under a URL key': {
    'https://tool.example/ags/attempts': { max: 3, log: [1, null, 'x', { deep: [] }], 'a/b~c': false },
  },
  'an extension that is null': { 'https://tool.example/ags/window': null },
  'an unknown member without a URL': { gradingScheme: { kind: 'points' } },
  'dates with an offset': {
    startDateTime: '2026-04-01T00:00:00+02:00',
    endDateTime: '2026-04-30T23:59:59.500-09:30',
  },
  'a date finer than a millisecond': { startDateTime: '2026-04-01T00:00:00.123456Z' },
  'one date only': { endDateTime: '2036-01-01T00:00:00Z' },
  'a date long past': { endDateTime: '1999-12-31T23:59:59Z' },
  'scoreMaximum 0.1': { scoreMaximum: 0.1 },
  'a very large maximum': { scoreMaximum: 1e21 },
  'a very small maximum': { scoreMaximum: 5e-324 },
  'an empty tag': { tag: '' },
  'an empty resourceId and resourceLinkId': { resourceId: '', resourceLinkId: '' },
  'gradesReleased false': { gradesReleased: false },
  'gradesReleased true': { gradesReleased: true },
  submissionReview: {
    submissionReview: { reviewableStatus: ['Submitted'], label: 'See', url: 'https://t.example/r' },
  },
  'text of every kind': { label: ' Ünïcode 🎓 "q" \\ \u2028 <b> \ud800 ', tag: '日本' },
  'the names of our own marks': {
    ltiTool: 'drill',
    metadata: { lti: 1 },
    sourcedId: 'x',
    status: 'tobedeleted',
  },
};

test('what a tool writes is what it reads back, by PUT, POST, GET and in a list', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const [name, members] of Object.entries(EXACT)) {
    await t.test(name, async () => {
      const sent = { ...QUIZ, ...members };
      const put = await tool.put(LMS_URL, sent);
      assert.equal(put.status, 201, put.text);
      assert.deepEqual(put.body, { id: LMS_URL, ...sent });
      assert.deepEqual((await tool.get(LMS_URL)).body, put.body);
      assert.deepEqual((await tool.list()).body['lineItems'], [put.body]);
      const posted = await tool.post(sent);
      assert.deepEqual(posted.body, { ...put.body, id: posted.body['id'] });
      assert.equal((await tool.remove(posted.body['id'])).status, 204);
    });
  }
});

test('null and a blank date say the same as nothing', async (t) => {
  const tool = await (await openWorld(t)).as();
  const unset = { resourceId: null, tag: null, resourceLinkId: null, startDateTime: null, endDateTime: '' };
  const put = await tool.put(LMS_URL, { ...QUIZ, ...unset, gradesReleased: null });
  assert.deepEqual([put.status, put.body], [201, { id: LMS_URL, ...QUIZ }], put.text);
});

test('a body may hold the id of its line item, and no other (AGS §3.2.6)', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const other = (await tool.post({ ...QUIZ, label: 'Other' })).body;
  const mine = (await tool.put('bare-1', QUIZ)).body;
  for (const id of ['bare-1', mine['id'], null]) {
    const put = await tool.put('bare-1', { ...QUIZ, id });
    assert.deepEqual([put.status, put.body], [201, mine], `${id}: ${put.text}`);
  }
  const written = world.writes().length;
  const elsewhere = String(other['id']).replace('math-101', 'science-7');
  for (const id of [other['id'], LMS_URL, 'teacher-quiz', elsewhere, '', '..', 7, { a: 1 }, ['bare-1']]) {
    await t.test(JSON.stringify(id), async () => {
      const put = await tool.put('bare-1', { ...QUIZ, label: 'Changed', id });
      assertRefused(put, { status: 400, code: 'INVALID_LINE_ITEM', at: '/id' });
    });
  }
  assert.equal(world.writes().length, written);
  const posted = (await tool.post({ ...QUIZ, id: other['id'] })).body;
  assert.notEqual(posted['id'], other['id']);
  assert.deepEqual((await tool.get(other['id'])).body, other);
});

test('what a PUT leaves out is gone', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  await tool.put(LMS_URL, {
    ...QUIZ,
    resourceId: 'r',
    tag: 't',
    resourceLinkId: 'l',
    gradesReleased: true,
    'https://tool.example/x': 1,
  });
  assert.deepEqual((await tool.put(LMS_URL, QUIZ)).body, { id: LMS_URL, ...QUIZ });
  const [write] = world.writes();
  const { metadata } = held(world, decodeURIComponent(write?.path.split('/').at(-1) ?? ''));
  const { lti: _, ltiWrote, ...marks } = metadata as Document;
  assert.equal((ltiWrote as Document)['/metadata/ltiTag'], '-');
  assert.deepEqual(marks, { ltiTool: 'quizzer', ltiLineItemUrl: LMS_URL });
});

async function putUndated(t: Parameters<typeof openWorld>[0]): Promise<{ world: World; id: string }> {
  const world = await openWorld(t);
  await (await world.as()).put(LMS_URL, QUIZ);
  return { world, id: writtenId(world) };
}

test('a PUT without dates stays without, although OneRoster has some', async (t) => {
  const { world, id } = await putUndated(t);
  const tool = await world.as();
  const { assignDate, dueDate } = held(world, id) as Record<string, string>;
  assert.ok(Math.abs(Date.parse(String(assignDate)) - world.now()) < 60_000, 'assigned today');
  assert.equal(Date.parse(String(dueDate)) - Date.parse(String(assignDate)), 14 * DAY);
  for (const { body } of [await tool.get(LMS_URL), await tool.list()]) {
    assert.doesNotMatch(JSON.stringify(body), /DateTime/);
  }
});

test('a date that somebody edits in OneRoster is seen, and the other one is still unsaid', async (t) => {
  const { world, id } = await putUndated(t);
  const tool = await world.as();
  const document = world.sandbox.find('lineItems', id) as Document;
  world.sandbox.put('lineItems', { ...document, dueDate: '2037-01-02T03:04:05.000Z' });
  const seen = { id: LMS_URL, ...QUIZ, endDateTime: '2037-01-02T03:04:05Z' };
  assert.deepEqual((await tool.get(LMS_URL)).body, seen);
  assert.deepEqual((await tool.list()).body['lineItems'], [seen]);
});

test('a title and a maximum that a teacher edits in OneRoster are seen', async (t) => {
  const { world, id } = await putUndated(t);
  const document = world.sandbox.find('lineItems', id) as Document;
  world.sandbox.put('lineItems', { ...document, title: 'Renamed', resultValueMax: 25 });
  const { body } = await (await world.as()).get(LMS_URL);
  assert.deepEqual([body['label'], body['scoreMaximum']], ['Renamed', 25]);
});

test('a retry a day later moves nothing', async (t) => {
  for (const dates of [
    {},
    { startDateTime: '2026-02-01T00:00:00+02:00' },
    { endDateTime: '2036-02-01T00:00:00Z' },
  ]) {
    const world = await openWorld(t);
    const tool = await world.as();
    const first = await tool.put(LMS_URL, { ...QUIZ, ...dates });
    const before = held(world, writtenId(world));
    world.advance(DAY);
    const second = await tool.put(LMS_URL, { ...QUIZ, ...dates });
    assert.deepEqual([second.status, second.body], [201, first.body]);
    assert.equal(second.headers.etag, first.headers.etag);
    assert.deepEqual(held(world, before['sourcedId'] as string), before);
  }
});

test('the due date that OneRoster gets by default is never before the start', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const startDateTime of ['2026-01-01T00:00:00Z', '2031-06-01T00:00:00Z', '2026-03-01T00:00:00Z']) {
    const { body } = await tool.put(LMS_URL, { ...QUIZ, startDateTime });
    assert.deepEqual(body, { id: LMS_URL, ...QUIZ, startDateTime });
    const id = String(world.writes()[0]?.path.split('/').at(-1));
    const { assignDate, dueDate } = held(world, id) as Record<string, string>;
    assert.equal(Date.parse(String(dueDate)) - Date.parse(String(assignDate)), 14 * DAY);
  }
});

test('ten PUTs leave alone what LTI cannot say', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const { id } = (await tool.post({ ...QUIZ, tag: 'first' })).body;
  const sourcedId = sourcedIdIn(id);
  const ours = world.sandbox.find('lineItems', sourcedId) as Document;
  const theirs = {
    description: 'Bring a pencil.',
    gradingPeriod: { sourcedId: 'grading-period-1' },
    learningObjectiveSet: [
      { source: 'case', learningObjectiveIds: ['7b8d1c2e-3f4a-4b5c-8d6e-9f0a1b2c3d4e'] },
    ],
    category: { sourcedId: 'category-2' },
    resultValueMin: 0,
  };
  const foreign = {
    district: { code: 'D-7', list: [1, null] },
    'https://vendor.example/x': null,
    lti2: 'keep',
  };
  world.sandbox.put('lineItems', {
    ...ours,
    ...theirs,
    metadata: { ...foreign, ...(ours['metadata'] as Document) },
  });
  for (let round = 1; round <= 10; round++) {
    const body = { label: `Round ${round}`, scoreMaximum: round, 'https://tool.example/round': round };
    assert.deepEqual((await tool.put(id, body)).body, { id, ...body });
  }
  const after = held(world, sourcedId);
  assert.equal(after['title'], 'Round 10');
  for (const [member, value] of Object.entries(theirs)) assert.deepEqual(after[member], value, member);
  for (const [member, value] of Object.entries(foreign))
    assert.deepEqual((after['metadata'] as Document)[member], value, member);
});

test('a teacher\'s line item keeps everything but what the tool says, under ownership "class"', async (t) => {
  const world = await openWorld(t, { config: { contexts: { 'math-101': { ownership: 'class' } } } });
  const tool = await world.as();
  const { title: _, metadata, ...before } = held(world, 'teacher-quiz');
  const read = (await tool.get('teacher-quiz')).body;
  const put = await tool.put('teacher-quiz', { ...read, label: 'Renamed', tag: 'grade' });
  assert.equal(put.status, 201, put.text);
  const { metadata: marked, ...after } = held(world, 'teacher-quiz');
  assert.deepEqual(after, { ...before, title: 'Renamed' });
  const { ltiWrote, ...rest } = marked as Document;
  assert.deepEqual(rest, { ...(metadata as Document), ltiTag: 'grade' });
  assert.deepEqual(Object.keys(ltiWrote as Document).slice(0, 2), ['/title', '/resultValueMax']);
});
