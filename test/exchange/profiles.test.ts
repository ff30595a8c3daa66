import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { assertRefused } from './envelope.ts';
import { type Document, held, LMS_URL, openWorld, sourcedIdIn, type World, writtenId } from './world.ts';

const FULL = {
  label: 'Activity',
  scoreMaximum: 0.1,
  resourceId: 'quiz-231',
  tag: '',
  startDateTime: '2026-04-01T00:00:00+02:00',
  gradesReleased: false,
  'https://tool.example/x': { a: [null, 1] },
} as const;

type Profile = 'timeback' | 'spec' | 'google';
const settingsFor = (profile: Profile, family: string): JsonObject => ({
  upstreams: { school: { profile: profile === 'timeback' ? 'timeback' : 'oneroster-1.2' } },
  contexts: { 'math-101': { family } },
});

const SERVICES = (['timeback', 'spec', 'google'] as const).flatMap((profile) =>
  (['lineItems', 'assessmentLineItems'] as const).map((family) => ({ profile, family })),
);

test('a line item comes back as it was from every service and family', async (t) => {
  for (const { profile, family } of SERVICES) {
    await t.test(`${profile}, ${family}`, async (t) => {
      const world = await openWorld(t, { config: settingsFor(profile, family), sandbox: { profile } });
      const tool = await world.as();
      const shown = { id: LMS_URL, ...FULL };
      const made = await tool.put(LMS_URL, FULL);
      assert.deepEqual([made.status, made.body], [201, shown], made.text);
      assert.equal(held(world, writtenId(world), family)['title'], 'Activity');
      const again = await tool.put(LMS_URL, FULL);
      assert.deepEqual([again.status, again.body], [201, shown], again.text);
      const read = await tool.get(LMS_URL);
      assert.deepEqual([read.status, read.body], [200, shown]);
      for (const { headers } of [again, read]) assert.equal(headers.etag, made.headers.etag);
      const posted = (await tool.post(FULL)).body;
      assert.deepEqual(posted, { ...shown, id: posted['id'] });
      const listed = (await tool.list('?tag=&resourceId=quiz-231')).body['lineItems'] as unknown[];
      assert.deepEqual(new Set(listed), new Set([shown, posted]));
      assert.equal((await tool.remove(LMS_URL)).status, 204);
      assertRefused(await tool.get(LMS_URL), { status: 404, code: 'LINE_ITEM_NOT_FOUND' });
      assert.deepEqual((await tool.list()).body['lineItems'], [posted]);
    });
  }
});

test('a spec-strict service gets full references, a status and a date of change', async (t) => {
  const world = await openWorld(t, {
    config: settingsFor('spec', 'lineItems'),
    sandbox: { profile: 'spec' },
  });
  await (await world.as()).post({ label: 'Quiz', scoreMaximum: 1 });
  const [write] = world.writes();
  assert.ok(write);
  const { lineItem } = write.body as { lineItem: Record<string, Document> };
  const { url } = world.sandbox;
  const at = (service: string, path: string): string => `${url}/ims/oneroster/${service}/v1p2/${path}`;
  assert.deepEqual(lineItem['class'], {
    href: at('rostering', 'classes/class-1'),
    sourcedId: 'class-1',
    type: 'class',
  });
  assert.deepEqual(
    [lineItem['school']?.['type'], lineItem['category']?.['type'], lineItem['status']],
    ['org', 'category', 'active'],
  );
  assert.equal(typeof lineItem['dateLastModified'], 'string');
  const [{ body } = { body: {} }] = world.tokenRequests();
  assert.match(String((body as Document)['scope']), /v1p2\/scope\/gradebook\.createput/);
});

test('assessment line items need no school, category or dates, and keep to their class', async (t) => {
  const config: JsonObject = {
    contexts: {
      'math-101': { family: 'assessmentLineItems', ownership: 'class' },
      'science-7': { family: 'assessmentLineItems', ownership: 'class' },
    },
  };
  const world = await openWorld(t, { config });
  const [math, science] = [await world.as(), await world.as('quizzer', 'science-7')];
  const put = await math.put('ali-9', {
    label: 'Unit 3',
    scoreMaximum: 5,
    endDateTime: '2026-04-06T22:05:03+01:00',
  });
  assert.equal(put.body['endDateTime'], '2026-04-06T22:05:03+01:00', put.text);
  const { metadata: _, ...rest } = held(world, 'ali-9', 'assessmentLineItems');
  assert.deepEqual(Object.keys(rest).sort(), [
    'class',
    'resultValueMax',
    'resultValueMin',
    'sourcedId',
    'status',
    'title',
  ]);
  const titles = ((await math.list()).body['lineItems'] as Document[]).map(({ label }) => label);
  assert.deepEqual(titles.sort(), ['Fractions Mastery Check', 'Unit 3']);
  assert.deepEqual((await science.list()).body, { lineItems: [] });
  assertRefused(await science.get('ali-9'), { status: 404, code: 'LINE_ITEM_NOT_FOUND' });
  assert.equal(world.sandbox.find('lineItems', 'ali-9'), undefined);
});

