import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, type Expected } from './envelope.ts';
import { type Answer, type Client, type Document, openWorld } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
const MISSING = { status: 404, code: 'LINE_ITEM_NOT_FOUND' } as const;
const ASTRAY = { status: 502, code: 'CONTEXT_UNRESOLVED' } as const;

interface Row {
  readonly name: string;
  /** The call that is answered with 404. */
  readonly method: string;
  readonly ask: (client: Client) => Promise<Answer>;
  readonly expected: Expected | number;
}

const NOT_FOUND: readonly Row[] = [
  { name: 'the class', method: 'GET', ask: (client) => client.list(), expected: ASTRAY },
  { name: 'the line item to read', method: 'GET', ask: (client) => client.get('bare-1'), expected: MISSING },
  {
    name: 'the line item to delete',
    method: 'GET',
    ask: (client) => client.remove('bare-1'),
    expected: MISSING,
  },
  {
    name: 'what a new line item refers to',
    method: 'PUT',
    ask: (client) => client.post(QUIZ),
    expected: ASTRAY,
  },
  {
    name: 'what a line item refers to',
    method: 'PUT',
    ask: (client) => client.put('bare-1', QUIZ),
    expected: ASTRAY,
  },
  {
    name: 'a line item that another has just deleted',
    method: 'DELETE',
    ask: (client) => client.remove('bare-1'),
    expected: 204,
  },
];

test('a 404 of the upstream is told by what was not found', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  await client.put('bare-1', QUIZ);
  for (const { name, method, ask, expected } of NOT_FOUND) {
    await t.test(name, async () => {
      world.sandbox.inject({ kind: 'status', status: 404, method, path: '/ims/' });
      const answer = await ask(client);
      if (typeof expected === 'number') assert.equal(answer.status, expected);
      else assertRefused(answer, expected);
    });
  }
});

const FINDINGS = [
  ['lineItem.title', '/label'],
  ['lineItem.resultValueMax', '/scoreMaximum'],
  ['lineItem.assignDate', '/startDateTime'],
  ['lineItem.dueDate', '/endDateTime'],
  ['lineItem.metadata.ltiTag', '/tag'],
  ['lineItem.metadata.ltiResourceId', '/resourceId'],
  ['metadata.ltiGradesReleased', '/gradesReleased'],
  ['lineItem.category.sourcedId', ''],
] as const;

test('what the upstream does not accept is told in the names of LTI', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const details = FINDINGS.map(([path], index) => ({ path, message: `Reason ${index}` }));
  for (const status of [400, 422]) {
    for (const ask of [() => client.post(QUIZ), () => client.put('bare-1', QUIZ)]) {
      world.sandbox.clearRequests();
      world.sandbox.inject({ kind: 'status', status, details, method: 'PUT', path: '/ims/' });
      const answer = await ask();
      assertRefused(answer, { status: 422, code: 'UPSTREAM_REJECTED', at: FINDINGS.map(([, at]) => at) });
      const { issues } = answer.body['details'] as { issues: Document[] };
      const told = issues.map(({ pointer, message }) => [pointer, /Reason \d/.exec(String(message))?.[0]]);
      const expected = FINDINGS.map(([, at], index) => [at, `Reason ${index}`]);
      assert.deepEqual(told, expected);
      assert.equal(world.writes().length, 1, 'it must not be tried again');
    }
  }
});

test('the same of a real refusal, and of an assessment line item', async (t) => {
  // A strict service that is configured as a lenient one misses the date of change, among others.
  const world = await openWorld(t, { sandbox: { profile: 'spec' } });
  const answer = await (await world.as()).post(QUIZ);
  assertRefused(answer, { status: 422, code: 'UPSTREAM_REJECTED', at: '' });
  assert.match(answer.text, /dateLastModified/);
  const config = { contexts: { 'math-101': { family: 'assessmentLineItems' } } };
  const other = await openWorld(t, { config });
  const details = [{ path: 'assessmentLineItem.title', message: 'Too long' }];
  other.sandbox.inject({ kind: 'status', status: 422, details, method: 'PUT', path: '/ims/' });
  const told = await (await other.as()).post(QUIZ);
  assertRefused(told, { status: 422, code: 'UPSTREAM_REJECTED', at: '/label' });
});

test('metadata that the upstream drops is not passed over in silence, where it is to keep it', async (t) => {
  for (const profile of ['timeback', 'spec', 'google'] as const) {
    await t.test(profile, async (t) => {
      const upstream = { profile: profile === 'timeback' ? 'timeback' : 'oneroster-1.2', metadata: 'kept' };
      const world = await openWorld(t, { config: { upstreams: { school: upstream } }, sandbox: { profile } });
      const client = await world.as();
      for (const ask of [() => client.post({ ...QUIZ, tag: 'grade' }), () => client.put('bare-1', QUIZ)]) {
        world.sandbox.inject({ kind: 'drop-metadata' });
        assertRefused(await ask(), { status: 502, code: 'UPSTREAM_DROPS_METADATA' });
      }
    });
  }
  await t.test('of a line item that a teacher made', async (t) => {
    const config = {
      upstreams: { school: { metadata: 'kept' } },
      contexts: { 'math-101': { ownership: 'class' } },
    };
    const world = await openWorld(t, { config });
    const client = await world.as();
    world.sandbox.inject({ kind: 'drop-metadata' });
    const answer = await client.put('teacher-quiz', { ...QUIZ, tag: 'grade' });
    assertRefused(answer, { status: 502, code: 'UPSTREAM_DROPS_METADATA' });
  });
});
