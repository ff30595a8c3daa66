import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { completeConfig, type LoadedConfig, type LoadResult } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { OpenedStore } from '../../src/store/store.ts';
import { type AgsTool, openDesk, sourcedIdIn } from '../ags/desk.ts';
import { type Document, eventually, type World } from '../exchange/world.ts';
import { CHANGES, type ChangeRow } from './changes.ts';

/** The results that were written since the requests were cleared, as student, column and score. */
function resultsWritten(world: World): readonly Document[] {
  const bodies = world.writes().filter(({ path }) => /results\//i.test(path));
  return bodies.map(({ body }) => {
    const [result] = Object.values(body as Record<string, Document>);
    const { student, lineItem, score } = (result ?? {}) as Record<string, Document>;
    return { student: student?.['sourcedId'], lineItem: lineItem?.['sourcedId'], score };
  });
}

/** What a reload finds once the change has been made. */
function changing({ change, mappings = {} }: ChangeRow): {
  readonly load: (loaded: LoadedConfig) => LoadResult;
  /** Makes the change, or takes it back. */
  readonly now: (is?: boolean) => void;
} {
  let isChanged = false;
  return {
    now: (is = true) => {
      isChanged = is;
    },
    load: (loaded) => {
      if (!isChanged) return loaded;
      const config = change(loaded.inFile.config);
      const active = (name: string) => {
        const text = mappings[name];
        return text === undefined ? undefined : { text, version: 1 };
      };
      return completeConfig({ ...loaded.inFile, config }, { active, entries: [] });
    },
  };
}

/** A delivery that has come to an end, or waits for a person. */
function isAtRest(state: string | undefined): boolean {
  return state !== undefined && !['accepted', 'sent', 'acknowledged'].includes(state);
}

/** Milliseconds between attempts: the first comes to nothing before the change, the second is made after it. */
const PAUSE = 60_000;
const WAITING = { deliveries: { firstDelay: PAUSE, longestDelay: PAUSE, lookAgain: 50 } };

/** Has a score promised whose first attempt has failed. @returns what looks for its delivery */
async function promised(
  { sandbox, gateway }: World,
  tool: AgsTool,
  id: string,
): Promise<() => ReturnType<OpenedStore['deliveries']['find']>> {
  sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const { status, headers, text } = await tool.score(id);
  assert.equal(status, 202, text);
  const receipt = String(headers['location']).split('/').at(-1) ?? '';
  const find = () => gateway.service.store.deliveries.find(receipt);
  await eventually(async () => {
    const delivery = await find();
    return delivery?.state === 'accepted' && delivery.attempts === 1;
  });
  return find;
}

async function tryRow(t: TestContext, row: ChangeRow): Promise<void> {
  const { load, now } = changing(row);
  const config = {
    ...WAITING,
    contexts: { 'math-101': (row.before ?? {}) as JsonObject },
    tools: { quizzer: (row.tool ?? {}) as JsonObject },
  };
  const { world, tool } = await openDesk(t, { config, load });
  const { reloads } = world.gateway.service;
  const id = await tool.create();
  const find = await promised(world, tool, id);
  now();
  const { findings } = await reloads.reload();
  assert.deepEqual(findings, []);
  world.sandbox.clearRequests();
  world.sandbox.clearFaults();
  world.advance(PAUSE);
  if (row.state !== 'accepted') {
    await eventually(async () => isAtRest((await find())?.state), 15_000);
  }
  const delivery = await find();
  assert.equal(delivery?.state, row.state);
  if (row.code !== undefined) assert.equal(delivery.errorCode, row.code);
  const expected = [{ student: 'student-1', lineItem: sourcedIdIn(id), score: 8 }];
  assert.deepEqual(resultsWritten(world), row.state === 'verified' ? expected : []);
}

describe('what becomes of a promised score when something changes before it is delivered', () => {
  for (const row of CHANGES) test(row.name, (t) => tryRow(t, row));
});

test('a person sets the context back and has it tried again', async (t) => {
  const moved = CHANGES.find(({ name }) => name === 'the class of the context');
  assert.ok(moved);
  const { load, now } = changing(moved);
  const { world, tool } = await openDesk(t, { config: WAITING, load });
  const { store, reloads } = world.gateway.service;
  const id = await tool.create();
  const find = await promised(world, tool, id);
  now();
  await reloads.reload();
  world.sandbox.clearFaults();
  world.advance(PAUSE);
  await eventually(async () => (await find())?.state === 'held', 15_000);
  now(false);
  await reloads.reload();
  assert.equal(await store.deliveries.retry((await find())?.id ?? '', world.now()), true);
  await eventually(async () => (await find())?.state === 'verified', 15_000);
});
