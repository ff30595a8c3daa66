import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox, SandboxProfile } from '../../src/sandbox/sandbox.ts';
import { at, gradebook, ids, lineItem, minorCode, result, start } from './client.ts';

const rows = [
  {
    sourcedId: 'a',
    title: "Bob's Quiz",
    resultValueMax: 9,
    dueDate: '2025-09-01T00:00:00.000Z',
    metadata: { tag: 'x', flag: true, 'n-1': '5' },
  },
  {
    sourcedId: 'b',
    title: 'Essay (draft)',
    resultValueMax: 10,
    dueDate: '2025-09-02T12:00:00.000Z',
    metadata: { tag: 'y', flag: 'true' },
  },
  {
    sourcedId: 'c',
    title: 'final essay',
    resultValueMax: 100,
    dueDate: '2025-10-01T00:00:00.000Z',
    description: 'A AND B',
  },
  {
    sourcedId: 'd',
    title: 'Old',
    status: 'tobedeleted',
    dueDate: '2024-01-01T00:00:00.000Z',
    class: { sourcedId: 'class-2' },
  },
];

/** Four line items in place of the seeded one, and two results. */
function fill(sandbox: Sandbox): void {
  sandbox.put('lineItems', {
    ...lineItem,
    sourcedId: 'teacher-quiz',
    title: 'zzz',
    status: 'tobedeleted',
    dueDate: '2000-01-01T00:00:00.000Z',
    class: { sourcedId: 'class-3' },
  });
  for (const row of rows) sandbox.put('lineItems', { ...lineItem, status: 'active', ...row });
  sandbox.put('results', { ...result, sourcedId: 'r1', lineItem: { sourcedId: 'a' } });
  sandbox.put('results', {
    ...result,
    sourcedId: 'r2',
    lineItem: { sourcedId: 'b' },
    student: { sourcedId: 'student-2' },
  });
}

const everyProfile: [filter: string, expected: string][] = [
  ["status='active'", 'a b c'],
  ["status!='active'", 'teacher-quiz d'],
  ["title='Bob''s Quiz'", 'a'],
  ["title='bob''s quiz'", ''],
  ["title~'ESSAY'", 'b c'],
  ["description='A AND B'", 'c'],
  ["description!='A AND B'", ''],
  ["resultValueMax>'9'", 'b c'],
  ["resultValueMax>='10'", 'b c'],
  ["resultValueMax<'10'", 'a'],
  ["resultValueMax<='10.0'", 'a b'],
  ["resultValueMax='10'", 'b'],
  ["dueDate>'2025-09-02'", 'b c'],
  ["dueDate<='2025-09-01'", 'teacher-quiz a d'],
  ["dueDate='2025-09-01T02:00:00+02:00'", 'a'],
  ["status='active' AND title~'essay'", 'b c'],
  ["title='Old' OR title='final essay'", 'c d'],
  ["class.sourcedId='class-1'", 'a b c'],
  ["metadata.tag='x'", 'a'],
  ["metadata.tag~'Y'", 'b'],
  ["metadata.flag='true'", 'b'],
  ["metadata.none='x'", ''],
  ["metadata.n-1='5'", 'a'],
];

for (const profile of ['timeback', 'spec'] as const) {
  test(`filters that ${profile} shares with every profile`, async (t) => {
    const { sandbox, get } = await start(t, { profile });
    fill(sandbox);
    for (const [filter, expected] of everyProfile) {
      const reply = await get(`${gradebook}/lineItems?filter=${encodeURIComponent(filter)}`);
      assert.equal(reply.status, 200, filter);
      assert.deepEqual(ids(reply, 'lineItems'), expected.split(' ').filter(Boolean), filter);
    }
  });
}

