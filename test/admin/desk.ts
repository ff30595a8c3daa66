import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Answer, Question } from '../exchange/client.ts';
import { openWorld, type World, type WorldOptions, worldOn } from '../exchange/world.ts';

export const TOKENS = { ada: 'operator-token-of-ada', vic: 'viewer-token-of-vic' } as const;

export const ADMIN: JsonObject = {
  tokens: {
    ada: { role: 'operator', token: TOKENS.ada },
    vic: { role: 'viewer', token: TOKENS.vic },
  },
};

/** Somebody at the admin API. */
export interface Person {
  call(method: string, path: string, question?: Question): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
}

export interface Browser extends Person {
  readonly cookie: string;
  readonly csrf: string;
  /** The answer to the sign-in. */
  readonly signedIn: Answer;
}

/** A gateway with a console. */
export async function openAdmin(t: TestContext, options: WorldOptions = {}): Promise<World> {
  const { config = {} } = options;
  return openWorld(t, { ...options, config: { admin: ADMIN, ...config } });
}

/** Another gateway before the same OneRoster, on a store. */
export function anotherAdmin(
  t: TestContext,
  { sandbox }: World,
  store: NonNullable<WorldOptions['store']>,
  admin = ADMIN,
): Promise<World> {
  return worldOn(t, sandbox, { admin }, store);
}

/** Someone with these headers, whatever they are. */
export function withHeaders(world: World, headers: Readonly<Record<string, string>>): Person {
  const client = world.with(undefined);
  const call: Person['call'] = (method, path, question = {}) =>
    client.call(method, `/admin/v1${path}`, { ...question, headers: { ...headers, ...question.headers } });
  return {
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body === undefined ? {} : { body }),
  };
}

/** A program with a token. */
export function program(world: World, name: keyof typeof TOKENS = 'ada'): Person {
  return withHeaders(world, { authorization: `Bearer ${TOKENS[name]}` });
}

/** A browser that has signed in with a token. */
export async function browser(world: World, name: keyof typeof TOKENS = 'ada'): Promise<Browser> {
  const signedIn = await withHeaders(world, {}).post('/session', { token: TOKENS[name] });
  assert.equal(signedIn.status, 200, signedIn.text);
  const cookie = cookieOf(signedIn);
  const csrf = String(signedIn.body['csrf']);
  return { ...withHeaders(world, { cookie, 'x-csrf-token': csrf }), cookie, csrf, signedIn };
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

export function assertCode(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body['code'], code, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
}

export function itemsOf(answer: Answer): readonly Record<string, unknown>[] {
  assert.equal(answer.status, 200, answer.text);
  assert.ok(Array.isArray(answer.body['items']), answer.text);
  return answer.body['items'] as Record<string, unknown>[];
}

/** Waits for a condition, for as long as a machine under load may need. */
export async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    assert.ok(Date.now() < end, 'it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
