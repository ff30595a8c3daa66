import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import {
  at,
  complaints,
  gradebook,
  lineItem,
  minorCode,
  result,
  specLineItem,
  specResult,
  start,
} from './client.ts';

type Case = [what: string, collection: string, body: unknown, complaints: string[]];

const spec = specLineItem('x');
const ref = { sourcedId: 'class-1' };

const refused: Record<SandboxProfile, Case[]> = {
  timeback: [
    [
      'all problems at once',
      'lineItems',
      {
        lineItem: {
          title: null,
          dueDate: '2025-02-30T00:00:00Z',
          class: {},
          resultValueMax: '20',
          metadata: [],
        },
      },
      [
        'metadata',
        'title',
        'resultValueMax',
        'assignDate',
        'dueDate',
        'class.sourcedId',
        'school',
        'category',
      ],
    ],
    ['null status', 'lineItems', { lineItem: { ...lineItem, status: null } }, ['status']],
    ['no envelope', 'lineItems', lineItem, ['']],
    ['not an object', 'lineItems', { lineItem: [] }, ['']],
    ['other id than the path', 'lineItems', { lineItem: { ...lineItem, sourcedId: 'y' } }, ['sourcedId']],
    ['date without time', 'lineItems', { lineItem: { ...lineItem, dueDate: '2025-09-01' } }, ['dueDate']],
    ['unknown status', 'lineItems', { lineItem: { ...lineItem, status: 'inactive' } }, ['status']],
    ['no status on a result', 'results', { result: { ...result, status: undefined } }, ['status']],
    ['a date as scoreDate', 'results', { result: { ...result, scoreDate: '2025-09-10' } }, ['scoreDate']],
    ['boolean flag', 'results', { result: { ...result, late: false } }, ['late']],
    [
      'invented scoreStatus',
      'results',
      { result: { ...result, scoreStatus: 'fullyGraded' } },
      ['scoreStatus'],
    ],
    ['extension scoreStatus', 'results', { result: { ...result, scoreStatus: 'ext:late' } }, ['scoreStatus']],
    ['null where required', 'results', { result: { ...result, student: null } }, ['student']],
    ['no status on a category', 'categories', { category: { title: 'A' } }, ['status']],
    [
      'empty scale',
      'scoreScales',
      { scoreScale: { status: 'active', title: 'A', type: 'letter', class: ref, scoreScaleValue: [] } },
      ['scoreScaleValue'],
    ],
    [
      'objectives without ids',
      'lineItems',
      { lineItem: { ...lineItem, learningObjectiveSet: [{ source: 'case', learningObjectiveIds: [] }] } },
      ['learningObjectiveSet.0.learningObjectiveIds'],
    ],
  ],
  spec: [
    ['bare references', 'lineItems', { lineItem: { ...spec, class: ref } }, ['class.href', 'class.type']],
    [
      'wrong reference type',
      'lineItems',
      { lineItem: { ...spec, school: { ...(spec['school'] as object), type: 'school' } } },
      ['school.type'],
    ],
    [
      'what every object needs',
      'lineItems',
      { lineItem: { ...spec, sourcedId: undefined, status: undefined, dateLastModified: undefined } },
      ['sourcedId', 'status', 'dateLastModified'],
    ],
    ['unknown member', 'lineItems', { lineItem: { ...spec, label: 'x' } }, ['label']],
    ['null', 'lineItems', { lineItem: { ...spec, description: null } }, ['description']],
    ['an offset', 'lineItems', { lineItem: { ...spec, dueDate: '2025-09-01T00:00:00+01:00' } }, ['dueDate']],
    [
      'date-time as scoreDate',
      'results',
      { result: { ...specResult('x'), scoreDate: spec['dueDate'] } },
      ['scoreDate'],
    ],
    [
      'a month that is none',
      'results',
      { result: { ...specResult('x'), scoreDate: '2025-13-01' } },
      ['scoreDate'],
    ],
    ['prototype name', 'lineItems', { lineItem: { ...spec, ['constructor']: {} } }, ['constructor']],
  ],
  google: [
    ['missing title', 'lineItems', { lineItem: { ...lineItem, title: undefined } }, ['title']],
    ['scoreDate that is none', 'results', { result: { ...result, scoreDate: 'today' } }, ['scoreDate']],
  ],
};

const singles: Record<string, string> = {
  lineItems: 'lineItem',
  results: 'result',
  categories: 'category',
  scoreScales: 'scoreScale',
};

for (const profile of ['timeback', 'spec', 'google'] as const) {
  test(`${profile} refuses invalid bodies with 422 and names every member`, async (t) => {
    const { sandbox, call } = await start(t, { profile });
    for (const [what, collection, body, members] of refused[profile]) {
      const reply = await call('PUT', `${gradebook}/${collection}/x`, body);
      assert.deepEqual([reply.status, minorCode(reply)], [422, 'invaliddata'], what);
      const single = singles[collection];
      const expected = members.map((member) => (member === '' ? single : `${single}.${member}`));
      assert.deepEqual(complaints(reply), expected, what);
      assert.equal(sandbox.find(collection, 'x'), undefined, what);
    }
  });
}

