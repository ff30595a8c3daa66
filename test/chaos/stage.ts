import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JsonObject } from '../../src/core/json.ts';
import { openKeys } from '../../src/keep.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type OpenedStore, openStore, type StorePlace } from '../../src/store/store.ts';
import { createGatewayProcess, type GatewayProcess } from './gateway-process.ts';
import { newPlace } from './place.ts';

export const PUBLIC_URL = 'https://grades.example';
export const CONTEXT = 'math-101';
const TOOL = 'quizzer';
const API_KEY = 'quizzer-api-key';
const SCOPES = ['lineitem', 'score', 'result.readonly'];

/** Authorization headers of the tool, by face. */
interface Credentials {
  readonly ags: string;
  readonly ltiaas: string;
}

/** A OneRoster service in this process, and gateways before it that are processes of their own. None of them runs yet. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly gateways: readonly GatewayProcess[];
  /**
   * The store that the gateways use, opened beside them when it is asked for first: until then no process but theirs has it open, as in
   * the life of a gateway.
   */
  store(): Promise<OpenedStore>;
  /** The file of the store, when it is SQLite. */
  readonly file: string | undefined;
  /** What the gateways have said. */
  readonly log: string;
  /** The files of their configurations. */
  readonly configs: readonly string[];
  readonly credentials: Credentials;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly store: 'sqlite' | 'postgres';
  readonly processes: number;
  readonly sandbox?: SandboxOptions;
  /** Members of the upstream's and of the whole configuration, over those that are here. */
  readonly upstream?: JsonObject;
  readonly config?: JsonObject;
}

/** @example const stage = await openStage({ store: 'sqlite', processes: 1 }); await stage.gateways[0]?.start() */
export async function openStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-chaos-'));
  const sandbox = await startSandbox(options.sandbox);
  const place = await newPlace(options.store, folder);
  const credentials = await credentialsIn(place.store);
  let store: Promise<OpenedStore> | undefined;
  const log = join(folder, 'gateway.log');
  const gateways: GatewayProcess[] = [];
  for (let number = 0; number < options.processes; number++) {
    const port = await freePort();
    const config = join(folder, `gateway-${number}.json`);
    const document = { ...settings(sandbox, options), store: place.store, listen: { port } };
    writeFileSync(config, JSON.stringify(document));
    gateways.push(createGatewayProcess({ config, port, log }));
  }
  return {
    sandbox,
    gateways,
    store: () => {
      store ??= openStore(place.store, { clock: Date.now });
      return store;
    },
    file: 'sqlite' in place.store ? place.store.sqlite : undefined,
    log,
    configs: gateways.map((_gateway, number) => join(folder, `gateway-${number}.json`)),
    credentials,
    close: async () => {
      await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
      await sandbox.close();
      await (await store)?.close();
      await place.remove();
      rmSync(folder, { recursive: true });
    },
  };
}

async function credentialsIn(place: StorePlace): Promise<Credentials> {
  const store = await openStore(place, { clock: Date.now });
  const keyring = await openKeys(store, Date.now);
  const claims = { iss: PUBLIC_URL, aud: PUBLIC_URL, sub: TOOL, client_id: TOOL, scope: SCOPES.join(' ') };
  const serviceKey = await keyring.sign('serviceKey', { tool: TOOL, context: CONTEXT });
  const token = await keyring.sign('accessToken', claims, 86_400);
  await store.close();
  // SQLite closes the file when the statements of this process are collected.
  collect();
  return { ags: `Bearer ${token}`, ltiaas: `SERVICE-AUTH-V1 ${API_KEY}:${serviceKey}` };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function settings({ url, tokenUrl, clientId, clientSecret }: Sandbox, options: StageOptions): JsonObject {
  const auth = { tokenUrl, clientId, clientSecret };
  return {
    version: 1,
    publicUrl: PUBLIC_URL,
    upstreams: { school: { profile: 'timeback', baseUrl: url, auth, ...options.upstream } },
    contexts: {
      [CONTEXT]: { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-1' },
    },
    tools: { [TOOL]: { clientId: TOOL, contexts: [CONTEXT], apiKey: API_KEY } },
    ...options.config,
  };
}

/** A port that nobody listens on: a gateway must come back where it was. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
