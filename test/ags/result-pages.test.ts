import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Document } from '../exchange/world.ts';
import { type AgsTool, assertProblem, type Desk, listIn, openDesk, sourcedIdIn } from './desk.ts';

/** The address of a rel in a Link header, as pylti1.3 finds it: in the header in lower case. */
function lowerCased({ headers }: Answer, rel = 'next'): string | undefined {
  const text = String(headers['link'] ?? '').toLowerCase();
  return new RegExp(`<([^>]*)>;\\s*rel="${rel}"`).exec(text)?.[1];
}

async function follow(tool: AgsTool, first: string): Promise<readonly (readonly Document[])[]> {
  const pages: (readonly Document[])[] = [];
  for (let url: string | undefined = first; url !== undefined; ) {
    const answer: Answer = await tool.get(url);
    pages.push(listIn(answer));
    assert.ok(pages.length <= 20, 'the links go in a circle');
    url = lowerCased(answer);
  }
  return pages;
}

async function graded(desk: Desk, students: number): Promise<string> {
  const id = await desk.tool.create({ label: 'MiXed' });
  for (let student = 1; student <= students; student++)
    desk.world.sandbox.put('results', {
      sourcedId: `R-${student}`,
      status: 'active',
      scoreDate: '2025-10-06T14:00:00.000Z',
      scoreStatus: 'fully graded',
      score: student,
      lineItem: { sourcedId: sourcedIdIn(id) },
      student: { sourcedId: `student-${student}` },
    });
  return id;
}

test('AGS §3.3.4 limit and Link: pages that survive lower-casing hold every result once', async (t) => {
  const desk = await openDesk(t, { sandbox: { students: 7 } });
  const id = await graded(desk, 7);
  const pages = await follow(desk.tool, `${id}/results?limit=3`);
  assert.deepEqual(
    pages.map((page) => page.length),
    [3, 3, 1],
  );
  const users = pages.flat().map(({ userId }) => userId);
  assert.equal(new Set(users).size, 7);
  for (const page of pages) for (const { scoreOf } of page) assert.equal(scoreOf, id);
});

test('AGS §3.3.4 the last page and a whole list have no next link', async (t) => {
  const desk = await openDesk(t, { sandbox: { students: 4 } });
  const id = await graded(desk, 4);
  assert.equal((await desk.tool.get(`${id}/results`)).headers['link'], undefined);
  assert.equal((await desk.tool.get(`${id}/results?limit=4`)).headers['link'], undefined);
  const first = await desk.tool.get(`${id}/results?limit=2`);
  const last = lowerCased(first, 'last');
  assert.ok(last);
  assert.equal(lowerCased(await desk.tool.get(last)), undefined);
});

test('AGS §3.3.4 a page link of one user stays with that user', async (t) => {
  const desk = await openDesk(t);
  const id = await graded(desk, 3);
  const answer = await desk.tool.get(`${id}/results?user_id=student-2&limit=1`);
  assert.deepEqual(
    listIn(answer).map(({ userId }) => userId),
    ['student-2'],
  );
  assert.equal(answer.headers['link'], undefined);
});

test('AGS §3.3.4 a page link is no way into a line item of another tool, and a made-up one is 400', async (t) => {
  const desk = await openDesk(t, { sandbox: { students: 4 } });
  const id = await graded(desk, 4);
  const page = /page=([0-9a-f]+)/.exec(lowerCased(await desk.tool.get(`${id}/results?limit=2`)) ?? '')?.[1];
  assert.ok(page);
  const drill = await desk.as('drill');
  const own = await drill.create();
  assertProblem(await drill.get(`${own}/results?page=${page}`), 404, 'LINE_ITEM_NOT_FOUND');
  for (const bad of [
    'zz',
    '',
    'abc',
    Buffer.from('[]').toString('hex'),
    Buffer.from('{"filter":1}').toString('hex'),
  ])
    assertProblem(await desk.tool.get(`${id}/results?page=${bad}`), 400, 'INVALID_QUERY', ['?page']);
});

test('AGS §3.3 every page of the upstream is read', async (t) => {
  const students = 1100;
  const desk = await openDesk(t, {
    config: { upstreams: { school: { profile: 'oneroster-1.2' } } },
    sandbox: { students, profile: 'google' },
  });
  const id = await graded(desk, students);
  desk.world.sandbox.clearRequests();
  const results = await desk.tool.results(id);
  assert.equal(results.length, students);
  const pages = desk.world.calls().filter(({ path }) => path.includes('/results?'));
  assert.equal(pages.length, 2);
  assert.deepEqual(
    (await desk.tool.results(id, '?user_id=student-1099')).map(({ resultScore }) => resultScore),
    [1099],
  );
});

test('the LTIAAS face pages through its results with next', async (t) => {
  const desk = await openDesk(t, { sandbox: { students: 5 } });
  const id = await graded(desk, 5);
  const ltiaas = await desk.world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const users: unknown[] = [];
  let { body } = await ltiaas.call('GET', `${path}?limit=2`);
  for (let pages = 1; ; pages++) {
    assert.ok(pages <= 3);
    users.push(...(body['scores'] as Document[]).map(({ userId }) => userId));
    if (body['next'] === undefined) break;
    body = (await ltiaas.call('GET', `${path}?url=${encodeURIComponent(String(body['next']))}`)).body;
  }
  assert.equal(new Set(users).size, 5);
});
