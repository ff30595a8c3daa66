import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { at, complaints, gradebook, ids, lineItem, minorCode, result, start } from './client.ts';

const ofClass = `${gradebook}/classes/class-2/lineItems`;

/** `li-1` to `li-5` in class-2; their titles fall while their maxima rise, and li-3 has no maximum. */
function fill(sandbox: Sandbox): void {
  for (let n = 1; n <= 5; n += 1) {
    const max = n === 3 ? {} : { resultValueMax: n * 5 };
    sandbox.put('lineItems', {
      ...lineItem,
      sourcedId: `li-${n}`,
      status: 'active',
      title: `T${9 - n}`,
      class: { sourcedId: 'class-2' },
      ...max,
    });
  }
}

test('pages: counters in Timeback’s body, total and links in the headers', async (t) => {
  const { sandbox, get } = await start(t);
  fill(sandbox);
  const reply = await get(`${ofClass}/?limit=2&offset=2&filter=status%3D'active'`);
  assert.deepEqual(ids(reply, 'lineItems'), ['li-3', 'li-4']);
  const { lineItems: _, ...counters } = reply.body as Record<string, unknown>;
  assert.deepEqual(counters, { totalCount: 5, pageCount: 3, pageNumber: 2, offset: 2, limit: 2 });
  assert.equal(reply.headers.get('x-total-count'), '5');
  const link = reply.headers.get('link') ?? '';
  const offsets = [...link.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel]) => {
    const target = new URL(url);
    assert.equal(target.searchParams.get('filter'), "status='active'");
    return [rel, target.searchParams.get('offset')];
  });
  assert.deepEqual(offsets, [
    ['next', '4'],
    ['prev', '0'],
    ['first', '0'],
    ['last', '4'],
  ]);
});

test('following next reaches every row once', async (t) => {
  const { sandbox, get } = await start(t, { profile: 'spec' });
  fill(sandbox);
  const seen: unknown[] = [];
  let path: string | undefined = `${ofClass}?limit=2`;
  while (path) {
    const reply = await get(path);
    assert.deepEqual(Object.keys(reply.body as object), ['lineItems']);
    seen.push(...ids(reply, 'lineItems'));
    path = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1]?.replace(sandbox.url, '');
  }
  assert.deepEqual(seen, ['li-1', 'li-2', 'li-3', 'li-4', 'li-5']);
});

test('an empty list, and a page behind the end', async (t) => {
  const { get } = await start(t);
  const empty = await get(ofClass);
  const counters = { totalCount: 0, pageCount: 0, pageNumber: 1, offset: 0, limit: 100 };
  assert.deepEqual(empty.body, { lineItems: [], ...counters });
  assert.deepEqual(ids(await get(`${gradebook}/categories?offset=50`), 'categories'), []);
});

test('bad parameters are 422, all at once; 3000 is the most at Timeback alone', async (t) => {
  const timeback = await start(t);
  for (const query of ['limit=0', 'limit=-1', 'limit=x', 'limit=3001', 'limit=1.5', 'limit=']) {
    const reply = await timeback.get(`${ofClass}?${query}`);
    assert.deepEqual([reply.status, complaints(reply)], [422, ['limit']], query);
  }
  const several = await timeback.get(`${ofClass}?limit=x&offset=-1&orderBy=up`);
  assert.deepEqual(complaints(several), ['limit', 'offset', 'orderBy']);
  assert.equal((await timeback.get(`${ofClass}?limit=3000`)).status, 200);
  for (const profile of ['spec', 'google'] as const) {
    const { get } = await start(t, { profile });
    assert.equal((await get(`${ofClass}?limit=10000`)).status, 200, profile);
  }
});

const sorts: [string, number[]][] = [
  ['sort=title', [5, 4, 3, 2, 1]],
  ['sort=title&orderBy=desc', [1, 2, 3, 4, 5]],
  ['sort=resultValueMax', [1, 2, 4, 5, 3]],
  ['sort=resultValueMax&orderBy=desc', [5, 4, 2, 1, 3]],
  ['sort=dueDate&orderBy=asc', [1, 2, 3, 4, 5]],
  ['sort=title&limit=2&offset=1', [4, 3]],
];

test('sorting: numbers as numbers, rows without a value last', async (t) => {
  const { sandbox, get } = await start(t);
  fill(sandbox);
  for (const [query, order] of sorts) {
    assert.deepEqual(
      ids(await get(`${ofClass}?${query}`), 'lineItems'),
      order.map((n) => `li-${n}`),
      query,
    );
  }
  assert.equal((await get(`${ofClass}?sort=nonsense`)).status, 400);
});

