import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertion, formOf, requestToken, scopes } from '../auth/assertions.ts';
import type { Answer, Document } from '../exchange/world.ts';
import { at, containerOf, LINE_ITEM, listIn, openDesk, PUBLIC_URL, SCORE, scoreOf } from './desk.ts';

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** What the schemas of @lti-tool/core take for a line item. */
function assertLtiToolLineItem(item: Document): void {
  assert.ok(URL.canParse(String(item['id'])));
  assert.equal(typeof item['label'], 'string');
  assert.ok(Number(item['scoreMaximum']) >= 0);
  for (const member of ['tag', 'resourceId', 'resourceLinkId'])
    assert.ok(!(member in item) || typeof item[member] === 'string', `${member} is ${item[member]}`);
  for (const member of ['startDateTime', 'endDateTime'])
    assert.ok(!(member in item) || UTC.test(String(item[member])), `${member} is ${item[member]}`);
}

const SENT: readonly Document[] = [
  {},
  { startDateTime: '2026-04-01T00:00:00+02:00', endDateTime: '2026-04-02T00:00:00-09:30' },
  { startDateTime: '', endDateTime: null, tag: null, resourceId: null, resourceLinkId: null },
  { tag: '', resourceId: '', resourceLinkId: '' },
];

test('@lti-tool/core: line items and results pass its schemas: Z dates, no nulls, bare arrays', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const members of SENT) {
    const id = await tool.create(members);
    assertLtiToolLineItem((await tool.get(id)).body);
    assertLtiToolLineItem((await tool.put(id, { label: 'Q', scoreMaximum: 1, ...members })).body);
    await tool.grade(id, { timestamp: new Date(world.now()).toISOString() });
    await tool.grade(id, { userId: 'student-2', scoreGiven: null, comment: 'x' });
    for (const result of await tool.results(id)) {
      assert.ok(URL.canParse(String(result['id'])) && URL.canParse(String(result['scoreOf'])));
      assert.equal(typeof result['userId'], 'string');
      assert.ok(!Object.values(result).includes(null), JSON.stringify(result));
    }
  }
  for (const item of await tool.list()) assertLtiToolLineItem(item);
  for (const text of [(await tool.get(containerOf())).text, (await tool.get(containerOf('science-7'))).text])
    assert.ok(text.startsWith('['), 'a list is a bare array, also when it is empty');
});

test('@lti-tool/core: one token request per call is not held against it', async (t) => {
  const { world, key } = await openDesk(t);
  const answers = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const signed = await assertion(world, key);
      return requestToken(world, formOf(signed, scopes('lineitem.readonly')));
    }),
  );
  for (const { status, body } of answers) {
    assert.equal(status, 200);
    assert.equal(body['token_type'], 'Bearer');
  }
});

test('pylti1.3: an assertion without kid, all scopes at once, iat five seconds ago', async (t) => {
  const { world, key } = await openDesk(t);
  const now = Math.floor(world.now() / 1000);
  const signed = await assertion(world, key, {
    header: { kid: undefined },
    claims: { iat: now - 5, exp: now + 60 },
  });
  const { status, body } = await requestToken(world, formOf(signed));
  assert.equal(status, 200);
  assert.equal(String(body['scope']).split(' ').length, 4);
});

test('pylti1.3: whatever has a body on success is JSON', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  for (const answer of [await tool.score(id), await tool.get(id), await tool.get(`${id}/results`)])
    assert.doesNotThrow(() => JSON.parse(answer.text));
});

/** How clients get from an id to its scores and results. */
const PATHS: Readonly<Record<string, (id: string, what: string) => string>> = {
  'appended: …/7/scores': (id, what) => `${id}/${what}`,
  'with a trailing slash: …/7/scores/': (id, what) => `${id}/${what}/`,
  'after an id that was ended with a slash: …/7//scores': (id, what) => `${id}//${what}`,
  'with a query behind: …/7/scores?type_id=1': (id, what) => `${id}/${what}?type_id=1`,
};

