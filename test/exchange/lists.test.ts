import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Answer,
  type Client,
  type Document,
  openWorld,
  PUBLIC_URL,
  sourcedIdIn,
  type World,
  type WorldOptions,
} from './world.ts';

const LINE_ITEMS = [
  { sourcedId: 'li-1', resourceLinkId: 'link-1', resourceId: 'quiz-1', tag: 'grade' },
  { sourcedId: 'li-2', resourceLinkId: 'link-1', resourceId: 'quiz-2', tag: 'grade' },
  { sourcedId: 'li-3', resourceLinkId: 'link-2', resourceId: 'quiz-1', tag: 'grade' },
  { sourcedId: 'li-4', resourceLinkId: 'link-2', resourceId: 'quiz-1', tag: 'practice' },
  { sourcedId: 'li-5', tag: 'ü & +/? #=%' },
  { sourcedId: 'li-6' },
  { sourcedId: 'li-7', resourceId: 'QUIZ-1', tag: '' },
];

async function fill(tool: Client): Promise<void> {
  for (const { sourcedId, ...members } of LINE_ITEMS) {
    const { status, text } = await tool.put(sourcedId, { label: sourcedId, scoreMaximum: 10, ...members });
    assert.equal(status, 201, text);
  }
}

function labels({ status, body, text }: Answer): unknown[] {
  assert.equal(status, 200, text);
  return (body['lineItems'] as Document[]).map(({ label }) => label);
}

const FILTERS: readonly (readonly [string, readonly string[]])[] = [
  ['', ['li-1', 'li-2', 'li-3', 'li-4', 'li-5', 'li-6', 'li-7']],
  ['?tag=grade', ['li-1', 'li-2', 'li-3']],
  ['?resourceId=quiz-1', ['li-1', 'li-3', 'li-4']],
  ['?resourceLinkId=link-2', ['li-3', 'li-4']],
  ['?resourceId=quiz-1&tag=grade', ['li-1', 'li-3']],
  ['?resourceLinkId=link-1&resourceId=quiz-1&tag=grade', ['li-1']],
  ['?resourceLinkId=link-1&resourceId=quiz-1&tag=practice', []],
  ['?tag=grad', []],
  ['?tag=nobody', []],
  [`?tag=${encodeURIComponent('ü & +/? #=%')}`, ['li-5']],
  ['?tag=%C3%BC+%26+%2B%2F%3F+%23%3D%25', ['li-5']],
  ['?tag=%27%20OR%20status%3D%27active', []],
  ['?label=li-1&unknown=x', ['li-1', 'li-2', 'li-3', 'li-4', 'li-5', 'li-6', 'li-7']],
  ['?limit=3', ['li-1', 'li-2', 'li-3']],
  ['?tag=grade&limit=2', ['li-1', 'li-2']],
  ['?limit=7', ['li-1', 'li-2', 'li-3', 'li-4', 'li-5', 'li-6', 'li-7']],
  ['?limit=999999999', ['li-1', 'li-2', 'li-3', 'li-4', 'li-5', 'li-6', 'li-7']],
];

test('filters are exact, joined with AND, and a limit cuts after them', async (t) => {
  const tool = await (await openWorld(t)).as();
  await fill(tool);
  for (const [query, expected] of FILTERS) {
    await t.test(query || 'no filter', async () =>
      assert.deepEqual(labels(await tool.list(query)), expected),
    );
  }
  await t.test('page links are there only when there is another page', async () => {
    for (const query of ['', '?limit=7', '?tag=grade&limit=3', '?tag=nobody']) {
      assert.deepEqual(Object.keys((await tool.list(query)).body), ['lineItems'], query);
    }
  });
});

/** Follows a page link as the SDK does: the plain link, encoded once by the query. */
function follow(tool: Client, link: unknown, more = ''): Promise<Answer> {
  assert.ok(URL.canParse(String(link)), `${link} is no URL`);
  return tool.list(`?url=${encodeURIComponent(String(link))}${more}`);
}

test('page links lead forwards, backwards, to the first and to the last page', async (t) => {
  const tool = await (await openWorld(t)).as();
  await fill(tool);
  const pages: Document[] = [(await tool.list('?limit=3')).body];
  for (let link = pages[0]?.['next']; link !== undefined; link = pages.at(-1)?.['next']) {
    pages.push((await follow(tool, link)).body);
  }
  const shown = pages.map(({ lineItems }) => (lineItems as Document[]).map(({ label }) => label));
  assert.deepEqual(shown, [['li-1', 'li-2', 'li-3'], ['li-4', 'li-5', 'li-6'], ['li-7']]);
  assert.equal('prev' in (pages[0] as Document), false);
  for (const page of pages) {
    assert.deepEqual(labels(await follow(tool, page['first'])), shown[0]);
    assert.deepEqual(labels(await follow(tool, page['last'])), shown[2]);
    for (const rel of ['next', 'prev', 'first', 'last'] as const) {
      if (page[rel] !== undefined) assert.ok(String(page[rel]).startsWith(`${PUBLIC_URL}/`), rel);
    }
  }
  assert.deepEqual(labels(await follow(tool, pages[2]?.['prev'])), shown[1]);
  assert.deepEqual(labels(await follow(tool, pages[1]?.['prev'])), shown[0]);
});

