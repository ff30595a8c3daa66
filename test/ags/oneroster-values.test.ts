import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Document, held, lineItemPath, until } from '../exchange/world.ts';
import {
  type AgsTool,
  assertProblem,
  at,
  type Desk,
  deskOn,
  edit,
  openDesk,
  resultIn,
  resultWrites,
  scoreOf,
  sourcedIdIn,
} from './desk.ts';

const FAMILIES = { lineItems: 'results', assessmentLineItems: 'assessmentResults' } as const;
type Family = keyof typeof FAMILIES;

interface Room extends Desk {
  readonly id: string;
  readonly family: Family;
  /** A person changes the line item in OneRoster. */
  readonly column: (members: Document) => void;
  readonly result: () => Document;
  readonly change: (members: Document) => void;
  /** Another gateway, which has no line item in mind: one that scores go to may be some seconds old. */
  readonly again: () => Promise<Desk>;
}

async function openRoom(t: TestContext, family: Family, config: JsonObject = {}): Promise<Room> {
  const desk = await openDesk(t, { config: { contexts: { 'math-101': { family } }, ...config } });
  const { world, tool } = desk;
  const id = await tool.create({ scoreMaximum: 10 });
  const sourcedId = sourcedIdIn(id);
  const results = FAMILIES[family];
  return {
    ...desk,
    id,
    family,
    column: (members) => {
      const { resultValueMax: _, ...rest } = held(world, sourcedId, family);
      world.sandbox.put(family, { resultValueMax: 10, ...rest, ...members, sourcedId });
    },
    result: () => resultIn(world, 'student-1', results),
    change: (members) => edit(world, members, 'student-1', results),
    again: () => deskOn(t, world.sandbox, { contexts: { 'math-101': { family } }, ...config }),
  };
}

/** Posts a score on one of the faces. */
const FACES: Readonly<Record<string, (room: Room, members: Document) => Promise<void>>> = {
  ags: ({ tool, id }, members) => tool.grade(id, members),
  ltiaas: async ({ world, id }, members) => {
    const answer = await (await world.as()).call('POST', `${lineItemPath(id)}/scores`, {
      body: scoreOf(members),
    });
    assert.equal(answer.status, 204, answer.text);
  },
};

const only = async (tool: AgsTool, id: string): Promise<Document> => {
  const [result, ...others] = await tool.results(id);
  assert.ok(result && others.length === 0);
  return result;
};

