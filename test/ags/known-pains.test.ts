import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';

const PAGE = readFileSync(join(PACKAGE_ROOT, 'docs', 'known-pains.md'), 'utf8');

/** The rows of the tables of the page: what hurt, where, and what answers it. */
const ROWS = PAGE.split('\n')
  .filter((line) => /^\| (?!what hurt|-)/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** A test as a cell names it: its file, and its title. */
const NAMED = /`(test\/[^`]+\.test\.ts)`: "([^"]+)"/g;

/** True when a file has a test, or a row of a table of tests, of that title. */
function hasTest(file: string, title: string): boolean {
  const path = join(PACKAGE_ROOT, file);
  return (
    existsSync(path) && ["'", '"', '`'].some((quote) => readFileSync(path, 'utf8').includes(title + quote))
  );
}

test('every complaint of docs/known-pains.md names its threads, and a test or a decision', () => {
  assert.ok(ROWS.length >= 30, `${ROWS.length} rows`);
  for (const [complaint, threads = '', answer = ''] of ROWS) {
    assert.match(threads, /^[\w.-]+\/[\w.-]+#\d+(, [\w.-]+\/[\w.-]+#\d+)*$/, complaint);
    assert.ok(answer.startsWith('Decision: ') || [...answer.matchAll(NAMED)].length > 0, complaint);
  }
});

test('every test that docs/known-pains.md names exists', () => {
  const named = [...PAGE.matchAll(NAMED)];
  assert.ok(named.length >= 40, `${named.length} tests are named`);
  const missing = named.filter(([, file = '', title = '']) => !hasTest(file, title)).map(([text]) => text);
  assert.deepEqual(missing, []);
  assert.ok(!hasTest('test/ags/known-pains.test.ts', ['no', 'such', 'test'].join(' ')));
});
