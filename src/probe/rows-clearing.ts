import { isEmpty, own } from '../core/json.ts';
import { PROFILES } from '../upstream/profile.ts';
import { detailOf, type Exchange, objectIn, succeeded } from './exchange.ts';
import { type Row, row } from './row.ts';

/** What a tool takes away of a grade: by these members its student is told of one. */
const CLEARED = ['score', 'comment'];

/** Whether a grade can be taken away again (AGS §3.4.4, §3.4.5). */
export const CLEARING: readonly Row[] = [
  row({
    id: 'result.clears',
    question: 'Does a PUT that leaves score and comment out take them away?',
    after: ['result.create'],
    outcomes: {
      replaces: { verdict: 'ok', found: 'It does', means: 'A tool can take a score or a comment back.' },
      byNull: {
        verdict: 'note',
        found: 'They stay, but null takes them away',
        means: 'The gateway reads what it has cleared back, and sends null. Each is one more write.',
      },
      stays: {
        verdict: 'missing',
        found: 'They stay, whatever is sent',
        means:
          'A score or a comment that a tool has taken back would go on being shown, so the tool is refused (UPSTREAM_NOT_CLEARED).',
      },
      refused: {
        verdict: 'missing',
        found: 'A result without a score is refused',
        means: 'A tool cannot take a score back, nor say that work was begun before it is graded.',
      },
    },
    ask: async (scene) => {
      const form = { ...PROFILES[scene.learned.resultForm ?? scene.subject.profile], nulls: true };
      const seen = {
        with: await scene.put('result', { comment: 'Gradebridge probe' }),
        without: await scene.put('result', {}, { without: CLEARED }),
        read: await scene.read('result'),
      };
      if (leftIn(seen.read).length === 0) return seen;
      const nulls = Object.fromEntries(CLEARED.map((member) => [member, null]));
      return {
        ...seen,
        null: await scene.put('result', nulls, { form }),
        reread: await scene.read('result'),
      };
    },
    judge: (seen) => {
      const { without, read, reread } = seen;
      if (!succeeded(without)) return { word: 'refused', ...detailOf(without) };
      if (leftIn(read).length === 0) return 'replaces';
      const left = leftIn(reread);
      if (left.length === 0) return { word: 'byNull', detail: leftIn(read).join(', ') };
      const { detail } = detailOf(seen['null']);
      return { word: 'stays', detail: [left.join(', '), ...(detail ? [`null → ${detail}`] : [])].join('; ') };
    },
  }),
];

function leftIn(read: Exchange | undefined): readonly string[] {
  const document = objectIn(read) ?? {};
  return CLEARED.filter((member) => !isEmpty(own(document, member)));
}
