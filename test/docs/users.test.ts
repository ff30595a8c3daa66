import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT, readShipped } from '../../src/config/files.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ERRORS } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { blocksOf, readPage, rowsOf } from './pages.ts';

const page = readPage('docs/users.md');
const blocks = blocksOf(page, 'json').map((block) => JSON.parse(block) as JsonObject);
const strategies = blocks.filter((block) => 'by' in block);

const upstream: JsonObject = {
  profile: 'timeback',
  baseUrl: 'https://or.example',
  auth: { tokenUrl: 'https://or.example/token', clientId: 'c', clientSecret: 's' },
};

/** What is wrong with a configuration of these contexts and tools. */
function findingsOf(parts: JsonObject): unknown {
  const loaded = loadConfig(
    { version: 1, upstreams: { timeback: upstream }, ...parts },
    join(PACKAGE_ROOT, 'gradebridge.config.json'),
    {},
  );
  return 'findings' in loaded ? loaded.findings : [];
}

test('docs/users.md has every way to find users', () => {
  const { users } = readShipped('src/config/config.schema.json')['definitions'] as JsonObject;
  const { properties } = users as { properties: { by: { enum: string[] } } };
  assert.deepEqual(
    strategies.map(({ by }) => by),
    properties.by.enum,
  );
});

for (const users of strategies) {
  test(`it is taken: ${JSON.stringify(users)}`, () => {
    const context = { upstream: 'timeback', class: 'class-1', category: 'category-1', users };
    const tool = { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'an-api-key' };
    assert.deepEqual(findingsOf({ contexts: { 'math-101': context }, tools: { quizzer: tool } }), []);
  });
}

test('the contexts and tools of docs/users.md are taken', () => {
  const shown = blocks.filter((block) => 'tools' in block);
  assert.notEqual(shown.length, 0);
  for (const parts of shown) assert.deepEqual(findingsOf(parts), []);
});

test('docs/users.md has every error of users', () => {
  const said = rowsOf(page).flatMap(([cell = '']) => /^`(USER_\w+)`/.exec(cell)?.[1] ?? []);
  assert.deepEqual(
    said.toSorted(),
    Object.keys(ERRORS)
      .filter((code) => code.startsWith('USER_'))
      .toSorted(),
  );
});