test('fields select members; an unknown one is ignored by Timeback and refused by the spec', async (t) => {
  const timeback = await start(t);
  const path = `${gradebook}/lineItems/teacher-quiz?fields=sourcedId,title,nonsense`;
  const selected = { sourcedId: 'teacher-quiz', title: 'Chapter 3 Quiz' };
  assert.deepEqual((await timeback.get(path)).body, { lineItem: selected });
  const listed = await timeback.get(`${gradebook}/lineItems?fields=title`);
  assert.deepEqual(at(listed.body, 'lineItems.0'), { title: 'Chapter 3 Quiz' });
  const spec = await start(t, { profile: 'spec' });
  const refused = await spec.get(path);
  assert.deepEqual([refused.status, minorCode(refused)], [400, 'invalid_selection_field']);
});

for (const [profile, shown] of [
  ['timeback', true],
  ['spec', true],
  ['google', false],
] as const) {
  test(`lists of ${profile} ${shown ? 'show' : 'hide'} deleted rows`, async (t) => {
    const { call, get } = await start(t, { profile });
    await call('DELETE', `${gradebook}/lineItems/teacher-quiz`);
    const expected = shown ? ['teacher-quiz'] : [];
    assert.deepEqual(ids(await get(`${gradebook}/lineItems`), 'lineItems'), expected);
    assert.deepEqual(ids(await get(`${gradebook}/classes/class-1/lineItems`), 'lineItems'), expected);
    assert.equal((await get(`${gradebook}/lineItems/teacher-quiz`)).status, 200);
  });
}

test('lists below classes and schools hold what belongs there', async (t) => {
  const { sandbox, get } = await start(t);
  fill(sandbox);
  sandbox.put('results', { ...result, sourcedId: 'r1' });
  sandbox.put('results', { ...result, sourcedId: 'r2', student: { sourcedId: 'student-2' } });
  sandbox.put('results', { ...result, sourcedId: 'r3', lineItem: { sourcedId: 'li-1' } });
  sandbox.put('scoreScales', { sourcedId: 's1', status: 'active', class: { sourcedId: 'class-1' } });
  const scoped: [string, string, string[]][] = [
    ['/classes/class-1/lineItems', 'lineItems', ['teacher-quiz']],
    ['/schools/school-1/lineItems', 'lineItems', ['teacher-quiz', 'li-1', 'li-2', 'li-3', 'li-4', 'li-5']],
    ['/classes/class-1/results', 'results', ['r1', 'r2']],
    ['/classes/class-2/results', 'results', ['r3']],
    ['/classes/class-1/lineItems/teacher-quiz/results', 'results', ['r1', 'r2']],
    ['/classes/class-1/students/student-1/results', 'results', ['r1']],
    ['/classes/class-1/categories', 'categories', ['category-2']],
    ['/classes/class-1/scoreScales', 'scoreScales', ['s1']],
    ['/schools/school-2/scoreScales', 'scoreScales', []],
    ['/schools/school-1/scoreScales', 'scoreScales', ['s1']],
    ['/assessmentLineItems', 'assessmentLineItems', ['ali-1']],
  ];
  for (const [path, key, expected] of scoped) {
    assert.deepEqual(ids(await get(gradebook + path), key), expected, path);
  }
});

test('a row that moves to another class leaves the list of the first', async (t) => {
  const { call, get } = await start(t);
  const moved = { ...lineItem, class: { sourcedId: 'class-2' } };
  await call('PUT', `${gradebook}/lineItems/teacher-quiz`, { lineItem: moved });
  assert.deepEqual(ids(await get(`${gradebook}/classes/class-1/lineItems`), 'lineItems'), []);
  assert.deepEqual(ids(await get(ofClass), 'lineItems'), ['teacher-quiz']);
});

test('ten thousand line items: a page of 3000 is the right one', async (t) => {
  const { sandbox, get } = await start(t);
  for (let n = 0; n < 10_000; n += 1) {
    const metadata = { ltiTag: `t${n % 10}` };
    sandbox.put('lineItems', { ...lineItem, sourcedId: `n${n}`, class: { sourcedId: 'class-3' }, metadata });
  }
  const filter = encodeURIComponent("metadata.ltiTag='t7'");
  const page = await get(`${gradebook}/classes/class-3/lineItems?limit=3000&offset=9000`);
  assert.deepEqual([ids(page, 'lineItems').length, at(page.body, 'totalCount')], [1000, 10_000]);
  const tagged = await get(`${gradebook}/classes/class-3/lineItems?limit=3000&filter=${filter}`);
  assert.deepEqual(
    [ids(tagged, 'lineItems').length, at(tagged.body, 'lineItems.1.sourcedId')],
    [1000, 'n17'],
  );
});
