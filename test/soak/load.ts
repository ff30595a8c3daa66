import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { Fault } from '../../src/sandbox/sandbox.ts';

interface Sent {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Objects that stand all the time: what is read and written does not grow, so that nothing else has to. */
const LINE_ITEMS = 40;
const STUDENTS = 5;

const lineItem = (count: number): string => `/api/lineitems/soak-${count % LINE_ITEMS}`;
const document = (count: number): object => ({
  label: `Quiz ${count % LINE_ITEMS}`,
  scoreMaximum: 10,
  tag: count % 2 === 0 ? 'grade' : 'practice',
});

/** What is asked for in turn: mostly scores, as in a school. */
const TURN: readonly ((count: number) => Sent)[] = [
  ...Array.from({ length: 6 }, (_, own) => (count: number) => ({
    method: 'POST' as const,
    path: `${lineItem(count + own)}/scores`,
    body: {
      userId: `student-${1 + ((count + own) % STUDENTS)}`,
      ...{ activityProgress: 'Completed', gradingProgress: 'FullyGraded' },
      ...{ scoreGiven: count % 11, scoreMaximum: 10 },
    },
  })),
  (count) => ({ method: 'PUT', path: lineItem(count), body: document(count) }),
  (count) => ({ method: 'GET', path: lineItem(count) }),
  () => ({ method: 'GET', path: '/api/lineitems?tag=grade&limit=10' }),
  (count) => ({ method: 'GET', path: `${lineItem(count)}/scores` }),
  (count) => ({ method: 'GET', path: `${lineItem(count)}-missing` }),
  (count) => ({
    method: 'PUT',
    path: `/api/lineitems/short-lived-${count % LINE_ITEMS}`,
    body: document(count),
  }),
  (count) => ({ method: 'DELETE', path: `/api/lineitems/short-lived-${count % LINE_ITEMS}` }),
  () => ({ method: 'POST', path: '/api/lineitems', body: {}, headers: { 'idempotency-key': randomUUID() } }),
];

/** What OneRoster does now and then. */
export const TROUBLES: readonly Fault[] = [
  { kind: 'status', status: 503, times: 30 },
  { kind: 'reset', when: 'before', times: 10 },
  { kind: 'reset', when: 'after', method: 'PUT', times: 5 },
  { kind: 'hang', times: 4 },
  { kind: 'slow', delayMs: 700, times: 6 },
  { kind: 'status', status: 429, retryAfter: 1, times: 5 },
  { kind: 'bad-json', times: 5 },
  { kind: 'huge', bytes: 1_100_000, times: 3 },
  { kind: 'revoke-token' },
];

/** What may be answered while OneRoster is in trouble now and then; anything else is a finding. */
const FORESEEN: ReadonlySet<number> = new Set([200, 201, 202, 204, 400, 404, 502, 503, 504]);

export interface Load {
  readonly answered: () => number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** What must not be: a status that is not foreseen, a connection that was cut. */
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

interface Target {
  readonly url: string;
  readonly authorization: string;
  readonly perSecond: number;
}

/** Makes the line items that the load is about: a promise for one that is not there would fail, and rightly so. */
export async function makeLineItems({ url, authorization }: Omit<Target, 'perSecond'>): Promise<void> {
  const headers = { authorization, 'content-type': 'application/json' };
  for (let count = 0; count < LINE_ITEMS; count++) {
    const body = JSON.stringify(document(count));
    const { status } = await fetch(url + lineItem(count), { method: 'PUT', headers, body });
    if (status !== 201) throw new Error(`a line item cannot be made: ${status}`);
  }
}

/** Client connections: an open loop, which sends at its pace whatever is answered, and when. */
export const CONNECTIONS = 16;

export function startLoad({ url, authorization, perSecond }: Target): Load {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const statuses = new Map<number, number>();
  const wrong: string[] = [];
  const underWay = new Set<Promise<void>>();
  let [sent, answered] = [0, 0];
  const send = async ({ method, path, body, headers }: Sent): Promise<void> => {
    const answer = await pool.request({
      ...{ method, path },
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    answered++;
    const { statusCode: status } = answer;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (!FORESEEN.has(status)) wrong.push(`${method} ${path}: ${status} ${text}`);
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    for (; sent < due; sent++) {
      const next = TURN[sent % TURN.length] as (typeof TURN)[number];
      const one = send(next(sent)).catch((error: unknown) => void wrong.push(String(error)));
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
    }
  }, 5);
  return {
    answered: () => answered,
    statuses,
    wrong,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      await pool.close();
    },
  };
}
