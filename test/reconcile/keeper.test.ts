import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idIn, openReconciling } from './desk.ts';

/** What speaks for one of two line items for the same thing. */
type Trait = 'results' | 'deliveries' | 'url';

/** By the ids `a` and `z`: which of the two stays, and which is one too many. */
const ROWS: readonly {
  readonly a: readonly Trait[];
  readonly z: readonly Trait[];
  readonly keeps: 'a' | 'z';
}[] = [
  { a: [], z: [], keeps: 'a' },
  { a: [], z: ['url'], keeps: 'z' },
  { a: ['url'], z: ['url'], keeps: 'a' },
  { a: ['url'], z: ['deliveries'], keeps: 'z' },
  { a: ['url'], z: ['url', 'deliveries'], keeps: 'z' },
  { a: ['deliveries'], z: ['url'], keeps: 'a' },
  { a: ['url', 'deliveries'], z: ['results'], keeps: 'z' },
  { a: ['deliveries'], z: ['results'], keeps: 'z' },
  { a: ['results'], z: ['url', 'deliveries'], keeps: 'a' },
];

test('of two line items for one thing the one stays that grades, deliveries or a tool depend on', async (t) => {
  const desk = await openReconciling(t, { config: { upstreams: { school: { retry: { attempts: 1 } } } } });
  const { tool, world, hold, all } = desk;
  const template = await tool.create({ label: 'Template', resourceId: 'template' });
  const line = hold('lineItems', idIn(template));
  const address = (id: string): string => template.replace(idIn(template), id);
  for (const [row, traits] of ROWS.entries()) {
    for (const side of ['a', 'z'] as const) {
      const id = `${side}-${row}`;
      const metadata = {
        ...(line['metadata'] as object),
        ltiResourceId: `thing-${row}`,
        ...(traits[side].includes('url') && { ltiLineItemUrl: `https://lms.example/${id}` }),
      };
      world.sandbox.put('lineItems', { ...line, sourcedId: id, title: `Thing ${row}`, metadata });
      if (traits[side].includes('results')) await tool.grade(address(id));
    }
  }
  // Nothing that waits is delivered while the class is compared.
  world.sandbox.inject({ kind: 'status', status: 429, retryAfter: 600, path: '/results/', times: 0 });
  for (const [row, traits] of ROWS.entries()) {
    for (const side of ['a', 'z'] as const) {
      if (!traits[side].includes('deliveries')) continue;
      const { status, text } = await tool.score(address(`${side}-${row}`), { userId: 'student-2' });
      assert.equal(status, 202, text);
    }
  }
  const doubled = (await all()).filter(({ kind }) => kind === 'lineItemDoubled');
  const kept = ROWS.map((_traits, row) => {
    const found = doubled.filter(({ lineItem }) => lineItem.endsWith(`-${row}`));
    assert.equal(found.length, 1, `row ${row}: one of the two is one too many`);
    return [found[0]?.lineItem, found[0]?.beside];
  });
  assert.deepEqual(
    kept,
    ROWS.map(({ keeps }, row) => [`${keeps === 'a' ? 'z' : 'a'}-${row}`, `${keeps}-${row}`]),
  );
});
