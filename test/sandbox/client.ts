import type { TestContext } from 'node:test';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export const gradebook = '/ims/oneroster/gradebook/v1p2';
export const rostering = '/ims/oneroster/rostering/v1p2';

type Json = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else the text; undefined if it is empty. */
  body: unknown;
}

export interface Client {
  sandbox: Sandbox;
  token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string): Promise<Reply>;
}

/** A sandbox that ends with the test, and a client that holds a token for it. */
export async function start(t: TestContext, options: SandboxOptions = {}, scope?: string): Promise<Client> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  const token = await fetchToken(sandbox, scope);
  const call: Client['call'] = (method, path, body, headers = {}) => {
    const own = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : json), ...headers };
    const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return send(sandbox.url + path, { method, headers: own, body: content ?? null, redirect: 'manual' });
  };
  return { sandbox, token, call, get: (path) => call('GET', path) };
}

const json = { 'content-type': 'application/json' };

export async function fetchToken(sandbox: Sandbox, scope?: string): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    ...(scope === undefined ? {} : { scope }),
  });
  const { body } = await send(sandbox.tokenUrl, { method: 'POST', body: form });
  return String((body as Json)['access_token']);
}

export async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A member of a JSON answer by its path: `at(reply.body, 'lineItem.class.sourcedId')`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], value);
}

export function ids(reply: Reply, key: string): unknown[] {
  return (at(reply.body, key) as Json[]).map((row) => row['sourcedId']);
}

export function minorCode(reply: Reply): unknown {
  return at(reply.body, 'imsx_CodeMinor.imsx_codeMinorField.0.imsx_codeMinorFieldValue');
}

/** The paths that a 422 complains about, in order. */
export function complaints(reply: Reply): unknown[] {
  return ((at(reply.body, 'imsx_error_details') as Json[] | undefined) ?? []).map(({ path }) => path);
}

/** The six members that every profile requires, with sourcedId-only references. */
export const lineItem: Readonly<Json> = {
  title: 'Quiz 1',
  assignDate: '2025-09-01T08:00:00.000Z',
  dueDate: '2025-09-08T20:00:00.000Z',
  class: { sourcedId: 'class-1' },
  school: { sourcedId: 'school-1' },
  category: { sourcedId: 'category-1' },
};

export const result: Readonly<Json> = {
  status: 'active',
  lineItem: { sourcedId: 'teacher-quiz' },
  student: { sourcedId: 'student-1' },
  scoreStatus: 'fully graded',
  scoreDate: '2025-09-10T10:00:00.000Z',
  score: 17.5,
};

function full(type: string, sourcedId: string): Json {
  return { href: `https://sis.example/${type}/${sourcedId}`, sourcedId, type };
}

/** A line item as a spec-strict server wants it. */
export function specLineItem(sourcedId: string, changes: Json = {}): Json {
  return {
    ...lineItem,
    sourcedId,
    status: 'active',
    dateLastModified: '2025-09-01T08:00:00.000Z',
    class: full('class', 'class-1'),
    school: full('org', 'school-1'),
    category: full('category', 'category-1'),
    ...changes,
  };
}

export function specResult(sourcedId: string, changes: Json = {}): Json {
  return {
    ...result,
    sourcedId,
    dateLastModified: '2025-09-01T08:00:00.000Z',
    lineItem: full('lineItem', 'teacher-quiz'),
    student: full('user', 'student-1'),
    scoreDate: '2025-09-10',
    ...changes,
  };
}
