import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Document } from '../../src/sandbox/types.ts';
import type { FaceName } from '../chaos/plan.ts';
import { openStage, type Stage, type StageOptions } from '../chaos/stage.ts';
import { createTool, lineItemPath, pathOf, type Reply } from '../chaos/tool.ts';
import { eventually, until } from '../exchange/world.ts';

/** Milliseconds. */
export const CALL_TIMEOUT = 600;
export const LATE = 1_600;
/** After this a write arrives that its sender no longer waits for. */
export const ARRIVES_LATE = 1_000;

export const LINE = 'quiz-1';

/** A gateway process before a sandbox, with a line item of 10 points in it. */
export interface Scene extends Stage {
  /** Posts a score at a time of so many seconds. */
  score(second: number, members?: Document, asked?: Partial<Asked>): Promise<Reply>;
  putLine(members: Document, asked?: Partial<Asked>): Promise<Reply>;
  get(path: string, face?: FaceName): Promise<Reply>;
  /** Waits until a receipt says so. */
  settled(receipt: string | undefined, state: string): Promise<void>;
  /** What was written of a student, in order: the scores as OneRoster got them. */
  readonly writes: readonly number[];
  /** How often something with this method and path has reached OneRoster. */
  calls(method: string, path: string): number;
  /** Waits until it has. */
  reached(method: string, path: string, times?: number): Promise<void>;
  /** The score that stands of a student, and that there is only one. */
  standing(student?: string): number;
}

interface Asked {
  /** The place of a gateway; any that is up when it is left out. */
  readonly process: number;
  readonly patience: number;
}

export interface SceneOptions extends Partial<StageOptions> {
  readonly limits?: JsonObject;
}

/** All of it ends with the test. */
export async function openScene(t: TestContext, options: SceneOptions = {}): Promise<Scene> {
  const { limits, config = {}, upstream = {}, sandbox = {}, ...rest } = options;
  const results = new Map<string, Document>();
  const writes: number[] = [];
  const stage = await openStage({
    store: 'sqlite',
    processes: 1,
    ...rest,
    sandbox: {
      ...sandbox,
      stored: (collection, document) => {
        if (collection !== 'results') return;
        results.set(String(document['sourcedId']), document);
        writes.push(Number(document['score']));
      },
    },
    upstream: {
      timeouts: { call: CALL_TIMEOUT, late: LATE },
      retry: { attempts: 1, firstDelay: 10, longestDelay: 10 },
      ...upstream,
    },
    config: {
      limits: { request: 3_000, drain: 1_000, ...limits },
      deliveries: { firstDelay: 20, longestDelay: 100 },
      log: { level: 'warn' },
      ...config,
    },
  });
  const tool = createTool(stage);
  t.after(async () => {
    await tool.close();
    await stage.close();
  });
  await Promise.all(stage.gateways.map((gateway) => gateway.start()));
  const scene = sceneOn(stage, tool, { results, writes });
  assert.equal((await insist(() => scene.putLine({}))).status, 201);
  return scene;
}

interface Seen {
  readonly results: ReadonlyMap<string, Document>;
  readonly writes: readonly number[];
}

function sceneOn(stage: Stage, tool: ReturnType<typeof createTool>, { results, writes }: Seen): Scene {
  const { sandbox, gateways } = stage;
  const line = lineItemPath('ltiaas', LINE);
  const ask = (
    what: { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string; readonly body?: unknown },
    { process, patience = 10_000, face = 'ltiaas' }: Partial<Asked> & { readonly face?: FaceName } = {},
  ): Promise<Reply> =>
    tool.ask({
      ...what,
      url: (process === undefined ? gateways.find(({ isUp }) => isUp) : gateways[process])?.url ?? '',
      face,
      patience,
    });
  const calls: Scene['calls'] = (method, path) =>
    sandbox.requests().filter((request) => request.method === method && request.path.includes(path)).length;
  return {
    ...stage,
    score: (second, members = {}, asked) =>
      ask({ method: 'POST', path: `${line}/scores`, body: { ...scoreAt(second), ...members } }, asked),
    putLine: (members, asked) =>
      ask({ method: 'PUT', path: line, body: { label: 'Quiz', scoreMaximum: 10, ...members } }, asked),
    get: (path, face = 'ltiaas') => ask({ method: 'GET', path }, { face }),
    settled: (receipt, state) =>
      eventually(async () => {
        const path = pathOf(String(receipt));
        const { body } = await ask({ method: 'GET', path });
        return (body as Document)['state'] === state;
      }, 15_000),
    writes,
    calls,
    reached: (method, path, times = 1) => until(() => calls(method, path) >= times, 10_000),
    standing: (student = 'student-1') => {
      const rows = [...results.values()].filter(
        (row) => row['status'] === 'active' && (row['student'] as Document)['sourcedId'] === student,
      );
      assert.equal(rows.length, 1, `${student} has ${rows.length} results`);
      return Number(rows[0]?.['score']);
    },
  };
}

/** A score of as many points as seconds have passed. */
export function scoreAt(second: number): Document {
  return {
    userId: 'student-1',
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: new Date(Date.UTC(2025, 9, 6, 14) + second * 1000).toISOString(),
    scoreGiven: second,
    scoreMaximum: 10,
  };
}

/** Asks again, as a client does that got no answer or 503, until it is answered otherwise. */
export async function insist(send: () => Promise<Reply>): Promise<Reply> {
  let reply = await send();
  await eventually(async () => {
    if (reply.status !== 0 && reply.status < 500) return true;
    reply = await send();
    return false;
  }, 15_000);
  return reply;
}
