import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { assertRefused, type Expected } from './envelope.ts';
import { LMS_URL, openWorld, PUBLIC_URL } from './world.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 1 } as const;
const badId: Expected = { status: 400, code: 'INVALID_LINE_ITEM_ID', at: 'id' };
const badPath: Expected = { status: 400, code: 'INVALID_PATH' };
const noRoute: Expected = { status: 404, code: 'ROUTE_NOT_FOUND' };
const absent: Expected = { status: 404, code: 'LINE_ITEM_NOT_FOUND' };

/** A segment as it stands on the wire, and what GET and DELETE, and PUT, say of it. */
const SEGMENTS: Readonly<Record<string, readonly [segment: string, reads: Expected, writes: Expected]>> = {
  'a slash': ['a%2Fb', absent, badId],
  'a slash at the end': ['a%2F', absent, badId],
  'a question mark': ['a%3Fb', absent, badId],
  'a number sign': ['a%23b', absent, badId],
  'a percent sign': ['a%25b', absent, badId],
  'an escape that is escaped': ['a%252Fb', absent, badId],
  'a blank': ['a%20b', absent, badId],
  'a quote': ["a'b", absent, badId],
  'a way up': ['%2E%2E%2Fclasses', absent, badId],
  'a backslash': ['a%5Cb', absent, badId],
  'another alphabet': ['%C3%BC', absent, badId],
  'a sourcedId of 256 characters': ['a'.repeat(256), absent, badId],
  'a relative URL': ['%2F%2Flms.example.com%2F1', absent, badId],
  'a URL of another scheme': ['ftp%3A%2F%2Flms.example.com%2F1', absent, badId],
  script: ['javascript%3Aalert(1)', absent, badId],
  dots: ['%2E%2E', badId, badId],
  'a dot': ['%2E', badId, badId],
  'dots as they are': ['..', badId, badId],
  'a null character': ['a%00b', badId, badId],
  'a line break': ['a%0D%0Ab', badId, badId],
  delete: ['a%7Fb', badId, badId],
  'an over-long id': ['a'.repeat(2049), badId, badId],
  'an over-long URL': [encodeURIComponent(`${LMS_URL}/${'a'.repeat(2048)}`), badId, badId],
  'no host': ['https%3A%2F%2F', badId, badId],
  'a bad port': [encodeURIComponent('https://lms.example.com:99999/1'), badId, badId],
  'a URL encoded twice, badly inside': ['https%253A%252F%252Flms%25', badId, badId],
  'a lone percent sign': ['a%', badPath, badPath],
  'half an escape': ['a%2', badPath, badPath],
  'no hexadecimal': ['a%zz', badPath, badPath],
  'half a character': ['%E0%A4%A', badPath, badPath],
  'no UTF-8': ['%FF%FE', badPath, badPath],
  'a URL that is not encoded': ['https://lms.example.com/1', noRoute, noRoute],
};

