import { setTimeout as sleep } from 'node:timers/promises';
import { OPEN_STATES } from '../../src/core/delivery.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Pair } from './plan.ts';
import type { Stage } from './stage.ts';
import { pathOf, type Reply, type Tool } from './tool.ts';
import type { Attempt, FinalReceipt, Row } from './verdict.ts';

const LOOK_AGAIN = 100;

/** Waits until no delivery is open. @returns how many still are when the patience is over */
export async function drained({ store: open }: Pick<Stage, 'store'>, patience: number): Promise<number> {
  const end = Date.now() + patience;
  const store = await open();
  for (;;) {
    const counts = await store.deliveries.count();
    const open = counts.filter(({ state }) => OPEN_STATES.some((one) => one === state));
    const left = open.reduce((sum, { count }) => sum + count, 0);
    if (left === 0 || Date.now() > end) return left;
    await sleep(LOOK_AGAIN);
  }
}

/** How many deliveries there are in each state. */
export async function deliveriesIn({
  store,
}: Pick<Stage, 'store'>): Promise<Readonly<Record<string, number>>> {
  const counts = await (await store()).deliveries.count();
  return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
}

/** What every receipt says that was given out. */
export async function readReceipts(
  attempts: readonly Attempt[],
  { tool, url }: { readonly tool: Tool; readonly url: string },
): Promise<ReadonlyMap<string, FinalReceipt>> {
  const found = new Map<string, FinalReceipt>();
  const asked = new Map(
    attempts.flatMap(({ receipt, face }) => (receipt === undefined ? [] : [[receipt, face] as const])),
  );
  for (const [receipt, face] of asked) {
    const reply = await tool.ask({ method: 'GET', url, path: pathOf(receipt), face, patience: 10_000 });
    if (reply.status === 200) found.set(receipt, finalOf(reply));
  }
  return found;
}

function finalOf({ body }: Reply): FinalReceipt {
  const { state, error } = body as { readonly state: string; readonly error?: { readonly code: string } };
  return { state, ...(error !== undefined && { error: error.code }) };
}

/** Every active result in OneRoster, by line item and student, read as anybody would. */
export async function readRows({
  url,
  tokenUrl,
  clientId,
  clientSecret,
}: Sandbox): Promise<ReadonlyMap<string, readonly Row[]>> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const token = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await token.json()) as { readonly access_token: string };
  const rows = new Map<string, Row[]>();
  const limit = 1000;
  for (let offset = 0; ; offset += limit) {
    const page = `${url}/ims/oneroster/gradebook/v1p2/results?limit=${limit}&offset=${offset}`;
    const answer = await fetch(page, { headers: { authorization: `Bearer ${access_token}` } });
    const { results } = (await answer.json()) as { readonly results: readonly Result[] };
    for (const { sourcedId, status, score, comment, lineItem, student } of results) {
      const key = keyOf({ line: lineItem.sourcedId, student: student.sourcedId });
      if (status === 'active') rows.set(key, [...(rows.get(key) ?? []), { sourcedId, score, comment }]);
    }
    if (results.length < limit) return rows;
  }
}

interface Result extends Row {
  readonly status: string;
  readonly lineItem: { readonly sourcedId: string };
  readonly student: { readonly sourcedId: string };
}

export function keyOf({ line, student }: Pick<Pair, 'line' | 'student'>): string {
  return `${line} ${student}`;
}
