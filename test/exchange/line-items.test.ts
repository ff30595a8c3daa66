import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { digestOfRows } from '../../src/core/marks.ts';
import { shippedText } from '../workbench/texts.ts';
import { assertRefused } from './envelope.ts';
import {
  type Answer,
  type Document,
  held,
  LMS_URL,
  lineItemPath,
  openWorld,
  PUBLIC_URL,
  sourcedIdIn,
  writtenId,
} from './world.ts';

const NOT_FOUND = { status: 404, code: 'LINE_ITEM_NOT_FOUND' } as const;
const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;

test('the case of the LTIAAS documentation works literally', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const body = {
    label: 'Activity',
    scoreMaximum: 100,
    resourceId: 'quiz-231',
    tag: 'grade',
    startDateTime: '2018-03-06T20:05:02Z',
    endDateTime: '2018-04-06T22:05:03Z',
    gradesReleased: true,
  };
  const path = '/api/lineitems/https%3A%2F%2Flms.example.com%2Fcourse%2F1%2Flineitems%2F1';
  const answer = await tool.call('PUT', path, { body });
  assert.equal(answer.status, 201, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  assert.deepEqual(answer.body, { id: LMS_URL, ...body });
  const { metadata, ...rest } = held(world, writtenId(world));
  assert.deepEqual(rest, {
    sourcedId: writtenId(world),
    status: 'active',
    title: 'Activity',
    assignDate: '2018-03-06T20:05:02.000Z',
    dueDate: '2018-04-06T22:05:03.000Z',
    class: { sourcedId: 'class-1' },
    school: { sourcedId: 'school-1' },
    category: { sourcedId: 'category-1' },
    resultValueMin: 0,
    resultValueMax: 100,
  });
  assert.deepEqual(metadata, {
    ltiResourceId: 'quiz-231',
    ltiTag: 'grade',
    ltiGradesReleased: true,
    ltiTool: 'quizzer',
    ltiLineItemUrl: LMS_URL,
    // A service may keep the day alone of these.
    lti: {
      originals: {
        '/startDateTime': { was: '2018-03-06T20:05:02Z', wrote: '2018-03-06T20:05:02Z' },
        '/endDateTime': { was: '2018-04-06T22:05:03Z', wrote: '2018-04-06T22:05:03Z' },
      },
    },
    // What was written last, by place. These are in gradebooks: another digest would make an edit of every value there.
    ltiWrote: {
      '/title': '40SRh0',
      '/resultValueMax': 'PpFKd0',
      '/assignDate': 'hpQYs3.Ducx3',
      '/dueDate': 'vG51X2.Oh6B3',
      '/metadata/ltiResourceId': '5VCGE3',
      '/metadata/ltiTag': 'oL6ib0',
      '/metadata/ltiResourceLinkId': '-',
      '/metadata/ltiGradesReleased': 'JR8Hv1',
      // Which rows wrote it: they may change, and are remembered then.
      rows: digestOfRows(JSON.parse(shippedText()) as Mapping),
    },
  });
  assert.deepEqual((await tool.call('GET', path)).body, answer.body);
});

test('a line item is made, read, replaced, listed and deleted', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const made = await tool.post({ ...QUIZ, tag: 'grade' });
  assert.equal(made.status, 201, made.text);
  const { id } = made.body;
  assert.equal(held(world, sourcedIdIn(id))['title'], 'Quiz 1');
  assert.deepEqual(made.body, { id, ...QUIZ, tag: 'grade' });
  const read = await tool.get(id);
  assert.deepEqual([read.status, read.body], [200, made.body]);
  const replaced = await tool.put(id, { label: 'Quiz 1b', scoreMaximum: 30 });
  assert.deepEqual([replaced.status, replaced.body], [201, { id, label: 'Quiz 1b', scoreMaximum: 30 }]);
  const listed = await tool.list();
  assert.deepEqual([listed.status, listed.body], [200, { lineItems: [replaced.body] }]);
  const deleted = await tool.remove(id);
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  assert.equal(held(world, sourcedIdIn(id))['status'], 'tobedeleted');
  assertRefused(await tool.get(id), NOT_FOUND);
  assertRefused(await tool.remove(id), NOT_FOUND);
  assert.deepEqual((await tool.list()).body, { lineItems: [] });
});

test('two POSTs of the same line item are two line items', async (t) => {
  const tool = await (await openWorld(t)).as();
  const ids = [await tool.post(QUIZ), await tool.post(QUIZ)].map(({ body }) => body['id']);
  assert.notEqual(ids[0], ids[1]);
  assert.equal(((await tool.list()).body['lineItems'] as unknown[]).length, 2);
});

const IDS = [
  { name: 'a bare sourcedId', id: 'week-3_quiz.b', sourcedId: 'week-3_quiz.b' },
  { name: 'a bare sourcedId with colons', id: 'urn:quiz:7@a', sourcedId: 'urn:quiz:7@a' },
  {
    name: 'an id of ours that nobody has used yet',
    id: `${PUBLIC_URL}/lti/contexts/math-101/lineitems/urn%3Aquiz%3A8`,
    sourcedId: 'urn:quiz:8',
  },
  { name: 'a URL of an LMS', id: LMS_URL },
  { name: 'a URL with query, fragment and escapes', id: 'http://lms.test/a%2Fb/ü?c=1&d=%20+x#y' },
];

