import { own } from '../core/json.ts';
import { is, listUrl } from '../upstream/listing.ts';
import { PROFILES } from '../upstream/profile.ts';
import { detailOf, type Exchange, rowsIn, rowWith, succeeded } from './exchange.ts';
import { type Row, row } from './row.ts';
import { MARK, type Scene } from './scene.ts';

/** From the most to the least; those of the profiles are among them. */
const LIMITS = [...new Set([10_000, ...Object.values(PROFILES).map(({ pageSize }) => pageSize), 100])].sort(
  (left, right) => right - left,
);

/** What lists hold, how they are paged and filtered. */
export const LISTS: readonly Row[] = [
  row({
    id: 'list.class',
    question: 'Does the list of the line items of the class hold what was written?',
    needed: true,
    after: ['put.create'],
    outcomes: {
      holds: { verdict: 'ok', found: 'It does', means: 'Tools can list their line items.' },
      lacks: { verdict: 'missing', found: 'It does not', means: 'Tools would not find their line items.' },
      refused: { verdict: 'missing', found: 'It is refused', means: 'Tools cannot list their line items.' },
    },
    ask: async (scene) => ({ list: await scene.listed('lineItems') }),
    judge: ({ list }, { run }) => {
      if (!succeeded(list)) return { word: 'refused', ...detailOf(list) };
      return rowWith(list, `${run}-first`) === undefined ? 'lacks' : 'holds';
    },
  }),
  row({
    id: 'page.limit',
    question: 'How many rows may a page have?',
    needed: true,
    after: ['put.create'],
    outcomes: {
      enough: { verdict: 'ok', found: 'Enough', means: 'The page size of the configured profile is taken.' },
      small: {
        verdict: 'missing',
        found: 'Fewer than the configured profile asks for',
        means: 'Lists fail, or come short. Use another profile, see profile.*.',
      },
      capped: {
        verdict: 'note',
        found: 'Fewer than are asked for, and it says so',
        means: 'Long lists take more calls.',
      },
      none: { verdict: 'missing', found: 'No page size is taken', means: 'Lists cannot be read.' },
    },
    ask: async (scene) => {
      const seen: Record<string, Exchange> = {};
      for (const limit of LIMITS) {
        const exchange = await scene.gradebook(`${scene.subject.family}?limit=${limit}&offset=0`);
        seen[limit] = exchange;
        if (succeeded(exchange)) break;
      }
      return seen;
    },
    judge: (seen, { profile }) => {
      const most = LIMITS.find((limit) => succeeded(seen[limit]));
      if (most === undefined) return 'none';
      const wanted = PROFILES[profile].pageSize;
      const echoed = echoedLimit(seen[most]);
      if (echoed < wanted && most >= wanted) return { word: 'capped', detail: `at ${echoed}` };
      const refused = LIMITS[LIMITS.indexOf(most) - 1];
      const detail = refused === undefined ? `at least ${most}` : `${most}, not ${refused}`;
      return { word: most >= wanted ? 'enough' : 'small', detail };
    },
  }),
  row({
    id: 'page.walk',
    question: 'Can a list be read page by page, and is it said how many rows there are?',
    needed: true,
    after: ['put.answer'],
    outcomes: {
      counted: {
        verdict: 'ok',
        found: 'It can, and it is',
        means: 'The gateway knows when it is at the end.',
      },
      uncounted: {
        verdict: 'note',
        found: 'It can, but nothing says how many there are',
        means: 'A full page is taken for not the last one: one call more now and then.',
      },
      unpaged: {
        verdict: 'note',
        found: 'limit is ignored',
        means: 'Every list comes whole: large classes are slow.',
      },
      stuck: {
        verdict: 'missing',
        found: 'offset is ignored: every page is the first one',
        means: 'Rows beyond the first page would never be seen.',
      },
      refused: { verdict: 'missing', found: 'It is refused', means: 'Lists cannot be read.' },
    },
    ask: async (scene) => ({ first: await page(scene, 0), second: await page(scene, 1) }),
    judge: ({ first, second }) => {
      const [rows, others] = [rowsIn(first), rowsIn(second)];
      if (rows === undefined || others === undefined)
        return { word: 'refused', ...detailOf(succeeded(first) ? second : first) };
      if (rows.length > 1) return 'unpaged';
      if (own(rows[0] ?? {}, 'sourcedId') === own(others[0] ?? {}, 'sourcedId')) return 'stuck';
      return isCounted(first) ? 'counted' : 'uncounted';
    },
  }),
  filterRow({
    id: 'filter.reference',
    question: 'Can a list be filtered by what a row refers to (class.sourcedId)?',
    clauses: ({ subject }) => [is('class.sourcedId', subject.classId), is('class.sourcedId', subject.run)],
    means: {
      works: 'Lists are read a class at a time.',
      refused: 'With the family assessmentLineItems nothing can be listed; lineItems do without.',
      ignored: 'With the family assessmentLineItems, line items of other classes are read along.',
    },
    lost: 'note',
  }),
  filterRow({
    id: 'filter.metadata',
    question: 'Can a list be filtered by a member of metadata (metadata.key)?',
    clauses: ({ subject }) => [is(`metadata.${MARK}`, subject.run), is(`metadata.${MARK}`, 'nobody')],
    means: {
      works: 'Nothing: the gateway filters by itself, because not every service can.',
      refused: 'Nothing: the gateway filters by itself.',
      ignored: 'Nothing: the gateway filters by itself.',
    },
    lost: 'ok',
  }),
];

