import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../src/core/errors.ts';
import { assertRefused, type Expected } from './envelope.ts';
import { type Answer, type Client, lineItemPath, openWorld, type World } from './world.ts';

const GOOD = '{"label":"Quiz","scoreMaximum":1}';
const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const invalid = (...at: string[]): Expected => ({ status: 400, code: 'INVALID_LINE_ITEM', at });

/** Bodies that are no line item, as text, because some of them no JSON.stringify would write. */
const BODIES: Readonly<Record<string, readonly [body: string, expected: Expected]>> = {
  'no JSON': ['label=Quiz', json()],
  'cut short': [GOOD.slice(0, -1), json()],
  'something after it': [`${GOOD} x`, json()],
  'two objects': [GOOD + GOOD, json()],
  'a trailing comma': ['{"label":"Quiz","scoreMaximum":1,}', json()],
  'single quotes': ["{'label':'Quiz'}", json()],
  NaN: ['{"label":"Quiz","scoreMaximum":NaN}', json()],
  'a control character': ['{"label":"a\u0001b","scoreMaximum":1}', json()],
  nothing: ['', json()],
  blanks: ['  \n ', json()],
  'an array': [`[${GOOD}]`, invalid('')],
  'an empty array': ['[]', invalid('')],
  'a string': ['"Quiz"', invalid('')],
  'a number': ['1', invalid('')],
  null: ['null', invalid('')],
  false: ['false', invalid('')],
  'an empty object': ['{}', invalid('/label', '/scoreMaximum')],
  'an envelope': [`{"lineItem":${GOOD}}`, invalid('/label', '/scoreMaximum')],
  'too deep': [`{"label":"Quiz","scoreMaximum":1,"https://t.example/x":${deep(40)}}`, refused()],
  'far too deep': [
    `{"label":"Quiz","scoreMaximum":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    refused(),
  ],
  'too many members': [`{"label":"Quiz","scoreMaximum":1,"x":[${'1,'.repeat(5000)}1]}`, refused()],
  'too large': [`{"label":"${'x'.repeat(300_000)}","scoreMaximum":1}`, large()],
  'much too large': [`{"label":"${'x'.repeat(4_000_000)}","scoreMaximum":1}`, large()],
  'everything at once': [
    '{"label":" ","scoreMaximum":-1,"tag":7,"startDateTime":"x","gradesReleased":"true"}',
    invalid('/label', '/scoreMaximum', '/tag', '/startDateTime', '/gradesReleased'),
  ],
};

function json(): Expected {
  return { status: 400, code: 'INVALID_JSON' };
}

function large(): Expected {
  return { status: 413, code: 'BODY_TOO_LARGE' };
}

function refused(): Expected {
  return { status: 400, code: 'INVALID_LINE_ITEM' };
}

/** What a member may not be, as JSON text; laid over a good line item. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  label: ['""', '" "', '"\\t\\n\\u3000"', 'null', '7', 'true', '["Quiz"]', '{}'],
  scoreMaximum: ['0', '-0', '-1', '-0.1', '"100"', '""', 'null', 'true', '1e400', '-1e400', '[1]', '{}'],
  resourceId: ['7', 'true', '["a"]', '{}', JSON.stringify('r'.repeat(257))],
  resourceLinkId: ['7', 'false', '[]', '{}'],
  tag: ['7', 'true', '[]', '{}', JSON.stringify('t'.repeat(257))],
  gradesReleased: ['"true"', '"false"', '1', '0', '""', '[]', '{}'],
};

const DATES = [
  '"2026-03-06"',
  '"2026-03-06T20:05:02"',
  '"2026-03-06 20:05:02Z"',
  '"2026-02-30T00:00:00Z"',
  '"2026-13-01T00:00:00Z"',
  '"2026-03-06T25:00:00Z"',
  '"2026-03-06T20:60:00Z"',
  '"2026-03-06T20:05:02+25:00"',
  '"2026-03-06T20:05:02 Europe/Paris"',
  '"06.03.2026"',
  '"tomorrow"',
  '" "',
  '1772827502',
  'true',
  '[]',
  '{}',
];

function memberRows(): readonly (readonly [string, string, Expected])[] {
  const dates = { startDateTime: DATES, endDateTime: DATES };
  return Object.entries({ ...MEMBERS, ...dates }).flatMap(([member, values]) =>
    values.map((value) => {
      const others = Object.entries({ label: '"Quiz"', scoreMaximum: '1', [member]: value });
      const body = `{${others.map(([name, text]) => `"${name}":${text}`).join()}}`;
      return [`${member} ${value.slice(0, 30)}`, body, invalid(`/${member}`)] as const;
    }),
  );
}

function orderRows(): readonly (readonly [string, string, Expected])[] {
  const dates = [
    ['2026-03-06T20:05:02Z', '2026-03-06T20:05:01Z'],
    ['2026-03-06T20:05:02Z', '2026-03-06T21:05:01+01:00'],
  ];
  return dates.map(([startDateTime, endDateTime]) => [
    `end ${endDateTime} before start`,
    JSON.stringify({ label: 'Quiz', scoreMaximum: 1, startDateTime, endDateTime }),
    invalid('/endDateTime'),
  ]);
}

/** Member names that reach into a prototype, at the depths where a careless copy would meet them. */
function prototypeRows(): readonly (readonly [string, string, Expected])[] {
  const places: Readonly<Record<string, (name: string) => string>> = {
    top: (name) => `{"label":"Quiz","scoreMaximum":1,"${name}":{"polluted":true}}`,
    extension: (name) => `{"label":"Quiz","scoreMaximum":1,"https://t.example/x":{"${name}":{"polluted":1}}}`,
    array: (name) => `{"label":"Quiz","scoreMaximum":1,"x":[1,{"y":[{"${name}":null}]}]}`,
    submissionReview: (name) => `{"label":"Quiz","scoreMaximum":1,"submissionReview":{"${name}":"x"}}`,
    'label in it': (name) => `{"${name}":${GOOD}}`,
  };
  return ['__proto__', 'constructor', 'prototype', '__pro\\u0074o__'].flatMap((name) =>
    Object.entries(places).map(([place, make]) => [`${name} at ${place}`, make(name), refused()] as const),
  );
}

const WRITES: readonly ((client: Client, body: unknown, headers?: OutgoingHttpHeaders) => Promise<Answer>)[] =
  [
    (client, body, headers = {}) => client.call('POST', '/api/lineitems', { body, headers }),
    (client, body, headers = {}) => client.call('PUT', lineItemPath('bare-1'), { body, headers }),
  ];

async function assertAllRefused(
  world: World,
  { body, expected, headers }: { body: unknown; expected: Expected; headers?: OutgoingHttpHeaders },
): Promise<void> {
  const client = await world.as();
  for (const write of WRITES) assertRefused(await write(client, body, headers), expected);
  assert.deepEqual(world.sandbox.requests(), [], 'the upstream was asked');
}

test('a body that is no line item is refused, naming every member that is wrong', async (t) => {
  const world = await openWorld(t);
  const bodies = Object.entries(BODIES).map(([name, [body, expected]]) => [name, body, expected] as const);
  for (const [name, body, expected] of [...bodies, ...memberRows(), ...orderRows(), ...prototypeRows()]) {
    await t.test(name, () => assertAllRefused(world, { body, expected }));
  }
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

const UNSUPPORTED: Expected = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };
const TYPES: readonly (readonly [string, OutgoingHttpHeaders, unknown?])[] = [
  ['text', { 'content-type': 'text/plain' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'label=Quiz&scoreMaximum=1'],
  ['XML', { 'content-type': 'application/xml' }, '<label/>'],
  ['another media type of AGS', { 'content-type': 'application/vnd.ims.lis.v1.score+json' }],
  ['no media type', { 'content-type': 'json' }],
  ['an empty one', { 'content-type': '' }],
  ['none', { 'content-type': [] }],
  ['Latin-1', { 'content-type': 'application/json; charset=iso-8859-1' }],
  ['gzip', { 'content-encoding': 'gzip' }, gzipSync(GOOD)],
  ['gzip that is none', { 'content-encoding': 'gzip' }],
  ['an unknown encoding', { 'content-encoding': 'zip' }],
];

test('a body of another type, or compressed, is refused', async (t) => {
  const world = await openWorld(t);
  for (const [name, headers, body = GOOD] of TYPES) {
    await t.test(name, () => assertAllRefused(world, { body, expected: UNSUPPORTED, headers }));
  }
});

test('a body without a length is bounded as well', async (t) => {
  const world = await openWorld(t);
  const body = `{"label":"${'x'.repeat(1_000_000)}","scoreMaximum":1}`;
  await assertAllRefused(world, { body, expected: large(), headers: { 'transfer-encoding': 'chunked' } });
});

test('what only looks odd is taken', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const types = [
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/vnd.ims.lis.v2.lineitem+json',
  ];
  for (const type of types) {
    for (const write of WRITES)
      assert.equal((await write(client, GOOD, { 'content-type': type })).status, 201, type);
  }
  for (const accept of ['text/html', 'application/xml;q=1', 'image/*', '']) {
    assert.equal((await client.call('GET', '/api/lineitems', { headers: { accept } })).status, 200, accept);
  }
  const odd = [
    `\n ${GOOD} \n`,
    '{"label":"Quiz","scoreMaximum":1e-7}',
    `{"label":"Quiz","scoreMaximum":1,"x":${deep(10)}}`,
  ];
  for (const body of odd) assert.equal((await client.post(body)).status, 201, body);
  const longest = { label: 'Quiz', scoreMaximum: 1, resourceId: 'r'.repeat(256), tag: 't'.repeat(256) };
  assert.equal((await client.post(longest)).status, 201);
});

const CODES: readonly ErrorCode[] = ['INVALID_JSON', 'INVALID_LINE_ITEM', 'BODY_TOO_LARGE'];

test('a refused PUT leaves the line item as it was', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const before = (await client.put('bare-1', { label: 'Quiz', scoreMaximum: 1, tag: 'kept' })).body;
  for (const body of ['{', '{"label":""}', `"${'x'.repeat(300_000)}"`]) {
    const { status, body: told } = await client.put('bare-1', body);
    assert.ok(status >= 400 && CODES.includes((told['details'] as { message: ErrorCode }).message));
  }
  assert.deepEqual((await client.get('bare-1')).body, before);
});
