import { join } from 'node:path';
import { completeConfig, type LoadResult, type ReadResult, readConfig } from '../config/load.ts';
import type { JsonObject } from '../core/json.ts';

/** The tool and the context of a gateway that nobody has configured. */
export const DEMO = {
  tool: 'demo',
  context: 'math-101',
  apiKey: 'demo-api-key',
  admin: 'demo',
  port: 8080,
  sandboxPort: 8081,
} as const;

export interface DemoAddresses {
  readonly port: number;
  /** Where the store is; that of `serve` when it is not given. */
  readonly store?: string;
  /** With it one may sign in at the console; without it there is none. */
  readonly adminToken?: string | undefined;
  readonly sandbox: {
    readonly url: string;
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
  };
}

/** The address and the credentials of the embedded sandbox when it runs on its usual port. */
export function usualAddresses(): DemoAddresses {
  const url = `http://127.0.0.1:${DEMO.sandboxPort}`;
  return {
    port: DEMO.port,
    sandbox: { url, tokenUrl: `${url}/oauth2/token`, clientId: 'sandbox', clientSecret: 'sandbox-secret' },
  };
}

/**
 * The configuration of a gateway that nobody has configured: one tool and one context, against the sandbox.
 *
 * @param folder where `./data` is
 */
export function readDemoConfig(
  { port, store, sandbox, adminToken }: DemoAddresses,
  folder: string,
): ReadResult {
  const { url, tokenUrl, clientId, clientSecret } = sandbox;
  const document: JsonObject = {
    version: 1,
    listen: { host: '127.0.0.1', port },
    ...(store !== undefined && { store: { sqlite: store } }),
    upstreams: { sandbox: { profile: 'timeback', baseUrl: url, auth: { tokenUrl, clientId, clientSecret } } },
    contexts: {
      [DEMO.context]: { upstream: 'sandbox', class: 'class-1', school: 'school-1', category: 'category-1' },
    },
    tools: { [DEMO.tool]: { clientId: DEMO.tool, contexts: [DEMO.context], apiKey: DEMO.apiKey } },
    ...(adminToken !== undefined && {
      admin: { tokens: { [DEMO.admin]: { role: 'operator', token: adminToken } } },
    }),
  };
  return readConfig(document, join(folder, 'built-in demo configuration'), {});
}

/** The same, ready to be run: `loadDemoConfig(usualAddresses(), process.cwd())`. */
export function loadDemoConfig(addresses: DemoAddresses, folder: string): LoadResult {
  const read = readDemoConfig(addresses, folder);
  return 'config' in read ? completeConfig(read) : read;
}
