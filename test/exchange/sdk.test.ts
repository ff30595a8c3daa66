import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  API_KEYS,
  type Document,
  LMS_URL,
  lineItemPath,
  openWorld,
  type World,
} from './world.ts';

/**
 * The official LTIAAS Node SDK (1.0.0-beta.20) checks every answer. These are its checks and the headers it sends, written
 * down here so that no package has to be installed to keep to them.
 */
const HEADERS = {
  accept: 'application/json, text/plain, */*',
  'user-agent': 'axios/1.7.7',
  'accept-encoding': 'gzip, compress, deflate, br',
  connection: 'keep-alive',
} as const;

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isAbsent: Check = (value) => value === undefined;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const isDateTime: Check = (value) =>
  typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
const optional =
  (check: Check): Check =>
  (value) =>
    isAbsent(value) || check(value);

const LINE_ITEM: Readonly<Record<string, Check>> = {
  id: isText,
  label: isText,
  scoreMaximum: (value) => typeof value === 'number',
  resourceLinkId: optional(isText),
  resourceId: optional(isText),
  tag: optional(isText),
  startDateTime: optional(isDateTime),
  endDateTime: optional(isDateTime),
  gradesReleased: optional((value) => typeof value === 'boolean'),
};

function assertLineItem(value: unknown): Document {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), 'Expected object');
  for (const [member, check] of Object.entries(LINE_ITEM)) {
    const found = (value as Document)[member];
    assert.ok(check(found), `ValidationError: ${member} is ${JSON.stringify(found)}`);
  }
  return value as Document;
}

function assertContainer(answer: Answer): readonly Document[] {
  assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
  const { lineItems, ...links } = answer.body;
  assert.ok(Array.isArray(lineItems), 'lineItems is no array');
  for (const rel of ['next', 'prev', 'first', 'last']) assert.ok(optional(isText)(links[rel]), rel);
  return lineItems.map(assertLineItem);
}

/** What the SDK takes for an error of the API: everything else becomes "An unexpected API error occurred". */
function assertApiError({ status, body, text }: Answer): void {
  assert.ok(status < 200 || status > 299, text);
  assert.equal(body['status'], status);
  assert.ok(isText(body['error']));
  const details = body['details'] as Document;
  assert.ok(typeof details === 'object' && details !== null);
  for (const member of ['code', 'message']) assert.ok(isText(details[member]), `details.${member}`);
  assert.ok(optional((value) => typeof value === 'boolean')(details['externalError']));
  assert.ok(optional(isText)(details['externalUrl']));
}

type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;

function sending(world: World, authorization: string): Send {
  return (method, path, body) =>
    world.with(authorization).call(method, path, { headers: HEADERS, ...(body !== undefined && { body }) });
}

async function service(world: World): Promise<Send> {
  return sending(world, `SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${await world.key('quizzer', 'math-101')}`);
}

async function launch(world: World): Promise<Send> {
  const options = { type: 'ltik', lifetime: 86_400, claims: { resourceLinkId: 'l' } } as const;
  return sending(
    world,
    `LTIK-AUTH-V2 ${API_KEYS.quizzer}:${await world.key('quizzer', 'math-101', options)}`,
  );
}

const SENT: readonly Document[] = [
  { label: 'Quiz 1', scoreMaximum: 60 },
  {
    label: 'Quiz 1',
    scoreMaximum: 60,
    resourceId: 'quiz-231',
    tag: 'grade',
    startDateTime: '2026-01-01T00:00:00Z',
    endDateTime: '2026-02-01T00:00:00+02:00',
    gradesReleased: true,
  },
  {
    label: 'Quiz 2',
    scoreMaximum: 0.5,
    startDateTime: '2026-01-01T00:00:00.123Z',
    more: { kept: [1, null] },
  },
  { label: 'Quiz 3', scoreMaximum: 1, endDateTime: '2026-02-01T00:00:00+0200', gradesReleased: false },
];

test('create, get, list, update and delete answer as the SDK wants it, in both sessions', async (t) => {
  const world = await openWorld(t);
  for (const send of [await launch(world), await service(world)]) {
    for (const item of SENT) {
      const created = await send('POST', '/api/lineitems', item);
      assert.equal(created.status, 201, created.text);
      const { id, ...rest } = assertLineItem(created.body);
      assert.deepEqual(rest, item);
      const path = lineItemPath(id);
      assert.deepEqual(assertLineItem((await send('GET', path)).body), created.body);
      const updated = await send('PUT', path, { ...item, label: 'Renamed' });
      assert.equal(updated.status, 201, updated.text);
      assert.deepEqual(assertLineItem(updated.body), { ...created.body, label: 'Renamed' });
      assert.deepEqual(assertContainer(await send('GET', '/api/lineitems')), [updated.body]);
      assert.ok((await send('DELETE', path)).status < 300);
    }
  }
});

test('the filters and the page links as axios writes them', async (t) => {
  const world = await openWorld(t);
  const send = await launch(world);
  for (const tag of ['ä/[x] +', 'ä/[x] +', 'grade', 'grade']) {
    await send('POST', '/api/lineitems', { label: 'Q', scoreMaximum: 1, tag });
  }
  const list = (query: string): Promise<Answer> => send('GET', `/api/lineitems?${query}`);
  for (const query of ['tag=grade', 'tag=%C3%A4%2F[x]+%2B', 'tag=%C3%A4%2F%5Bx%5D%20%2B']) {
    const answer = await list(`${query}&limit=1`);
    assert.equal(assertContainer(answer).length, 1, query);
    const link = encodeURIComponent(String(answer.body['next']))
      .replaceAll('%3A', ':')
      .replaceAll('%20', '+');
    assert.equal(assertContainer(await list(`url=${link}`)).length, 1, query);
  }
});

