import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { assertNoSecret, assertRefused, type Expected } from './envelope.ts';
import { type Answer, type Client, held, openWorld, type World } from './world.ts';

const QUIZ = { label: 'Quiz 1', scoreMaximum: 20 } as const;
/** Shorter than any Retry-After below that leaves no second try, and long enough for all tries on a busy machine. */
const DEADLINE = 6000;
const PRIVATE = 'what the upstream says to itself';

/** @param call what one call may take: as little as can be where it is waited for, enough for a busy machine elsewhere */
const limits = (call: number): JsonObject => ({
  limits: { request: DEADLINE },
  upstreams: { school: { timeouts: { call }, failuresToOpen: 100_000 } },
});

/** What a tool asks, and the call to the upstream that is hit. */
const OPERATIONS: readonly {
  name: string;
  method: string;
  ask: (client: Client) => Promise<Answer>;
  done: number;
}[] = [
  { name: 'list', method: 'GET', ask: (client) => client.list(), done: 200 },
  { name: 'read', method: 'GET', ask: (client) => client.get('bare-1'), done: 200 },
  { name: 'create', method: 'PUT', ask: (client) => client.post(QUIZ), done: 201 },
  { name: 'replace, its read', method: 'GET', ask: (client) => client.put('bare-1', QUIZ), done: 201 },
  { name: 'replace, its write', method: 'PUT', ask: (client) => client.put('bare-1', QUIZ), done: 201 },
  { name: 'delete, its read', method: 'GET', ask: (client) => client.remove('bare-1'), done: 204 },
  { name: 'delete, its write', method: 'DELETE', ask: (client) => client.remove('bare-1'), done: 204 },
];

interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly expected: Expected;
  readonly tries: number;
  readonly retryAfter?: RegExp;
}

const status = (
  number: number,
  more: Omit<Extract<Fault, { kind: 'status' }>, 'kind' | 'status'> = {},
): Fault => ({
  kind: 'status',
  status: number,
  description: PRIVATE,
  ...more,
});
const FAILED = { status: 502, code: 'UPSTREAM_FAILED' } as const;
const BUSY = { status: 503, code: 'UPSTREAM_BUSY' } as const;
const NONSENSE = { status: 502, code: 'UPSTREAM_BAD_ANSWER' } as const;
const REFUSED = { status: 502, code: 'UPSTREAM_REFUSED' } as const;

/** Three tries are configured. A Retry-After beyond the deadline leaves no second one. */
const FOR_GOOD: readonly Row[] = [
  { name: '429', fault: status(429), expected: BUSY, tries: 3, retryAfter: /^[1-9]\d*$/ },
  { name: '429 and a message', fault: status(429, { body: 'message' }), expected: BUSY, tries: 3 },
  { name: '429, 7 s', fault: status(429, { retryAfter: 7 }), expected: BUSY, tries: 1, retryAfter: /^7$/ },
  {
    name: '429, a date',
    fault: status(429, { retryAfter: new Date(Date.now() + 600_000).toUTCString() }),
    expected: BUSY,
    tries: 1,
    retryAfter: /^(5[5-9]\d|600)$/,
  },
  {
    name: '429, nonsense',
    fault: status(429, { retryAfter: 'soon' }),
    expected: BUSY,
    tries: 3,
    retryAfter: /^\d+$/,
  },
  { name: '500', fault: status(500), expected: FAILED, tries: 3 },
  { name: '500 in HTML', fault: status(500, { body: 'html' }), expected: FAILED, tries: 3 },
  { name: '502 in HTML', fault: status(502, { body: 'html' }), expected: FAILED, tries: 3 },
  { name: '503, empty', fault: status(503, { body: 'empty' }), expected: FAILED, tries: 3 },
  { name: '503, 9 s', fault: status(503, { retryAfter: 9 }), expected: FAILED, tries: 1, retryAfter: /^9$/ },
  { name: '504 and a message', fault: status(504, { body: 'message' }), expected: FAILED, tries: 3 },
  { name: '401', fault: status(401), expected: REFUSED, tries: 2 },
  { name: '403', fault: status(403), expected: REFUSED, tries: 1 },
  { name: '200 in HTML', fault: status(200, { body: 'html' }), expected: NONSENSE, tries: 3 },
  { name: '418', fault: status(418), expected: NONSENSE, tries: 3 },
  { name: 'a redirect', fault: { kind: 'redirect', location: '/elsewhere' }, expected: NONSENSE, tries: 3 },
  { name: 'bad JSON', fault: { kind: 'bad-json' }, expected: NONSENSE, tries: 3 },
  {
    name: 'a reset',
    fault: { kind: 'reset', when: 'before' },
    expected: { status: 502, code: 'UPSTREAM_UNREACHABLE' },
    tries: 3,
  },
  { name: 'silence', fault: { kind: 'hang' }, expected: { status: 504, code: 'UPSTREAM_TIMEOUT' }, tries: 3 },
  {
    name: 'slowness',
    fault: { kind: 'slow', delayMs: 5000 },
    expected: { status: 504, code: 'UPSTREAM_TIMEOUT' },
    tries: 3,
  },
];

