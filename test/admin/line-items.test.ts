import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesk } from '../ags/desk.ts';
import { ADMIN, assertCode, itemsOf, program } from './desk.ts';

test('line items are shown as both sides see them, with their results, and what is odd about them', async (t) => {
  const { world, tool } = await openDesk(t, {
    config: { admin: ADMIN, contexts: { 'math-101': { duplicates: 'allowed' } } },
  });
  const twin = { resourceId: 'quiz-1', tag: 'grade' };
  const first = await tool.create({ label: 'One', ...twin });
  await tool.create({ label: 'Two', ...twin });
  await tool.create({ label: 'Alone', resourceId: 'quiz-2' });
  await tool.grade(first);
  await tool.grade(first, { userId: 'student-2' });
  const orphan = world.sandbox.find('lineItems', first.split('/').at(-1) ?? '') as Record<string, unknown>;
  const metadata = { ...(orphan['metadata'] as object), ltiTool: 'gone', ltiResourceId: 'quiz-9' };
  world.sandbox.put('lineItems', { ...orphan, sourcedId: 'zz-orphan', metadata } as never);
  const viewer = program(world, 'vic');
  const rows: Record<string, unknown>[] = [];
  for (let next = ''; ; ) {
    const page = await viewer.get(`/line-items?context=math-101&limit=2${next}`);
    rows.push(...itemsOf(page));
    if (page.body['next'] === undefined) break;
    next = `&after=${page.body['next']}`;
  }
  const told = new Map(rows.map((row) => [(row['ags'] as { label: string }).label + row['sourcedId'], row]));
  assert.equal(new Set(told.keys()).size, rows.length, 'none comes twice');
  const of = (label: string, more = '') =>
    [...told].find(([key]) => key.startsWith(label) && key.endsWith(more))?.[1];
  assert.deepEqual(of('One', first.split('/').at(-1))?.['flags'], ['duplicate']);
  assert.deepEqual(of('Two')?.['flags'], ['duplicate']);
  assert.equal(of('One', first.split('/').at(-1))?.['id'], first);
  assert.deepEqual(of('Alone')?.['flags'], []);
  assert.deepEqual(
    [of('One', 'zz-orphan')?.['flags'], of('One', 'zz-orphan')?.['owner']],
    [['unowned', 'edited'], 'gone'],
  );
  assert.equal(of('One', first.split('/').at(-1))?.['results'], 2);
  assert.equal((of('Two')?.['oneroster'] as { title?: string } | undefined)?.title, 'Two');
  assertCode(await viewer.get('/line-items?context=nothing'), 400, 'INVALID_QUERY');
  assertCode(await viewer.get('/line-items'), 400, 'INVALID_QUERY');
});
