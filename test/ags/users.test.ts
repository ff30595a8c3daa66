import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Document, World } from '../exchange/world.ts';
import { assertProblem, at, openDesk, resultIn } from './desk.ts';

/** A configuration in which the users of math-101 are found in some way. */
function by(users: JsonObject): { readonly config: JsonObject } {
  return { config: { contexts: { 'math-101': { users } } } };
}

const lookup = (field: string, type?: string): JsonObject => ({
  by: 'lookup',
  field,
  ...(type !== undefined && { type }),
});

/** A strategy, and the LTI user ids under which it knows student-2, a teacher, somebody elsewhere and nobody. */
const STRATEGIES: Readonly<Record<string, readonly [JsonObject, readonly (string | undefined)[]]>> = {
  'by sourcedId': [{ by: 'sourcedId' }, ['student-2', 'teacher-1', 'student-90', 'nobody']],
  'by template': [{ by: 'template', template: 'student-{userId}' }, ['2', undefined, '90', '4711']],
  'by table': [
    { by: 'table', users: { b: 'student-2', t: 'teacher-1', e: 'student-90', gone: 'nobody' } },
    ['b', 't', 'e', 'x'],
  ],
  'by identifier': [lookup('identifier'), ['S-0002', 'T-0001', 'S-0090', 'S-2']],
  'by email': [
    lookup('email'),
    [
      'student-2@lincoln.example',
      'teacher-1@lincoln.example',
      'student-90@lincoln.example',
      'x@lincoln.example',
    ],
  ],
  'by userMasterIdentifier': [
    lookup('userMasterIdentifier'),
    ['umi-student-2', 'umi-teacher-1', 'umi-student-90', 'umi'],
  ],
  // OneRoster services filter by no userIds, so that somebody outside the list of the class is unknown.
  'by userIds': [lookup('userIds'), ['ldap-2', undefined, undefined, 'ldap-99']],
  'by userIds of a type': [lookup('userIds', 'LDAP'), ['ldap-2', undefined, undefined, 'ldap-99']],
};

test('users: found by every strategy, given back as the tool knows them, and refused for distinct reasons', async (t) => {
  for (const [name, [users, [known, teacher, elsewhere, nobody]]] of Object.entries(STRATEGIES)) {
    await t.test(name, async (t) => {
      const { world, tool } = await openDesk(t, by(users));
      const id = await tool.create();
      await tool.grade(id, { userId: known });
      assert.equal(resultIn(world, 'student-2')['score'], 8);
      assert.deepEqual(
        (await tool.results(id)).map(({ userId }) => userId),
        [known],
      );
      assert.equal((await tool.results(id, `?user_id=${encodeURIComponent(String(known))}`)).length, 1);
      const refused: readonly (readonly [string | undefined, string])[] = [
        [teacher, 'USER_NOT_STUDENT'],
        [elsewhere, 'USER_NOT_ENROLLED'],
        [nobody, 'USER_UNKNOWN'],
      ];
      for (const [userId, code] of refused)
        if (userId !== undefined) assertProblem(await tool.score(id, { userId }), 404, code);
    });
  }
});

test('AGS §4 an unknown user, one who is not enrolled, and no learner are refused, each with its own code', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.clearRequests();
  assertProblem(await tool.score(id, { userId: 'nobody' }), 404, 'USER_UNKNOWN');
  assertProblem(await tool.score(id, { userId: 'student-91' }), 404, 'USER_NOT_ENROLLED');
  assertProblem(await tool.score(id, { userId: 'teacher-1' }), 404, 'USER_NOT_STUDENT');
  // Student 92 was taken out of the class, the seat of student 93 is over since 2021.
  assertProblem(await tool.score(id, { userId: 'student-92' }), 404, 'USER_NOT_ENROLLED');
  assertProblem(await tool.score(id, { userId: 'student-93' }), 404, 'USER_NOT_ENROLLED');
  assertProblem(await tool.score(id, { userId: 'Student-1' }), 404, 'USER_UNKNOWN');
  assert.equal(world.writes().length, 0);
});

test('a userId that is like a path, a filter or a prototype finds nobody', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  for (const userId of [
    '../users',
    "x' OR status='active",
    '__proto__',
    'constructor',
    'a/b?c#d',
    '.',
    '..',
    ' ',
  ]) {
    assertProblem(await tool.score(id, { userId }), 404, 'USER_UNKNOWN');
  }
  assert.ok(world.calls().every(({ path }) => !path.includes('/../')));
});

test('a table knows no inherited names', async (t) => {
  const { tool } = await openDesk(t, by({ by: 'table', users: { b: 'student-2' } }));
  const id = await tool.create();
  for (const userId of ['constructor', 'toString', '__proto__']) {
    assertProblem(await tool.score(id, { userId }), 404, 'USER_UNKNOWN');
  }
});

function changed(world: World, student: string, members: Document): void {
  const user = world.sandbox.find('users', student);
  assert.ok(user);
  world.sandbox.put('users', { ...user, ...members });
}

test('two students of the class who fit are ambiguous, and nobody is guessed', async (t) => {
  const { world, tool } = await openDesk(t, by(lookup('email')));
  changed(world, 'student-3', { email: 'STUDENT-2@lincoln.example' });
  const id = await tool.create();
  assertProblem(await tool.score(id, { userId: 'student-2@lincoln.example' }), 404, 'USER_AMBIGUOUS');
  assert.equal((await tool.score(id, { userId: 'student-4@lincoln.example' })).status, 200);
});