test('a line item can be put, read, listed and deleted under each kind of id', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const { name, id, sourcedId } of IDS) {
    await t.test(name, async () => {
      world.sandbox.clearRequests();
      const put = await tool.put(id, QUIZ);
      assert.equal(put.status, 201, put.text);
      const stored = writtenId(world);
      if (sourcedId !== undefined) assert.equal(stored, sourcedId);
      else assert.match(stored, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const shown = sourcedId === undefined ? id : ownId(sourcedId);
      assert.equal(put.body['id'], shown);
      for (const name of [id, shown]) assert.deepEqual((await tool.get(name)).body, put.body);
      assert.deepEqual((await tool.list()).body['lineItems'], [put.body]);
      assert.equal((await tool.remove(shown)).status, 204);
      assertRefused(await tool.get(id), NOT_FOUND);
    });
  }
});

function ownId(sourcedId: string): string {
  return `${PUBLIC_URL}/lti/contexts/math-101/lineitems/${encodeURIComponent(sourcedId)}`;
}

test('an id that is encoded twice is the same line item', async (t) => {
  const tool = await (await openWorld(t)).as();
  const put = await tool.put(encodeURIComponent(LMS_URL), QUIZ);
  assert.equal(put.body['id'], LMS_URL, put.text);
  assert.deepEqual((await tool.get(LMS_URL)).body, put.body);
});

test('a PUT after a DELETE makes the line item again, under each kind of id', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const { id } = (await tool.post(QUIZ)).body;
  for (const name of [id, 'bare-1', LMS_URL]) {
    await tool.put(name, { ...QUIZ, tag: 'old' });
    assert.equal((await tool.remove(name)).status, 204);
    const again = await tool.put(name, QUIZ);
    assert.equal(again.status, 201, again.text);
    assert.equal('tag' in again.body, false);
    assert.deepEqual((await tool.get(name)).body, again.body);
    assert.equal(((await tool.list()).body['lineItems'] as unknown[]).length >= 1, true);
  }
});

test('a line item that OneRoster has deleted softly is neither read nor listed', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const status of ['tobedeleted', 'inactive']) {
    const { id } = (await tool.post(QUIZ)).body;
    edit(world.sandbox, sourcedIdIn(id), { status });
    assertRefused(await tool.get(id), NOT_FOUND);
    assert.deepEqual((await tool.list()).body, { lineItems: [] });
  }
});

type Sandbox = Awaited<ReturnType<typeof openWorld>>['sandbox'];

function edit(sandbox: Sandbox, sourcedId: string, changes: Document): void {
  sandbox.put('lineItems', { ...sandbox.find('lineItems', sourcedId), ...changes });
}

test('a line item that a teacher made', async (t) => {
  const config = { contexts: { 'math-101': { ownership: 'class' } } };
  await t.test('is read and listed under ownership "class"', async (t) => {
    const tool = await (await openWorld(t, { config })).as();
    const shown = {
      id: ownId('teacher-quiz'),
      label: 'Chapter 3 Quiz',
      scoreMaximum: 20,
      startDateTime: '2025-09-08T08:00:00Z',
      endDateTime: '2025-09-12T20:00:00Z',
    };
    for (const id of ['teacher-quiz', shown.id]) assert.deepEqual((await tool.get(id)).body, shown);
    assert.deepEqual((await tool.list()).body, { lineItems: [shown] });
  });
  await t.test('is 404 on every route under ownership "tool"', async (t) => {
    const world = await openWorld(t);
    const tool = await world.as();
    const before = held(world, 'teacher-quiz');
    const asked: readonly ((id: string) => Promise<Answer>)[] = [
      tool.get,
      tool.remove,
      (id) => tool.put(id, QUIZ),
    ];
    for (const ask of asked) {
      for (const id of ['teacher-quiz', ownId('teacher-quiz')]) assertRefused(await ask(id), NOT_FOUND);
    }
    assert.deepEqual((await tool.list()).body, { lineItems: [] });
    assert.deepEqual(held(world, 'teacher-quiz'), before);
  });
});

test('the tools of a context with ownership "class" reach what they see of each other', async (t) => {
  const world = await openWorld(t, { config: { contexts: { 'math-101': { ownership: 'class' } } } });
  const [quizzer, drill] = [await world.as(), await world.as('drill')];
  await quizzer.put(LMS_URL, { ...QUIZ, tag: 'shared' });
  const { lineItems } = (await drill.list('?tag=shared')).body as { lineItems: JsonObject[] };
  assert.equal(lineItems.length, 1);
  const read = await drill.get(lineItems[0]?.['id']);
  assert.deepEqual([read.status, read.body], [200, lineItems[0]], read.text);
});

test('a bare sourcedId is shown as a full URL, and HEAD answers as GET without a body', async (t) => {
  const tool = await (await openWorld(t)).as();
  const { body } = await tool.put('bare-1', QUIZ);
  assert.ok(URL.canParse(String(body['id'])));
  const head = await tool.call('HEAD', lineItemPath('bare-1'));
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('a resource link that does not exist in the context is 404 on creation', async (t) => {
  const config = { contexts: { 'math-101': { resourceLinks: ['link-1'] } } };
  const world = await openWorld(t, { config });
  const tool = await world.as();
  const refused = { status: 404, code: 'RESOURCE_LINK_NOT_FOUND' } as const;
  assertRefused(await tool.post({ ...QUIZ, resourceLinkId: 'link-2' }), refused);
  assertRefused(await tool.put(LMS_URL, { ...QUIZ, resourceLinkId: 'link-2' }), refused);
  assert.deepEqual(world.writes(), []);
  const made: Document = (await tool.post({ ...QUIZ, resourceLinkId: 'link-1' })).body;
  assert.equal(made['resourceLinkId'], 'link-1');
});
