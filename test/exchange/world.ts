import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import type { TokenType } from '../../src/auth/keyring.ts';
import { type RunningGateway, startGateway } from '../../src/commands/running.ts';
import type { World as Outside } from '../../src/compose.ts';
import { completeConfig, type LoadedConfig, type LoadResult, loadConfig } from '../../src/config/load.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Timeouts } from '../../src/http/server.ts';
import { storedOf } from '../../src/keep.ts';
import {
  type RecordedRequest,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../src/sandbox/sandbox.ts';
import { openStore, type StorePlace } from '../../src/store/store.ts';
import { type Client, clientOf, type Document } from './client.ts';

export { type Answer, type Client, type Document, lineItemPath } from './client.ts';

/** The documentation's own line item id, as the SDK puts it into a path. */
export const LMS_URL = 'https://lms.example.com/course/1/lineitems/1';
export const PUBLIC_URL = 'https://grades.example';
export const API_KEYS = { quizzer: 'quizzer-api-key', drill: 'drill-api-key' } as const;
export type Tool = keyof typeof API_KEYS;

export interface World {
  readonly url: string;
  readonly gateway: RunningGateway;
  readonly sandbox: Sandbox;
  /** Every line that the gateway has logged. */
  readonly log: readonly string[];
  /** Moves the gateway's clock on. */
  advance(milliseconds: number): void;
  now(): number;
  key(tool: Tool, context: string, options?: KeyOptions): Promise<string>;
  /** A client with a service key of that tool and context; quizzer in math-101 by default. */
  as(tool?: Tool, context?: string): Promise<Client>;
  /** A client with this Authorization header, or none. */
  with(authorization: string | undefined): Client;
  /** The calls that reached the upstream, token requests excepted. */
  calls(): readonly RecordedRequest[];
  writes(): readonly RecordedRequest[];
  tokenRequests(): readonly RecordedRequest[];
}

export interface KeyOptions {
  readonly type?: TokenType;
  readonly lifetime?: number;
  readonly claims?: JsonObject;
}

export interface WorldOptions {
  /** One that is there already; a new one otherwise. */
  readonly store?: StorePlace;
  /** Laid over the configuration of the tests, object by object; null takes a member away. */
  readonly config?: JsonObject;
  readonly sandbox?: SandboxOptions;
  readonly heapShare?: () => number;
  readonly timeouts?: Timeouts;
  /** The folder of the console's files. */
  readonly console?: string;
  /** What a reload finds, out of the configuration that the gateway has begun with. */
  readonly load?: (loaded: LoadedConfig) => LoadResult;
  /** The files that say what is in force, where `load` is not to be asked. */
  readonly source?: NonNullable<Outside['source']>;
  /** Whether a reload takes up what the store holds of mappings, tools and contexts, as `serve` does. */
  readonly takesVersions?: boolean;
}

/** A sandbox, a gateway before it, and clients; all of it ends with the test. */
export async function openWorld(t: TestContext, options: WorldOptions = {}): Promise<World> {
  const sandbox = await startSandbox(options.sandbox);
  t.after(() => sandbox.close());
  return worldWith(t, sandbox, options);
}

/**
 * A gateway before a sandbox that is already there, or gone.
 *
 * @param store one that is there already; a new one otherwise
 */
export function worldOn(
  t: TestContext,
  sandbox: Sandbox,
  config: JsonObject = {},
  store?: StorePlace,
): Promise<World> {
  return worldWith(t, sandbox, { config, ...(store && { store }) });
}

async function worldWith(t: TestContext, sandbox: Sandbox, options: WorldOptions): Promise<World> {
  const { config = {}, store, heapShare, timeouts, console, load, source, takesVersions } = options;
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  const loaded = configured(sandbox, config, store ?? { sqlite: await newStore(folder) });
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const log: string[] = [];
  const outside = {
    clock: now,
    random: () => 0.5,
    log: (level: string, event: string, fields?: object) =>
      void log.push(JSON.stringify({ level, event, ...fields })),
    ...(heapShare && { heapShare }),
    ...(console !== undefined && { console }),
    ...(source !== undefined && { source }),
    ...(load !== undefined && { load: async () => load(loaded) }),
    ...(takesVersions && {
      load: async () => completeConfig(loaded.inFile, await storedOf(gateway.service.store)),
    }),
  };
  const gateway: RunningGateway = await startGateway(loaded, outside, timeouts);
  const agent = new Agent({ keepAlive: true });
  t.after(async () => {
    agent.destroy();
    await gateway.stop();
    await rm(folder, { recursive: true });
  });
  const advance = (milliseconds: number): void => {
    ahead += milliseconds;
  };
  return { url: gateway.url, gateway, sandbox, log, advance, now, ...hands(gateway, sandbox, agent) };
}

function hands(
  { service, url }: RunningGateway,
  sandbox: Sandbox,
  agent: Agent,
): Pick<World, 'key' | 'as' | 'with' | 'calls' | 'writes' | 'tokenRequests'> {
  const key: World['key'] = (tool, context, { type = 'serviceKey', lifetime, claims = {} } = {}) =>
    service.keyring.sign(type, { tool, context, ...claims }, lifetime);
  const client: World['with'] = (authorization) => clientOf(url, agent, authorization);
  const isToken = ({ path }: RecordedRequest): boolean => path.startsWith('/oauth2/');
  const calls = (): RecordedRequest[] => sandbox.requests().filter((call) => !isToken(call));
  return {
    key,
    as: async (tool = 'quizzer', context = 'math-101') =>
      client(`SERVICE-AUTH-V1 ${API_KEYS[tool]}:${await key(tool, context)}`),
    with: client,
    calls,
    writes: () => calls().filter(({ method }) => method !== 'GET'),
    tokenRequests: () => sandbox.requests().filter(isToken),
  };
}

let emptyStore: Promise<Buffer> | undefined;

/** A store in which nothing is yet, in a folder: to bring one up to date takes a third of the time that a world takes. */
async function newStore(folder: string): Promise<string> {
  const sqlite = join(folder, 'gradebridge.db');
  emptyStore ??= makeEmptyStore();
  await writeFile(sqlite, await emptyStore);
  return sqlite;
}

async function makeEmptyStore(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-empty-'));
  const sqlite = join(folder, 'gradebridge.db');
  const store = await openStore({ sqlite }, { clock: Date.now });
  // What lies beside the file in the log is put into it.
  await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  const bytes = await readFile(sqlite);
  await store.close();
  await rm(folder, { recursive: true });
  return bytes;
}

const LOADED = new Map<string, LoadedConfig>();
/** Stands for the address of the sandbox, which is another one in each test. */
const SOMEWHERE = 'http://sandbox.invalid';

/** Checking a configuration is most of the time that a world takes: those that differ in addresses alone are checked once. */
function configured(sandbox: Sandbox, override: JsonObject, store: StorePlace): LoadedConfig {
  const document = merge(settings(sandbox), override);
  const key = JSON.stringify(document);
  const loaded = LOADED.get(key) ?? load(document);
  LOADED.set(key, loaded);
  const upstreams = Object.fromEntries(
    Object.entries(loaded.config.upstreams).map(([name, upstream]) => {
      const auth = { ...upstream.auth, tokenUrl: sandbox.tokenUrl };
      return [name, { ...upstream, baseUrl: sandbox.url, auth }];
    }),
  );
  const config = { ...loaded.config, upstreams, store };
  return { ...loaded, config, inFile: { ...loaded.inFile, config } };
}

function load(document: JsonObject): LoadedConfig {
  const loaded = loadConfig(document, join(tmpdir(), 'gradebridge.config.json'), {});
  if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
  return loaded;
}

function settings({ clientId, clientSecret }: Sandbox): JsonObject {
  return {
    version: 1,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: PUBLIC_URL,
    upstreams: {
      school: {
        profile: 'timeback',
        baseUrl: SOMEWHERE,
        auth: { tokenUrl: SOMEWHERE, clientId, clientSecret },
        timeouts: { call: 15_000, late: 60 },
        retry: { attempts: 3, firstDelay: 4, longestDelay: 8 },
      },
    },
    contexts: {
      'math-101': { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-1' },
      'science-7': { upstream: 'school', class: 'class-2', school: 'school-1', category: 'category-2' },
      'algebra-1': { upstream: 'school', class: 'class-3', school: 'school-2', category: 'category-1' },
    },
    tools: {
      quizzer: { clientId: 'quizzer', contexts: ['math-101', 'science-7'], apiKey: API_KEYS.quizzer },
      drill: { clientId: 'drill', contexts: ['math-101', 'algebra-1'], apiKey: API_KEYS.drill },
    },
    limits: { request: 30_000, drain: 3000 },
    deliveries: { firstDelay: 20, longestDelay: 80, lookAgain: 100 },
  };
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const isRecord = (value: Json | undefined): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const merged: Record<string, Json> = { ...below };
  for (const [member, value] of Object.entries(above)) {
    const before = merged[member];
    if (value === null) delete merged[member];
    else merged[member] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}

/** What OneRoster holds under a sourcedId, without what only the server decides. */
export function held({ sandbox }: World, sourcedId: string, collection = 'lineItems'): Document {
  const document = sandbox.find(collection, sourcedId);
  assert.ok(document, `OneRoster holds no ${collection} ${sourcedId}`);
  const { dateLastModified: _, ...rest } = document;
  return rest;
}

/** The sourcedId in an id that the gateway gave out. */
export function sourcedIdIn(id: unknown, context = 'math-101'): string {
  const prefix = `${PUBLIC_URL}/lti/contexts/${context}/lineitems/`;
  assert.ok(String(id).startsWith(prefix), `${id} is no id of the gateway in ${context}`);
  return decodeURIComponent(String(id).slice(prefix.length));
}

/** The sourcedId of the only write that has reached the upstream since the requests were last cleared. */
export function writtenId(world: World): string {
  const [write, ...others] = world.writes();
  assert.ok(write && others.length === 0, `${world.writes().length} writes, not 1`);
  return decodeURIComponent(write.path.split('/').at(-1) ?? '');
}

/** Waits for a condition, by looking again and again. */
export async function until(holds: () => boolean, patience = PATIENCE): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    assert.ok(Date.now() < end, 'the condition was not met in time');
    await moment();
  }
}

/** Milliseconds after which a condition is given up: enough for a machine that has other work, too. */
const PATIENCE = 30_000;

/** Milliseconds between two looks: without a pause, waiting takes the processor away from what is waited for. */
const BETWEEN_LOOKS = 4;

function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
}

/** Waits for a condition that has to be asked for, by asking again. */
export async function eventually(holds: () => Promise<boolean>, patience = PATIENCE): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    assert.ok(Date.now() < end, 'the condition was not met in time');
    await moment();
  }
}