const LOOKED_UP: JsonObject = {
  contexts: {
    'algebra-1': {
      school: { lookup: 'class' },
      category: { lookup: { title: "O'Brien's quizzes", create: true } },
    },
  },
};

function categoriesOf(world: World): readonly Document[] {
  return world
    .writes()
    .filter(({ path }) => path.includes('/categories/'))
    .map(({ body }) => (body as { category: Document }).category);
}

test('20 parallel first requests look the school up once and make the category once', async (t) => {
  for (const profile of ['timeback', 'spec'] as const) {
    const config = { ...settingsFor(profile, 'lineItems'), ...LOOKED_UP };
    const world = await openWorld(t, { config, sandbox: { profile } });
    const tool = await world.as('drill', 'algebra-1');
    const posts = Array.from({ length: 20 }, (_, n) => tool.post({ label: `Quiz ${n}`, scoreMaximum: 1 }));
    const answers = await Promise.all(posts);
    for (const { status, text } of answers) assert.equal(status, 201, text);
    const [category, ...others] = categoriesOf(world);
    assert.deepEqual([category?.['title'], others.length], ["O'Brien's quizzes", 0]);
    const reads = (part: string): number => world.calls().filter(({ path }) => path.includes(part)).length;
    assert.equal(reads('/classes/class-3'), 1);
    assert.equal(reads('/categories?'), 1);
    const made = held(world, sourcedIdIn(answers[0]?.body['id'], 'algebra-1'));
    const sourcedIds = ['school', 'category'].map((member) => (made[member] as Document)['sourcedId']);
    assert.deepEqual(sourcedIds, ['school-2', category?.['sourcedId']]);
  }
});

test('a category that is there is taken, a deleted one is made again', async (t) => {
  const world = await openWorld(t, { config: LOOKED_UP });
  world.sandbox.put('categories', { sourcedId: 'gone', title: "O'Brien's quizzes", status: 'tobedeleted' });
  const tool = await world.as('drill', 'algebra-1');
  assert.equal((await tool.post({ label: 'Quiz', scoreMaximum: 1 })).status, 201);
  const made = categoriesOf(world)[0]?.['sourcedId'];
  assert.notEqual(made, 'gone');
  const other = await openWorld(t, { config: LOOKED_UP });
  other.sandbox.put('categories', { sourcedId: 'there', title: "O'Brien's quizzes", status: 'active' });
  const { body } = await (await other.as('drill', 'algebra-1')).post({ label: 'Quiz', scoreMaximum: 1 });
  assert.deepEqual(held(other, sourcedIdIn(body['id'], 'algebra-1'))['category'], { sourcedId: 'there' });
  assert.deepEqual(categoriesOf(other), []);
});

const UNRESOLVED: readonly { name: string; context: JsonObject }[] = [
  { name: 'a category that may not be made', context: { category: { lookup: { title: 'Nobody made it' } } } },
  { name: 'a category that does not exist', context: { category: 'category-99' } },
  { name: 'a class that does not exist', context: { class: 'class-99', school: { lookup: 'class' } } },
  { name: 'a school that does not exist', context: { school: 'school-99' } },
];

test('what a context names and OneRoster does not have is 502, and nothing is written', async (t) => {
  for (const { name, context } of UNRESOLVED) {
    await t.test(name, async (t) => {
      const world = await openWorld(t, { config: { contexts: { 'math-101': context } } });
      const tool = await world.as();
      for (const answer of [
        await tool.post({ label: 'Quiz', scoreMaximum: 1 }),
        await tool.put(LMS_URL, { label: 'Quiz', scoreMaximum: 1 }),
      ]) {
        assertRefused(answer, { status: 502, code: 'CONTEXT_UNRESOLVED' });
      }
      const stored = world.writes().filter(({ status }) => status < 300);
      assert.deepEqual(stored, []);
    });
  }
});
