import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../../src/core/errors.ts';
import type { Answer, Document, World } from './world.ts';

export interface Expected {
  readonly status: number;
  readonly code: ErrorCode;
  /** Where the one issue is that must be among those told; a list when several must. */
  readonly at?: string | readonly string[];
}

/** Traces of code: a frame of a stack, a source file, a module folder. */
const INSIDES = /\n\s+at |node:internal|node_modules|\b[\w-]+\.[cm]?[jt]s:\d+|file:\/\/|\/(src|dist|test)\//;

/** Holds an answer against the error envelope of the LTIAAS API, whole. */
export function assertRefused(answer: Answer, { status, code, at = [] }: Expected): void {
  const told = `${answer.status} ${answer.text.slice(0, 500)}`;
  assert.equal(answer.status, status, told);
  assert.match(String(answer.headers['content-type']), /^application\/json(;|$)/);
  assert.deepEqual(Object.keys(answer.body).sort(), ['details', 'error', 'status'], told);
  assert.equal(answer.body['status'], status);
  assert.equal(answer.body['error'], STATUS_CODES[status]);
  const details = answer.body['details'] as Document;
  assert.equal(details['message'], code, told);
  assertSentence(details['description'], 'description');
  assertSentence(details['remedy'], 'remedy');
  assert.ok(answer.headers['x-request-id'], 'no x-request-id');
  assert.equal(details['requestId'], answer.headers['x-request-id']);
  assert.doesNotMatch(answer.text.replaceAll('\\n', '\n'), INSIDES);
  for (const pointer of [at].flat()) assertIssue(details['issues'], pointer);
}

function assertSentence(value: unknown, what: string): void {
  assert.ok(typeof value === 'string' && /^\S.*\S$/s.test(value), `the ${what} is ${JSON.stringify(value)}`);
}

function assertIssue(issues: unknown, pointer: string): void {
  assert.ok(Array.isArray(issues), `no issues, one at ${pointer || 'the document'} was expected`);
  const found = (issues as Document[]).find((issue) => issue['pointer'] === pointer);
  assert.ok(found, `no issue at "${pointer}" in ${JSON.stringify(issues)}`);
  assertSentence(found['message'], 'message of the issue');
  assert.match(String(found['code']), /^\w+$/);
}

/** What must never reach a tool or a log: our credentials, and those of the tools. */
export function assertNoSecret(text: string, { sandbox }: World): void {
  const secrets = [sandbox.clientSecret, 'quizzer-api-key', 'drill-api-key'];
  for (const secret of secrets) assert.ok(!text.includes(secret), `it tells ${secret}`);
  // The sandbox's access tokens, and anything that is a signed token.
  assert.doesNotMatch(text, /sandbox-[0-9a-f]{8}-|eyJ[\w-]+\.[\w-]+\./);
}
