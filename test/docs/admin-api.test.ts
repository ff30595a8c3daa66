import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeTable } from '../admin/table.ts';
import { codeIn, readPage, rowsOf } from './pages.ts';

test('docs/admin-api.md has every route of the table with its role, and no other', () => {
  const said = rowsOf(readPage('docs/admin-api.md')).map(
    ([request = '', role = '']) => `${codeIn(request)} ${role}`,
  );
  const there = wholeTable().map(({ method, path, role }) => `${method} ${path} ${role}`);
  assert.deepEqual(said.toSorted(), there.toSorted());
});
