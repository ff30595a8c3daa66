import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { MappingRow } from '../../src/core/mapping.ts';
import type { RecordedRequest } from '../../src/workbench/ports.ts';
import { answerWhatIf } from '../../src/workbench/what-if.ts';
import { ADMIN, itemsOf, program } from '../admin/desk.ts';
import { openDesk } from '../ags/desk.ts';
import { changedText, shippedText } from './texts.ts';

/** The mapping of results with other rows in the place of those of some members. */
function draftOf(replaced: readonly string[], rows: readonly MappingRow[]): string {
  const isLeft = ({ ags }: MappingRow): boolean => ags === undefined || !replaced.includes(ags);
  return changedText(
    ({ examples: _, ...one }) => ({ ...one, fields: [...one.fields.filter(isLeft), ...rows] }),
    'result',
  );
}

const constants = Array.from({ length: 101 }, (_, score) => ({
  oneroster: `/metadata/guess${score}`,
  constant: score,
}));
const WORDS = ['fair', 'poor', 'Ada', 'fair work'];
const GUESSES: Readonly<Record<string, string>> = {
  'all scores as constants': draftOf(
    ['/resultScore'],
    [{ ags: '/resultScore', oneroster: '/metadata/moved', codec: 'json' }, ...constants],
  ),
  'one score as a constant': draftOf(['/resultScore'], [{ oneroster: '/score', constant: 73 }]),
  'a comment as a table of words of the active mapping': draftOf(
    ['/comment'],
    [
      {
        ags: '/comment',
        oneroster: '/comment',
        codec: { table: { values: { fair: 'fully graded', poor: 'submitted', 'fair work': 'active' } } },
      },
    ],
  ),
  'a score that is too large from 60 on': draftOf(
    ['/resultScore'],
    [{ ags: '/resultScore', oneroster: '/score', codec: { scale: { by: 3e306 } } }],
  ),
  'a comment with an affix': draftOf(
    ['/comment'],
    [{ ags: '/comment', oneroster: '/comment', codec: { affix: { prefix: '', suffix: 'x' } } }],
  ),
  nothing: shippedText('result'),
};

function recorded(scoreGiven: number, comment: string): RecordedRequest {
  const score = {
    ...{ userId: 'student-1', scoreGiven, scoreMaximum: 100, comment, timestamp: '2026-03-06T20:05:02Z' },
    ...{ activityProgress: 'Completed', gradingProgress: 'FullyGraded' },
  };
  return {
    ...{ id: 'r-1', at: 0, tool: 'quizzer', context: 'math-101', now: 0 },
    operation: { kind: 'postScore', line: { sourcedId: 'li-1' }, score, isStamped: false },
    values: { lineItem: 'li-1', student: 'student-1', class: 'class-1', late: 'false' },
    base: {
      ...{ sourcedId: 're-1', status: 'active', scoreStatus: 'fully graded', score: scoreGiven, comment },
      ...{ lineItem: { sourcedId: 'li-1' }, student: { sourcedId: 'student-1' } },
    },
    lineItem: { label: 'Quiz', scoreMaximum: 100 },
  };
}

function seen(draft: string, request: RecordedRequest, isRevealed = false): Json {
  const active = shippedText('result');
  const found = answerWhatIf({ name: 'result', draft, active, earlier: [], requests: [request], isRevealed });
  assert.ok(!('faults' in found), JSON.stringify(found));
  return found as unknown as Json;
}

for (const [name, draft] of Object.entries(GUESSES)) {
  test(`no draft tells a viewer one score or comment from another: ${name}`, () => {
    const first = seen(draft, recorded(73, 'fair'));
    for (const other of [recorded(0, 'poor'), recorded(21, 'fair work'), recorded(99.5, 'Ada wept')])
      assert.deepEqual(seen(draft, other), first);
  });
}

test('those drafts tell values apart where they are revealed, so that the test above means something', () => {
  const told = Object.values(GUESSES).filter((draft) => {
    const answers = [recorded(73, 'fair'), recorded(21, 'none of it')].map((one) => seen(draft, one, true));
    return JSON.stringify(answers[0]) !== JSON.stringify(answers[1]);
  });
  assert.equal(told.length, Object.keys(GUESSES).length - 1);
});

test('a viewer who sends every score as a constant sees none; an operator gives a reason, which is written down', async (t) => {
  const { world, tool } = await openDesk(t, { config: { admin: ADMIN } });
  const id = await tool.create({ scoreMaximum: 100 });
  await tool.grade(id, { scoreGiven: 73, scoreMaximum: 100, comment: 'fair' });
  const text = GUESSES['all scores as constants'];
  const ask = async (name: 'ada' | 'vic', more: JsonObject = {}): Promise<string> => {
    const answer = await program(world, name).post('/mappings/result/what-if', { text, ...more });
    assert.deepEqual([answer.status, answer.body['tried']], [200, 1], answer.text);
    return JSON.stringify(answer.body['items']);
  };
  for (const shown of [await ask('vic'), await ask('vic', { reason: 'I wonder' }), await ask('ada')]) {
    assert.match(shown, /"pointer":"\/metadata/);
    assert.doesNotMatch(shown, /:"?73|fair/);
    for (const word of WORDS) assert.ok(!shown.includes(word), word);
  }
  assert.ok(!itemsOf(await program(world).get('/audit')).some(({ what }) => what === 'mapping.what-if'));
  assert.match(await ask('ada', { reason: 'A complaint' }), /"after":73/);
  const [entry] = itemsOf(await program(world).get('/audit?limit=1'));
  assert.deepEqual([entry?.['what'], entry?.['why']], ['mapping.what-if', 'A complaint']);
});

test('a name that a tool has made up is hidden, unless the asker knows it', () => {
  const request = recorded(1, 'x');
  const named = {
    ...request,
    operation: {
      ...request.operation,
      score: {
        ...(request.operation.kind === 'postScore' ? request.operation.score : {}),
        'https://quizzer.example/ada-was-ill': 1,
      },
    },
  } as RecordedRequest;
  const draft = changedText((one) => ({ ...one, stash: { oneroster: '/metadata/other' } }), 'result');
  assert.doesNotMatch(JSON.stringify(seen(draft, named)), /ada-was-ill/);
});
