import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Document } from '../exchange/world.ts';
import { assertProblem, at, LINE_ITEM, openDesk, resultIn, resultWrites, SCORE, scoreOf } from './desk.ts';

const LONG = 's'.repeat(256);
const EXTENSION = 'https://tool.example/ags/attempt';

/** What a score may not be: the members that are wrong, and where the refusal points. */
const REFUSED: Readonly<Record<string, readonly [Document, readonly string[]]>> = {
  'AGS §3.4.2 userId is required': [{ userId: undefined }, ['/userId']],
  'AGS §3.4.2 userId is a string': [{ userId: 7 }, ['/userId']],
  'AGS §3.4.2 userId is not blank': [{ userId: '' }, ['/userId']],
  'AGS §3.4.2 userId has at most 255 characters': [{ userId: LONG }, ['/userId']],
  'AGS §3.4.7 activityProgress is required': [{ activityProgress: undefined }, ['/activityProgress']],
  'AGS §3.4.7 activityProgress is one of five words': [
    { activityProgress: 'completed' },
    ['/activityProgress'],
  ],
  'AGS §3.4.8 gradingProgress is required': [{ gradingProgress: null }, ['/gradingProgress']],
  'AGS §3.4.8 gradingProgress is one of five words': [{ gradingProgress: 'Graded' }, ['/gradingProgress']],
  'AGS §3.4.9 timestamp is required': [{ timestamp: undefined }, ['/timestamp']],
  'AGS §4 a timestamp without a zone is refused': [{ timestamp: '2025-10-06T14:00:00.123' }, ['/timestamp']],
  'AGS §3.4.9 timestamp is no number': [{ timestamp: 1759759200 }, ['/timestamp']],
  'AGS §3.4.9 timestamp is a day that exists': [{ timestamp: '2025-02-29T14:00:00Z' }, ['/timestamp']],
  'AGS §3.4.9 timestamp is not a date alone': [{ timestamp: '2025-10-06' }, ['/timestamp']],
  'AGS §3.4.4 scoreGiven is not negative': [{ scoreGiven: -0.1 }, ['/scoreGiven']],
  'AGS §3.4.4 scoreGiven is a number, not its text': [{ scoreGiven: '8' }, ['/scoreGiven']],
  'AGS §4 scoreGiven without scoreMaximum is refused': [{ scoreMaximum: undefined }, ['/scoreMaximum']],
  'AGS §3.4.4 scoreMaximum null is no maximum': [{ scoreMaximum: null }, ['/scoreMaximum']],
  'AGS §3.4.4 scoreMaximum is above 0': [{ scoreMaximum: 0 }, ['/scoreMaximum']],
  'AGS §3.4.5 comment is text': [{ comment: { text: 'x' } }, ['/comment']],
  'AGS §3.4 scoringUserId is not null': [{ scoringUserId: null }, ['/scoringUserId']],
  'AGS §3.4 scoringUserId is not blank': [{ scoringUserId: '' }, ['/scoringUserId']],
  'AGS §3.4 submission is an object': [{ submission: '2025-10-06T14:00:00Z' }, ['/submission']],
  'AGS §3.4 submission times have a zone': [
    { submission: { startedAt: '2025-10-06T14:00:00', submittedAt: 'now' } },
    ['/submission/startedAt', '/submission/submittedAt'],
  ],
  'AGS §3.4 submittedAt is not before startedAt': [
    { submission: { startedAt: at(10), submittedAt: at(9) } },
    ['/submission/submittedAt'],
  ],
  'every problem of a score is told at once': [
    { userId: undefined, scoreGiven: -1, timestamp: 'x' },
    ['/scoreGiven', '/timestamp', '/userId'],
  ],
};

test('a score that is not valid is refused on both faces, and nothing is written', async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const id = await tool.create();
  world.sandbox.clearRequests();
  for (const [name, [members, pointers]] of Object.entries(REFUSED)) {
    await t.test(name, async () => {
      assertProblem(await tool.score(id, members), 400, 'INVALID_SCORE', pointers);
      // LTIAAS takes numbers for user ids, and adds the timestamp that is not there.
      const more = pointers.filter((pointer) => pointer !== '/userId' && pointer !== '/timestamp');
      if (more.length === 0) return;
      const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
      const answer = await ltiaas.call('POST', path, { body: scoreOf(members) });
      assert.equal(answer.status, 400, answer.text);
      assert.equal((answer.body['details'] as Document)['code'], 'INVALID_SCORE');
      assert.equal(resultWrites(world), 0);
    });
  }
});

const BODIES: Readonly<Record<string, unknown>> = {
  'an array': [scoreOf()],
  'a string': '"score"',
  null: 'null',
  nothing: '',
  'no JSON': '{',
};

test('a body that is no score object is 400 with JSON', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  for (const [name, body] of Object.entries(BODIES)) {
    await t.test(name, async () => {
      const answer = await tool.call('POST', `${id}/scores`, { body, headers: { 'content-type': SCORE } });
      assert.equal(answer.status, 400, answer.text);
      assert.ok(answer.body['code']);
    });
  }
});

