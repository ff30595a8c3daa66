import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, PUBLIC_URL, type World } from '../exchange/world.ts';

/** What a hostile tool writes into the page token of a link. */
const TOKENS: Readonly<Record<string, unknown>> = {
  'an empty id': { sourcedId: '' },
  'a dot': { sourcedId: '.' },
  'two dots': { sourcedId: '..' },
  'an id with NUL': { sourcedId: 'a\0b' },
  'an id with a line end': { sourcedId: 'a\r\nb' },
  'half a character': { sourcedId: 'a\ud800b' },
  'an id of 100,000 characters': { sourcedId: 'a'.repeat(2_049) },
  'an id that is a number': { sourcedId: 7 },
  'an id that is null': { sourcedId: null },
  'a user with NUL': { userId: 'a\0b' },
  'a user that is an object': { userId: {} },
  'a user of half a character': { userId: '\udc00' },
  'a place with NUL': { page: { after: '\0' } },
  'a place that is a list': { page: { after: [] } },
  'a filter with NUL': { filter: { tag: '\0' } },
  'a filter that is an object': { filter: { tag: { a: 1 } } },
};

function pageOf(token: unknown): string {
  return Buffer.from(JSON.stringify({ filter: {}, page: {}, ...(token as object) })).toString('hex');
}

async function pages(world: World, token: unknown): Promise<readonly (readonly [number, string])[]> {
  const client = await world.as();
  const page = pageOf(token);
  const bearer = await world.key('quizzer', 'math-101', {
    type: 'accessToken',
    claims: {
      ...{ iss: PUBLIC_URL, aud: PUBLIC_URL, sub: 'quizzer', client_id: 'quizzer' },
      scope:
        'https://purl.imsglobal.org/spec/lti-ags/scope/lineitem https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly',
    },
  });
  const ags = world.with(`Bearer ${bearer}`);
  const link = `${PUBLIC_URL}/api/lineitems?${new URLSearchParams({ context: 'math-101', page })}`;
  const answers = [
    await ags.call('GET', `/lti/contexts/math-101/lineitems?page=${page}`),
    await ags.call('GET', `/lti/contexts/math-101/lineitems/bare-1/results?page=${page}`),
    await client.call('GET', `/api/lineitems?url=${encodeURIComponent(link)}`),
  ];
  return answers.map(({ status, text }) => [status, text]);
}

test('what a page token names is checked like a path', async (t) => {
  const world = await openWorld(t);
  for (const [name, token] of Object.entries(TOKENS)) {
    await t.test(name, async () => {
      for (const [status, text] of await pages(world, token)) {
        assert.equal(status, 400, text);
        assert.match(text, /INVALID_(QUERY|PAGE_URL)/);
      }
      assert.deepEqual(world.calls(), [], 'nothing was asked of OneRoster');
    });
  }
});
