import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { StorePlace } from '../../src/store/store.ts';
import {
  ALL_SCOPES,
  assertion,
  formOf,
  inline,
  makeKey,
  requestToken,
  scopes as scopeUrls,
  type ToolKey,
} from '../auth/assertions.ts';
import {
  type Answer,
  type Document,
  openWorld,
  PUBLIC_URL,
  type World,
  type WorldOptions,
  worldOn,
} from '../exchange/world.ts';

export { held, PUBLIC_URL, sourcedIdIn } from '../exchange/world.ts';

export const LINE_ITEM = 'application/vnd.ims.lis.v2.lineitem+json';
export const SCORE = 'application/vnd.ims.lis.v1.score+json';

export interface Request {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A tool that speaks AGS with one access token. */
export interface AgsTool {
  readonly token: string;
  /** @param url as the gateway gives it out, or a path */
  call(method: string, url: string, request?: Request): Promise<Answer>;
  get(url: string): Promise<Answer>;
  /** Creates a line item. @returns its id */
  create(members?: Document, context?: string): Promise<string>;
  put(id: string, lineItem: Document): Promise<Answer>;
  score(id: string, members?: Document): Promise<Answer>;
  /** Posts a score that must be taken. */
  grade(id: string, members?: Document): Promise<void>;
  results(id: string, query?: string): Promise<readonly Document[]>;
  list(query?: string, context?: string): Promise<readonly Document[]>;
}

export interface Desk {
  readonly world: World;
  readonly tool: AgsTool;
  readonly key: ToolKey;
  /** A tool with a token of the token endpoint. */
  as(clientId: 'quizzer' | 'drill', scopes?: string): Promise<AgsTool>;
}

let key: Promise<ToolKey> | undefined;

/** A gateway before a sandbox, and a tool with a token for everything. */
export async function openDesk(t: TestContext, options: WorldOptions = {}): Promise<Desk> {
  const { config = {}, sandbox, store, takesVersions, load } = options;
  key ??= makeKey('ES256', 'desk');
  const settings = withKeys(config, await key);
  const given = {
    ...(sandbox && { sandbox }),
    ...(store && { store }),
    ...(takesVersions && { takesVersions }),
    ...(load && { load }),
  };
  return deskIn(await openWorld(t, { config: settings, ...given }), await key);
}

/** Another gateway, which has nothing in mind yet, before the same sandbox. */
export async function deskOn(
  t: TestContext,
  sandbox: Sandbox,
  config: JsonObject = {},
  store?: StorePlace,
): Promise<Desk> {
  key ??= makeKey('ES256', 'desk');
  return deskIn(await worldOn(t, sandbox, withKeys(config, await key), store), await key);
}

async function deskIn(world: World, own: ToolKey): Promise<Desk> {
  const as: Desk['as'] = async (clientId, scopes) => {
    const signed = await assertion(world, own, { claims: { iss: clientId, sub: clientId } });
    const granted = await requestToken(world, formOf(signed, scopes ? scopeUrls(scopes) : ALL_SCOPES));
    assert.equal(granted.status, 200, granted.text);
    return toolOf(world, String(granted.body['access_token']));
  };
  return { world, tool: await as('quizzer'), key: own, as };
}

function withKeys(config: JsonObject, own: ToolKey): JsonObject {
  const { quizzer } = inline(own)['tools'] as { quizzer: JsonObject };
  const tools = (config['tools'] ?? {}) as Record<string, JsonObject>;
  return {
    ...config,
    tools: {
      ...tools,
      quizzer: { ...quizzer, ...tools['quizzer'] },
      drill: { ...quizzer, ...tools['drill'] },
    },
  };
}

/** A tool that has this token already. */
export function toolOf(world: World, token: string): AgsTool {
  const client = world.with(`Bearer ${token}`);
  const call: AgsTool['call'] = (method, url, { body, headers = {} } = {}) =>
    client.call(method, url.replace(PUBLIC_URL, ''), { headers, ...(body !== undefined && { body }) });
  const score: AgsTool['score'] = (id, members = {}) =>
    call('POST', `${id}/scores`, { body: scoreOf(members), headers: { 'content-type': SCORE } });
  return {
    token,
    call,
    get: (url) => call('GET', url),
    create: async (members = {}, context = 'math-101') => {
      const answer = await call('POST', containerOf(context), {
        body: { label: 'Quiz', scoreMaximum: 10, ...members },
        headers: { 'content-type': LINE_ITEM },
      });
      assert.equal(answer.status, 201, answer.text);
      return String(answer.body['id']);
    },
    put: (id, body) => call('PUT', id, { body, headers: { 'content-type': LINE_ITEM } }),
    score,
    grade: async (id, members) => {
      const answer = await score(id, members);
      assert.equal(answer.status, 200, answer.text);
    },
    results: async (id, query = '') => listIn(await call('GET', `${id}/results${query}`)),
    list: async (query = '', context = 'math-101') =>
      listIn(await call('GET', `${containerOf(context)}${query}`)),
  };
}

/** The path of the line items of a context. */
export function containerOf(context = 'math-101'): string {
  return `/lti/contexts/${context}/lineitems`;
}

/** The bare array of an answer that must be 200. */
export function listIn(answer: Answer): readonly Document[] {
  assert.equal(answer.status, 200, answer.text);
  const list: unknown = JSON.parse(answer.text);
  assert.ok(Array.isArray(list), answer.text);
  return list as Document[];
}

/** A moment some seconds after an afternoon in 2025. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2025, 9, 6, 14) + seconds * 1000).toISOString();
}

/** A score that is right, with some members laid over it; an undefined one is left out. */
export function scoreOf(members: Document = {}): Document {
  return {
    userId: 'student-1',
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: at(0),
    scoreGiven: 8,
    scoreMaximum: 10,
    ...members,
  };
}

/** Where a student's result of the last score is in OneRoster. */
export function resultIdOf(world: World, student = 'student-1'): string {
  const write = world.writes().findLast(({ path, body }) => {
    const [result] = Object.values((body ?? {}) as Record<string, Document>);
    return (
      /results\//i.test(path) && (result?.['student'] as Document | undefined)?.['sourcedId'] === student
    );
  });
  assert.ok(write, `no result of ${student} was written`);
  return decodeURIComponent(write.path.split('/').at(-1) ?? '');
}

/** A student's result as OneRoster holds it. */
export function resultIn(world: World, student = 'student-1', collection = 'results'): Document {
  const found = world.sandbox.find(collection, resultIdOf(world, student));
  assert.ok(found);
  return found;
}

/** A person edits a student's result in OneRoster. */
export function edit(world: World, members: Document, student = 'student-1', collection = 'results'): void {
  world.sandbox.put(collection, { ...resultIn(world, student, collection), ...members });
}

/** The writes of results that have reached OneRoster. */
export function resultWrites(world: World): number {
  return world.writes().filter(({ path }) => /\/(assessmentR|r)esults\//.test(path)).length;
}

/** Asserts that a refusal has this status and code, and names these places. */
export function assertProblem(
  answer: Answer,
  status: number,
  code: string,
  pointers?: readonly string[],
): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body['code'], code, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  if (pointers === undefined) return;
  const issues = answer.body['issues'] as readonly Document[] | undefined;
  assert.deepEqual(issues?.map(({ pointer }) => pointer).sort(), [...pointers].sort(), answer.text);
}
