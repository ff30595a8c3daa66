import type { JsonObject } from '../core/json.ts';
import type { Family } from '../upstream/profile.ts';
import { type Exchange, type Seen, statusOf } from './exchange.ts';
import type { Learned, Scene } from './scene.ts';
import type { Subject } from './subject.ts';

/**
 * `ok`: as the gateway wants it · `note`: it works, with a consequence · `missing`: the gateway needs it and it is not there ·
 * `unknown`: it could not be found out.
 */
export type Verdict = 'ok' | 'note' | 'missing' | 'unknown';

/** One way that a row can come out. */
export interface Outcome {
  readonly verdict: Verdict;
  /** What was found, in one sentence. */
  readonly found: string;
  /** What that means for the gateway. */
  readonly means: string;
  /** What follows for the upstream in the configuration: members of `upstreams.NAME`. */
  readonly configuration?: JsonObject;
}

/** Which outcome, and what is particular about it. */
export interface Judgement<Word extends string> {
  readonly word: Word;
  readonly detail?: string;
  readonly configuration?: JsonObject;
}

/** A row as its table has it. */
interface RowSettings<Word extends string> {
  /** Stays the same for programs. */
  readonly id: string;
  readonly question: string;
  /** Whether the gateway cannot work without it; a row that could not be tried then counts as missing. */
  readonly needed?: true;
  /** Rows that must have come out well for this one to be tried. */
  readonly after?: readonly string[];
  /** The family that it makes sense in; absent for both. */
  readonly family?: Family;
  /** Set when a refusal (401, 403) is what the row is about, and not what kept it from an answer. */
  readonly aboutRefusals?: true;
  readonly outcomes: Readonly<Record<Word, Outcome>>;
  /** The only part that talks to the service. */
  ask(scene: Scene): Promise<Seen>;
  /** What later rows build on. */
  learn?(seen: Seen): Learned;
  /** Pure. */
  judge(seen: Seen, subject: Subject): Word | Judgement<Word>;
}

/** A row of the suite. */
export interface Row extends Omit<RowSettings<string>, 'judge'> {
  judge(seen: Seen, subject: Subject): Judgement<string>;
}

/** What the report says of a row. */
export interface RowReport {
  readonly id: string;
  readonly question: string;
  readonly needed: boolean;
  readonly outcome: string;
  readonly verdict: Verdict;
  readonly found: string;
  readonly means: string;
  readonly configuration?: JsonObject;
}

/**
 * A row of which the compiler knows that it judges by words that it has an outcome for.
 *
 * @example const clock = row({ id: 'clock', question: '…', outcomes: { right: … }, ask: …, judge: () => 'right' })
 */
export function row<const Word extends string>(settings: RowSettings<Word>): Row {
  return {
    ...settings,
    judge: (seen, subject) => {
      const judged = settings.judge(seen, subject);
      return typeof judged === 'string' ? { word: judged } : judged;
    },
  };
}

/** How any row can come out that the service gave no chance. */
export const GENERAL = {
  unanswered: {
    verdict: 'unknown',
    found: 'The service gave no answer',
    means: 'Nothing is known about this; try again when the service answers.',
  },
  failed: {
    verdict: 'unknown',
    found: 'The service failed',
    means: 'Nothing is known about this; when it stays so, the gateway will fail here as well.',
  },
  forbidden: {
    verdict: 'missing',
    found: 'The credentials may not do this',
    means: 'The gateway is refused as well: the client of the gateway needs this permission at the service.',
  },
  untried: {
    verdict: 'unknown',
    found: 'It was not tried',
    means: 'It builds on something that did not come out well, see above.',
  },
} as const satisfies Readonly<Record<string, Outcome>>;

/**
 * Judges what was seen for a row: first by what no row can see through, then by the row itself.
 *
 * @example judgeRow(row, await row.ask(scene), subject).verdict // 'ok'
 */
export function judgeRow(row: Row, seen: Seen, subject: Subject): RowReport {
  const general = generalOf(Object.values(seen), row.aboutRefusals === true);
  if (general !== undefined) return generally(row, general.word, general.detail);
  const { word, detail, configuration } = row.judge(seen, subject);
  const outcome = row.outcomes[word] as Outcome;
  const follows = configuration ?? outcome.configuration;
  return {
    ...reportOf(row, word, outcome),
    found: sentence(outcome.found, detail),
    ...(follows !== undefined && { configuration: follows }),
  };
}

/** The report of a row that came out in one of the general ways: `generally(row, 'untried', 'there is no student')`. */
export function generally(row: Row, word: keyof typeof GENERAL, detail?: string): RowReport {
  const outcome: Outcome = GENERAL[word];
  // What the gateway does not need is not missing.
  const verdict = outcome.verdict === 'missing' && !row.needed ? 'note' : outcome.verdict;
  return { ...reportOf(row, word, outcome), verdict, found: sentence(outcome.found, detail) };
}

function reportOf(row: Row, outcome: string, { verdict, found, means }: Outcome): RowReport {
  const { id, question } = row;
  return { id, question, needed: row.needed === true, outcome, verdict, found, means };
}

/** Details hold words of the service, which goes to terminals: nothing in them may move a cursor. */
function sentence(found: string, detail: string | undefined): string {
  const words = detail?.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, LONGEST);
  return words === undefined ? `${found}.` : `${found}: ${words}.`;
}

const LONGEST = 1_000;

function generalOf(
  exchanges: readonly Exchange[],
  isAboutRefusals: boolean,
): { readonly word: keyof typeof GENERAL; readonly detail: string } | undefined {
  const tests: readonly (readonly [keyof typeof GENERAL, (exchange: Exchange) => boolean])[] = [
    ['unanswered', ({ status }) => status === 0],
    ['failed', ({ status }) => status >= 500 || status === 429],
    ['forbidden', ({ status }) => !isAboutRefusals && (status === 401 || status === 403)],
  ];
  for (const [word, fits] of tests) {
    const found = exchanges.find(fits);
    if (found !== undefined) return { word, detail: `${shortOf(found)} → ${statusOf(found)}` };
  }
  return undefined;
}

/** A request for people, without host and query: `PUT …/lineItems/x`. */
export function shortOf({ method, url }: Pick<Exchange, 'method' | 'url'>): string {
  const path = new URL(url).pathname.split('/');
  return `${method} …/${path.slice(-2).join('/')}`;
}
