import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { PACKAGE_ROOT } from '../../../src/config/files.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import * as fixtures from './fixtures.ts';
import { StubMappings, tryOut } from './mappings.ts';
import { readConsole } from './pages.ts';
import { registryHandlers } from './registry.ts';

/** A gateway that only looks like one, for working on the pages and for states that a real one seldom has. */

export interface Stub {
  readonly url: string;
  /** Paths below /admin/v1 that answer with this problem from now on. */
  readonly broken: Map<string, JsonObject & { readonly status: number }>;
  /** Whether lists are empty. */
  isEmpty: boolean;
  close(): Promise<void>;
}

export interface Question {
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** What the groups of the path hold. */
  readonly parts: readonly string[];
}

export type Reply = { readonly status: number; readonly body?: Json };
export type Handler = (question: Question) => Json | Reply | undefined;

const isReply = (value: Json | Reply | undefined): value is Reply =>
  typeof value === 'object' &&
  value !== null &&
  'status' in value &&
  typeof value.status === 'number' &&
  !('milliseconds' in value);

/** Starts it; the tokens `operator` and `viewer` sign in with that role. */
export async function startStub(port = 0): Promise<Stub> {
  const mappings = new StubMappings();
  const pages = readConsole(join(PACKAGE_ROOT, 'dist', 'console'));
  const broken: Stub['broken'] = new Map();
  const stub = { isEmpty: false };
  const list = (items: readonly Json[]): Json => ({ items: stub.isEmpty ? [] : items });
  const handlers = handlersOf(mappings, list);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub.invalid');
    if (!url.pathname.startsWith('/admin/v1')) {
      const { status, headers, body } = pages(url.pathname);
      response.writeHead(status, headers).end(body);
      return;
    }
    void answer({ request, response, url, handlers, broken });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return Object.assign(stub, {
    url: `http://127.0.0.1:${actual}`,
    broken,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly handlers: readonly (readonly [RegExp, Handler])[];
  readonly broken: Stub['broken'];
}

async function answer({ request, response, url, handlers, broken }: Exchange): Promise<void> {
  const path = url.pathname.slice('/admin/v1'.length);
  const send = (status: number, body?: Json, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const body = (await json(request).catch(() => ({}))) as JsonObject;
  const problem = broken.get(path);
  if (problem) {
    send(problem.status, problem);
    return;
  }
  if (path === '/traffic/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    return;
  }
  if (path === '/session' && request.method === 'POST') return signIn(body, send);
  const role = /gradebridge_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  if (path === '/sign-in')
    return send(200, { token: true, oidc: { issuer: 'https://login.district.example' } });
  if (path === '/session' && request.method === 'DELETE')
    return send(204, undefined, { 'set-cookie': 'gradebridge_session=; Path=/; Max-Age=0' });
  if (role !== 'operator' && role !== 'viewer')
    return send(401, { code: 'ADMIN_UNAUTHORISED', detail: 'Nobody is signed in.', remedy: 'Sign in.' });
  if (path === '/session') return send(200, sessionOf(role));
  const question = `${request.method} ${path}`;
  for (const [pattern, handle] of handlers) {
    const found = pattern.exec(question);
    if (found === null) continue;
    const result = handle({ query: url.searchParams, body, parts: found.slice(1).map(decodeURIComponent) });
    if (isReply(result)) return send(result.status, result.body);
    return result === undefined ? send(204) : send(200, result);
  }
  send(404, { code: 'NOT_FOUND', detail: `There is no ${path}.`, remedy: 'Look for it in the list.' });
}

function signIn(
  body: JsonObject,
  send: (status: number, body?: Json, headers?: Record<string, string>) => void,
): void {
  const { token } = body;
  if (token !== 'operator' && token !== 'viewer') {
    send(401, {
      code: 'ADMIN_UNAUTHORISED',
      detail: 'No such token is known.',
      remedy: 'Look under "admin" in the configuration.',
    });
    return;
  }
  const cookie = `gradebridge_session=${token}; Path=/; HttpOnly; SameSite=Strict`;
  send(200, sessionOf(token), { 'set-cookie': cookie });
}

function sessionOf(role: string): JsonObject {
  return {
    name: role === 'operator' ? 'alice' : 'victor',
    role,
    csrf: 'csrf',
    expiresAt: fixtures.ago(-480),
  };
}

function handlersOf(
  mappings: StubMappings,
  list: (items: readonly Json[]) => Json,
): readonly (readonly [RegExp, Handler])[] {
  const by = (
    items: readonly JsonObject[],
    query: URLSearchParams,
    names: readonly string[],
  ): readonly JsonObject[] =>
    items.filter((item) => names.every((name) => !query.get(name) || String(item[name]) === query.get(name)));
  const delivery = (id: string | undefined): JsonObject => ({
    ...fixtures.DELIVERIES.find((each) => each['id'] === id),
    error: fixtures.ERROR,
  });
  const traffic = (id: string | undefined, isRevealed: boolean): Json =>
    fixtures.exchange(fixtures.TRAFFIC.find((each) => each['id'] === id) ?? {}, isRevealed);
  let done = 0;
  return [
    [/^GET \/overview$/, () => fixtures.overview()],
    [
      /^GET \/deliveries$/,
      ({ query }) => list(by(fixtures.DELIVERIES, query, ['state', 'tool', 'context', 'upstream'])),
    ],
    [
      /^POST \/deliveries\/plans$/,
      () => ({ plan: 'plan-1', count: 41, items: fixtures.DELIVERIES.slice(0, 3) }),
    ],
    [
      /^POST \/deliveries\/plans\/([^/]+)\/run$/,
      () => {
        done = 0;
        return { job: 'job-1' };
      },
    ],
    [
      /^GET \/jobs\/([^/]+)$/,
      () => {
        done = Math.min(done + 14, 40);
        return { done, failed: 1, total: 41, state: done < 40 ? 'running' : 'done' };
      },
    ],
    [/^DELETE \/jobs\/([^/]+)$/, () => undefined],
    [/^POST \/deliveries\/([^/]+)\/(?:retry|discard)$/, () => undefined],
    [/^GET \/deliveries\/([^/]+)$/, ({ parts }) => delivery(parts[0])],
    [/^GET \/traffic$/, ({ query }) => list(by(fixtures.TRAFFIC, query, ['tool', 'context']))],
    [/^GET \/traffic\/([^/]+)$/, ({ parts }) => ({ status: 200, body: traffic(parts[0], false) })],
    [/^POST \/traffic\/([^/]+)\/reveal$/, ({ parts }) => ({ status: 200, body: traffic(parts[0], true) })],
    [/^GET \/mappings$/, () => list(mappings.list() as readonly Json[])],
    [/^GET \/mappings\/([^/]+)$/, ({ parts }) => mappings.detail(parts[0] ?? '')],
    [/^POST \/mappings\/[^/]+\/try$/, ({ body }) => tryOut(body)],
    [
      /^POST \/mappings\/[^/]+\/what-if$/,
      () => ({
        tried: 73,
        items: [
          {
            id: 'req-0001',
            at: fixtures.ago(1),
            tool: 'quizzer',
            context: 'math-101',
            differences: [
              { pointer: '/metadata/maxAttempts', after: 3 },
              { pointer: '/title', before: '•••', after: '•••' },
            ],
          },
        ],
      }),
    ],
    [/^POST \/mappings\/[^/]+\/drafts$/, ({ body }) => ({ status: 201, body: mappings.draft(body) })],
    [
      /^POST \/mappings\/[^/]+\/versions\/(\d+)\/activate$/,
      ({ parts }) => mappings.activate(Number(parts[0])),
    ],
    [
      /^POST \/mappings\/[^/]+\/rollback$/,
      () => {
        mappings.rollback();
        return undefined;
      },
    ],
    [/^GET \/line-items$/, () => list(fixtures.LINE_ITEMS)],
    ...reconcileHandlers(),
    [/^POST \/(?:tools|upstreams)\/[^/]+\/test$/, () => ({ results: fixtures.CHECKS })],
    ...registryHandlers(list),
    [/^GET \/audit$/, () => list(fixtures.AUDIT)],
    [
      /^GET \/configuration$/,
      () => ({ configuration: { version: 1, listen: { host: '127.0.0.1', port: 8080 } } }),
    ],
    [/^GET \/configuration\/diff$/, () => list([{ pointer: '/limits/inFlight', running: 200, file: 400 }])],
    [/^POST \/reload$/, () => ({ revision: { id: 'c0ffee' } })],
  ];
}

/** What is otherwise in OneRoster, over two pages; what was mended is found no more. */
function reconcileHandlers(): readonly (readonly [RegExp, Handler])[] {
  const mended = new Set<string>();
  const left = (): readonly JsonObject[] => fixtures.FINDINGS.filter(({ id }) => !mended.has(String(id)));
  const planned = ({ finding, repair }: JsonObject): Json => {
    const found = left().find(({ id }) => id === finding);
    const offers = (found?.['repairs'] ?? []) as readonly JsonObject[];
    const offer = offers.find((one) => one['repair'] === repair);
    const object = found?.['result'] === undefined ? 'lineItem' : 'result';
    const step = {
      method: repair === 'remove' ? 'DELETE' : 'PUT',
      object,
      sourcedId: found?.[object] ?? '',
      places: ['/status'],
    };
    return { ...offer, plan: 'a-plan', finding: found ?? null, steps: [step] };
  };
  return [
    [
      /^GET \/reconcile$/,
      ({ query }) =>
        query.get('lineItem')
          ? {
              items: left().filter(({ lineItem }) => lineItem === query.get('lineItem')),
              looked: { done: 1, of: 1 },
            }
          : query.get('after') === '2'
            ? { items: left().slice(2), looked: { done: 40, of: 40 } }
            : { items: left().slice(0, 2), next: '2', looked: { done: 25, of: 40 } },
    ],
    [/^POST \/line-items\/[^/]+\/repairs\/plan$/, ({ body }) => ({ status: 200, body: planned(body) })],
    [
      /^POST \/line-items\/[^/]+\/repairs$/,
      ({ body }) => {
        const plan = planned(body);
        mended.add(String(body['finding']));
        return { status: 200, body: plan };
      },
    ],
  ];
}
