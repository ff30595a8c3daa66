import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultPage } from './fault-page.ts';
import { readPage } from './pages.ts';

test('docs/fault-matrix.md says what the table of the tests says', () => {
  const remedy =
    'print it again: npm run build && node dist/test/docs/print-faults.js > docs/fault-matrix.md\n';
  assert.equal(readPage('docs/fault-matrix.md').text, faultPage(), remedy);
});
