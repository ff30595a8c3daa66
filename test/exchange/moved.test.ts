import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { at, scoreOf } from '../ags/desk.ts';
import { assertion, formOf, requestToken, sharedKey } from '../auth/assertions.ts';
import { KINDS, type Kind } from '../store/databases.ts';
import { assertRefused } from './envelope.ts';
import { columns, type Moving, openMoving, withKeys } from './moving.ts';
import { API_KEYS, type Client, eventually, held, LMS_URL, sourcedIdIn, type World } from './world.ts';

const OLD = 'https://grades.example';
const QUIZ = { label: 'Quiz 1', scoreMaximum: 10 } as const;

/** The addresses that a gateway may move to, and whether any part of the old one is left. */
const PLACES = {
  'another domain': 'https://notes.example',
  'a port': 'https://grades.example:8443',
  http: 'http://grades.example',
  'a path below': 'https://grades.example/lti-gateway',
  'a path of another host': 'https://school.example/apps/grades',
} as const;

interface Moved extends Moving {
  readonly before: World;
  readonly tool: Client;
  /** The id of the column, as the gateway gave it out before it moved. */
  readonly id: string;
}

async function openMoved(t: TestContext, kind: Kind): Promise<Moved> {
  const moving = await openMoving(t, kind, await withKeys());
  const { world } = moving;
  const tool = await world.as();
  const made = await tool.post({ ...QUIZ, resourceId: 'quiz-1' });
  assert.equal(made.status, 201, made.text);
  return { ...moving, before: world, tool, id: String(made.body['id']) };
}

/** The same tool, with the key that it has. */
function again(world: World, { authorization }: Client): Client {
  return world.with(authorization);
}

/** All that a tool does with an id that it holds. */
async function assertKnown(world: World, tool: Client, id: string, fresh: string): Promise<void> {
  const read = await tool.get(id);
  assert.equal(read.status, 200, read.text);
  assert.equal(read.body['id'], fresh, 'the answer gives the new id');
  const put = await tool.put(id, { ...read.body, id, label: 'Quiz 2' });
  assert.equal(put.status, 201, put.text);
  assert.equal(put.body['id'], fresh);
  const score = await tool.call('POST', `/api/lineitems/${encodeURIComponent(id)}/scores`, {
    body: scoreOf(),
  });
  assert.equal(score.status, 204, score.text);
  const scores = await tool.call('GET', `/api/lineitems/${encodeURIComponent(id)}/scores`);
  const [result] = scores.body['scores'] as readonly Record<string, unknown>[];
  assert.deepEqual([result?.['scoreOf'], result?.['resultScore']], [fresh, 8]);
  assert.equal(columns(world).length, 1, 'there is one column');
}

for (const kind of KINDS) {
  const { name, skip } = kind;
  for (const [what, publicUrl] of Object.entries(PLACES))
    test(`${name}: ids stay when the gateway moves to ${what}`, { skip }, async (t) => {
      const { id, tool, restart } = await openMoved(t, kind);
      const world = await restart({ ...(await withKeys()), publicUrl });
      const fresh = `${publicUrl}/lti/contexts/math-101/lineitems/${encodeURIComponent(sourcedIdIn(id))}`;
      await assertKnown(world, again(world, tool), id, fresh);
      await assertKnown(world, again(world, tool), `${id}/`, fresh);
      await assertKnown(world, again(world, tool), encodeURIComponent(id), fresh);
      await assertKnown(world, again(world, tool), fresh, fresh);
    });

  test(`${name}: an id from two moves ago stays, and so does one that is named alone`, {
    skip,
  }, async (t) => {
    const { id, tool, restart } = await openMoved(t, kind);
    await restart({ publicUrl: 'https://second.example' });
    const world = await restart({
      publicUrl: 'https://third.example',
      formerUrls: ['https://zeroth.example/x'],
    });
    const local = `/lti/contexts/math-101/lineitems/${sourcedIdIn(id)}`;
    for (const url of [
      OLD,
      'https://second.example',
      'https://zeroth.example/x',
      'HTTPS://Grades.Example:443',
    ])
      await assertKnown(world, again(world, tool), url + local, `https://third.example${local}`);
  });
}

const [SQLITE] = KINDS as readonly [Kind];

