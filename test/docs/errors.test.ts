import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorPage } from './error-page.ts';
import { readPage } from './pages.ts';

test('docs/errors.md says what the catalogue says', () => {
  const remedy = 'print it again: npm run build && node dist/test/docs/print-errors.js > docs/errors.md\n';
  assert.equal(readPage('docs/errors.md').text, errorPage(), remedy);
});
