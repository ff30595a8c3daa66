import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import { itemsOf, until } from '../admin/desk.ts';
import { at } from '../ags/desk.ts';
import type { Document } from '../exchange/world.ts';
import { idIn, mendsOf, only, openReconciling, type Reconciling } from './desk.ts';

/** Scores while OneRoster is away, and waits until they are delivered. */
async function promise(desk: Reconciling, line: string, ...scores: readonly Document[]): Promise<void> {
  const { world, tool, ada } = desk;
  world.sandbox.inject({ kind: 'status', status: 503, times: 0 });
  for (const score of scores) assert.equal((await tool.score(line, score)).status, 202);
  world.sandbox.clearFaults();
  await until(async () => {
    const items = itemsOf(await ada.get('/deliveries?state=verified&limit=200'));
    const mine = items.filter(({ lineItem }) => lineItem === idIn(line));
    return mine.length >= scores.length ? true : undefined;
  });
}

test('what receipts say was taken is looked for in OneRoster', async (t) => {
  const desk = await openReconciling(t, {
    config: { upstreams: { school: { retry: { attempts: 1 }, failuresToOpen: 1000 } } },
  });
  const { tool, change, hold, found, mend, world } = desk;

  await t.test('delivered scores that stand, and newer ones in their place, are no findings', async () => {
    const line = await tool.create({ label: 'Stands', resourceId: 'stands' });
    await promise(desk, line, {}, { userId: 'student-2' });
    await tool.grade(line, { timestamp: at(60), scoreGiven: 9 });
    assert.deepEqual(await found(idIn(line)), []);
  });

  await t.test('one that is deleted is revived when it is that of the receipt', async () => {
    const line = await tool.create({ label: 'Deleted', resourceId: 'deleted' });
    await promise(desk, line, {}, { userId: 'student-2' });
    const [one, two] = ['student-1', 'student-2'].map((student) => resultIdOf(idIn(line), student));
    change('results', String(one), { status: 'tobedeleted' });
    const finding = only(await found(idIn(line)));
    assert.deepEqual(
      [finding.kind, finding.result, typeof finding.delivery],
      ['resultMissing', one, 'string'],
    );
    assert.equal((await mend(finding, 'revive')).status, 200);
    assert.deepEqual(
      [hold('results', String(one))['status'], hold('results', String(two))['status']],
      ['active', 'active'],
    );
    assert.deepEqual(await found(idIn(line)), []);
  });

  await t.test('one that OneRoster holds an older score of must be sent again', async () => {
    const line = await tool.create({ label: 'Set back', resourceId: 'set-back' });
    await tool.grade(line, { timestamp: at(0), scoreGiven: 1 });
    const result = resultIdOf(idIn(line), 'student-1');
    const before = hold('results', result);
    await promise(desk, line, { timestamp: at(60), scoreGiven: 9 });
    world.sandbox.put('results', before);
    const finding = only(await found(idIn(line)));
    assert.deepEqual([finding.kind, mendsOf(finding)], ['resultMissing', []]);
    assert.match(finding.advice ?? '', /send the score again/);
    await tool.grade(line, { timestamp: at(60), scoreGiven: 9 });
    assert.deepEqual(await found(idIn(line)), []);
  });

  await t.test(
    'a line item that is deleted while deliveries have failed is revived without further question',
    async () => {
      const line = await tool.create({ label: 'Failed', resourceId: 'failed' });
      const id = idIn(line);
      world.sandbox.inject({ kind: 'status', status: 503, times: 0 });
      assert.equal((await tool.score(line)).status, 202);
      change('lineItems', id, { status: 'tobedeleted' });
      world.advance(11_000);
      world.sandbox.clearFaults();
      await until(async () =>
        itemsOf(await desk.ada.get('/deliveries?state=failed')).length > 0 ? true : undefined,
      );
      const finding = only(await found(id));
      assert.deepEqual(finding.evidence, { stands: 'deleted', failed: 1 });
      assert.equal(finding.repairs[0]?.isOwnDecision, false);
      assert.match(finding.advice ?? '', /failed deliveries tried again/);
      assert.equal((await mend(finding, 'revive')).status, 200);
      assert.deepEqual(await found(id), []);
    },
  );

  await t.test('after OneRoster has lost everything, what was promised is known to be missing', async () => {
    const line = await tool.create({ label: 'Wiped out', resourceId: 'wiped-out' });
    await promise(desk, line, {});
    const kept = hold('lineItems', idIn(line));
    world.sandbox.reset();
    const gone = only(await found(idIn(line)));
    assert.deepEqual(
      [gone.kind, gone.evidence, mendsOf(gone)],
      ['lineItemGone', { stands: 'absent', acknowledged: 1 }, []],
    );
    assert.match(gone.advice ?? '', /make a new one/);
    world.sandbox.put('lineItems', kept);
    const missing = only(await found(idIn(line)));
    assert.deepEqual(
      [missing.kind, missing.evidence, mendsOf(missing)],
      ['resultMissing', { stands: 'absent' }, []],
    );
    await tool.grade(line);
    assert.deepEqual(await found(idIn(line)), []);
  });
});