test('what OneRoster alone has made of a line item fits the SDK as well', async (t) => {
  const world = await openWorld(t, { config: { contexts: { 'math-101': { ownership: 'class' } } } });
  const send = await launch(world);
  const reference = { class: { sourcedId: 'class-1' }, school: { sourcedId: 'school-1' } };
  const odd: readonly Document[] = [
    { title: 'Bare' },
    {
      title: 'Nulls',
      resultValueMax: null,
      assignDate: null,
      dueDate: null,
      metadata: null,
      description: null,
    },
    { title: 'Dates alone', assignDate: '2026-01-01', dueDate: '2026-02-01', resultValueMax: 5 },
    { title: 'Offsets', assignDate: '2026-01-01T00:00:00+02:00', dueDate: 'soon', resultValueMax: '7' },
    { title: 'No minutes', assignDate: '2026-01-01T00:00+02', dueDate: '2026-01-01T00:00Z' },
    {
      title: 'Marks of the wrong type',
      metadata: { ltiTag: 7, ltiResourceId: null, ltiGradesReleased: 'true', lti: 'x', ltiTool: 3 },
    },
    {
      title: 'A stash of the wrong type',
      metadata: { lti: { members: [1], originals: { '/startDateTime': 7 } } },
    },
  ];
  for (const [index, members] of odd.entries()) {
    world.sandbox.put('lineItems', { sourcedId: `odd-${index}`, status: 'active', ...reference, ...members });
    const answer = await send('GET', lineItemPath(`odd-${index}`));
    assert.equal(answer.status, 200, answer.text);
    assertLineItem(answer.body);
  }
  assert.equal(assertContainer(await send('GET', '/api/lineitems')).length, odd.length + 1);
});

test('a line item that OneRoster holds without a title, or worth nothing, does not spoil the list', async (t) => {
  const world = await openWorld(t, { config: { contexts: { 'math-101': { ownership: 'class' } } } });
  const send = await launch(world);
  const reference = { class: { sourcedId: 'class-1' }, school: { sourcedId: 'school-1' } };
  const odd = [{}, { title: null }, { title: '' }, { title: 'Zero', resultValueMax: 0 }];
  for (const [index, members] of odd.entries()) {
    await t.test(JSON.stringify(members), async (t) => {
      const document = { sourcedId: `odd-${index}`, status: 'active', ...reference, ...members };
      world.sandbox.put('lineItems', document);
      t.after(() => world.sandbox.put('lineItems', { ...document, status: 'tobedeleted' }));
      assertContainer(await send('GET', '/api/lineitems'));
      const { body } = await send('GET', lineItemPath(`odd-${index}`));
      const again = await send('PUT', lineItemPath(`odd-${index}`), assertLineItem(body));
      assert.equal(again.status, 201, `what was read cannot be written back: ${again.text}`);
    });
  }
});

/** Forms of ISO 8601 that the SDK would not take, and the instant they mean. */
const OTHER_DATES = [
  ['2036-04-01T00:00Z', Date.UTC(2036, 3, 1)],
  ['2036-04-01T10:00:00+02', Date.UTC(2036, 3, 1, 8)],
  ['2036-04-01t10:00:00z', Date.UTC(2036, 3, 1, 10)],
  ['2036-04-01T10:00:00,5Z', Date.UTC(2036, 3, 1, 10, 0, 0, 500)],
] as const;

test('a date that the SDK would not take is refused, or comes back in a form that it takes', async (t) => {
  const world = await openWorld(t);
  const send = await launch(world);
  for (const [endDateTime, instant] of OTHER_DATES) {
    await t.test(endDateTime, async () => {
      const item = { label: 'Q', scoreMaximum: 1, endDateTime };
      const answer = await send('PUT', lineItemPath(LMS_URL), item);
      if (answer.status === 400) return assertApiError(answer);
      assert.equal(Date.parse(String(assertLineItem(answer.body)['endDateTime'])), instant);
    });
  }
});

test('every kind of refusal is an APIError to the SDK, its code in details.message', async (t) => {
  const world = await openWorld(t);
  const send = await launch(world);
  const refused: readonly (readonly [Answer, string])[] = [
    [await send('GET', lineItemPath('nobody')), 'LINE_ITEM_NOT_FOUND'],
    [await send('POST', '/api/lineitems', { label: '', scoreMaximum: 1 }), 'INVALID_LINE_ITEM'],
    [await send('POST', '/api/lineitems', { label: 'Q', scoreMaximum: 0 }), 'INVALID_LINE_ITEM'],
    [await send('GET', '/api/lineitems?limit=0'), 'INVALID_QUERY'],
    [await send('GET', '/api/idtoken'), 'ROUTE_NOT_FOUND'],
    [
      await world
        .with(`LTIK-AUTH-V2 ${API_KEYS.quizzer}:undefined`)
        .call('GET', '/api/lineitems', { headers: HEADERS }),
      'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER',
    ],
  ];
  for (const [answer, code] of refused) {
    assertApiError(answer);
    assert.equal((answer.body['details'] as Document)['message'], code);
  }
  world.sandbox.inject({ kind: 'status', status: 500, body: 'html', path: '/ims/', times: 0 });
  const answer = await send('GET', '/api/lineitems');
  assertApiError(answer);
  assert.equal((answer.body['details'] as Document)['externalError'], true);
});
