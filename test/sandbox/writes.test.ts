import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import { at, gradebook, ids, lineItem, minorCode, result, specLineItem, start } from './client.ts';

const lineItems = `${gradebook}/lineItems`;

const putAnswers: [SandboxProfile, Record<string, unknown>, number, number, boolean][] = [
  ['timeback', lineItem, 201, 201, true],
  ['google', lineItem, 201, 200, true],
  ['spec', specLineItem('new'), 201, 201, false],
];

for (const [profile, body, create, update, echoes] of putAnswers) {
  test(`PUT creates and replaces at ${profile}`, async (t) => {
    const { sandbox, call } = await start(t, { profile });
    for (const status of [create, update]) {
      const reply = await call('PUT', `${lineItems}/new`, { lineItem: body });
      assert.equal(reply.status, status);
      assert.deepEqual(reply.body, echoes ? { lineItem: sandbox.find('lineItems', 'new') } : undefined);
      assert.ok(reply.headers.get('x-request-id'));
    }
  });
}

test('PUT is a full replacement: what is left out is gone, metadata too', async (t) => {
  const { sandbox, call } = await start(t);
  assert.deepEqual(at(sandbox.find('lineItems', 'teacher-quiz'), 'metadata.district.code'), 'D-7');
  await call('PUT', `${lineItems}/teacher-quiz`, { lineItem });
  const stored = sandbox.find('lineItems', 'teacher-quiz') ?? {};
  assert.deepEqual(
    ['metadata', 'description', 'gradingPeriod', 'resultValueMax'].filter((name) => name in stored),
    [],
  );
});

test('Timeback normalises date-times, keeps metadata and null, drops unknown members, sets dateLastModified', async (t) => {
  const { sandbox, call } = await start(t, { clock: () => Date.UTC(2026, 1, 3, 4, 5, 6, 7) });
  const metadata = { 'https://tool.example/x': { deep: [1, null, { a: false }] }, empty: '' };
  await call('PUT', `${lineItems}/a`, {
    lineItem: {
      ...lineItem,
      assignDate: '2025-01-01T00:30:00+02:00',
      class: { sourcedId: 'class-1', type: 'class', note: 'x' },
      description: null,
      label: 'unknown',
      dateLastModified: '1999-01-01T00:00:00Z',
      metadata,
    },
  });
  const stored = sandbox.find('lineItems', 'a') ?? {};
  assert.equal(stored['assignDate'], '2024-12-31T22:30:00.000Z');
  assert.equal(stored['dateLastModified'], '2026-02-03T04:05:06.007Z');
  assert.deepEqual(stored['metadata'], metadata);
  assert.deepEqual(stored['class'], { sourcedId: 'class-1' });
  assert.equal(stored['description'], null);
  assert.equal(stored['status'], 'active');
  assert.ok(!('label' in stored));
});

test('ids with reserved characters are decoded once', async (t) => {
  const { sandbox, call, get } = await start(t);
  for (const id of ['urn:uuid:1', 'a/b', 'a%2Fb', 'é ü?#', '.']) {
    const path = `${lineItems}/${id === '.' ? '%2E.x' : encodeURIComponent(id)}`;
    const expected = id === '.' ? '..x' : id;
    assert.equal((await call('PUT', path, { lineItem })).status, 201, id);
    assert.equal(sandbox.find('lineItems', expected)?.['sourcedId'], expected);
    assert.equal(at((await get(path)).body, 'lineItem.sourcedId'), expected);
  }
  assert.equal((await get(`${lineItems}/%zz`)).status, 400);
});

test('DELETE is soft: 204, then 200 with tobedeleted; unknown ids are 404', async (t) => {
  const { call, get } = await start(t);
  assert.equal((await call('DELETE', `${lineItems}/teacher-quiz`)).status, 204);
  const reply = await get(`${lineItems}/teacher-quiz`);
  assert.deepEqual([reply.status, at(reply.body, 'lineItem.status')], [200, 'tobedeleted']);
  const unknown = await call('DELETE', `${lineItems}/nope`);
  assert.deepEqual(
    [unknown.status, minorCode(unknown), at(unknown.body, 'imsx_description')],
    [404, 'unknownobject', 'Line item not found.'],
  );
  await call('PUT', `${lineItems}/teacher-quiz`, { lineItem });
  assert.equal(at((await get(`${lineItems}/teacher-quiz`)).body, 'lineItem.status'), 'active');
});

test('Timeback has collection POSTs: the id is kept, allocated if absent, 409 if taken', async (t) => {
  const { sandbox, call } = await start(t, { uuid: () => 'allocated' });
  const kept = await call('POST', `${lineItems}/`, { lineItem: { ...lineItem, sourcedId: 'mine' } });
  const pair = { suppliedSourcedId: 'mine', allocatedSourcedId: 'mine' };
  assert.deepEqual([kept.status, kept.body], [201, { sourcedIdPairs: pair }]);
  const allocated = await call('POST', lineItems, { lineItem });
  assert.equal(at(allocated.body, 'sourcedIdPairs.allocatedSourcedId'), 'allocated');
  assert.equal(sandbox.find('lineItems', 'allocated')?.['title'], 'Quiz 1');
  const taken = await call('POST', lineItems, { lineItem: { ...lineItem, sourcedId: 'mine' } });
  assert.deepEqual([taken.status, minorCode(taken)], [409, 'invaliddata']);
});