interface FilterRow {
  readonly id: string;
  readonly question: string;
  /** One that the first line item fits, and one that nothing fits. */
  readonly clauses: (scene: Scene) => readonly [string, string];
  readonly means: { readonly works: string; readonly refused: string; readonly ignored: string };
  readonly lost: 'note' | 'ok';
}

function filterRow({ clauses, means, lost, ...settings }: FilterRow): Row {
  return row({
    ...settings,
    after: ['put.create'],
    outcomes: {
      works: { verdict: 'ok', found: 'It can', means: means.works },
      refused: { verdict: lost, found: 'It is refused', means: means.refused },
      empty: { verdict: lost, found: 'What fits is not in the list', means: means.refused },
      ignored: { verdict: lost, found: 'The filter is ignored', means: means.ignored },
    },
    ask: async (scene) => {
      const [fitting, other] = clauses(scene);
      // The filter for a class that does not exist may be a 404 as well as an empty list.
      return { fitting: await filtered(scene, fitting), other: await filtered(scene, other) };
    },
    judge: ({ fitting, other }, { run }) => {
      const isIn = (list: Exchange | undefined): boolean => rowWith(list, `${run}-first`) !== undefined;
      if (!succeeded(fitting)) return { word: 'refused', ...detailOf(fitting) };
      if (isIn(other)) return 'ignored';
      return isIn(fitting) ? 'works' : 'empty';
    },
  });
}

/** Together with the id of the first line item, so that it stands on the first page of any gradebook. */
function filtered({ gradebook, subject, idOf }: Scene, clause: string): Promise<Exchange> {
  const { search } = listUrl('http://list/', [clause, is('sourcedId', idOf('first'))]);
  return gradebook(`${subject.family}${search}`);
}

/** Two line items of the run are in the list by now, so that there is a second page. */
function page({ gradebook, subject }: Scene, offset: number): Promise<Exchange> {
  const { search } = listUrl('http://list/', []);
  return gradebook(`${subject.family}${search}&limit=1&offset=${offset}`);
}

/** A service may take a limit and still give fewer rows; one that says so is believed. */
function echoedLimit(exchange: Exchange | undefined): number {
  const echoed = exchange?.body && own(exchange.body, 'limit');
  return typeof echoed === 'number' ? echoed : Number.POSITIVE_INFINITY;
}

function isCounted(list: Exchange | undefined): boolean {
  const { headers = {}, body = {} } = list ?? {};
  if (headers['x-total-count'] !== undefined || typeof body['totalCount'] === 'number') return true;
  return /rel="?next"?/.test(String(headers['link'] ?? ''));
}