test('clients build the addresses of scores and results in several ways', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  for (const [index, [name, pathOf]] of Object.entries(PATHS).entries()) {
    await t.test(name, async () => {
      const body = scoreOf({ timestamp: at(index), scoreGiven: index });
      const posted = await tool.call('POST', pathOf(id, 'scores'), {
        body,
        headers: { 'content-type': SCORE },
      });
      assert.equal(posted.status, 200, posted.text);
      assert.equal(listIn(await tool.get(pathOf(id, 'results')))[0]?.['resultScore'], index);
    });
  }
  assert.equal((await tool.get(`${id}/`)).status, 200);
  assert.equal((await tool.get(`${containerOf()}/`)).status, 200);
});

interface Wrong {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ITEM = `${containerOf()}/x`;
const JSON_BODY = { 'content-type': 'application/json' };

/** Requests that end in an error, one for each way to fail. */
const WRONG: readonly Wrong[] = [
  { method: 'GET', path: '/lti', status: 404 },
  { method: 'GET', path: '/lti/', status: 404 },
  { method: 'GET', path: '/lti/contexts/math-101', status: 404 },
  { method: 'GET', path: '/nowhere', status: 404 },
  { method: 'GET', path: ITEM, status: 404 },
  { method: 'GET', path: `${ITEM}/nowhere`, status: 404 },
  { method: 'GET', path: `${containerOf()}/%zz`, status: 400 },
  { method: 'PATCH', path: ITEM, status: 405 },
  { method: 'DELETE', path: containerOf(), status: 405 },
  { method: 'GET', path: '/lti/token', status: 405 },
  { method: 'POST', path: '/lti/token', status: 400 },
  { method: 'POST', path: '/lti/token', status: 413, body: 'x'.repeat(300_000) },
  { method: 'POST', path: containerOf(), status: 400, body: '{', headers: JSON_BODY },
  { method: 'POST', path: containerOf(), status: 413, body: `"${'x'.repeat(300_000)}"`, headers: JSON_BODY },
  { method: 'POST', path: containerOf(), status: 415, body: 'x', headers: { 'content-type': 'text/plain' } },
  { method: 'POST', path: containerOf('algebra-1'), status: 404, body: {}, headers: JSON_BODY },
  { method: 'GET', path: `${containerOf()}?page=x`, status: 400 },
];

function assertJsonError({ status, headers, text, body }: Answer, expected: number): void {
  assert.equal(status, expected, text);
  assert.match(String(headers['content-type']), /^application\/(problem\+)?json/, text);
  assert.ok(body['code'] ?? body['error'], text);
}

test('every error has a JSON body', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const { method, path, status, ...request } of WRONG) {
    await t.test(`${method} ${path} ${status}`, async () => {
      assertJsonError(await tool.call(method, path, request), status);
    });
  }
  assertJsonError(await world.with(undefined).call('GET', containerOf()), 401);
  world.sandbox.inject({ kind: 'status', status: 500, body: 'html', times: 0 });
  assertJsonError(await tool.get(containerOf()), 502);
  world.sandbox.clearFaults();
  world.advance(60_000);
  await world.sandbox.close();
  assertJsonError(await tool.get(containerOf()), 502);
});

test('a 404 for a line item names no other tool and no upstream', async (t) => {
  const { world, tool } = await openDesk(t);
  const { text } = await tool.get(`${PUBLIC_URL}${containerOf()}/teacher-quiz`);
  assert.ok(!text.includes(world.sandbox.url) && !text.includes('class-1'), text);
});

test('AGS §4 request media types of line items: the vendor type and JSON, any case and parameters; 415 otherwise', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  const body = { label: 'Quiz', scoreMaximum: 10 };
  const send = async (type: string): Promise<readonly number[]> => {
    const headers = { 'content-type': type };
    const posted = await tool.call('POST', containerOf(), { body, headers });
    return [posted.status, (await tool.call('PUT', id, { body, headers })).status];
  };
  for (const type of [
    LINE_ITEM,
    `${LINE_ITEM.toUpperCase()};charset=UTF-8`,
    'application/json; charset="utf-8"',
  ])
    assert.deepEqual(await send(type), [201, 200], type);
  for (const type of [
    SCORE,
    'text/json',
    'application/x-www-form-urlencoded',
    `${LINE_ITEM}; charset=latin1`,
  ])
    assert.deepEqual(await send(type), [415, 415], type);
});