test('bulk POSTs answer pairs: an object for one at Timeback, an array otherwise', async (t) => {
  const timeback = await start(t);
  const path = `${lineItems}/teacher-quiz/results`;
  const one = await timeback.call('POST', path, { results: [{ ...result, sourcedId: 'r1' }] });
  assert.deepEqual(at(one.body, 'sourcedIdPairs'), { suppliedSourcedId: 'r1', allocatedSourcedId: 'r1' });
  const more = { results: ['r2', 'r3'].map((sourcedId) => ({ ...result, sourcedId })) };
  assert.equal((at((await timeback.call('POST', path, more)).body, 'sourcedIdPairs') as []).length, 2);
  const switched = await start(t, { bulkPairs: 'array' });
  const single = await switched.call('POST', path, { results: [{ ...result, sourcedId: 'r1' }] });
  assert.ok(Array.isArray(at(single.body, 'sourcedIdPairs')));
});

test('a bulk POST with one bad record stores none, and its records belong to the path', async (t) => {
  const { sandbox, call } = await start(t);
  const good = { ...lineItem, sourcedId: 'good' };
  const bad = await call('POST', `${gradebook}/classes/class-1/lineItems`, {
    lineItems: [good, { ...lineItem, title: 7, class: { sourcedId: 'class-2' } }],
  });
  assert.deepEqual(at(bad.body, 'imsx_error_details.0.path'), 'lineItems.1.class.sourcedId');
  assert.deepEqual(at(bad.body, 'imsx_error_details.1.path'), 'lineItems.1.title');
  assert.equal(sandbox.find('lineItems', 'good'), undefined);
  for (const path of ['/classes/class-1/lineItems', '/schools/school-1/lineItems']) {
    const body = { lineItems: [{ ...good, sourcedId: path }] };
    assert.equal((await call('POST', gradebook + path, body)).status, 201, path);
  }
  const session = `${gradebook}/classes/class-1/academicSessions/term-1/results`;
  assert.equal((await call('POST', session, { results: [result] })).status, 201);
});

test('the spec calls a supplied id provisional: a taken one is replaced', async (t) => {
  const { call } = await start(t, { profile: 'spec', uuid: () => 'fresh' });
  const body = { lineItems: [specLineItem('teacher-quiz')] };
  const reply = await call('POST', `${gradebook}/classes/class-1/lineItems`, body);
  const pair = { suppliedSourcedId: 'teacher-quiz', allocatedSourcedId: 'fresh' };
  assert.deepEqual(at(reply.body, 'sourcedIdPairs'), [pair]);
});

test('PATCH at Timeback merges metadata and leaves the rest alone', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.put('assessmentLineItems', {
    ...sandbox.find('assessmentLineItems', 'ali-1'),
    metadata: { a: '1', b: '2' },
  });
  const path = `${gradebook}/assessmentLineItems/ali-1`;
  const reply = await call('PATCH', path, { assessmentLineItem: { title: 'New', metadata: { b: '3' } } });
  assert.deepEqual([reply.status, reply.body], [200, {}]);
  const stored = sandbox.find('assessmentLineItems', 'ali-1');
  assert.deepEqual(
    [stored?.['title'], stored?.['resultValueMax'], stored?.['metadata']],
    ['New', 100, { a: '1', b: '3' }],
  );
  const wrong = await call('PATCH', path, { assessmentLineItem: { title: 1 } });
  assert.equal(wrong.status, 422);
});

const absent: [SandboxProfile, string, string][] = [
  ['spec', 'POST', '/lineItems'],
  ['google', 'POST', '/results'],
  ['spec', 'PATCH', '/assessmentLineItems/ali-1'],
  ['timeback', 'PATCH', '/lineItems/teacher-quiz'],
  ['timeback', 'GET', '/lineItems/teacher-quiz/results'],
  ['spec', 'GET', '/schools/school-1/lineItems'],
  ['timeback', 'GET', '/nothing'],
];

test('operations that a profile lacks are 404', async (t) => {
  for (const [profile, method, path] of absent) {
    const { call } = await start(t, { profile });
    const reply = await call(method, gradebook + path, method === 'GET' ? undefined : {});
    assert.deepEqual(
      [reply.status, minorCode(reply)],
      [404, 'unknownobject'],
      `${profile} ${method} ${path}`,
    );
  }
});

test('results of a deleted line item stay, and extra credit is kept', async (t) => {
  const { call, get } = await start(t);
  const put = await call('PUT', `${gradebook}/results/r`, { result: { ...result, score: 300 } });
  assert.deepEqual([put.status, at(put.body, 'result.score')], [201, 300]);
  await call('DELETE', `${lineItems}/teacher-quiz`);
  assert.deepEqual(ids(await get(`${gradebook}/classes/class-1/lineItems/teacher-quiz/results`), 'results'), [
    'r',
  ]);
});
