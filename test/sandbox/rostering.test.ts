import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, gradebook, ids, lineItem, result, rostering, start } from './client.ts';

const students = ['student-1', 'student-2', 'student-3'];
const everyone = [...students, 'student-90', 'student-91', 'student-92', 'student-93'];

type List = [path: string, key: string, expected: string[]];

const lists: List[] = [
  ['/classes', 'classes', ['class-1', 'class-2', 'class-3']],
  ["/classes?filter=course.sourcedId='course-1' AND title~'math'", 'classes', ['class-1']],
  ['/orgs', 'orgs', ['school-1', 'school-2']],
  ['/schools/', 'orgs', ['school-1', 'school-2']],
  ['/courses', 'courses', ['course-1']],
  ['/courses/course-1/classes', 'classes', ['class-1', 'class-2', 'class-3']],
  ['/academicSessions', 'academicSessions', ['term-1', 'grading-period-1']],
  ['/users', 'users', [...everyone, 'teacher-1']],
  ["/users?filter=email='student-2@lincoln.example'", 'users', ['student-2']],
  ["/users?filter=identifier='S-0090'", 'users', ['student-90']],
  ["/users?filter=userIds.identifier='ldap-3'", 'users', ['student-3']],
  ['/students', 'users', everyone],
  ['/teachers', 'users', ['teacher-1']],
  ['/classes/class-1/teachers', 'users', ['teacher-1']],
  ['/classes/class-2/students', 'users', ['student-1', 'student-2']],
  ['/teachers/teacher-1/classes', 'classes', ['class-1', 'class-2']],
  ['/students/student-1/classes', 'classes', ['class-1', 'class-2']],
  ['/students/student-92/classes', 'classes', []],
  ["/enrollments?filter=user.sourcedId='student-90'", 'enrollments', ['enrollment-student-90-class-3']],
  ['/schools/school-2/classes/class-3/enrollments', 'enrollments', ['enrollment-student-90-class-3']],
  ['/schools/school-1/classes/class-3/enrollments', 'enrollments', []],
];

const timebackLists: List[] = [
  ['/terms', 'terms', ['term-1']],
  ['/gradingPeriods', 'gradingPeriods', ['grading-period-1']],
  ['/terms/term-1/gradingPeriods', 'gradingPeriods', ['grading-period-1']],
  ['/classes/class-1/students', 'users', [...students, 'student-92', 'student-93']],
];

const googleLists: List[] = [
  ['/terms', 'academicSessions', ['term-1']],
  ['/gradingPeriods', 'academicSessions', ['grading-period-1']],
  ['/terms/term-1/gradingPeriods', 'academicSessions', ['grading-period-1']],
  ['/classes/class-1/students', 'users', [...students, 'student-93']],
];

for (const [profile, own] of [
  ['timeback', timebackLists],
  ['google', googleLists],
] as const) {
  test(`rostering lists of ${profile}`, async (t) => {
    const { get } = await start(t, { profile, students: 3 });
    for (const [path, key, expected] of [...lists, ...own]) {
      const reply = await get(rostering + path.replace(/(?<==).*/, encodeURIComponent));
      assert.equal(reply.status, 200, path);
      assert.deepEqual(ids(reply, key), expected, path);
    }
  });
}

const objects: [path: string, envelope: string][] = [
  ['/classes/class-1', 'class'],
  ['/orgs/school-2', 'org'],
  ['/schools/school-1', 'org'],
  ['/courses/course-1', 'course'],
  ['/academicSessions/grading-period-1', 'academicSession'],
  ['/terms/term-1', 'term'],
  ['/users/teacher-1', 'user'],
  ['/students/student-91', 'user'],
  ['/teachers/teacher-1', 'user'],
  ['/enrollments/enrollment-student-1-class-1', 'enrollment'],
];