test('an id under a host that nobody knows is read by its path, when it is a column of this tool here', async (t) => {
  const { id, tool, before: world } = await openMoved(t, SQLITE);
  const path = id.slice(OLD.length);
  for (const url of [`https://forgotten.example${path}`, `http://10.0.0.1:8080/grades${path}/`])
    await assertKnown(world, tool, url, id);
  assert.equal(columns(world).length, 1);
});

test('a path of ours under a foreign host never reaches the column of another tool or context', async (t) => {
  const { id, before: world } = await openMoved(t, SQLITE);
  const foreign = `https://evil.example${id.slice(OLD.length)}`;
  const untouched = held(world, sourcedIdIn(id));
  const drill = await world.as('drill');
  assert.equal((await drill.get(foreign)).status, 404);
  const put = await drill.put(foreign, { label: 'Mine', scoreMaximum: 5 });
  assert.equal(put.status, 201, put.text);
  assert.equal(put.body['id'], foreign, "it is the tool's own name for a column of its own");
  const elsewhere = await world.as('quizzer', 'science-7');
  assert.equal((await elsewhere.get(foreign)).status, 404);
  const other = foreign.replace('math-101', 'science-7');
  assert.equal((await elsewhere.get(other)).status, 404, 'the class is another one');
  assert.deepEqual(held(world, sourcedIdIn(id)), untouched);
});

test('a column whose mark was cleared is not reached by its path alone', async (t) => {
  const { id, tool, before: world } = await openMoved(t, SQLITE);
  const { metadata: _, ...bare } = held(world, sourcedIdIn(id));
  world.sandbox.put('lineItems', bare);
  assert.equal((await tool.get(`https://forgotten.example${id.slice(OLD.length)}`)).status, 404);
});

test("a tool's own name for a column stays its name, though its path looks like ours", async (t) => {
  const { tool, before: world } = await openMoved(t, SQLITE);
  const theirs = 'https://other-gateway.example/lti/contexts/math-101/lineitems/li-9';
  assert.equal((await tool.put(theirs, QUIZ)).status, 201);
  const read = await tool.get(theirs);
  assert.deepEqual([read.status, read.body['id']], [200, theirs]);
  const listed = (await tool.list()).body['lineItems'] as readonly Record<string, unknown>[];
  assert.ok(listed.some((item) => item['id'] === theirs));
  assert.equal(columns(world).length, 2);
});

test('a second column that an older gateway made of an earlier id has an id of its own', async (t) => {
  const { tool, before: world, restart } = await openMoved(t, SQLITE);
  const url = 'https://earlier.example/lti/contexts/math-101/lineitems/li-gone';
  assert.equal((await tool.put(url, QUIZ)).status, 201);
  const second = columns(world).at(-1) ?? '';
  const moved = await restart({ formerUrls: ['https://earlier.example'] });
  const listed = (await again(moved, tool).list()).body['lineItems'] as readonly Record<string, unknown>[];
  const id = String(listed.find((item) => String(item['id']).endsWith(second))?.['id']);
  assert.ok(id.startsWith(OLD), id);
  assert.equal((await again(moved, tool).get(id)).status, 200);
  assert.equal((await again(moved, tool).get(url)).status, 404, 'there is no column li-gone');
});

test('page links of before go on, and give links of today', async (t) => {
  const { tool, before, restart } = await openMoved(t, SQLITE);
  await tool.post({ ...QUIZ, label: 'Another' });
  const next = String((await tool.list('?limit=1')).body['next']);
  const publicUrl = 'https://notes.example';
  const world = await restart({ publicUrl });
  const page = await again(world, tool).list(`?url=${encodeURIComponent(next)}`);
  assert.equal(page.status, 200, page.text);
  assert.equal((page.body['lineItems'] as unknown[]).length, 1);
  assert.ok(String(page.body['prev'] ?? page.body['first']).startsWith(publicUrl), page.text);
  const foreign = [next.replace('math-101', 'science-7'), next.replace(OLD, 'https://unknown.example/x')];
  for (const link of foreign)
    assertRefused(await again(world, tool).list(`?url=${encodeURIComponent(link)}`), {
      status: 400,
      code: 'INVALID_PAGE_URL',
    });
  assert.ok(before);
});

