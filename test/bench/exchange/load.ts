import { Pool } from 'undici';
import { serveParent, settings, usage } from './child.ts';
import { LINE_ITEM, SCORE } from './documents.ts';

/** What the load generator is asked for. */
export interface LoadQuestion {
  readonly url: string;
  readonly authorization?: string;
  readonly seconds: number;
  readonly exchange: ExchangeName;
}

export interface LoadAnswer {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds that the median and the slowest hundredth of the requests took. */
  readonly median: number;
  readonly slow: number;
}

/** A closed loop: each connection sends its next request when it has the answer to the last one. */
const { connections } = settings<{ connections: number }>();
const IDS = 50;

interface Exchange {
  readonly method: 'PUT' | 'POST';
  /** What follows the address of a line item. */
  readonly after: string;
  /** The body of the next request. */
  readonly body: () => string;
  readonly status: number;
  /** What stands in a right answer. */
  readonly says: string;
}

const always = (document: object): (() => string) => {
  const text = JSON.stringify(document);
  return () => text;
};
let serial = 0;
const [BEFORE, AFTER] = JSON.stringify({ ...SCORE, userId: '{user}' }).split('{user}');

const EXCHANGES = {
  'line item': { method: 'PUT', after: '', body: always(LINE_ITEM), status: 201, says: LINE_ITEM.label },
  score: { method: 'POST', after: '/scores', body: always(SCORE), status: 204, says: '' },
  // Of one student, a newer score would replace the one that waits.
  promise: {
    method: 'POST',
    after: '/scores',
    body: () => `${BEFORE}student-${serial++}${AFTER}`,
    status: 202,
    says: '"accepted"',
  },
} as const satisfies Readonly<Record<string, Exchange>>;
export type ExchangeName = keyof typeof EXCHANGES;

async function load({ url, authorization, seconds, exchange }: LoadQuestion): Promise<LoadAnswer> {
  const pool = new Pool(url, { connections });
  const { method, after, body: bodyOf, status, says }: Exchange = EXCHANGES[exchange];
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const started = performance.now();
  const end = started + seconds * 1000;
  const took: number[] = [];
  const client = async (name: number): Promise<void> => {
    for (let count = 0; performance.now() < end; count++) {
      // Each client has line items of its own: writers of one line item would wait for each other.
      const path = `/api/lineitems/line-item-${name}-${count % IDS}${after}`;
      const began = performance.now();
      const sent = { method, path, headers, body: bodyOf() };
      const { statusCode, body } = await pool.request(sent);
      const text = await body.text();
      if (statusCode !== status || !text.includes(says)) throw new Error(`${statusCode} ${text}`);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, name) => client(name)));
  const passed = (performance.now() - started) / 1000;
  await pool.close();
  took.sort((left, right) => left - right);
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { requests: took.length, seconds: passed, median: at(0.5), slow: at(0.99) };
}

serveParent<LoadQuestion | 'usage'>({}, (question) =>
  question === 'usage' ? usage() : load(question).catch((error: unknown) => ({ failure: String(error) })),
);
