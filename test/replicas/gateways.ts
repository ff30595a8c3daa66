import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { StorePlace } from '../../src/store/store.ts';
import { scoreOf } from '../ags/desk.ts';
import { exitOf, freePort, type Running, start } from '../cli/process.ts';
import type { Document } from '../exchange/world.ts';

/** A gateway that is a process of its own, and a tool that speaks to it. */
export interface Gateway extends Running {
  readonly url: string;
  /** @param path below `/api/lineitems/` */
  call(method: string, path: string, body?: Document): Promise<Response>;
  score(lineItem: string, members?: Document): Promise<Response>;
}

export interface Settings {
  readonly sandbox: Sandbox;
  readonly store: StorePlace;
  /** The folder of the configuration. */
  readonly folder: string;
}

/** Writes a configuration. @returns its file */
async function configure({
  sandbox,
  store,
  folder,
}: Settings): Promise<{ readonly port: number; readonly file: string }> {
  const port = await freePort();
  const { url: baseUrl, tokenUrl, clientId, clientSecret } = sandbox;
  const school = {
    profile: 'timeback',
    baseUrl,
    auth: { tokenUrl, clientId, clientSecret },
    timeouts: { call: 1000, late: 100 },
    retry: { attempts: 1 },
  };
  const file = join(folder, `${port}.json`);
  const config = {
    version: 1,
    listen: { port },
    // The same at all replicas, whatever their ports.
    publicUrl: 'https://grades.example',
    store,
    upstreams: { school },
    contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
    limits: { request: 1000 },
    deliveries: { firstDelay: 50, longestDelay: 200 },
  };
  writeFileSync(file, JSON.stringify(config));
  return { port, file };
}

/** Runs a command on the store of a configuration. */
export async function command(
  t: TestContext,
  settings: Settings,
  ...args: string[]
): Promise<Running & { readonly code: number | null }> {
  const { file } = await configure(settings);
  const running = start(t, [...args, '--config', file], settings.folder);
  return { ...running, code: await exitOf(running) };
}

/** Issues a service key. */
export async function issueKey(t: TestContext, settings: Settings): Promise<string> {
  const issued = await command(t, settings, 'keys', 'issue', '--tool', 'quizzer', '--context', 'math-101');
  return String(issued.out().trim().split('\n').at(-1));
}

/** Starts a gateway, and waits until it listens. @param key a service key */
export async function startProcess(t: TestContext, settings: Settings, key: string): Promise<Gateway> {
  const { port, file } = await configure(settings);
  const running = start(t, ['serve', '--config', file], settings.folder);
  await running.until(/listening on/);
  const url = `http://127.0.0.1:${port}`;
  const call: Gateway['call'] = (method, path, body) =>
    fetch(`${url}/api/lineitems/${path}`, {
      method,
      headers: {
        authorization: `SERVICE-AUTH-V1 quizzer-key:${key}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    ...running,
    url,
    call,
    score: (lineItem, members) => call('POST', `${lineItem}/scores`, scoreOf(members)),
  };
}