for (const family of Object.keys(FAMILIES) as Family[]) {
  for (const [face, post] of Object.entries(FACES)) {
    test(`${family}, ${face}: a maximum that OneRoster gives as a text scales scores, and is no edit`, async (t) => {
      const room = await openRoom(t, family, { limits: { request: 4000 } });
      const { tool, id, world } = room;
      room.column({ resultValueMax: '20' });
      assert.equal((await tool.get(id)).body['scoreMaximum'], 20);
      await post(room, { scoreGiven: 5, scoreMaximum: 10 });
      assert.equal(room.result()['score'], 10);
      room.change({ score: '15.5' });
      const { resultScore, resultMaximum } = await only(tool, id);
      assert.deepEqual([resultScore, resultMaximum], [15.5, 20]);
      const shown = await (await world.as()).call('GET', `${lineItemPath(id)}/scores`);
      assert.equal((shown.body['scores'] as Document[])[0]?.['resultScore'], 15.5);
    });
  }

  test(`${family}: scores that OneRoster keeps as texts are rescaled with their line item, and met again`, async (t) => {
    const room = await openRoom(t, family);
    const { tool, id, world } = room;
    const score = { scoreGiven: 5, scoreMaximum: 10 };
    await tool.grade(id, score);
    room.column({ resultValueMax: '10' });
    room.change({ score: '5.0' });
    const writes = resultWrites(world);
    await tool.grade(id, score);
    assert.equal(resultWrites(world), writes, 'the same score again writes nothing');
    assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 10 })).status, 200);
    assert.equal(room.result()['score'], '5.0', 'a maximum that is the same rescales nothing');
    assert.equal(
      held(world, sourcedIdIn(id), family)['resultValueMax'],
      10,
      'by the standard it is a number',
    );
    assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 50 })).status, 200);
    await until(() => room.result()['score'] === 25);
    assert.equal((await only(tool, id))['resultScore'], 25);
  });

  test(`${family}: an edit is none when it is the text of the number that was written`, async (t) => {
    const edits = { 'math-101': { family, edits: 'gradebookWins' } };
    const room = await openRoom(t, family, { contexts: edits });
    const { tool, id } = room;
    await tool.grade(id, { scoreGiven: 5 });
    room.change({ score: '5.00' });
    await tool.grade(id, { scoreGiven: 6, timestamp: at(1) });
    assert.equal(room.result()['score'], 6);
    room.change({ score: '7' });
    assertProblem(await tool.score(id, { scoreGiven: 8, timestamp: at(2) }), 409, 'GRADEBOOK_EDITED');
  });

  test(`${family}: what is shown in place of a maximum scales no score, on either face`, async (t) => {
    const room = await openRoom(t, family);
    const { id } = room;
    for (const resultValueMax of ['ten', '', {}, -1, null]) {
      room.column({ resultValueMax });
      const { world, tool } = await room.again();
      const ltiaas = await world.as();
      assert.equal((await tool.get(id)).body['scoreMaximum'], 100);
      const refused = await tool.score(id, { scoreGiven: 5, scoreMaximum: 10 });
      assertProblem(refused, 422, 'MAXIMUM_UNKNOWN');
      const posted = await ltiaas.call('POST', `${lineItemPath(id)}/scores`, {
        body: scoreOf({ scoreGiven: 5 }),
      });
      assert.deepEqual(
        [posted.status, (posted.body['details'] as Document)['code']],
        [422, 'MAXIMUM_UNKNOWN'],
      );
      assert.equal(resultWrites(world), 0);
    }
    const { tool, world } = await room.again();
    const collection = FAMILIES[family];
    // There is none, and the tool gives the score out of what it was shown: nothing is to be scaled.
    await tool.grade(id, { scoreGiven: 85, scoreMaximum: 100 });
    assert.equal(resultIn(world, 'student-1', collection)['score'], 85);
    room.column({ resultValueMax: 'ten' });
    const last = await room.again();
    await last.tool.grade(id, {
      scoreGiven: undefined,
      scoreMaximum: undefined,
      gradingProgress: 'Pending',
      timestamp: at(1),
    });
    assert.equal(resultIn(world, 'student-1', collection)['score'] ?? null, null);
  });

  test(`${family}: a score that stands keeps its scale while its line item has no maximum`, async (t) => {
    const room = await openRoom(t, family);
    const { tool, id } = room;
    await tool.grade(id, { scoreGiven: 5, scoreMaximum: 10 });
    room.column({ resultValueMax: null });
    const { resultScore, resultMaximum } = await only(tool, id);
    assert.deepEqual([resultScore, resultMaximum], [5, 10]);
  });

  for (const status of ['ToBeDeleted', 'TOBEDELETED', 'inactive', 'Inactive']) {
    test(`${family}: a result that is ${status} is deleted to reads and writes`, async (t) => {
      const room = await openRoom(t, family);
      const { tool, id, world } = room;
      await tool.grade(id, { scoreGiven: 8, comment: 'Well done' });
      room.change({ status });
      assert.deepEqual(await tool.results(id), []);
      const list = await (await world.as()).call('GET', `${lineItemPath(id)}/scores`);
      assert.deepEqual(list.body['scores'], []);
      const writes = resultWrites(world);
      assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 20 })).status, 200);
      assert.deepEqual([resultWrites(world), room.result()['score']], [writes, 8], 'it is not rescaled');
      assert.equal((await tool.score(id, { scoreGiven: 2, timestamp: at(-1) })).status, 409, 'it is older');
      await tool.grade(id, { scoreGiven: 2, timestamp: at(1) });
      assert.deepEqual([room.result()['status'], room.result()['score']], ['active', 4]);
    });

    test(`${family}: a line item that is ${status} is gone, and one that is Active is there`, async (t) => {
      const room = await openRoom(t, family);
      const { tool, id, world } = room;
      const ltiaas = await world.as();
      room.column({ status });
      assertProblem(await tool.get(id), 404, 'LINE_ITEM_NOT_FOUND');
      assertProblem(await tool.score(id), 404, 'LINE_ITEM_NOT_FOUND');
      assert.equal((await ltiaas.remove(id)).status, 404);
      assert.deepEqual(await tool.list(), []);
      room.column({ status: 'Active' });
      const other = await room.again();
      assert.equal((await other.tool.get(id)).status, 200);
      await other.tool.grade(id);
      assert.equal(resultWrites(other.world), 1);
      assert.equal((await ltiaas.remove(id)).status, 204);
    });
  }

  const FLAGS = { late: 'true', incomplete: 'true', missing: 'true', inProgress: 'true' };
  test(`${family}: flags that somebody has set in OneRoster stay while scores say nothing of them`, async (t) => {
    const room = await openRoom(t, family);
    const { tool, id } = room;
    const flags = (): Document => {
      const result = room.result();
      return Object.fromEntries(Object.keys(FLAGS).map((name) => [name, result[name]]));
    };
    await tool.grade(id, { activityProgress: 'InProgress', gradingProgress: 'Pending' });
    room.change(FLAGS);
    await tool.grade(id, { timestamp: at(1), scoreGiven: 9 });
    assert.deepEqual(flags(), FLAGS);
    await FACES['ltiaas']?.(room, { timestamp: at(2), scoreGiven: 7 });
    assert.deepEqual(flags(), FLAGS);
    assert.equal((await tool.put(id, { label: 'Quiz', scoreMaximum: 20 })).status, 200);
    await until(() => room.result()['score'] === 14);
    assert.deepEqual(flags(), FLAGS);
    // What a score does say goes, and a mark that was set by hand after it stays again.
    const submission = { submittedAt: at(0) };
    await tool.grade(id, { timestamp: at(3), submission });
    assert.deepEqual(flags(), { ...FLAGS, late: 'false' });
    room.change({ late: 'true' });
    await tool.grade(id, { timestamp: at(4), submission });
    assert.equal(room.result()['late'], 'true');
  });

  test(`${family}: a mark of lateness that somebody has taken away stays away`, async (t) => {
    const room = await openRoom(t, family);
    const { tool, id } = room;
    const end = { label: 'Quiz', scoreMaximum: 10, endDateTime: at(-60) };
    assert.equal((await tool.put(id, end)).status, 200);
    await tool.grade(id);
    assert.equal(room.result()['late'], 'true');
    for (const late of ['false', false]) {
      room.change({ late });
      await tool.grade(id, { timestamp: at(late === false ? 2 : 1), scoreGiven: 9 });
      assert.equal(room.result()['late'], 'false');
    }
  });

  /** What OneRoster is told of a score without points. */
  const UNSCORED: Readonly<Record<string, string>> = {
    'Submitted Pending': 'submitted',
    'Submitted PendingManual': 'submitted',
    'Submitted FullyGraded': 'submitted',
    'Completed FullyGraded': 'submitted',
    'Completed Pending': 'submitted',
    'Started Pending': 'not submitted',
    'InProgress PendingManual': 'not submitted',
    'Initialized FullyGraded': 'not submitted',
  };
  test(`${family}: where nothing is graded, no status says so, on either face`, async (t) => {
    const room = await openRoom(t, family);
    let second = 0;
    for (const [progress, status] of Object.entries(UNSCORED)) {
      const [activityProgress, gradingProgress] = progress.split(' ');
      for (const [face, post] of Object.entries(FACES)) {
        for (const scoreGiven of [null, undefined]) {
          await post(room, { timestamp: at(++second), scoreGiven: 5 });
          assert.equal(room.result()['scoreStatus'], 'fully graded');
          const members = { activityProgress, gradingProgress, scoreGiven, timestamp: at(++second) };
          await post(room, { ...members, scoreMaximum: scoreGiven === null ? 10 : undefined });
          assert.equal(room.result()['scoreStatus'], status, `${progress}, ${scoreGiven}, ${face}`);
        }
      }
      await FACES['ags']?.(room, {
        activityProgress,
        gradingProgress,
        scoreGiven: 3,
        timestamp: at(++second),
      });
      const isGraded = /graded/.test(String(room.result()['scoreStatus']));
      assert.equal(
        isGraded,
        gradingProgress === 'FullyGraded' || gradingProgress === 'Pending' || /InProgress/.test(progress),
        progress,
      );
    }
  });
}
