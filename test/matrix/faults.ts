import type { ErrorCode } from '../../src/core/errors.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import type { Expected, Row, Trouble } from './table.ts';

/** Milliseconds of one call where time-outs are waited for, and of an answer that comes too late for it. */
export const CALL = 400;
const LATE = 650;
/** Seconds of a Retry-After, and milliseconds of a request that cannot wait so long. */
const WAIT = 3;
export const REQUEST = 2500;
/** Bytes that the gateway takes for an answer. */
export const ANSWER = 1_000_000;

type More = Omit<Extract<Fault, { kind: 'status' }>, 'kind' | 'status'>;
const always = (fault: Fault): Fault => ({ ...fault, times: 0 });
const answers = (status: number, more: More = {}): Fault => always({ kind: 'status', status, ...more });
const every = (fault: Fault): Trouble => ({ at: 'every call', fault });
const write = (fault: Fault): Trouble => ({ at: 'the write', fault });
const token = (fault: Fault): Trouble => ({ at: 'the token', fault });

/** Two tries are configured; what passes by itself is promised when it is a score. */
const passes = (code: ErrorCode, more: Expected = {}): Expected => ({
  ...{ code, calls: 2, isPromised: true },
  ...more,
});
/** Trying it again would not help. */
const stays = (code: ErrorCode, more: Expected = {}): Expected => ({ code, calls: 1, ...more });
/** Tried again by the gateway itself, and done. */
const UNNOTICED: Expected = { calls: 2 };
const MISSING = stays('LINE_ITEM_NOT_FOUND');

/** Told as failed and done: a POST without a key makes another one (AGS §3.2.5), a second DELETE finds nothing. */
const DONE_BEFORE: Row['but'] = { create: { objects: 2 }, delete: { again: 'LINE_ITEM_NOT_FOUND' } };

const CONNECTIONS: readonly Row[] = [
  { name: 'nobody listens', trouble: { at: 'the network' }, ...passes('UPSTREAM_UNREACHABLE', { calls: 0 }) },
  {
    name: 'reset',
    trouble: every(always({ kind: 'reset', when: 'before' })),
    ...passes('UPSTREAM_UNREACHABLE'),
  },
  {
    name: 'reset before it is done',
    waits: 'for itself',
    trouble: write(always({ kind: 'reset', when: 'before' })),
    ...passes('UPSTREAM_UNREACHABLE'),
  },
  { name: 'reset before it is done, once', trouble: write({ kind: 'reset', when: 'before' }), ...UNNOTICED },
  {
    name: 'reset after it was done',
    waits: 'for itself',
    trouble: write(always({ kind: 'reset', when: 'after' })),
    ...passes('UPSTREAM_UNREACHABLE', { isDone: true }),
    but: DONE_BEFORE,
  },
  { name: 'reset after it was done, once', trouble: write({ kind: 'reset', when: 'after' }), ...UNNOTICED },
];

/** The sandbox does answer, and asks to wait. */
const isAnswered = ({ trouble }: Row): boolean => 'fault' in trouble && trouble.fault?.kind === 'status';

const TIMES: readonly Row[] = [
  { name: 'no answer', trouble: every(always({ kind: 'hang' })), ...passes('UPSTREAM_TIMEOUT') },
  { name: 'no answer', trouble: write(always({ kind: 'hang' })), ...passes('UPSTREAM_TIMEOUT') },
  { name: 'no answer, once', trouble: write({ kind: 'hang' }), ...UNNOTICED },
  {
    name: 'an answer too late',
    trouble: every(always({ kind: 'slow', delayMs: LATE })),
    ...passes('UPSTREAM_TIMEOUT'),
    // This one begins with a write.
    but: { create: { isDone: true, objects: 2 } },
  },
  {
    name: 'done too late',
    trouble: write(always({ kind: 'slow', delayMs: LATE })),
    ...passes('UPSTREAM_TIMEOUT', { isDone: true }),
    but: DONE_BEFORE,
  },
  { name: 'done too late, once', trouble: write({ kind: 'slow', delayMs: LATE }), ...UNNOTICED },
  {
    name: `429, Retry-After: ${WAIT}`,
    trouble: every(answers(429, { retryAfter: WAIT })),
    ...passes('UPSTREAM_BUSY', { calls: 1, retryAfter: WAIT }),
  },
  {
    name: `503, Retry-After: ${WAIT}`,
    trouble: every(answers(503, { retryAfter: WAIT })),
    ...passes('UPSTREAM_FAILED', { calls: 1, retryAfter: WAIT }),
  },
  { name: 'no answer', trouble: token(always({ kind: 'hang' })), ...passes('UPSTREAM_TIMEOUT') },
  {
    name: `503, Retry-After: ${WAIT}`,
    trouble: token(answers(503, { retryAfter: WAIT })),
    ...passes('UPSTREAM_FAILED', { calls: 1, retryAfter: WAIT }),
  },
].map((row) => ({ ...row, waits: isAnswered(row) ? 'for itself' : 'for time-outs' }));

/** A 404 is about what the address names: the class of a list, the line item, or what a write refers to. */
const NOT_FOUND: Row['but'] = {
  ...{ read: MISSING, results: MISSING, replace: MISSING, delete: MISSING, score: MISSING },
  'api score': MISSING,
  'create with a key': { calls: 2 },
  'api PUT': { calls: 2 },
};

