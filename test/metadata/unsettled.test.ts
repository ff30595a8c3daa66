import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { at, resultIn, resultWrites } from '../ags/desk.ts';
import { type Document, eventually } from '../exchange/world.ts';
import { HABITS, openDropping, SERVICES } from './dropping.ts';

const FIRST = { label: 'First', scoreMaximum: 10, tag: 'first', endDateTime: '2036-01-01T00:00:00+02:00' };
const SECOND = { label: 'Second', scoreMaximum: 10, tag: 'second', 'https://tool.example/x': 2 };

/** What happens to a write, and which of the two documents a tool reads afterwards. */
const WRITES: Readonly<Record<string, readonly [Fault, Document]>> = {
  'that OneRoster refuses': [{ kind: 'status', status: 422 }, FIRST],
  'that OneRoster has no time for': [{ kind: 'status', status: 429 }, FIRST],
  'that fails in OneRoster': [{ kind: 'status', status: 500 }, FIRST],
  'that a proxy has answered': [{ kind: 'status', status: 502 }, FIRST],
  'whose connection breaks before it arrives': [{ kind: 'reset', when: 'before' }, FIRST],
  'whose connection breaks after it has arrived': [{ kind: 'reset', when: 'after' }, SECOND],
  'whose answer is cut short': [{ kind: 'bad-json' }, SECOND],
};

for (const service of SERVICES) {
  for (const habit of HABITS) {
    for (const [name, [fault, expected]] of Object.entries(WRITES)) {
      // A service that answers with nothing has nothing to cut short: its answer is nonsense all the same.
      test(`${service}, metadata ${habit}: a write ${name}`, async (t) => {
        const { world } = await openDropping(t, { habit, service });
        const client = await world.as();
        const { id } = (await client.put('bare-1', FIRST)).body;
        world.sandbox.inject({ ...fault, method: 'PUT' });
        assert.ok((await client.put('bare-1', SECOND)).status >= 400);
        assert.deepEqual((await client.get('bare-1')).body, { id, ...expected });
        assert.deepEqual((await client.list()).body['lineItems'], [{ id, ...expected }]);
        assert.deepEqual((await client.put('bare-1', SECOND)).body, { id, ...SECOND });
        assert.deepEqual((await client.get('bare-1')).body, { id, ...SECOND });
      });
    }

    test(`${service}, metadata ${habit}: the very first write gets no answer, and is the tool's when it is sent again`, async (t) => {
      const { world } = await openDropping(t, { habit, service });
      const client = await world.as();
      world.sandbox.inject({ kind: 'reset', when: 'after', method: 'PUT' });
      assert.ok((await client.put('bare-1', FIRST)).status >= 500);
      const { id } = (await client.get('bare-1')).body;
      assert.deepEqual((await client.put('bare-1', SECOND)).body, { id, ...SECOND });
      assert.equal((await (await world.as('drill')).get('bare-1')).status, 404);
    });

    for (const when of ['before', 'after'] as const) {
      test(`${service}, metadata ${habit}: scores of one day whose connection breaks ${when} they arrive`, async (t) => {
        const { world, tool } = await openDropping(t, { habit, service });
        const id = await tool.create();
        for (const seconds of [0, 1, 2, 3]) {
          const score = {
            timestamp: at(seconds),
            scoreGiven: seconds + 1,
            'https://tool.example/n': seconds,
          };
          if (seconds !== 1) world.sandbox.inject({ kind: 'reset', when, method: 'PUT', path: '/ims/' });
          const answer = await tool.score(id, score);
          assert.equal(answer.status, seconds === 1 ? 200 : 202, answer.text);
          const receipt = answer.headers['location'];
          if (receipt !== undefined)
            await eventually(async () => (await tool.get(String(receipt))).body['state'] === 'verified');
          assert.equal(resultIn(world)['score'], seconds + 1);
          const before = resultWrites(world);
          await tool.grade(id, score);
          assert.equal(resultWrites(world), before, 'it is known again');
          assert.equal((await tool.results(id))[0]?.['timestamp'], at(seconds));
        }
      });
    }
  }
}