test('single objects come under their envelope', async (t) => {
  const { get } = await start(t);
  for (const [path, envelope] of objects) {
    const reply = await get(rostering + path);
    assert.deepEqual(Object.keys(reply.body as object), [envelope], path);
    assert.equal(at(reply.body, `${envelope}.sourcedId`), path.split('/').at(-1));
  }
});

const missing: [path: string, description: string][] = [
  ['/classes/no', 'Class not found.'],
  ['/schools/no', 'School not found.'],
  ['/orgs/no', 'Organization not found.'],
  ['/courses/no', 'Course not found.'],
  ['/terms/no', 'Term not found.'],
  ['/terms/grading-period-1', 'Term not found.'],
  ['/users/no', 'User not found.'],
  ['/students/teacher-1', 'User not found.'],
  ['/enrollments/no', 'Enrollment not found.'],
  ['/classes/no/students', 'Class not found.'],
  ['/terms/no/gradingPeriods', 'Term not found.'],
];

test('what is missing is a 404 with Timeback’s words, and rostering cannot be written', async (t) => {
  const { get, call } = await start(t);
  for (const [path, description] of missing) {
    const reply = await get(rostering + path);
    assert.deepEqual([reply.status, at(reply.body, 'imsx_description')], [404, description], path);
  }
  assert.equal((await call('PUT', `${rostering}/classes/class-1`, { class: {} })).status, 404);
});

test('enrollments: Timeback adds the course and the user’s name, the spec does not', async (t) => {
  const path = `${rostering}/enrollments/enrollment-student-92-class-1`;
  const timeback = at((await (await start(t)).get(path)).body, 'enrollment');
  assert.deepEqual(
    [at(timeback, 'course.sourcedId'), at(timeback, 'user.name'), at(timeback, 'status')],
    ['course-1', 'Ben Student92', 'tobedeleted'],
  );
  const spec = at((await (await start(t, { profile: 'spec' })).get(path)).body, 'enrollment');
  assert.deepEqual([at(spec, 'course'), at(spec, 'user.name')], [undefined, undefined]);
  assert.match(
    String(at(spec, 'user.href')),
    /^http:\/\/127\.0\.0\.1:\d+\/ims\/oneroster\/rostering\/v1p2\/users\/student-92$/,
  );
});

test('what Google’s conformance notebook does works at google', async (t) => {
  const prefix = 'https://purl.imsglobal.org/spec/or/v1p2/scope/';
  const names = ['roster.readonly', 'gradebook.readonly', 'gradebook.createput', 'gradebook.delete'];
  const scope = names.map((name) => prefix + name).join(' ');
  const { get, call } = await start(t, { profile: 'google' }, scope);
  const classes = await get(`${rostering}/teachers/teacher-1/classes?filter=status%3D'active'&limit=10000`);
  assert.equal(at(classes.body, 'classes.0.school.sourcedId'), 'school-1');
  assert.equal(at(classes.body, 'classes.0.terms.0.sourcedId'), 'term-1');
  const categories = await get(`${gradebook}/classes/class-2/categories`);
  assert.ok(ids(categories, 'categories').length > 0);
  assert.equal((await call('PUT', `${gradebook}/lineItems/g`, { lineItem })).status, 201);
  assert.equal((await call('PUT', `${gradebook}/lineItems/g`, { lineItem })).status, 200);
  const grade = {
    ...result,
    status: undefined,
    lineItem: { sourcedId: 'g' },
    scoreStatus: 'exempt',
    score: 300,
  };
  const put = await call('PUT', `${gradebook}/results/g-1`, { result: grade });
  assert.deepEqual(
    [put.status, at(put.body, 'result.score'), at(put.body, 'result.status')],
    [201, 300, 'active'],
  );
  assert.equal((await call('DELETE', `${gradebook}/lineItems/g`)).status, 204);
  assert.ok(!ids(await get(`${gradebook}/classes/class-1/lineItems`), 'lineItems').includes('g'));
});
