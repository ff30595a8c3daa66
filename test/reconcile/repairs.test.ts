import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import { assertCode, itemsOf, program } from '../admin/desk.ts';
import { eventually } from '../exchange/world.ts';
import { idIn, only, openReconciling } from './desk.ts';

test('what changes while a repair is on its way is seen right before the write, or right after', async (t) => {
  let meanwhile: (method: string, path: string) => void = () => {};
  const desk = await openReconciling(t, {
    sandbox: {
      faultFor: ({ method, path }) => {
        meanwhile(method, path);
        return undefined;
      },
    },
  });
  const { tool, change, hold, found, mend, world } = desk;

  const edited = await tool.create({ label: 'Edited', resourceId: 'edited' });
  await tool.grade(edited);
  const result = resultIdOf(idIn(edited), 'student-1');
  change('results', result, { score: 3 });
  const finding = only(await found(idIn(edited)));
  const before = world.writes().length;
  // The first time that the result itself is read is in its turn.
  meanwhile = (method, path) => {
    if (method === 'GET' && path.endsWith(`/results/${result}`)) change('results', result, { score: 8 });
  };
  assert.equal((await mend(finding, 'restore'))['code'], 'NO_LONGER_SO');
  assert.equal(world.writes().length, before, 'nothing was written');
  meanwhile = () => {};

  const twin = { label: 'Twin', resourceId: 'twin' };
  const lines = [await tool.create(twin), await tool.create(twin)];
  const doubled = only(await found(idIn(lines.toSorted()[1] ?? '')));
  meanwhile = (method) => {
    if (method !== 'DELETE') return;
    const { lineItem: _, ...rest } = hold('results', result);
    world.sandbox.put('results', {
      ...rest,
      sourcedId: 'late',
      lineItem: { sourcedId: doubled.lineItem },
    } as never);
  };
  assert.equal((await mend(doubled, 'remove'))['code'], 'NO_LONGER_SO');
  assert.equal(hold('lineItems', doubled.lineItem)['status'], 'active', 'it is brought back');
  meanwhile = () => {};
  const audit = itemsOf(await desk.ada.get('/audit'));
  assert.deepEqual(
    audit.map(({ what, why }) => [what, why]),
    [
      ['reconcile.remove.failed', 'NO_LONGER_SO'],
      ['reconcile.remove', 'A test'],
      ['reconcile.restore.failed', 'NO_LONGER_SO'],
      ['reconcile.restore', 'A test'],
    ],
  );
});

test('where the gradebook has the last word, what a person has changed is a note, and needs a decision', async (t) => {
  const desk = await openReconciling(t, { config: { contexts: { 'math-101': { edits: 'gradebookWins' } } } });
  const { tool, change, found } = desk;
  const line = await tool.create({ label: 'Edited', resourceId: 'edited' });
  await tool.grade(line);
  await tool.grade(line, { userId: 'student-2' });
  const [one, two] = ['student-1', 'student-2'].map((student) => resultIdOf(idIn(line), student));
  change('results', String(one), { score: 3 });
  change('results', String(two), { status: 'tobedeleted' });
  const findings = await found(idIn(line));
  assert.deepEqual(
    findings.map(({ kind, weight, repairs }) => [kind, weight, repairs[0]?.isOwnDecision]),
    [
      ['resultMissing', 'wrong', true],
      ['resultChanged', 'note', true],
    ],
  );
  const [missing] = findings;
  const asked = { context: 'math-101', finding: missing?.id, repair: 'revive', why: 'All of them' };
  const path = `/line-items/${idIn(line)}/repairs`;
  assertCode(await desk.ada.post(path, { ...asked, isOwnDecision: false }), 409, 'NO_LONGER_SO');
  assertCode(await desk.ada.post(path, { ...asked, isOwnDecision: 'no' }), 400, 'INVALID_DOCUMENT');
  assert.equal((await desk.ada.post(path, { ...asked, isOwnDecision: true })).status, 200);
});

test('a repair is for operators, of a finding that is there, with a reason', async (t) => {
  const desk = await openReconciling(t);
  const line = await desk.tool.create({ label: 'Lost', resourceId: 'lost' });
  await desk.tool.grade(line);
  const result = resultIdOf(idIn(line), 'student-1');
  desk.change('results', result, { status: 'tobedeleted' });
  const finding = only(await desk.found(idIn(line)));
  const path = `/line-items/${idIn(line)}/repairs`;
  const right = { context: 'math-101', finding: finding.id, repair: 'revive', why: 'It was lost' };
  const refusals: readonly (readonly [object, number, string])[] = [
    [{ ...right, context: 'nowhere' }, 400, 'INVALID_DOCUMENT'],
    [{ ...right, repair: 'mend' }, 400, 'INVALID_DOCUMENT'],
    [{ ...right, why: ' ' }, 400, 'INVALID_DOCUMENT'],
    [{ ...right, finding: 'ffffffffffffffff' }, 409, 'NO_LONGER_SO'],
    [{ ...right, repair: 'remove' }, 409, 'NOT_REPAIRABLE'],
    [{ ...right, plan: 'another plan' }, 409, 'NO_LONGER_SO'],
  ];
  for (const [body, status, code] of refusals) assertCode(await desk.ada.post(path, body), status, code);
  for (const verb of ['', '/plan'])
    assertCode(await program(desk.world, 'vic').post(path + verb, right), 403, 'ADMIN_FORBIDDEN');
  assertCode(await desk.ada.post('/line-items/other/repairs', right), 409, 'NO_LONGER_SO');
  assertCode(await desk.ada.get('/reconcile?context=nowhere'), 400, 'INVALID_QUERY');
  assertCode(await desk.ada.get('/reconcile?context=math-101&kind=odd'), 400, 'INVALID_QUERY');
  assert.equal(desk.hold('results', result)['status'], 'tobedeleted');
  desk.world.sandbox.inject({ kind: 'status', status: 503, times: 0 });
  assertCode(await desk.ada.get('/reconcile?context=math-101'), 502, 'UPSTREAM_FAILED');
  desk.world.sandbox.clearFaults();
});