test('a page link carries the filter, and every other parameter beside it is ignored', async (t) => {
  const tool = await (await openWorld(t)).as();
  await fill(tool);
  const first = await tool.list('?resourceId=quiz-1&limit=2');
  assert.deepEqual(labels(first), ['li-1', 'li-3']);
  const { next } = first.body;
  for (const more of ['', '&tag=nobody', '&limit=1', '&limit=x', '&resourceId=quiz-2']) {
    assert.deepEqual(labels(await follow(tool, next, more)), ['li-4'], more);
  }
  const twice = encodeURIComponent(encodeURIComponent(String(next)));
  assert.deepEqual(labels(await tool.list(`?url=${twice}`)), ['li-4'], 'encoded twice');
  const asAxiosDoes = encodeURIComponent(String(next)).replaceAll('%3A', ':').replaceAll('%20', '+');
  assert.deepEqual(labels(await tool.list(`?url=${asAxiosDoes}`)), ['li-4'], 'as axios encodes it');
});

test('what is deleted or made between two pages shifts nothing over their boundary', async (t) => {
  const tool = await (await openWorld(t)).as();
  await fill(tool);
  const first = await tool.list('?limit=3');
  for (const id of ['li-1', 'li-3']) assert.equal((await tool.remove(id)).status, 204);
  await tool.put('li-0', { label: 'li-0', scoreMaximum: 1 });
  const second = await follow(tool, first.body['next']);
  assert.deepEqual(labels(second), ['li-4', 'li-5', 'li-6']);
  await tool.put('li-65', { label: 'li-65', scoreMaximum: 1 });
  assert.deepEqual(labels(await follow(tool, second.body['next'])), ['li-65', 'li-7']);
  for (const id of ['li-65', 'li-7']) await tool.remove(id);
  const gone = await follow(tool, second.body['next']);
  assert.deepEqual(labels(gone), []);
  assert.equal('next' in gone.body, false);
});

test('ids that are no line item ids of OneRoster elsewhere page as well', async (t) => {
  const tool = await (await openWorld(t)).as();
  const ids = ['urn:a:1', 'urn:a:2', '@x', 'Z', 'a'];
  for (const id of ids) await tool.put(id, { label: id, scoreMaximum: 1 });
  const seen: unknown[] = [];
  let page = await tool.list('?limit=1');
  for (; page.body['next'] !== undefined; page = await follow(tool, page.body['next']))
    seen.push(...labels(page));
  seen.push(...labels(page));
  assert.deepEqual([...seen].sort(), [...ids].sort());
});

const SERVICES = [
  { profile: 'timeback', settings: 'timeback', count: 3005 },
  { profile: 'spec', settings: 'oneroster-1.2', count: 1003 },
] as const;

async function openLarge(
  t: TestContext,
  { profile, settings, count }: (typeof SERVICES)[number],
  faultFor?: NonNullable<WorldOptions['sandbox']>['faultFor'],
): Promise<World> {
  const config = { upstreams: { school: { profile: settings } } };
  const world = await openWorld(t, { config, sandbox: { profile, ...(faultFor && { faultFor }) } });
  const { id } = (await (await world.as()).post({ label: 'Model', scoreMaximum: 1 })).body;
  const model = world.sandbox.find('lineItems', sourcedIdIn(id)) as Document;
  for (let number = 1; number < count; number++) {
    world.sandbox.put('lineItems', { ...model, sourcedId: `many-${String(number).padStart(5, '0')}` });
  }
  return world;
}

test('more line items than the upstream gives in one page all arrive, once', async (t) => {
  for (const service of SERVICES) {
    const world = await openLarge(t, service);
    const { lineItems } = (await (await world.as()).list()).body as { lineItems: Document[] };
    assert.equal(new Set(lineItems.map(({ id }) => id)).size, service.count);
    assert.equal(lineItems.length, service.count);
    assert.equal(world.calls().filter(({ path }) => path.includes('/classes/')).length, 2);
  }
});

test('line items that are deleted between two pages of the upstream hide no others', async (t) => {
  for (const service of SERVICES) {
    let pages = 0;
    const world = await openLarge(t, service, ({ path }) => {
      if (path.includes('/classes/') && ++pages === 2) remove([1, 2, 3]);
      return undefined;
    });
    const remove = (numbers: readonly number[]): void => {
      for (const number of numbers) {
        const gone = world.sandbox.find('lineItems', `many-0000${number}`) as Document;
        world.sandbox.put('lineItems', { ...gone, status: 'tobedeleted' });
      }
    };
    const { lineItems } = (await (await world.as()).list()).body as { lineItems: { id: string }[] };
    assert.ok(pages >= 2, 'they were deleted between two pages');
    const ids = new Set(lineItems.map(({ id }) => sourcedIdIn(id)));
    for (let number = 4; number < service.count; number++) {
      const id = `many-${String(number).padStart(5, '0')}`;
      assert.ok(ids.has(id), `${service.profile}: ${id} stands, and is not in the list`);
    }
  }
});

test('the cap on one answer is kept, with or without a limit, and the rest is behind next', async (t) => {
  const tool = await (await openWorld(t, { config: { limits: { page: 3 } } })).as();
  await fill(tool);
  for (const query of ['', '?limit=100']) {
    const first = await tool.list(query);
    assert.deepEqual(labels(first), ['li-1', 'li-2', 'li-3']);
    assert.deepEqual(labels(await follow(tool, first.body['next'])), ['li-4', 'li-5', 'li-6']);
  }
});