/** What the gateway asks by itself is refused: nothing is wrong with what the tool sent. */
const OURS = stays('UPSTREAM_REQUEST_REJECTED', { isPromised: true });
/** This one begins with a write, of the tool's own document. */
const WITH_THE_WRITE: Row['but'] = { create: { code: 'UPSTREAM_REJECTED' } };
const NO_DOCUMENT: Row['but'] = { delete: { code: 'UPSTREAM_REQUEST_REJECTED' } };

const REFUSALS: readonly Row[] = [
  { name: '400', trouble: every(answers(400)), ...OURS, but: WITH_THE_WRITE },
  { name: '400', trouble: write(answers(400)), ...stays('UPSTREAM_REJECTED'), but: NO_DOCUMENT },
  { name: '401, once', trouble: every({ kind: 'revoke-token' }) },
  { name: '401', trouble: every(answers(401)), ...stays('UPSTREAM_REFUSED', { calls: 2, isPromised: true }) },
  { name: '403', trouble: every(answers(403)), ...stays('UPSTREAM_REFUSED', { isPromised: true }) },
  { name: '403', trouble: write(answers(403)), ...stays('UPSTREAM_REFUSED', { isPromised: true }) },
  { name: '404', trouble: every(answers(404)), ...stays('CONTEXT_UNRESOLVED'), but: NOT_FOUND },
  {
    name: '404',
    trouble: write(answers(404)),
    ...stays('CONTEXT_UNRESOLVED'),
    // What is not there need not be deleted.
    but: { delete: { code: undefined, isDone: false } },
  },
  { name: '409', trouble: every(answers(409)), ...OURS, but: WITH_THE_WRITE },
  { name: '409', trouble: write(answers(409)), ...stays('UPSTREAM_REJECTED'), but: NO_DOCUMENT },
  { name: '422', trouble: every(answers(422)), ...OURS, but: WITH_THE_WRITE },
  { name: '422', trouble: write(answers(422)), ...stays('UPSTREAM_REJECTED'), but: NO_DOCUMENT },
  { name: '429', trouble: every(answers(429)), ...passes('UPSTREAM_BUSY') },
  { name: '429', trouble: write(answers(429)), ...passes('UPSTREAM_BUSY') },
];

const FAILURES: readonly Row[] = [
  ...[500, 502, 503, 504].flatMap((status): readonly Row[] => [
    { name: String(status), trouble: every(answers(status)), ...passes('UPSTREAM_FAILED') },
    // What a proxy says leaves open whether the service is still at it, so that the next write waits.
    {
      name: String(status),
      waits: 'for itself',
      trouble: write(answers(status)),
      ...passes('UPSTREAM_FAILED'),
    },
  ]),
  {
    name: 'broken JSON',
    trouble: every(always({ kind: 'bad-json' })),
    ...passes('UPSTREAM_BAD_ANSWER'),
    // These get as far as the write: nobody reads the body of a 404.
    but: {
      create: { isDone: true, objects: 2 },
      'create with a key': { isDone: true, calls: 3 },
      'api PUT': { isDone: true, calls: 3 },
    },
  },
  {
    name: 'done, with broken JSON',
    trouble: write(always({ kind: 'bad-json' })),
    ...passes('UPSTREAM_BAD_ANSWER', { isDone: true }),
    but: DONE_BEFORE,
  },
  {
    name: 'more than largestAnswer',
    trouble: every(always({ kind: 'huge', bytes: ANSWER + 1 })),
    ...passes('UPSTREAM_BAD_ANSWER'),
  },
  {
    name: 'a redirect',
    trouble: every(always({ kind: 'redirect', location: '/elsewhere' })),
    ...passes('UPSTREAM_BAD_ANSWER'),
  },
  { name: '503', trouble: token(answers(503)), ...passes('UPSTREAM_FAILED') },
  { name: '401', trouble: token(answers(401)), ...stays('UPSTREAM_REFUSED', { isPromised: true }) },
  { name: 'broken JSON', trouble: token(always({ kind: 'bad-json' })), ...passes('UPSTREAM_BAD_ANSWER') },
];

/** What goes straight through needs no store; what needs one is not begun. */
const UNKEPT = stays('STORE_UNAVAILABLE', { calls: 0 });
const UNPROMISED: Expected = { code: 'STORE_UNAVAILABLE', isPromised: false, calls: 2 };

const STORES: readonly Row[] = [
  { name: 'read-only', trouble: { at: 'the store' }, but: { 'create with a key': UNKEPT } },
  {
    name: 'read-only, and OneRoster answers 503',
    trouble: { at: 'the store', fault: answers(503) },
    ...passes('UPSTREAM_FAILED'),
    but: { 'create with a key': UNKEPT, score: UNPROMISED, 'api score': UNPROMISED },
  },
];

/**
 * The table. Of operations that `but` does not name, a row says: reads are not troubled by what strikes writes alone, a
 * receipt is read from the store, and scores are promised where `isPromised` says so.
 */
export const FAULTS: readonly Row[] = [...CONNECTIONS, ...TIMES, ...REFUSALS, ...FAILURES, ...STORES];