test('AGS: a body with the id of before is taken; one with the id of another column is not', async (t) => {
  const { id, tool, before, restart } = await openMoved(t, SQLITE);
  const other = String((await tool.post({ ...QUIZ, label: 'Other' })).body['id']);
  const world = await restart({ ...(await withKeys()), publicUrl: 'https://notes.example' });
  const token = await tokenOf(world, 'https://notes.example/lti/token');
  const path = id.slice(OLD.length);
  const put = (body: object) =>
    world.with(`Bearer ${token}`).call('PUT', path, { body: { ...QUIZ, ...body } });
  for (const one of [id, `${id}/`, id.replace(OLD, 'https://forgotten.example')]) {
    const answer = await put({ id: one });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body['id'], `https://notes.example${path}`);
  }
  assert.equal((await put({ id: other })).status, 400);
  assert.equal((await put({ id: other.replace(OLD, 'https://forgotten.example') })).status, 400);
  assert.equal(columns(world).length, 2);
  assert.ok(before);
});

async function tokenOf(world: World, aud: string): Promise<string> {
  const answer = await requestToken(
    world,
    formOf(await assertion(world, await sharedKey(), { claims: { aud } })),
  );
  assert.equal(answer.status, 200, answer.text);
  return String(answer.body['access_token']);
}

for (const kind of KINDS)
  test(`${kind.name}: assertions for the token URL of before are taken, and its tokens last`, {
    skip: kind.skip,
  }, async (t) => {
    const { id, before, restart } = await openMoved(t, kind);
    const token = await tokenOf(before, `${OLD}/lti/token`);
    const world = await restart({
      ...(await withKeys()),
      publicUrl: 'https://notes.example',
      formerUrls: ['https://zeroth.example'],
    });
    for (const aud of [`${OLD}/lti/token`, OLD, 'https://zeroth.example/lti/token', 'https://notes.example'])
      await tokenOf(world, aud);
    const bad = formOf(
      await assertion(world, await sharedKey(), { claims: { aud: 'https://evil.example/lti/token' } }),
    );
    assert.equal((await requestToken(world, bad)).status, 400);
    const read = await world.with(`Bearer ${token}`).call('GET', id.slice(OLD.length));
    assert.equal(read.status, 200, read.text);
  });

for (const kind of KINDS)
  test(`${kind.name}: what was promised before the move is delivered after it, and its receipt stays`, {
    skip: kind.skip,
  }, async (t) => {
    const { id, tool, before, restart } = await openMoved(t, kind);
    before.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
    const scores = (one: string): string => `/api/lineitems/${encodeURIComponent(one)}/scores`;
    const promised = await tool.call('POST', scores(id), { body: scoreOf() });
    assert.equal(promised.status, 202, promised.text);
    const receipt = String(promised.body['id']).slice(OLD.length);
    const world = await restart({ publicUrl: 'https://notes.example' });
    const moved = again(world, tool);
    const later = await moved.call('POST', scores(id.replace(OLD, 'https://forgotten.example')), {
      body: scoreOf({ timestamp: at(5), scoreGiven: 9 }),
    });
    assert.equal(later.status, 202, later.text);
    const stateOf = async (path: string) => (await moved.call('GET', path)).body['state'];
    // An attempt at the first may just be under way; both are of one target, so that it then gives way.
    await eventually(async () => (await stateOf(receipt)) === 'superseded');
    world.sandbox.clearFaults();
    const newest = String(later.body['id']);
    assert.ok(newest.startsWith('https://notes.example/api/receipts/'), newest);
    await eventually(
      async () => (await stateOf(newest.slice('https://notes.example'.length))) === 'verified',
    );
    const results = await moved.call('GET', scores(id));
    assert.deepEqual(
      (results.body['scores'] as readonly Record<string, unknown>[]).map(({ resultScore }) => resultScore),
      [9],
    );
    assert.equal(columns(world).length, 1);
  });

test('ids that another platform gave stay when the gateway moves', async (t) => {
  const { tool, before, restart } = await openMoved(t, SQLITE);
  assert.equal((await tool.put(LMS_URL, QUIZ)).status, 201);
  const world = await restart({ publicUrl: 'https://notes.example' });
  const put = await again(world, tool).put(LMS_URL, { ...QUIZ, label: 'Quiz 2' });
  assert.deepEqual([put.status, put.body['id']], [201, LMS_URL]);
  assert.equal(columns(world).length, 2);
  assert.ok(before && API_KEYS);
});
