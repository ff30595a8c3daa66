import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { at, type Desk, deskOn, resultWrites } from '../ags/desk.ts';
import { newDatabase, noPostgres } from '../store/databases.ts';
import { HABITS } from './dropping.ts';

const QUIZ = { label: 'Quiz', scoreMaximum: 10, tag: 'grade' };

/** Two gateways on one store before one upstream. */
async function openPair(
  t: TestContext,
  metadata: 'kept' | 'flat' | 'dropped',
): Promise<{ readonly sandbox: Sandbox; readonly pair: readonly [Desk, Desk] }> {
  const store = { postgres: await newDatabase() };
  const sandbox = await startSandbox({ metadata });
  t.after(() => sandbox.close());
  const config = { limits: { request: 15_000 } };
  const pair: [Desk, Desk] = [
    await deskOn(t, sandbox, config, store),
    await deskOn(t, sandbox, config, store),
  ];
  return { sandbox, pair };
}

for (const habit of HABITS) {
  test(`two replicas, metadata ${habit}: what one writes, the other reads and writes over`, {
    skip: noPostgres,
  }, async (t) => {
    const { pair } = await openPair(t, habit);
    const [one, other] = pair;
    const id = await one.tool.create(QUIZ);
    assert.equal((await other.tool.get(id)).body['tag'], 'grade');
    await one.tool.grade(id, { timestamp: at(0), scoreGiven: 1, scoreMaximum: 3 });
    await other.tool.grade(id, { timestamp: at(0), scoreGiven: 1, scoreMaximum: 3 });
    assert.equal(resultWrites(one.world), 1);
    assert.equal((await other.tool.put(id, { ...QUIZ, scoreMaximum: 6, tag: 'other' })).status, 200);
    assert.deepEqual(
      (await one.tool.list('?tag=other')).map((item) => item['id']),
      [id],
    );
    assert.equal((await one.tool.results(id))[0]?.['resultScore'], 2);
  });
}

test('an upstream begins to drop metadata under two replicas that have seen it kept: neither loses a mark', {
  skip: noPostgres,
}, async (t) => {
  const { sandbox, pair } = await openPair(t, 'kept');
  const tools = pair.map(({ tool }) => tool);
  const ids: string[] = [];
  for (const tool of [...tools, ...tools, ...tools]) ids.push(await tool.create(QUIZ));
  sandbox.inject({ kind: 'drop-metadata', times: 0 });
  const rounds = ids.flatMap((id) =>
    [1, 2, 3, 4].map(async (round) => {
      const tool = tools[round % 2];
      assert.ok(tool);
      const { status, text } = await tool.put(id, {
        ...QUIZ,
        tag: `tag-${round}`,
        'https://tool.example/round': round,
      });
      assert.equal(status, 200, text);
    }),
  );
  await Promise.all(rounds);
  for (const id of ids) {
    const [read, same] = await Promise.all(tools.map((tool) => tool.get(id)));
    assert.deepEqual(read?.body, same?.body);
    assert.equal(read?.body['tag'], `tag-${read?.body['https://tool.example/round']}`);
  }
});
