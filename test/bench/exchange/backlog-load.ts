import { Pool } from 'undici';
import { serveParent, settings } from './child.ts';
import { SCORE } from './documents.ts';

/** Posts scores, each of another student or line item, as long as OneRoster is down; as many as it is asked for. */
export interface BacklogQuestion {
  readonly url: string;
  readonly authorization: string;
  readonly count: number;
}

export interface BacklogAnswer {
  /** Scores a second: of all, and of the last tenth. */
  readonly perSecond: number;
  readonly atTheEnd: number;
}

const { connections, lineItems } = settings<{ readonly connections: number; readonly lineItems: number }>();
const [BEFORE, AFTER] = JSON.stringify({ ...SCORE, userId: '{user}' }).split('{user}');

async function post({ url, authorization, count }: BacklogQuestion): Promise<BacklogAnswer> {
  const pool = new Pool(url, { connections });
  const headers = { 'content-type': 'application/json', authorization };
  const began = performance.now();
  let [next, late] = [0, began];
  const client = async (): Promise<void> => {
    while (next < count) {
      const serial = next++;
      if (serial === Math.floor(count * 0.9)) late = performance.now();
      const path = `/api/lineitems/line-item-${serial % lineItems}/scores`;
      const body = `${BEFORE}student-${Math.floor(serial / lineItems)}${AFTER}`;
      const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.text();
      if (statusCode !== 202) throw new Error(`${statusCode} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const end = performance.now();
  await pool.close();
  return {
    perSecond: (count * 1000) / (end - began),
    atTheEnd: (count - Math.floor(count * 0.9)) / ((end - late) / 1000),
  };
}

serveParent<BacklogQuestion>({}, (question) =>
  post(question).catch((error: unknown) => ({ failure: String(error) })),
);
