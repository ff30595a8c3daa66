import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { held, sourcedIdIn } from '../exchange/world.ts';
import { twist } from '../probe/twisted.ts';
import { assertProblem, deskOn, openDesk, resultIn } from './desk.ts';

const DATES = ['assignDate', 'dueDate', 'scoreDate'];

/** A service that keeps the day alone of every date. */
async function withDays(t: TestContext): Promise<Sandbox> {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const inDays = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(inDays);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value as JsonObject).map(([name, inside]) => [
      name,
      DATES.includes(name) && typeof inside === 'string' ? inside.slice(0, 10) : inDays(inside),
    ]);
    return Object.fromEntries(members) as JsonObject;
  };
  const inTimes = (text: string): string =>
    text.replaceAll(/"(assignDate|dueDate|scoreDate)":"(\d{4}-\d\d-\d\d)"/g, '"$1":"$2T00:00:00Z"');
  const service = await twist(t, sandbox, {
    // What it gives, it takes; the sandbox would not.
    there: (request) => ({ ...request, text: inTimes(request.text) }),
    back: (answer) => ({ ...answer, ...(answer.body !== undefined && { body: inDays(answer.body) }) }),
  });
  return { ...sandbox, ...service };
}

test('dates come back as they were written where OneRoster keeps their days alone, on both faces', async (t) => {
  const { world, tool } = await deskOn(t, await withDays(t));
  const ltiaas = await world.as();
  for (const [startDateTime, endDateTime] of [
    ['2026-03-06T20:05:02Z', '2026-03-06T22:00:00.123Z'],
    ['2026-03-06T00:00:00Z', '2026-03-07T00:00:00.001Z'],
  ]) {
    const id = await tool.create({ startDateTime, endDateTime });
    for (const { body } of [await tool.get(id), await ltiaas.get(id)]) {
      assert.deepEqual([body['startDateTime'], body['endDateTime']], [startDateTime, endDateTime]);
    }
    // Read, changed and written back: the times are still there, and no day was moved.
    const { id: _, ...read } = (await tool.get(id)).body;
    assert.equal((await tool.put(id, { ...read, label: 'Renamed' })).status, 200);
    assert.equal((await tool.get(id)).body['startDateTime'], startDateTime);
    assert.equal(held(world, sourcedIdIn(id))['title'], 'Renamed');
  }
  const id = await tool.create({ startDateTime: '2026-03-06T20:05:02+02:00' });
  assert.equal((await ltiaas.get(id)).body['startDateTime'], '2026-03-06T20:05:02+02:00');
});

test('scores of one day are in order where OneRoster keeps the day alone', async (t) => {
  const { tool } = await deskOn(t, await withDays(t));
  const id = await tool.create();
  await tool.grade(id, { timestamp: '2025-10-06T15:00:00Z' });
  assertProblem(
    await tool.score(id, { timestamp: '2025-10-06T10:00:00Z', scoreGiven: 1 }),
    409,
    'SCORE_STALE',
  );
  assert.equal((await tool.results(id))[0]?.['timestamp'], '2025-10-06T15:00:00Z');
});

/** The day of a score is the one on the tool's own calendar: the next one may be of another term. */
const WRITTEN: Readonly<Record<string, string>> = {
  '2025-06-30T20:00:00-07:00': '2025-06-30',
  '2025-07-01T01:30:00+02:00': '2025-07-01',
  '2025-07-01T23:59:59Z': '2025-07-01',
};

for (const family of ['lineItems', 'assessmentLineItems'] as const) {
  test(`in ${family} of a service by the standard, scoreDate is the day that the tool has written`, async (t) => {
    const config = {
      upstreams: { school: { profile: 'oneroster-1.2' } },
      contexts: { 'math-101': { family } },
    };
    const { world, tool } = await openDesk(t, { config, sandbox: { profile: 'spec' } });
    const collection = family === 'lineItems' ? 'results' : 'assessmentResults';
    for (const [timestamp, day] of Object.entries(WRITTEN)) {
      const id = await tool.create();
      await tool.grade(id, { timestamp });
      assert.equal(resultIn(world, 'student-1', collection)['scoreDate'], day);
      const early = new Date(Date.parse(timestamp) - 1000).toISOString();
      assertProblem(await tool.score(id, { timestamp: early, scoreGiven: 1 }), 409, 'SCORE_STALE');
      const [result] = await tool.results(id);
      assert.equal(Date.parse(String(result?.['timestamp'])), Date.parse(timestamp));
    }
  });
}

test('a line item does not begin after its end: a start that nobody gave is at the end that is past', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const dates = (id: string): readonly number[] => {
    const { assignDate, dueDate } = held(world, sourcedIdIn(id));
    return [assignDate, dueDate].map((date) => Date.parse(String(date)));
  };
  const endDateTime = '1999-12-31T23:59:59Z';
  const end = Date.parse(endDateTime);
  const made = await tool.create({ endDateTime });
  assert.deepEqual(dates(made), [end, end]);
  const posted = await ltiaas.post({ label: 'Quiz', scoreMaximum: 10, endDateTime });
  assert.deepEqual(dates(String(posted.body['id'])), [end, end]);
  assert.equal('startDateTime' in posted.body, false);
  // An end that comes later, over a start that the gateway or a teacher has set.
  const later = await tool.create();
  assert.equal((await tool.put(later, { label: 'Quiz', scoreMaximum: 10, endDateTime })).status, 200);
  assert.deepEqual(dates(later), [end, end]);
  assert.equal('startDateTime' in (await tool.get(later)).body, false);
});