test('of two repairs of one finding at once, one is made; ids that are odd are taken as they are', async (t) => {
  const desk = await openReconciling(t);
  const { tool, change, hold, found, world } = desk;
  const line = await tool.create({ label: 'Lost', resourceId: 'lost' });
  await tool.grade(line);
  const result = resultIdOf(idIn(line), 'student-1');
  change('results', result, { status: 'tobedeleted' });
  const finding = only(await found(idIn(line)));
  const asked = { context: 'math-101', finding: finding.id, repair: 'revive', why: 'It was lost' };
  const before = world.writes().length;
  const path = `/line-items/${finding.lineItem}/repairs`;
  const answers = await Promise.all([desk.ada.post(path, asked), desk.ada.post(path, asked)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
  assert.equal(world.writes().length - before, 1);

  // Dots would be steps in a path: such an id is neither read nor written.
  const odd = ['a/b c?d#é', '..', '.'];
  const owned = { ...hold('lineItems', idIn(line)), metadata: { ltiTool: 'gone' } };
  for (const sourcedId of odd) world.sandbox.put('lineItems', { ...owned, sourcedId } as never);
  const orphans = (await desk.all()).filter(({ kind }) => kind === 'lineItemOrphaned');
  assert.equal(only(orphans).lineItem, odd[0]);
  assert.equal((await desk.mend(only(orphans), 'remove')).status, 200);
  assert.deepEqual(
    odd.map((sourcedId) => hold('lineItems', sourcedId)['status']),
    ['tobedeleted', 'active', 'active'],
  );
});

test('a repair waits for a tool that is just writing, and then sees that it is no longer so', async (t) => {
  const desk = await openReconciling(t);
  const { tool, change, found, world } = desk;
  const line = await tool.create({ label: 'Edited', resourceId: 'edited' });
  await tool.grade(line);
  const result = resultIdOf(idIn(line), 'student-1');
  change('results', result, { score: 3 });
  const finding = only(await found(idIn(line)));
  const puts = (): number => world.writes().filter(({ path }) => path.includes(`/results/${result}`)).length;
  const before = puts();
  world.sandbox.inject({ kind: 'slow', delayMs: 500, method: 'PUT', path: `/results/${result}` });
  const scored = tool.grade(line, { scoreGiven: 9, timestamp: '2025-10-07T10:00:00Z' });
  await eventually(async () => puts() > before);
  const answer = desk.mend(finding, 'restore');
  await scored;
  assert.equal((await answer)['code'], 'NO_LONGER_SO');
  assert.equal((await tool.results(line))[0]?.['resultScore'], 9);
  assert.equal(puts() - before, 1);
});

test('what is meant as it is, is left: it is a note until it is otherwise again', async (t) => {
  const desk = await openReconciling(t);
  const { tool, change, found, mend, world } = desk;
  const line = await tool.create({ label: 'Given up', resourceId: 'given-up' });
  await tool.grade(line);
  const id = idIn(line);
  change('lineItems', id, { status: 'tobedeleted' });
  const before = world.writes().length;
  assert.equal((await mend(only(await found(id)), 'leave')).status, 200);
  assert.equal(world.writes().length, before, 'nothing is written to OneRoster');
  const left = only(await found(id));
  assert.deepEqual(
    [left.weight, left.isLeft, left.repairs.map(({ repair }) => repair)],
    ['note', true, ['revive']],
  );
  assert.equal((await mend(left, 'leave'))['code'], 'NOT_REPAIRABLE');
  assert.equal((await tool.get(line)).status, 404);
  assert.equal(only(await found(id)).weight, 'wrong', 'its tool asks for it');
  assert.equal((await mend(only(await found(id)), 'revive')).status, 200);

  // What is left is not taken up again together with others.
  const result = resultIdOf(id, 'student-1');
  change('results', result, { status: 'tobedeleted' });
  const lost = only(await found(id));
  assert.equal(lost.repairs[0]?.isOwnDecision, false);
  assert.equal((await mend(lost, 'leave')).status, 200);
  assert.equal(only(await found(id)).repairs[0]?.isOwnDecision, true);
  const [entry] = itemsOf(await desk.ada.get('/audit?limit=200')).filter(
    ({ what }) => what === 'reconcile.leave',
  );
  assert.deepEqual([entry?.['subject'], entry?.['why']], [result, 'A test']);
});
