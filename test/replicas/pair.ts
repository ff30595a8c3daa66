import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Desk, deskOn } from '../ags/desk.ts';
import { type Answer, type Document, eventually } from '../exchange/world.ts';
import { newDatabase } from '../store/databases.ts';

/** Two gateways on one PostgreSQL before one sandbox, and a tool with a token at each. */
export interface Pair {
  readonly sandbox: Sandbox;
  readonly database: string;
  readonly desks: readonly [Desk, Desk];
}

export async function openPair(
  t: TestContext,
  { config = {}, sandbox: options }: { readonly config?: JsonObject; readonly sandbox?: SandboxOptions } = {},
): Promise<Pair> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  const database = await newDatabase();
  const open = (): Promise<Desk> => deskOn(t, sandbox, config, { postgres: database });
  return { sandbox, database, desks: [await open(), await open()] };
}

/** Waits until nothing is to be delivered any more. */
export function allDelivered({ world }: Desk, patience = 15_000): Promise<void> {
  const { deliveries } = world.gateway.service.store;
  return eventually(async () => {
    const counts = await deliveries.count();
    return counts.every(({ state }) => state !== 'accepted' && state !== 'sent');
  }, patience);
}

/** How many answers had each status: `countsOf(answers) // { 200: 3, 409: 1 }`. */
export function countsOf(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The results in OneRoster's list, by student: `{ 'student-1': 8 }`. */
export function scoresIn(sandbox: Sandbox): Readonly<Record<string, unknown>> {
  const scores: Record<string, unknown> = {};
  for (const { method, path, body, status } of sandbox.requests()) {
    if (method !== 'PUT' || !path.includes('/results/') || status >= 300) continue;
    const id = decodeURIComponent(path.split('/').at(-1) ?? '');
    const { student } = (body as { result: { student: { sourcedId: string } } }).result;
    scores[student.sourcedId] = (sandbox.find('results', id) as Document)['score'];
  }
  return scores;
}
