import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/core/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type AgsTool, deskOn, sourcedIdIn } from '../ags/desk.ts';
import { type Client, eventually, type World } from '../exchange/world.ts';
import { ANSWER, CALL, REQUEST } from './faults.ts';
import type { Cell } from './operations.ts';
import type { Trouble } from './table.ts';
import { openWire, type Wire } from './wire.ts';

/** A sandbox and a gateway for one row after the other. */
export interface Stage {
  readonly world: World;
  readonly tool: AgsTool;
  readonly client: Client;
  readonly wire: Wire;
  readonly receipt: string;
}

/** How long a row waits for what. Milliseconds. */
const PATIENCE = {
  'for nothing': { request: 4000, call: 2000, late: 60 },
  'for itself': { request: REQUEST, call: 2000, late: 60 },
  'for time-outs': { request: 1900, call: CALL, late: 800 },
} as const;

/** The circuit stays closed: what it does is another table's, and here rows would meet the trouble of those before. */
function configOf(waits: keyof typeof PATIENCE): JsonObject {
  const { request, call, late } = PATIENCE[waits];
  return {
    limits: { request },
    upstreams: {
      school: {
        failuresToOpen: 1_000_000,
        largestAnswer: ANSWER,
        retry: { attempts: 2 },
        timeouts: { call, late },
      },
    },
  };
}

/** Opens a stage for a row that waits or for all others, with a receipt of a score that was promised and delivered. */
export async function openStage(
  t: TestContext,
  { waits = 'for nothing' }: { readonly waits?: keyof typeof PATIENCE },
): Promise<Stage> {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const wire = await openWire(sandbox.url);
  t.after(() => wire.cut());
  const tokenUrl = sandbox.tokenUrl.replace(sandbox.url, wire.url);
  const { world, tool } = await deskOn(t, { ...sandbox, url: wire.url, tokenUrl }, configOf(waits));
  const id = await tool.create();
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 2 });
  const { headers, status, text } = await tool.score(id);
  assert.equal(status, 202, text);
  const receipt = String(headers['location']);
  await eventually(async () => (await tool.get(receipt)).body['state'] === 'verified');
  return { world, tool, client: await world.as(), wire, receipt };
}

/** A line item of its own for a cell, which nothing has in mind yet. */
export async function newCell({ tool, client, receipt, world }: Stage, name: string): Promise<Cell> {
  const id = await tool.create({ label: `before ${name}` });
  world.sandbox.clearRequests();
  return { tool, client, id, sourcedId: sourcedIdIn(id), receipt, name };
}

type Place = Pick<Stage, 'world'> & Partial<Pick<Stage, 'wire'>>;

/** Trouble begins. */
export async function begin(trouble: Trouble, { world, wire }: Place): Promise<void> {
  const { sandbox, gateway } = world;
  if (trouble.at === 'the network') return wire?.cut();
  if (trouble.at === 'the token') {
    sandbox.revokeTokens();
    return sandbox.inject({ ...trouble.fault, path: '/oauth2/' });
  }
  // SQLite then refuses every write, as it does with a file that it may only read.
  if (trouble.at === 'the store') await sql`pragma query_only = on`.execute(gateway.service.store.db);
  const { fault } = trouble;
  const methods = trouble.at === 'the write' ? ['PUT', 'DELETE'] : [undefined];
  for (const method of fault === undefined ? [] : methods)
    sandbox.inject({ ...(fault as NonNullable<typeof fault>), path: '/ims/', ...(method && { method }) });
}

/** Trouble ends. */
export async function end(trouble: Trouble, { world, wire }: Place): Promise<void> {
  world.sandbox.clearFaults();
  if (trouble.at === 'the network') await wire?.mend();
  if (trouble.at === 'the store') await sql`pragma query_only = off`.execute(world.gateway.service.store.db);
}

/** The calls so far of those that a trouble is for. */
export function callsOf({ at }: Trouble, { world }: Stage): number {
  if (at === 'the token') return world.tokenRequests().length;
  return (at === 'the write' ? world.writes() : world.calls()).length;
}
