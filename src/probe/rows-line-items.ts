import { type Exchange, kept, objectIn, statusOf, succeeded } from './exchange.ts';
import { firstForm, formTaken, refusals, takenForm } from './forms.ts';
import { precisionOf } from './precision.ts';
import { type Row, row } from './row.ts';

const LONG_TITLE = `Gradebridge probe, to be deleted ${'– a long title '.repeat(60)}`.slice(0, 800);

/** What becomes of a line item that is written. */
export const LINE_ITEMS: readonly Row[] = [
  row({
    id: 'put.create',
    question: 'Does PUT with an id of our own make a line item?',
    needed: true,
    after: ['class', 'category'],
    outcomes: {
      creates: { verdict: 'ok', found: 'It does', means: 'A write that is repeated leaves one line item.' },
      refused: {
        verdict: 'missing',
        found: 'It is refused in the form of every profile',
        means: 'The gateway writes with PUT alone, so it cannot write here.',
      },
      vanished: {
        verdict: 'missing',
        found: 'It is accepted, but cannot be read afterwards under that id',
        means: 'The gateway finds its line items by the ids that it gives them.',
      },
    },
    ask: async (scene) => {
      const seen = await firstForm(scene, (form) => scene.put('first', {}, { form }));
      return { ...seen, read: await scene.read('first') };
    },
    learn: (seen) => {
      const lineItemForm = formTaken(seen);
      return lineItemForm === undefined ? {} : { lineItemForm };
    },
    judge: (seen) => {
      const form = formTaken(seen);
      if (form === undefined) return { word: 'refused', detail: refusals(seen) };
      const isThere = kept(seen[form], seen['read'], 'title');
      const detail = `in the form of the profile ${form}`;
      return isThere ? { word: 'creates', detail } : { word: 'vanished', detail: saidOf(seen['read']) };
    },
  }),
  row({
    id: 'put.answer',
    question: 'What does a PUT answer?',
    after: ['put.create'],
    outcomes: {
      document: {
        verdict: 'ok',
        found: 'The object as it stands',
        means: 'A tool is told what OneRoster holds, without a further call.',
      },
      nothing: {
        verdict: 'ok',
        found: 'A status alone',
        means: 'The gateway reads its first write back, to see whether metadata is kept.',
      },
      refused: {
        verdict: 'missing',
        found: 'Replacing is refused',
        means: 'A tool could not change its line items.',
      },
    },
    ask: async (scene) => ({ create: await scene.put('second', {}), replace: await scene.put('second', {}) }),
    judge: ({ create, replace }) => {
      if (!succeeded(create) || !succeeded(replace)) return { word: 'refused', detail: saidOf(replace) };
      const detail = `${create?.status} when it creates, ${replace?.status} when it replaces`;
      return { word: objectIn(replace) === undefined ? 'nothing' : 'document', detail };
    },
  }),
  row({
    id: 'form.references',
    question: 'How must a reference to another object be written?',
    after: ['put.create'],
    outcomes: {
      either: { verdict: 'ok', found: 'By its sourcedId alone, or in full', means: 'Any profile will do.' },
      id: {
        verdict: 'ok',
        found: 'By its sourcedId alone; href and type are refused',
        means: 'The profile must be timeback.',
      },
      full: {
        verdict: 'ok',
        found: 'In full, with href and type',
        means: 'The profile must be oneroster-1.2.',
      },
      neither: { verdict: 'unknown', found: 'Neither way was taken', means: 'See put.create.' },
    },
    ask: async (scene) => ({
      id: await scene.put('first', {}, { form: { ...takenForm(scene), references: 'id' } }),
      full: await scene.put('first', {}, { form: { ...takenForm(scene), references: 'full' } }),
    }),
    judge: ({ id, full }) => {
      if (succeeded(id)) return succeeded(full) ? 'either' : { word: 'id', detail: saidOf(full) };
      return succeeded(full) ? 'full' : { word: 'neither', detail: saidOf(full) };
    },
  }),
  row({
    id: 'form.dated',
    question: 'Must the writer give dateLastModified?',
    after: ['put.create'],
    outcomes: {
      unneeded: { verdict: 'ok', found: 'It need not', means: 'Any profile will do.' },
      needed: {
        verdict: 'ok',
        found: 'It must',
        means: 'The profile must be oneroster-1.2, which writes it by our clock.',
      },
    },
    ask: async (scene) => ({
      undated: await scene.put('first', {}, { form: { ...takenForm(scene), dated: false } }),
    }),
    judge: ({ undated }) => (succeeded(undated) ? 'unneeded' : { word: 'needed', detail: saidOf(undated) }),
  }),
  row({
    id: 'form.nulls',
    question: 'May a member be null?',
    after: ['put.create'],
    outcomes: {
      taken: { verdict: 'ok', found: 'It may', means: 'Any profile will do.' },
      refused: {
        verdict: 'ok',
        found: 'It may not; it must be left out',
        means: 'The profile must be oneroster-1.2, which leaves it out.',
      },
    },
    ask: async (scene) => ({
      null: await scene.put('first', { description: null }, { form: { ...takenForm(scene), nulls: true } }),
    }),
    judge: (seen) => (succeeded(seen['null']) ? 'taken' : { word: 'refused', detail: saidOf(seen['null']) }),
  }),
  row({
    id: 'title.long',
    question: `Is a title of ${LONG_TITLE.length} characters kept?`,
    after: ['put.create'],
    outcomes: {
      kept: { verdict: 'ok', found: 'It is', means: 'Labels come back whole.' },
      cut: {
        verdict: 'note',
        found: 'It is changed',
        means: 'A tool that uses long labels reads another one than it wrote.',
      },
      refused: {
        verdict: 'note',
        found: 'It is refused',
        means: 'A tool that uses long labels is told so (UPSTREAM_REJECTED).',
      },
    },
    ask: async (scene) => ({
      put: await scene.put('first', { title: LONG_TITLE }),
      read: await scene.read('first'),
    }),
    judge: ({ put, read }) => {
      if (!succeeded(put)) return { word: 'refused', detail: saidOf(put) };
      if (kept(put, read, 'title')) return 'kept';
      return { word: 'cut', detail: `${String(objectIn(read)?.['title']).length} characters are left` };
    },
  }),
  row({
    id: 'dates',
    question: 'How exactly are assignDate and dueDate kept?',
    family: 'lineItems',
    after: ['put.create'],
    outcomes: {
      millisecond: { verdict: 'ok', found: 'To the millisecond', means: 'Dates come back as they were.' },
      second: {
        verdict: 'note',
        found: 'To the second',
        means: 'A date with fractions of a second comes back without them.',
      },
      day: {
        verdict: 'note',
        found: 'To the day',
        means: 'A start or an end comes back without its time of day.',
      },
      moved: {
        verdict: 'note',
        found: 'They come back as other ones',
        means: 'A start or an end that a tool reads is not what it wrote.',
      },
    },
    ask: async (scene) => ({ put: await scene.put('first', {}), read: await scene.read('first') }),
    judge: ({ put, read }) => precisionOf(put, read, ['assignDate', 'dueDate']),
  }),
];

function saidOf(exchange: Exchange | undefined): string {
  return exchange === undefined ? 'nothing' : statusOf(exchange);
}
