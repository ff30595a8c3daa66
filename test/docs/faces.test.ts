import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '../../src/core/exchange.ts';
import { createAgs } from '../../src/dialects/ags/dialect.ts';
import { createLtiaas } from '../../src/dialects/ltiaas/dialect.ts';
import { codeIn, readPage, rowsOf } from './pages.ts';

/** What a page says of a route: its request, and the scopes that each suffice. */
type Said = readonly [request: string, scopes: readonly string[]];

/** The rows of a page that begin with a request. */
function requestsIn(path: string): readonly Said[] {
  return rowsOf(readPage(path))
    .filter(([cell = '']) => /^`(GET|POST|PUT|DELETE) /.test(cell))
    .map(([request = '', , scopes = '']) => [
      codeIn(request) ?? '',
      [...scopes.matchAll(/`([^`]+)`/g)].map(([, scope = '']) => scope),
    ]);
}

function inOrder(rows: readonly Said[]): readonly Said[] {
  return rows.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

const publicUrl = 'https://grades.example';

/** A page, the routes that it is about, and how it writes a path. */
const FACES: Readonly<Record<string, readonly [readonly Route[], (path: string) => string]>> = {
  'docs/ags.md': [
    createAgs({ publicUrl }).routes,
    (path) => path.replace('/lti/contexts/:context', '…').replace(':id', 'ID'),
  ],
  'docs/ltiaas.md': [createLtiaas({ publicUrl }).routes, (path) => path],
};

for (const [page, [routes, write]] of Object.entries(FACES)) {
  test(`${page} has every request and its scopes, and no other`, () => {
    const there = routes.map(({ method, path, scopes }): Said => [`${method} ${write(path)}`, scopes]);
    assert.deepEqual(inOrder(requestsIn(page)), inOrder(there));
  });
}

test('docs/ags.md has the media type of every body', () => {
  const rows = rowsOf(readPage('docs/ags.md'));
  for (const { method, path, body } of createAgs({ publicUrl }).routes) {
    const request = `\`${method} ${path.replace('/lti/contexts/:context', '…').replace(':id', 'ID')}\``;
    const row = rows.find(([cell]) => cell === request);
    assert.equal(codeIn(row?.at(-1) ?? ''), body?.[0], request);
  }
});