test('somebody who has left the class is no reason for ambiguity', async (t) => {
  const { world, tool } = await openDesk(t, by(lookup('identifier')));
  changed(world, 'student-92', { identifier: 'S-0002' });
  await tool.grade(await tool.create(), { userId: 'S-0002' });
  assert.equal(resultIn(world, 'student-2')['score'], 8);
});

test('userIds of another type do not count', async (t) => {
  const { world, tool } = await openDesk(t, by(lookup('userIds', 'LTI')));
  changed(world, 'student-2', {
    userIds: [
      { type: 'LDAP', identifier: 'x' },
      { type: 'LTI', identifier: 'y' },
    ],
  });
  const id = await tool.create();
  assertProblem(await tool.score(id, { userId: 'x' }), 404, 'USER_UNKNOWN');
  await tool.grade(id, { userId: 'y' });
  assert.deepEqual(
    (await tool.results(id)).map(({ userId }) => userId),
    ['y'],
  );
});

test('a student with several userIds is given back under the one that the tool has sent', async (t) => {
  const { world, tool } = await openDesk(t, by(lookup('userIds')));
  changed(world, 'student-2', {
    userIds: [
      { type: 'LDAP', identifier: 'x' },
      { type: 'LTI', identifier: 'y' },
    ],
  });
  const id = await tool.create();
  await tool.grade(id, { userId: 'y' });
  assert.deepEqual(
    (await tool.results(id)).map(({ userId }) => userId),
    ['y'],
  );
});

test('the users of a tool go before those of the context', async (t) => {
  const { world, tool, as } = await openDesk(t, {
    config: {
      contexts: { 'math-101': { users: lookup('identifier'), ownership: 'class' } },
      tools: { drill: { users: { by: 'template', template: 'student-{userId}' } } },
    },
  });
  const drill = await as('drill');
  const id = await tool.create();
  await tool.grade(id, { userId: 'S-0002' });
  await drill.grade(id, { userId: '3' });
  const users = async (one: typeof tool): Promise<unknown[]> =>
    (await one.results(id)).map(({ userId }) => userId);
  assert.deepEqual(await users(tool), ['S-0002', 'S-0003']);
  assert.deepEqual(await users(drill), ['2', '3']);
  assertProblem(await drill.score(id, { userId: 'S-0002', timestamp: at(1) }), 404, 'USER_UNKNOWN');
  assert.equal(resultIn(world, 'student-3')['score'], 8);
});

test("a student whom a tool's strategy does not know is not shown to it under another tool's user id", async (t) => {
  const { tool, as } = await openDesk(t, {
    config: {
      contexts: { 'math-101': { ownership: 'class' } },
      tools: { drill: { users: { by: 'table', users: { 'student-1': 'student-5', c: 'student-3' } } } },
    },
  });
  const drill = await as('drill');
  const id = await tool.create();
  // To drill, "student-1" is student 5: quizzer's student 1 must not pass for that one.
  await tool.grade(id, { userId: 'student-1' });
  await tool.grade(id, { userId: 'student-3' });
  assert.deepEqual(
    (await drill.results(id)).map(({ userId }) => userId),
    ['c'],
  );
});

test('a class is read once for many scores, and a new student is found after some seconds', async (t) => {
  for (const [users, known, named] of [
    [{ by: 'sourcedId' }, 'student-1', 'student-91'],
    [lookup('identifier'), 'S-0001', 'S-0091'],
    [lookup('userIds'), 'ldap-1', 'ldap-91'],
  ] as const) {
    await t.test(`by ${Object.values(users).join(' ')}`, async (t) => {
      const { world, tool } = await openDesk(t, by(users));
      const id = await tool.create();
      for (const seconds of [1, 2, 3]) await tool.grade(id, { userId: known, timestamp: at(seconds) });
      assert.equal(world.calls().filter(({ path }) => path.includes('/enrollments')).length, 1);
      assert.equal((await tool.score(id, { userId: named })).status, 404);
      const seat = world.sandbox.find('enrollments', 'enrollment-student-1-class-1');
      const user = { ...(seat?.['user'] as Document), sourcedId: 'student-91' };
      world.sandbox.put('enrollments', { ...seat, sourcedId: 'enrollment-student-91-class-1', user });
      world.advance(20_000);
      const answer = await tool.score(id, { userId: named });
      assert.equal(answer.status, 200, answer.text);
    });
  }
});

test('the LTIAAS face refuses the same users with the same codes, and takes a number for a user id', async (t) => {
  const { world, tool } = await openDesk(t, by({ by: 'template', template: 'student-{userId}' }));
  const id = await tool.create();
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const score = {
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: 1,
    scoreMaximum: 1,
  };
  assert.equal((await ltiaas.call('POST', path, { body: { ...score, userId: 2 } })).status, 204);
  assert.equal(resultIn(world, 'student-2')['score'], 10);
  const codes = { 91: 'USER_NOT_ENROLLED', 4711: 'USER_UNKNOWN' };
  for (const [userId, code] of Object.entries(codes)) {
    const answer = await ltiaas.call('POST', path, { body: { ...score, userId } });
    assert.equal(answer.status, 404);
    assert.equal((answer.body['details'] as Document)['code'], code);
  }
});