/** Every score that may be sent, and what OneRoster has of it then. */
const TAKEN: Readonly<Record<string, readonly [Document, Document]>> = {
  'AGS §3.4.4 scoreGiven may exceed scoreMaximum: 300 of 100 is kept': [
    { scoreGiven: 300, scoreMaximum: 100 },
    { score: 30 },
  ],
  'AGS §3.4.4 a zero is a score': [{ scoreGiven: 0 }, { score: 0, scoreStatus: 'fully graded' }],
  'AGS §3.4.4 decimals are exact: 0.1 of 0.3 on 10': [
    { scoreGiven: 0.1, scoreMaximum: 0.3 },
    { score: 10 / 3 },
  ],
  'AGS §3.4.4 decimals are exact: 0.7 of 1 on 10': [{ scoreGiven: 0.7, scoreMaximum: 1 }, { score: 7 }],
  'AGS §3.4.4 decimals are exact: 0.29 of 1 on 10': [{ scoreGiven: 0.29, scoreMaximum: 1 }, { score: 2.9 }],
  'AGS §3.4.9 a timestamp with an hour-only offset': [
    { timestamp: '2025-10-06T14:00:00.736+00' },
    { scoreDate: '2025-10-06T14:00:00.736Z' },
  ],
  'AGS §3.4.9 a timestamp with an offset': [
    { timestamp: '2025-10-06T16:00:00.736+02:00' },
    { scoreDate: '2025-10-06T14:00:00.736Z' },
  ],
  'AGS §4 a timestamp without a fraction': [
    { timestamp: '2025-10-06T14:00:00Z' },
    { scoreDate: '2025-10-06T14:00:00.000Z' },
  ],
  'AGS §3.4.5 a comment': [{ comment: 'Well done' }, { comment: 'Well done' }],
  'AGS §3.1.2 extensions with a URL as name': [{ [EXTENSION]: { n: 1 } }, { score: 8 }],
  'AGS §1.3 plain unknown members are no reason to refuse': [
    { dueAt: 1, submissionReview: null },
    { score: 8 },
  ],
};

test('a score that is valid reaches OneRoster', async (t) => {
  const { world, tool } = await openDesk(t);
  for (const [name, [members, expected]] of Object.entries(TAKEN)) {
    await t.test(name, async () => {
      await tool.grade(await tool.create(), members);
      const result = resultIn(world);
      for (const [member, value] of Object.entries(expected)) assert.deepEqual(result[member], value, member);
      assert.deepEqual(result['student'], { sourcedId: 'student-1' });
      assert.equal(result['status'], 'active');
    });
  }
});

test('AGS §3.1.2 extensions of a score are kept in the metadata of the result', async (t) => {
  const { world, tool } = await openDesk(t);
  await tool.grade(await tool.create(), { [EXTENSION]: { n: [1, null] } });
  assert.match(
    JSON.stringify(resultIn(world)['metadata']),
    /"https:\/\/tool\.example\/ags\/attempt":\{"n":\[1,null\]\}/,
  );
});

test('AGS §1.3 plain unknown members never pass for what the gateway works out itself', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const injected = { resultScore: 5, scaledTo: 1, progress: 'x', fingerprint: 'x', commentOfTool: 'x' };
  await tool.grade(id, { scoreGiven: undefined, scoreMaximum: undefined, ...injected });
  const { score } = resultIn(world);
  assert.ok(score === undefined || score === null, `a score of ${score} was made of an unknown member`);
  assert.ok((await tool.results(id)).every(({ resultScore }) => resultScore === undefined));
  const texts = { resultScore: 'A+', scaledTo: 'x' };
  await tool.grade(id, { scoreGiven: undefined, scoreMaximum: undefined, timestamp: at(1), ...texts });
});

test('AGS §4 score success is 200 with a small JSON body; LTIAAS answers 204', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const answer = await tool.score(id);
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers['content-type']), /json/);
  assert.match(
    String(answer.body['resultUrl']),
    /^https:\/\/grades\.example\/lti\/contexts\/math-101\/lineitems\//,
  );
  const ltiaas = await world.as();
  const path = `/api/lineitems/${encodeURIComponent(id)}/scores`;
  const other = await ltiaas.call('POST', path, { body: scoreOf({ timestamp: at(1) }) });
  assert.deepEqual([other.status, other.text], [204, '']);
});

test('AGS §3.4.1 scores are posted to the line item URL with /scores, and cannot be read there', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  assertProblem(await tool.get(`${id}/scores`), 405, 'METHOD_NOT_ALLOWED');
  assertProblem(await tool.call('POST', `${id}/results`, { body: scoreOf() }), 405, 'METHOD_NOT_ALLOWED');
  assertProblem(await tool.score(`${id}x`), 404, 'LINE_ITEM_NOT_FOUND');
});

test('AGS §4 request media types: the vendor type and JSON, any case and parameters; 415 otherwise', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  const types = [
    SCORE,
    'application/json',
    `${SCORE}; charset=utf-8`,
    'Application/VND.IMS.LIS.V1.Score+JSON;charset="UTF-8"',
    'application/json; odata=verbose; charset=utf-8',
  ];
  for (const [index, type] of types.entries()) {
    const body = scoreOf({ timestamp: at(index) });
    const answer = await tool.call('POST', `${id}/scores`, { body, headers: { 'content-type': type } });
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
  }
  for (const type of ['text/plain', LINE_ITEM, 'application/x-www-form-urlencoded']) {
    const answer = await tool.call('POST', `${id}/scores`, {
      body: scoreOf(),
      headers: { 'content-type': type },
    });
    assertProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  }
});

const ACTIVITIES = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'];
const GRADINGS = ['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'];
const STATUSES = ['exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'];

test('AGS §3.4.7 and §3.4.8: every pair of progress words has a status that OneRoster knows', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  let seconds = 0;
  for (const activityProgress of ACTIVITIES) {
    for (const gradingProgress of GRADINGS) {
      seconds++;
      await tool.grade(id, { activityProgress, gradingProgress, timestamp: at(seconds) });
      const { scoreStatus, score } = resultIn(world);
      assert.ok(
        STATUSES.includes(String(scoreStatus)),
        `${activityProgress} ${gradingProgress}: ${scoreStatus}`,
      );
      assert.equal(scoreStatus === 'fully graded', gradingProgress === 'FullyGraded');
      assert.equal(score, 8);
    }
  }
});