const timebackOnly: [filter: string, expected: string][] = [
  ["status='active' AND title~'essay' AND metadata.tag='y'", 'b'],
  ["title='Old' OR status='active' AND title~'essay'", 'b c d'],
  ["(title='Old' OR status='active') AND title~'essay'", 'b c'],
  ["((title='Old' OR title~'quiz') AND (status='active'))", 'a'],
  ["title~'(draft)'", 'b'],
  ["sourcedId@'a,c'", 'a c'],
  ["metadata.tag@'y, x'", 'a b'],
  ['resultValueMax=10', 'b'],
  ["title = 'Old'", 'd'],
  ["classSourcedId='class-2'", 'd'],
];

test('filters that Timeback adds, and the spec refuses', async (t) => {
  const timeback = await start(t);
  const spec = await start(t, { profile: 'spec' });
  fill(timeback.sandbox);
  for (const [filter, expected] of timebackOnly) {
    const path = `${gradebook}/lineItems?filter=${encodeURIComponent(filter)}`;
    assert.deepEqual(ids(await timeback.get(path), 'lineItems'), expected.split(' '), filter);
    const shared = filter === "title~'(draft)'";
    assert.equal((await spec.get(path)).status, shared ? 200 : 400, filter);
  }
});

const bad: [SandboxProfile, string, number, string][] = [
  ['timeback', 'title', 400, 'invaliddata'],
  ['timeback', "title='x", 400, 'invaliddata'],
  ['timeback', "title='x' AND", 400, 'invaliddata'],
  ['timeback', "(title='x'", 400, 'invaliddata'],
  ['timeback', "title='x')", 400, 'invaliddata'],
  ['timeback', "title='it's'", 400, 'invaliddata'],
  ['timeback', "nonsense='x'", 400, 'invaliddata'],
  ['timeback', "constructor='x'", 400, 'invaliddata'],
  ['timeback', "title.x='x'", 400, 'invaliddata'],
  ['timeback', "class.course.sourcedId='course-1'", 400, 'invaliddata'],
  ['timeback', `${'('.repeat(60)}title='x'${')'.repeat(60)}`, 400, 'invaliddata'],
  ['timeback', 'metadata.flag=true', 422, 'invaliddata'],
  ['timeback', "dueDate>'soon'", 422, 'invaliddata'],
  ['timeback', "resultValueMax='many'", 422, 'invaliddata'],
  ['spec', "nonsense='x'", 400, 'invalid_filter_field'],
  ['spec', 'title=x', 400, 'invalid_filter_field'],
  ['spec', "status='a' AND title='b' AND title='c'", 400, 'invalid_filter_field'],
  ['google', "status='a' OR title='b' AND title='c'", 400, 'invalid_filter_field'],
];

test('filters that cannot run are refused', async (t) => {
  const clients = {
    timeback: await start(t),
    spec: await start(t, { profile: 'spec' }),
    google: await start(t, { profile: 'google' }),
  };
  for (const [profile, filter, status, minor] of bad) {
    const reply = await clients[profile].get(`${gradebook}/lineItems?filter=${encodeURIComponent(filter)}`);
    assert.deepEqual([reply.status, minorCode(reply)], [status, minor], `${profile}: ${filter}`);
    if (status === 400) assert.match(String(at(reply.body, 'imsx_description')), /^Error in filter query/);
  }
});

test('an index gives the same answer as a walk', async (t) => {
  const { sandbox, get } = await start(t);
  fill(sandbox);
  const results: [string, string[]][] = [
    ["lineItem.sourcedId='a' AND student.sourcedId='student-1'", ['r1']],
    ["lineItem.sourcedId='a' AND student.sourcedId='student-2'", []],
    ["lineItem.sourcedId='a' OR student.sourcedId='student-2'", ['r1', 'r2']],
    ["student.sourcedId!='student-1'", ['r2']],
  ];
  for (const [filter, expected] of results) {
    const reply = await get(`${gradebook}/results?filter=${encodeURIComponent(filter)}`);
    assert.deepEqual(ids(reply, 'results'), expected, filter);
  }
});
