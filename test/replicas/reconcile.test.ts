import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import { ADMIN } from '../admin/desk.ts';
import { eventually } from '../exchange/world.ts';
import { idIn, only, reconcilingOn } from '../reconcile/desk.ts';
import { noPostgres } from '../store/databases.ts';
import { openPair } from './pair.ts';

const skip = noPostgres;

test('of replicas that mend the same at once, one writes; and one waits while a tool writes at the other', {
  skip,
}, async (t) => {
  const { desks, sandbox } = await openPair(t, { config: { admin: ADMIN } });
  const [one, other] = desks.map(reconcilingOn);
  assert.ok(one && other);
  const line = await one.tool.create({ label: 'Lost', resourceId: 'lost' });
  await one.tool.grade(line);
  const result = resultIdOf(idIn(line), 'student-1');
  const path = `/line-items/${idIn(line)}/repairs`;
  const puts = (): number =>
    sandbox.requests().filter((call) => call.method === 'PUT' && call.path.includes(result)).length;

  one.change('results', result, { status: 'tobedeleted' });
  const lost = only(await other.found(idIn(line)));
  const asked = { context: 'math-101', finding: lost.id, repair: 'revive', why: 'It was lost' };
  const before = puts();
  const answers = await Promise.all([one.ada.post(path, asked), other.ada.post(path, asked)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
  assert.equal(puts() - before, 1);

  one.change('results', result, { score: 3 });
  const changed = only(await other.found(idIn(line)));
  sandbox.inject({ kind: 'slow', delayMs: 500, method: 'PUT', path: result });
  const scored = one.tool.grade(line, { scoreGiven: 9, timestamp: '2025-10-07T10:00:00Z' });
  await eventually(async () => puts() - before > 1);
  const mended = await other.mend(changed, 'restore');
  await scored;
  assert.equal(mended['code'], 'NO_LONGER_SO');
  assert.equal(one.hold('results', result)['score'], 9);
});