test('a line item id that cannot be one has its own error on each route', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (const [name, [segment, reads, writes]] of Object.entries(SEGMENTS)) {
    await t.test(name, async () => {
      const path = `/api/lineitems/${segment}`;
      assertRefused(await client.call('GET', path), reads);
      assertRefused(await client.call('DELETE', path), reads);
      assertRefused(await client.call('PUT', path, { body: QUIZ }), writes);
    });
  }
  assert.deepEqual(world.writes(), []);
  for (const { path } of world.calls())
    assert.match(path, /\/lineItems\/[^/?#]+$/, 'an id has left its segment');
});

const LINKS: Readonly<Record<string, string>> = {
  elsewhere: 'https://evil.example/api/lineitems?context=math-101',
  'elsewhere, our name in it': `https://evil.example/?${PUBLIC_URL}/api/lineitems?context=math-101`,
  'our name and more': `${PUBLIC_URL}.evil.example/api/lineitems?context=math-101`,
  'our name as user': `https://grades.example@evil.example/api/lineitems?context=math-101`,
  'another path': `${PUBLIC_URL}/api/lineitems/x?context=math-101`,
  'the results of a line item': `${PUBLIC_URL}/api/lineitems/x/scores?context=math-101`,
  'a file': 'file:///etc/passwd',
  'the metadata service': 'http://169.254.169.254/latest/meta-data',
  'another context': `${PUBLIC_URL}/api/lineitems?limit=1&context=science-7`,
  'no context': `${PUBLIC_URL}/api/lineitems?limit=1`,
  'no query': `${PUBLIC_URL}/api/lineitems`,
  'a relative one': '/api/lineitems?context=math-101',
  'no URL': 'next',
  nothing: '',
};

test('url= takes our own page links for this context and nothing else, and fetches nothing', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (const [name, link] of Object.entries(LINKS)) {
    await t.test(name, async () => {
      const expected = { status: 400, code: 'INVALID_PAGE_URL' } as const;
      for (const value of [encodeURIComponent(link), encodeURIComponent(encodeURIComponent(link))]) {
        assertRefused(await client.list(`?url=${value}`), expected);
      }
    });
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

const LIMITS = ['0', '-1', '1.5', 'x', '', '1e3', '0x10', '%20', '1%202', 'Infinity', '9999999999', '%D9%A3'];

test('a limit that is no whole number above 0 is refused', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (const limit of LIMITS) {
    await t.test(limit, async () =>
      assertRefused(await client.list(`?limit=${limit}`), {
        status: 400,
        code: 'INVALID_QUERY',
        at: '?limit',
      }),
    );
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

const hex = (text: string): string => Buffer.from(text).toString('hex');
const CURSORS = [
  '',
  'zz',
  'abc',
  '../',
  hex('{}'),
  hex('[]'),
  hex('null'),
  hex('{"page":1,"filter":1}'),
  hex('x'),
];

test('a page link whose cursor somebody has changed is refused', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (const id of ['a', 'b']) await client.put(id, QUIZ);
  const { next } = (await client.list('?limit=1')).body;
  world.sandbox.clearRequests();
  for (const cursor of CURSORS) {
    await t.test(cursor, async () => {
      const link = new URL(String(next));
      link.searchParams.set('page', cursor);
      const answer = await client.list(`?url=${encodeURIComponent(link.href)}`);
      assertRefused(answer, { status: 400, code: 'INVALID_QUERY', at: '?page' });
    });
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

test('a path that is nothing is 404 in the envelope', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const paths = [
    '/',
    '/api',
    '/api/',
    '/api/lineitem',
    '/api/lineitems/a/b',
    '/api/constructor',
    '/%',
    '/favicon.ico',
    '/_sandbox',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      assertRefused(await client.call(method, path), noRoute);
    }
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

const METHODS: readonly (readonly [path: string, wrong: readonly string[], allow: readonly string[]])[] = [
  ['/api/lineitems', ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'], ['GET', 'POST']],
  ['/api/lineitems/teacher-quiz', ['POST', 'PATCH', 'OPTIONS', 'MOVE'], ['DELETE', 'GET', 'PUT']],
];

test('a method that a path does not take is 405, and Allow says which it takes', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  for (const [path, wrong, allow] of METHODS) {
    for (const method of wrong) {
      const answer = await client.call(method, path, { body: QUIZ });
      assertRefused(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' });
      const allowed = String(answer.headers.allow)
        .split(/, */)
        .filter((name) => name !== 'HEAD');
      assert.deepEqual(allowed.sort(), allow, method);
    }
  }
  assert.deepEqual(world.sandbox.requests(), []);
});

test('a request id is kept when it is one, and made anew when it is none', async (t) => {
  const client = await (await openWorld(t)).as();
  const ask = async (given: string): Promise<unknown> =>
    (await client.call('GET', '/api/lineitems', { headers: { 'x-request-id': given } })).headers[
      'x-request-id'
    ];
  assert.equal(await ask('0123-abcd_EF.x'), '0123-abcd_EF.x');
  for (const given of ['short', 'a'.repeat(65), 'with blank 1', '<script>alert', 'ünïcödë-1']) {
    assert.match(String(await ask(given)), /^[0-9a-f-]{36}$/);
  }
});

test('answers say nothing of what serves them, and forbid being taken for a page', async (t) => {
  const { headers } = await (await (await openWorld(t)).as()).list();
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(String(headers['content-security-policy']), /default-src 'none'/);
});

test('headers that are too large end in a refusal, and the gateway goes on', async (t) => {
  const world = await openWorld(t);
  const client = await world.as();
  const { hostname, port } = new URL(world.url);
  const status = await new Promise<number>((resolve, reject) => {
    const headers = { 'x-large': 'x'.repeat(40_000) };
    const sent = request({ hostname, port, path: '/api/lineitems', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
  assert.equal(status, 431);
  assert.equal((await client.list()).status, 200);
});
