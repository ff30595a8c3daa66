import { own } from '../core/json.ts';
import { PROFILES } from '../upstream/profile.ts';
import { detailOf, kept, metadataLost, objectIn, rowWith, succeeded } from './exchange.ts';
import { firstForm, formTaken, refusals } from './forms.ts';
import { type Precision, precisionOf } from './precision.ts';
import { type Judgement, type Row, row } from './row.ts';
import { markedMetadata } from './scene.ts';

/** What becomes of a result that is written, of one student in the first line item. */
export const RESULTS: readonly Row[] = [
  row({
    id: 'result.create',
    question: 'Does PUT with an id of our own make a result?',
    needed: true,
    after: ['put.create', 'roster'],
    outcomes: {
      creates: {
        verdict: 'ok',
        found: 'It does',
        means: 'A student has one result, however often it comes.',
      },
      refused: {
        verdict: 'missing',
        found: 'It is refused in the form of every profile',
        means: 'No score can be given.',
      },
      changed: {
        verdict: 'missing',
        found: 'It is accepted, but its score cannot be read afterwards',
        means: 'Scores would be lost.',
      },
    },
    ask: async (scene) => {
      const seen = await firstForm(scene, (form) => scene.put('result', {}, { form }));
      return { ...seen, read: await scene.read('result') };
    },
    learn: (seen) => {
      const resultForm = formTaken(seen);
      return resultForm === undefined ? {} : { resultForm };
    },
    judge: (seen) => {
      const form = formTaken(seen);
      if (form === undefined) return { word: 'refused', detail: refusals(seen) };
      const isThere = kept(seen[form], seen['read'], 'score');
      return isThere ? { word: 'creates', detail: `in the form of the profile ${form}` } : 'changed';
    },
  }),
  row({
    id: 'result.metadata',
    question: 'Is the metadata of a result kept, objects and lists as well?',
    needed: true,
    after: ['result.create'],
    outcomes: {
      kept: {
        verdict: 'ok',
        found: 'It is',
        means: 'Who scored what and when, and out of how many points, is not lost.',
      },
      dropped: {
        verdict: 'note',
        found: 'It is not',
        means: 'The gateway keeps it in its own store, which has to be backed up for it.',
        configuration: { metadata: 'stored' },
      },
    },
    ask: async (scene) => ({
      put: await scene.put(
        'result',
        markedMetadata(scene.subject, { probeTree: { points: [3, 4], at: '2020-01-16T10:20:30.789Z' } }),
      ),
      read: await scene.read('result'),
    }),
    judge: ({ put, read }) => {
      const names = metadataLost(put, read);
      return names.length === 0
        ? 'kept'
        : { word: 'dropped', detail: `lost or changed: ${names.join(', ')}` };
    },
  }),
  scoreRow({
    id: 'score.zero',
    question: 'Is a score of 0 kept?',
    needed: true,
    score: 0,
    lost: 'missing',
    means: {
      kept: 'Zero is a score.',
      lost: 'A student who has 0 would be shown as one who has no score.',
    },
  }),
  scoreRow({
    id: 'score.fraction',
    question: 'Is a score with decimals kept?',
    score: 6.6667,
    lost: 'note',
    means: {
      kept: 'Scores that are scaled come back as they were.',
      lost: 'Scores are rounded by the service; what the tool gave stays in metadata.',
    },
  }),
  scoreRow({
    id: 'score.over',
    question: 'Is a score above resultValueMax kept?',
    score: 12.5,
    lost: 'note',
    means: {
      kept: 'Extra points, which AGS allows, are kept.',
      lost: 'A tool that gives extra points loses them, or is refused (UPSTREAM_REJECTED).',
    },
  }),
  row({
    id: 'result.date',
    question: 'Is scoreDate a date or a date-time, and how exactly is it kept?',
    after: ['result.create'],
    outcomes: {
      millisecond: {
        verdict: 'ok',
        found: 'A date-time, to the millisecond',
        means: 'The order of scores can be seen in OneRoster.',
      },
      second: {
        verdict: 'ok',
        found: 'A date-time, to the second',
        means: 'The exact time travels in metadata.',
      },
      day: {
        verdict: 'note',
        found: 'A date-time is taken, but only its day is kept',
        means: 'The exact time travels in metadata; OneRoster shows the day.',
      },
      date: {
        verdict: 'note',
        found: 'A date; a date-time is refused',
        means:
          'The profile must be oneroster-1.2. The exact time travels in metadata; OneRoster shows the day.',
      },
      moved: {
        verdict: 'note',
        found: 'It comes back as another one',
        means: 'The exact time travels in metadata; what OneRoster shows is wrong.',
      },
    },
    ask: async (scene) => {
      const form = PROFILES[scene.learned.resultForm ?? scene.subject.profile];
      const put = await scene.put('result', {}, { form: { ...form, dates: new Set() } });
      return { put, read: await scene.read('result') };
    },
    judge: ({ put, read }): Judgement<Precision | 'date'> => {
      if (!succeeded(put)) return { word: 'date', ...detailOf(put) };
      return precisionOf(put, read, ['scoreDate']);
    },
  }),
  row({
    id: 'result.list',
    question: 'Does the list of the results of a line item hold what was written?',
    needed: true,
    after: ['result.create'],
    outcomes: {
      holds: { verdict: 'ok', found: 'It does', means: 'Tools can read their results.' },
      lacks: {
        verdict: 'missing',
        found: 'It does not',
        means: 'Tools would be told that there are no results, and scores would not be rescaled.',
      },
      refused: { verdict: 'missing', found: 'It is refused', means: 'Tools cannot read their results.' },
    },
    ask: async (scene) => ({ put: await scene.put('result', {}), list: await scene.listed('results') }),
    judge: ({ put, list }) => {
      if (!succeeded(list)) return { word: 'refused', ...detailOf(list) };
      return rowWith(list, String(put?.sent?.['sourcedId'])) === undefined ? 'lacks' : 'holds';
    },
  }),
];

interface ScoreRow {
  readonly id: string;
  readonly question: string;
  readonly needed?: true;
  readonly score: number;
  readonly lost: 'missing' | 'note';
  readonly means: { readonly kept: string; readonly lost: string };
}

function scoreRow({ score, lost, means, ...settings }: ScoreRow): Row {
  return row({
    ...settings,
    after: ['result.create'],
    outcomes: {
      kept: { verdict: 'ok', found: 'It is', means: means.kept },
      changed: { verdict: lost, found: 'It comes back as another one', means: means.lost },
      refused: { verdict: lost, found: 'It is refused', means: means.lost },
    },
    ask: async (scene) => ({ put: await scene.put('result', { score }), read: await scene.read('result') }),
    judge: ({ put, read }) => {
      if (!succeeded(put)) return { word: 'refused', ...detailOf(put) };
      if (kept(put, read, 'score')) return 'kept';
      const found = own(objectIn(read) ?? {}, 'score');
      return {
        word: 'changed',
        detail: `${score} → ${found === undefined ? 'nothing' : JSON.stringify(found)}`,
      };
    },
  });
}
