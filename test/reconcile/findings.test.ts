import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import { itemsOf } from '../admin/desk.ts';
import { eventually } from '../exchange/world.ts';
import { idIn, mendsOf, only, openReconciling } from './desk.ts';

test('what is otherwise in OneRoster than tools were told is found, mended, and found no more', async (t) => {
  const desk = await openReconciling(t, {
    config: { contexts: { 'math-101': { duplicates: 'notAtOnce' } } },
  });
  const { tool, change, hold, found, mend, world } = desk;
  const clean = async (lineItem: string): Promise<void> => assert.deepEqual(await found(lineItem), []);

  await t.test('a class in which all is well has no findings', async () => {
    const line = await tool.create({ label: 'Well', resourceId: 'well' });
    await tool.grade(line);
    await clean(idIn(line));
  });

  await t.test('a line item that was deleted, with results under it', async () => {
    const line = await tool.create({ label: 'Deleted', resourceId: 'deleted' });
    await tool.grade(line);
    const id = idIn(line);
    change('lineItems', id, { status: 'tobedeleted' });
    const finding = only(await found(id));
    assert.equal(finding.kind, 'lineItemGone');
    assert.deepEqual(finding.evidence, { stands: 'deleted', results: 1 });
    assert.deepEqual(
      mendsOf(finding).map(({ repair, isOwnDecision }) => [repair, isOwnDecision]),
      [['revive', true]],
    );
    const rows = itemsOf(await desk.ada.get('/line-items?context=math-101&limit=100'));
    assert.deepEqual(rows.find((row) => row['sourcedId'] === id)?.['flags'], ['orphan']);
    assert.equal((await mend(finding, 'revive')).status, 200);
    assert.equal((await tool.get(line)).status, 200);
    await clean(id);
    assert.equal((await mend(finding, 'revive'))['code'], 'NO_LONGER_SO');
  });

  await t.test('one without results that was deleted is missed by its tool', async () => {
    const line = await tool.create({ label: 'Missed', resourceId: 'missed' });
    change('lineItems', idIn(line), { status: 'tobedeleted' });
    await clean(idIn(line));
    assert.equal((await tool.get(line)).status, 404);
    const finding = only(await found(idIn(line)));
    assert.deepEqual(finding.evidence, { stands: 'deleted', missed: 1 });
    assert.equal((await mend(finding, 'revive')).status, 200);
    await clean(idIn(line));
  });

  await t.test('one that was deleted, and for which its tool has made another since', async () => {
    const thing = { label: 'Again', resourceId: 'again' };
    const first = await tool.create(thing);
    await tool.grade(first);
    change('lineItems', idIn(first), { status: 'tobedeleted' });
    const next = await tool.create(thing);
    const finding = only(await found(idIn(first)));
    assert.deepEqual([finding.beside, finding.repairs[0]?.isOwnDecision], [idIn(next), true]);
    assert.match(finding.advice ?? '', /made another one/);
  });

  await t.test('one that its tool itself has deleted is a note, as long as that is remembered', async () => {
    const line = await tool.create({ label: 'Given up', resourceId: 'given-up' });
    await tool.grade(line);
    assert.equal((await tool.call('DELETE', line)).status, 204);
    const finding = only(await found(idIn(line)));
    assert.equal(finding.weight, 'note');
    assert.match(finding.says, /quizzer has deleted/);
  });

  await t.test('one that its tool has deleted by a slip comes back with its grades', async () => {
    const line = await tool.create({ label: 'A slip', resourceId: 'slip' });
    await tool.grade(line, { comment: 'Well done' });
    const result = resultIdOf(idIn(line), 'student-1');
    assert.equal((await tool.call('DELETE', line)).status, 204);
    await eventually(async () => hold('results', result)['status'] === 'tobedeleted');
    const finding = only(await found(idIn(line)));
    assert.deepEqual([finding.weight, finding.evidence.results], ['note', 1]);
    assert.equal((await mend(finding, 'revive')).status, 200);
    await eventually(async () => hold('results', result)['status'] === 'active');
    const [grade] = await tool.results(line);
    assert.deepEqual([grade?.['resultScore'], grade?.['comment']], [8, 'Well done']);
    await clean(idIn(line));
  });

  await t.test('a line item that is there twice: the one without results is removed', async () => {
    const twin = { label: 'Twin', resourceId: 'twin', tag: 'grade' };
    const [first, second] = [await tool.create(twin), await tool.create(twin)];
    await tool.grade(first);
    const finding = only(await found(idIn(second)));
    assert.deepEqual(
      [finding.kind, finding.weight, finding.beside],
      ['lineItemDoubled', 'wrong', idIn(first)],
    );
    await clean(idIn(first));
    assert.equal((await mend(finding, 'remove')).status, 200);
    assert.equal(hold('lineItems', idIn(second))['status'], 'tobedeleted');
    assert.equal((await tool.results(first)).length, 1);
    await clean(idIn(second));
  });

  await t.test('two for one thing that both hold results are for a person', async () => {
    const twin = { resourceId: 'both', tag: 'grade' };
    const lines = [await tool.create({ label: 'A', ...twin }), await tool.create({ label: 'B', ...twin })];
    for (const line of lines) await tool.grade(line);
    const findings = [...(await found(idIn(lines[0] ?? ''))), ...(await found(idIn(lines[1] ?? '')))];
    const finding = only(findings);
    assert.deepEqual(mendsOf(finding), []);
    assert.match(finding.advice ?? '', /grades are moved by nobody/);
    assert.equal((await mend(finding, 'remove'))['code'], 'NOT_REPAIRABLE');
  });

  await t.test('a line item whose tool may not use the context', async () => {
    const line = await tool.create({ label: 'Left behind', resourceId: 'left-behind' });
    const before = hold('lineItems', idIn(line));
    const metadata = { ...(before['metadata'] as object), ltiTool: 'gone' };
    change('lineItems', idIn(line), { metadata });
    const finding = only(await found(idIn(line)));
    assert.deepEqual([finding.kind, finding.tool], ['lineItemOrphaned', 'gone']);
    assert.equal((await mend(finding, 'remove')).status, 200);
    assert.equal(hold('lineItems', idIn(line))['status'], 'tobedeleted');
    await clean(idIn(line));
  });

  await t.test(
    'a line item that somebody has changed: what was heard is put back, and rescaled',
    async () => {
      const line = await tool.create({ label: 'Fractions', resourceId: 'changed', gradesReleased: true });
      const id = idIn(line);
      change('lineItems', id, { title: 'Renamed', resultValueMax: 20 });
      await tool.grade(line, { scoreGiven: 8, scoreMaximum: 10 });
      const result = resultIdOf(id, 'student-1');
      assert.equal(hold('results', result)['score'], 16);
      const finding = only(await found(id));
      assert.equal(finding.kind, 'lineItemChanged');
      assert.deepEqual(
        finding.evidence.places?.map(({ oneroster, isKnown }) => [oneroster, isKnown]),
        [
          ['/title', true],
          ['/resultValueMax', true],
        ],
      );
      const path = `/line-items/${id}/repairs`;
      const asked = { context: 'math-101', finding: finding.id, repair: 'restore', why: 'Nobody meant it' };
      assert.equal(finding.repairs[0]?.isOwnDecision, true, 'grades follow the maximum');
      const { body } = await desk.ada.post(`${path}/plan`, asked);
      assert.deepEqual((body['steps'] as { rescales?: number }[])[0]?.rescales, 1);
      assert.equal((await desk.ada.post(path, asked)).status, 200);
      assert.equal(hold('lineItems', id)['title'], 'Fractions');
      assert.equal((await tool.results(line))[0]?.['resultScore'], 8);
      await eventually(async () => hold('results', result)['score'] === 8);
      await clean(id);
    },
  );

  await t.test('a result that somebody has deleted', async () => {
    const line = await tool.create({ label: 'Lost', resourceId: 'lost' });
    await tool.grade(line, { comment: 'Only for her' });
    const [id, result] = [idIn(line), resultIdOf(idIn(line), 'student-1')];
    change('results', result, { status: 'tobedeleted' });
    const finding = only(await found(id));
    assert.deepEqual([finding.kind, finding.result, finding.student], ['resultMissing', result, 'student-1']);
    assert.doesNotMatch(JSON.stringify(finding), /Only for her/);
    assert.equal((await mend(finding, 'revive')).status, 200);
    assert.equal((await tool.results(line))[0]?.['resultScore'], 8);
    await clean(id);
  });

  await t.test(
    'a result under an id of the school, which a tool has scored and somebody has deleted',
    async () => {
      const line = await tool.create({ label: 'Theirs', resourceId: 'theirs' });
      const id = idIn(line);
      world.sandbox.put('results', {
        sourcedId: 'sis-1',
        status: 'active',
        lineItem: { sourcedId: id },
        student: { sourcedId: 'student-1' },
        scoreStatus: 'not submitted',
      });
      await tool.grade(line);
      await clean(id);
      change('results', 'sis-1', { status: 'tobedeleted' });
      const finding = only(await found(id));
      assert.deepEqual([finding.kind, finding.result], ['resultMissing', 'sis-1']);
      assert.equal((await mend(finding, 'revive')).status, 200);
      assert.equal(hold('results', 'sis-1')['status'], 'active');
      await clean(id);
      // One of two, of which the other one stands, is not missed.
      change('results', 'sis-1', { status: 'tobedeleted' });
      world.sandbox.put('results', { ...hold('results', 'sis-1'), sourcedId: 'sis-2', status: 'active' });
      await clean(id);
    },
  );

  await t.test('a result of which somebody has changed score, status and comment', async () => {
    const line = await tool.create({ label: 'Edited', resourceId: 'edited' });
    await tool.grade(line);
    const [id, result] = [idIn(line), resultIdOf(idIn(line), 'student-1')];
    change('results', result, { score: 3, scoreStatus: 'exempt', comment: 'A teacher' });
    const finding = only(await found(id));
    assert.deepEqual([finding.kind, finding.repairs[0]?.isOwnDecision], ['resultChanged', true]);
    assert.equal((await mend(finding, 'restore')).status, 200);
    const after = hold('results', result);
    assert.deepEqual(
      [after['score'], after['scoreStatus'], after['comment']],
      [8, 'fully graded', undefined],
    );
    await clean(id);
  });

  await t.test('several results of one student', async () => {
    const line = await tool.create({ label: 'Several', resourceId: 'several' });
    await tool.grade(line);
    const [id, result] = [idIn(line), resultIdOf(idIn(line), 'student-1')];
    const { metadata: _, ...bare } = hold('results', result);
    world.sandbox.put('results', { ...bare, sourcedId: 'by-hand', score: 5 } as never);
    const finding = only(await found(id));
    assert.deepEqual(
      [finding.kind, finding.result, finding.beside, finding.repairs[0]?.isOwnDecision],
      ['resultDoubled', 'by-hand', result, true],
    );
    assert.equal((await mend(finding, 'remove')).status, 200);
    assert.deepEqual(
      [hold('results', 'by-hand')['status'], hold('results', result)['status']],
      ['tobedeleted', 'active'],
    );
    await clean(id);
  });

  await t.test('every repair stands in the audit, before and after', async () => {
    const entries = itemsOf(await desk.ada.get('/audit?limit=200'));
    const whats = entries.map(({ what }) => String(what)).filter((what) => what.startsWith('reconcile.'));
    const begun = whats.filter((what) => !what.endsWith('.done')).length;
    assert.ok(begun >= 7 && begun === whats.length - begun, whats.join());
    assert.ok(entries.some(({ why }) => why === 'Nobody meant it'));
  });
});
