import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused } from './envelope.ts';
import { LMS_URL, openWorld, type World } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;

test('the entity tag is strong, the same on every answer, and changes with the line item alone', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const put = await tool.put(LMS_URL, QUIZ);
  assert.match(String(put.headers.etag), /^"[!\x23-\x7e]+"$/);
  assert.equal((await tool.get(LMS_URL)).headers.etag, put.headers.etag);
  assert.equal((await tool.put(LMS_URL, QUIZ)).headers.etag, put.headers.etag);
  assert.notEqual((await tool.put(LMS_URL, { ...QUIZ, tag: 'x' })).headers.etag, put.headers.etag);
  const posted = await tool.post(QUIZ);
  assert.equal((await tool.get(posted.body['id'])).headers.etag, posted.headers.etag);
});

/** `NOW` is the tag that stands, `OLD` one that stood. `holds` says what becomes of the request. */
const CONDITIONS: readonly { header: string; value: string; onStanding: boolean; onAbsent: boolean }[] = [
  { header: 'if-match', value: 'NOW', onStanding: true, onAbsent: false },
  { header: 'if-match', value: '"other", NOW ,"third"', onStanding: true, onAbsent: false },
  { header: 'if-match', value: '*', onStanding: true, onAbsent: false },
  { header: 'if-match', value: 'OLD', onStanding: false, onAbsent: false },
  { header: 'if-match', value: '"other"', onStanding: false, onAbsent: false },
  // RFC 9110 §13.1.1: If-Match compares strongly, so that a weak tag never matches.
  { header: 'if-match', value: 'W/NOW', onStanding: false, onAbsent: false },
  { header: 'if-match', value: 'garbage', onStanding: false, onAbsent: false },
  { header: 'if-match', value: '', onStanding: false, onAbsent: false },
  { header: 'if-none-match', value: '*', onStanding: false, onAbsent: true },
  { header: 'if-none-match', value: 'NOW', onStanding: false, onAbsent: true },
  // RFC 9110 §13.1.2: If-None-Match compares weakly.
  { header: 'if-none-match', value: 'W/NOW', onStanding: false, onAbsent: true },
  { header: 'if-none-match', value: 'OLD', onStanding: true, onAbsent: true },
];

const FAILED = { status: 412, code: 'PRECONDITION_FAILED' } as const;

async function standing(world: World): Promise<Readonly<Record<string, string>>> {
  const tool = await world.as();
  const old = await tool.put(LMS_URL, { ...QUIZ, tag: 'old' });
  const now = await tool.put(LMS_URL, QUIZ);
  world.sandbox.clearRequests();
  return { OLD: String(old.headers.etag), NOW: String(now.headers.etag) };
}

function fillIn(value: string, tags: Readonly<Record<string, string>>): string {
  return value.replace(/NOW|OLD/, (name) => String(tags[name]));
}

test('a PUT is held against its condition', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const { header, value, onStanding, onAbsent } of CONDITIONS) {
    await t.test(`${header}: ${value}`, async () => {
      const headers = { [header]: fillIn(value, await standing(world)) };
      const put = await tool.put(LMS_URL, { ...QUIZ, tag: 'new' }, headers);
      if (onStanding) assert.deepEqual([put.status, put.body['tag']], [201, 'new'], put.text);
      else assertRefused(put, FAILED);
      assert.equal(world.writes().length, onStanding ? 1 : 0);
      await tool.remove(LMS_URL);
      world.sandbox.clearRequests();
      const again = await tool.put(LMS_URL, QUIZ, headers);
      if (onAbsent) assert.equal(again.status, 201, again.text);
      else assertRefused(again, FAILED);
      assert.equal(world.writes().length, onAbsent ? 1 : 0);
    });
  }
});

test('a DELETE is held against its condition', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  for (const { header, value, onStanding } of CONDITIONS.filter((row) => row.header === 'if-match')) {
    await t.test(`${header}: ${value}`, async () => {
      const headers = { [header]: fillIn(value, await standing(world)) };
      const answer = await tool.remove(LMS_URL, headers);
      if (onStanding) assert.equal(answer.status, 204, answer.text);
      else assertRefused(answer, FAILED);
      assert.equal((await tool.get(LMS_URL)).status, onStanding ? 404 : 200);
    });
  }
});

test('of two that edit what they both read, one is told', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const { headers } = await tool.put(LMS_URL, QUIZ);
  const condition = { 'if-match': String(headers.etag) };
  const edits = Array.from({ length: 10 }, (_, n) => tool.put(LMS_URL, { ...QUIZ, tag: `${n}` }, condition));
  const answers = await Promise.all(edits);
  const won = answers.filter(({ status }) => status === 201);
  assert.equal(won.length, 1);
  for (const answer of answers) if (answer !== won[0]) assertRefused(answer, FAILED);
  assert.deepEqual((await tool.get(LMS_URL)).body, won[0]?.body);
});

test('an edit in OneRoster makes an If-Match fail, an edit of what LTI cannot say does not', async (t) => {
  const world = await openWorld(t);
  const tool = await world.as();
  const { headers } = await tool.put('bare-1', QUIZ);
  const document = world.sandbox.find('lineItems', 'bare-1');
  world.sandbox.put('lineItems', { ...document, description: 'new' });
  const condition = { 'if-match': String(headers.etag) };
  assert.equal((await tool.put('bare-1', QUIZ, condition)).status, 201);
  world.sandbox.put('lineItems', { ...document, title: 'new' });
  assertRefused(await tool.put('bare-1', QUIZ, condition), FAILED);
});
