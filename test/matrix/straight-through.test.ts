import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AgsTool, at, openDesk, sourcedIdIn } from '../ags/desk.ts';
import type { World } from '../exchange/world.ts';

/** Counts how often the gateway asks its database for a connection: for a statement, or for a transaction. */
function countStore({ gateway }: World): () => number {
  const executor = gateway.service.store.db.getExecutor();
  const provide = executor.provideConnection.bind(executor);
  let count = 0;
  executor.provideConnection = (consumer) => {
    count++;
    return provide(consumer);
  };
  return () => count;
}

/** A desk with a line item and a student's result, as they stand after the first score. */
async function openSchool(t: TestContext) {
  // Between two looks for what others have left: those are nobody's request.
  const { world, tool } = await openDesk(t, { config: { deliveries: { lookAgain: 3_600_000 } } });
  const id = await tool.create({ label: 'Quiz', scoreMaximum: 10 });
  await tool.grade(id, { timestamp: at(0) });
  const asked = countStore(world);
  world.sandbox.clearRequests();
  const calls = (): readonly string[] =>
    world.calls().map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
  return { world, tool, id, asked, calls };
}

interface Row {
  readonly name: string;
  readonly ask: (tool: AgsTool, id: string, world: World) => Promise<{ readonly status: number }>;
  readonly status: number;
  readonly collection: 'lineItems' | 'results';
}

const ROWS: readonly Row[] = [
  {
    name: 'a PUT of a line item, AGS',
    ask: (tool, id) => tool.put(id, { label: 'Quiz 2', scoreMaximum: 10 }),
    status: 200,
    collection: 'lineItems',
  },
  {
    name: 'a PUT of a line item, LTIAAS',
    ask: async (_tool, id, world) =>
      (await world.as()).put(sourcedIdIn(id), { label: 'Quiz 2', scoreMaximum: 10 }),
    status: 201,
    collection: 'lineItems',
  },
  {
    name: 'a score',
    ask: (tool, id) => tool.score(id, { timestamp: at(1), scoreGiven: 9 }),
    status: 200,
    collection: 'results',
  },
];

for (const { name, ask, status, collection } of ROWS) {
  test(`${name}, which goes straight through: one read, one write, and nothing of the database`, async (t) => {
    const { world, tool, id, asked, calls } = await openSchool(t);
    const answer = await ask(tool, id, world);
    assert.equal(answer.status, status);
    const [read = '', ...others] = calls();
    assert.match(read, new RegExp(`^GET ${collection}/[^/?]+$`));
    assert.deepEqual(others, [read.replace('GET', 'PUT')]);
    assert.equal(asked(), 0, 'the database was asked');
  });
}

test('a score that is promised does ask the database', async (t) => {
  const { world, tool, id, asked } = await openSchool(t);
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  assert.equal((await tool.score(id, { timestamp: at(1) })).status, 202);
  assert.ok(asked() > 0);
});