const accepted: [SandboxProfile, string, unknown][] = [
  ['spec', 'lineItems', { lineItem: specLineItem('x', { metadata: { anything: { goes: [1] } } }) }],
  ['spec', 'results', { result: specResult('x', { scoreStatus: 'ext:late.work' }) }],
  ['google', 'results', { result: { ...result, status: undefined, comment: '' } }],
  ['google', 'results', { result: { ...result, scoreDate: '2025-09-10' } }],
  ['timeback', 'results', { result: { ...result, score: null, late: 'false', missing: 'true' } }],
  ['timeback', 'lineItems', { lineItem: { ...lineItem, resultValueMin: 10, resultValueMax: 0 } }],
  ['timeback', 'lineItems', { lineItem: { ...lineItem, title: 'x'.repeat(5000), learningObjectiveSet: [] } }],
];

test('what a profile allows is stored', async (t) => {
  for (const [profile, collection, body] of accepted) {
    const { sandbox, call } = await start(t, { profile });
    const reply = await call('PUT', `${gradebook}/${collection}/x`, body);
    assert.equal(reply.status, 201, `${profile} ${JSON.stringify(reply.body)}`);
    assert.ok(sandbox.find(collection, 'x'));
  }
});

const dangling: [string, unknown, string][] = [
  ['lineItems', { lineItem: { ...lineItem, class: { sourcedId: 'no' } } }, 'Class not found.'],
  ['lineItems', { lineItem: { ...lineItem, school: { sourcedId: 'no' } } }, 'School not found.'],
  ['lineItems', { lineItem: { ...lineItem, category: { sourcedId: 'no' } } }, 'Category not found.'],
  ['results', { result: { ...result, lineItem: { sourcedId: 'no' } } }, 'Line item not found.'],
  ['results', { result: { ...result, student: { sourcedId: 'no' } } }, 'User not found.'],
];

test('a reference that leads nowhere is a 404 with Timeback’s words, switchable', async (t) => {
  const { call } = await start(t);
  for (const [collection, body, description] of dangling) {
    const reply = await call('PUT', `${gradebook}/${collection}/x`, body);
    assert.deepEqual([reply.status, at(reply.body, 'imsx_description')], [404, description]);
  }
  const switched = await start(t, { danglingStatus: 422 });
  assert.equal((await switched.call('PUT', `${gradebook}/lineItems/x`, dangling[0]?.[1])).status, 422);
});

const missingParents: [string, string][] = [
  ['/classes/no/lineItems', 'Class not found.'],
  ['/classes/class-1/lineItems/no/results', 'Class or line item not found.'],
  ['/classes/class-2/lineItems/teacher-quiz/results', 'Class or line item not found.'],
  ['/classes/class-1/students/no/results', 'Class or student not found.'],
  ['/schools/no/scoreScales', 'School not found.'],
  ['/results/no', 'Result not found.'],
  ['/categories/no', 'Category not found.'],
  ['/assessmentLineItems/no', 'Assessment line item not found.'],
  ['/assessmentResults/no', 'Assessment result not found.'],
];

test('what a path names and does not exist is a 404 with Timeback’s words', async (t) => {
  const { get } = await start(t);
  for (const [path, description] of missingParents) {
    const reply = await get(gradebook + path);
    assert.deepEqual([reply.status, at(reply.body, 'imsx_description')], [404, description], path);
  }
});

test('bodies that cannot be read: 400, 413, 415', async (t) => {
  const { call } = await start(t);
  const path = `${gradebook}/lineItems/x`;
  const text = { 'content-type': 'text/plain' };
  const charset = { 'content-type': 'application/json; charset=utf-8' };
  assert.equal((await call('PUT', path, '{"lineItem":')).status, 400);
  assert.equal((await call('PUT', path, '{}', text)).status, 415);
  assert.equal((await call('PUT', path, JSON.stringify({ lineItem }), charset)).status, 201);
  const large = await call('PUT', path, { lineItem: { ...lineItem, title: 'x'.repeat(1024 * 1024) } });
  assert.deepEqual([large.status, minorCode(large)], [413, 'invaliddata']);
});

test('an error is the IMS status payload itself, key case included', async (t) => {
  const { get } = await start(t);
  const reply = await get(`${gradebook}/lineItems/no`);
  assert.deepEqual(reply.body, {
    imsx_codeMajor: 'failure',
    imsx_severity: 'error',
    imsx_description: 'Line item not found.',
    imsx_CodeMinor: {
      imsx_codeMinorField: [
        { imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: 'unknownobject' },
      ],
    },
  });
});