interface Ready {
  readonly world: World;
  readonly client: Client;
}

async function openWithLineItem(t: TestContext, kind: Fault['kind'] = 'status'): Promise<Ready> {
  const isWaitedFor = kind === 'hang' || kind === 'slow';
  const world = await openWorld(t, { config: limits(isWaitedFor ? 300 : 2000) });
  const client = await world.as();
  assert.equal((await client.put('bare-1', QUIZ)).status, 201);
  return { world, client };
}

interface Together<Row> {
  readonly nameOf: (row: Row) => string;
  readonly faultOf: (row: Row) => Fault;
  readonly run: (row: Row, ready: Ready) => Promise<void>;
}

/**
 * Rows of a table run together, each in a world of its own: most of their time they wait for time-outs. The worlds are
 * made before, or making one would slow the rows that have begun.
 */
async function together<Row>(
  t: TestContext,
  rows: readonly Row[],
  { nameOf, faultOf, run }: Together<Row>,
): Promise<void> {
  const ready: Ready[] = [];
  for (const row of rows) ready.push(await openWithLineItem(t, faultOf(row).kind));
  await Promise.all(rows.map((row, index) => t.test(nameOf(row), () => run(row, ready[index] as Ready))));
}

const TOGETHER = { concurrency: true } as const;

test(
  'trouble that stays is told as what it is, in time, after the tries that make sense',
  TOGETHER,
  async (t) => {
    await together(t, FOR_GOOD, {
      nameOf: ({ name }) => name,
      faultOf: ({ fault }) => fault,
      run: staysInTrouble,
    });
  },
);

async function staysInTrouble(
  { fault, expected, tries, retryAfter }: Row,
  { world, client }: Ready,
): Promise<void> {
  for (const { name, method, ask } of OPERATIONS) {
    world.sandbox.clearFaults();
    await client.put('bare-1', QUIZ);
    const before = held(world, 'bare-1');
    world.sandbox.clearRequests();
    world.sandbox.inject({ ...fault, method, path: '/ims/', times: 0 });
    const answer = await ask(client);
    assertRefused(answer, expected);
    assert.doesNotMatch(answer.text, new RegExp(PRIVATE), name);
    assertNoSecret(answer.text + world.log.join('\n'), world);
    if (retryAfter) assert.match(String(answer.headers['retry-after']), retryAfter, name);
    const made = world.calls().filter((call) => call.method === method);
    assert.equal(made.length, tries, `${name}: ${made.length} tries`);
    if (fault.kind !== 'bad-json' && fault.kind !== 'slow') assert.deepEqual(held(world, 'bare-1'), before);
  }
}

/** Each strikes once, and the tool must not notice. */
const PASSING: readonly Fault[] = [
  status(429),
  status(429, { retryAfter: 0 }),
  status(500),
  status(502, { body: 'html' }),
  status(503, { body: 'empty' }),
  status(504, { body: 'message' }),
  status(401),
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'bad-json' },
  { kind: 'hang' },
  { kind: 'slow', delayMs: 20 },
  { kind: 'revoke-token' },
];

test('trouble that passes is not noticed, and a write is done once', TOGETHER, async (t) => {
  await together(t, PASSING, { nameOf: JSON.stringify, faultOf: (fault) => fault, run: passesUnnoticed });
});

async function passesUnnoticed(fault: Fault, { world, client }: Ready): Promise<void> {
  let standing = 1;
  for (const { name, method, ask, done } of OPERATIONS) {
    await client.put('bare-1', QUIZ);
    world.sandbox.clearRequests();
    world.sandbox.inject({ ...fault, method, path: '/ims/' });
    const answer = await ask(client);
    assert.equal(answer.status, done, `${name}: ${answer.text}`);
    const made = world.calls().filter((call) => call.method === method);
    // Before its deletion, the results of a line item are listed: they follow it.
    const calls = name === 'delete, its read' ? 2 : 1;
    assert.equal(made.length, fault.kind === 'slow' ? calls : calls + 1, name);
    if (name === 'create') standing = 2;
    const gone = done === 204 ? 1 : 0;
    assert.equal(((await client.list()).body['lineItems'] as unknown[]).length, standing - gone, name);
  }
}