test('at a service that drops metadata, what lies in the store tells as much', async (t) => {
  const desk = await openReconciling(t, { sandbox: { metadata: 'dropped' } });
  const { tool, change, hold, found, mend } = desk;
  const line = await tool.create({ label: 'Dropped', resourceId: 'dropped' });
  await tool.grade(line);
  const [id, result] = [idIn(line), resultIdOf(idIn(line), 'student-1')];
  assert.deepEqual(await found(id), []);
  change('results', result, { score: 3 });
  assert.equal((await mend(only(await found(id)), 'restore')).status, 200);
  assert.equal(hold('results', result)['score'], 8);
  change('results', result, { status: 'tobedeleted' });
  assert.equal((await mend(only(await found(id)), 'revive')).status, 200);
  change('lineItems', id, { status: 'tobedeleted' });
  assert.equal((await mend(only(await found(id)), 'revive')).status, 200);
  assert.deepEqual(await found(id), []);
  assert.equal((await tool.results(line))[0]?.['resultScore'], 8);
});

test('a class of assessment line items, where the service is strict, is compared as well', async (t) => {
  const desk = await openReconciling(t, {
    config: {
      upstreams: { school: { profile: 'oneroster-1.2' } },
      contexts: { 'math-101': { family: 'assessmentLineItems' } },
    },
    sandbox: { profile: 'spec' },
  });
  const { tool, change, hold, found, mend } = desk;
  const line = await tool.create({ label: 'Assessed', resourceId: 'assessed' });
  await tool.grade(line);
  const [id, result] = [idIn(line), resultIdOf(idIn(line), 'student-1')];
  assert.deepEqual(await found(id), []);
  change('assessmentResults', result, { score: 3 });
  assert.equal((await mend(only(await found(id)), 'restore')).status, 200);
  assert.equal(hold('assessmentResults', result)['score'], 8);
  change('assessmentLineItems', id, { status: 'tobedeleted' });
  assert.equal((await mend(only(await found(id)), 'revive')).status, 200);
  assert.deepEqual(await found(id), []);
});

test('a class of 2,000 results is compared with a handful of calls', async (t) => {
  const desk = await openReconciling(t);
  const { tool, world, hold, all } = desk;
  const line = await tool.create({ label: 'Large', resourceId: 'large' });
  await tool.grade(line);
  const id = idIn(line);
  const { sourcedId: _, ...result } = hold('results', resultIdOf(id, 'student-1'));
  for (let n = 0; n < 2_000; n++)
    world.sandbox.put('results', {
      ...result,
      sourcedId: resultIdOf(id, `student-x${n}`),
      student: { sourcedId: `student-x${n}` },
      ...(n % 500 === 0 && { status: 'tobedeleted' }),
    });
  world.sandbox.clearRequests();
  const findings = await all();
  const missing = findings.filter(({ kind }) => kind === 'resultMissing');
  const notes = findings.filter(({ kind, weight }) => kind === 'resultOrphaned' && weight === 'note');
  assert.deepEqual([missing.length, notes.map(({ evidence }) => evidence.results)], [4, [1_996]]);
  assert.ok(world.calls().length < 20, `${world.calls().length} calls`);
});
