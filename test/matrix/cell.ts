import assert from 'node:assert/strict';
import type { Delivery } from '../../src/core/delivery.ts';
import { ERRORS, type ErrorRow } from '../../src/core/errors.ts';
import { type Answer, type Document, eventually } from '../exchange/world.ts';
import { ASKED, type Cell, type Operation } from './operations.ts';
import { begin, callsOf, end, newCell, type Stage } from './stage.ts';
import { type Expected, expectedOf, OPERATIONS, type OperationName, type Row } from './table.ts';

const NAMES = Object.keys(OPERATIONS) as readonly OperationName[];

/** One cell of the table, from the trouble's beginning to some time after its end. */
async function tryCell(row: Row, name: OperationName, stage: Stage): Promise<void> {
  const expected = expectedOf(row, name);
  const [operation, { world }] = [ASKED[name], stage];
  const cell = await newCell(stage, `${row.name} ${row.trouble.at} ${name}`.replaceAll(/[^a-z0-9]+/gi, ' '));
  await begin(row.trouble, stage);
  const answer = await operation.ask(cell);
  const calls = callsOf(row.trouble, stage);
  assertTold(answer, expected, operation);
  if (expected.calls !== undefined)
    assert.equal(
      calls,
      expected.calls,
      `calls to OneRoster: ${JSON.stringify(stage.world.calls().map((c) => [c.at % 100000, c.method, c.path, c.status]))}`,
    );
  const isRead = OPERATIONS[name] === 'reads' || OPERATIONS[name] === 'nothing';
  await assertLeft(cell, { expected, isRead, operation, stage });
  await end(row.trouble, stage);
  const before = world.writes().length;
  if (expected.isPromised) {
    await kept(cell, stage);
    const written = world
      .writes()
      .slice(before)
      .filter(({ status }) => status < 300).length;
    const wanted = expected.isDone ? 0 : 1;
    // Where time-outs are short, a busy machine lets an attempt run out of time that is then made again: the same PUT, of one result.
    const isAgain = row.waits === 'for time-outs' && written > wanted;
    assert.ok(written === wanted || isAgain, `writes that a promise took after the trouble: ${written}`);
  }
  if (expected.code === undefined) return;
  const again = await operation.ask(cell);
  assertTold(again, { code: expected.again }, operation);
  if (!isRead) assert.equal(found(cell, { operation, stage }), expected.objects ?? 1, 'objects in the end');
  assert.deepEqual(await deliveriesOf(cell, stage, ['accepted', 'sent', 'held', 'failed']), []);
}

interface Tried {
  readonly operation: Operation;
  readonly stage: Stage;
}

function assertTold(answer: Answer, expected: Expected, { done }: Operation): void {
  const { code, isPromised, retryAfter } = expected;
  const { status, body, headers, text } = answer;
  if (code === undefined) {
    assert.equal(status, done, text);
    return;
  }
  const row: ErrorRow = ERRORS[code];
  assert.equal(status, isPromised ? 202 : row.status, text);
  assert.equal(codeIn(body), code, text);
  const wait = isPromised ? undefined : (retryAfter ?? row.retryAfter);
  assert.equal(headers['retry-after'], row.retryable ? wait?.toString() : undefined, 'Retry-After');
}

/** The code in a problem, in LTIAAS's envelope, or on a receipt. */
function codeIn(body: Document): unknown {
  const { code } = (body['details'] ?? body['error'] ?? {}) as Document;
  return body['code'] ?? code;
}

/** What OneRoster and the store hold while the trouble lasts. */
async function assertLeft(
  cell: Cell,
  { expected, isRead, ...tried }: Tried & { readonly expected: Expected; readonly isRead: boolean },
): Promise<void> {
  const { code, isPromised = false, isDone = code === undefined } = expected;
  if (isDone && !isRead) await eventually(async () => found(cell, tried) === 1);
  else assert.equal(found(cell, tried), 0, 'OneRoster is untouched');
  const kept = await deliveriesOf(cell, tried.stage);
  assert.equal(kept.length, isPromised ? 1 : 0, 'deliveries in the store');
  // What OneRoster has, although it did not say so, may have been found there already.
  const states = isDone ? ['accepted', 'sent', 'verified'] : ['accepted', 'sent'];
  for (const { state } of kept) assert.ok(states.includes(state), state);
}

/** A promise is kept: delivered, and read back. */
async function kept(cell: Cell, stage: Stage): Promise<void> {
  await eventually(async () => (await deliveriesOf(cell, stage, ['verified'])).length === 1, 10_000);
}

async function deliveriesOf(
  { sourcedId }: Cell,
  { world }: Stage,
  states?: readonly string[],
): Promise<readonly Delivery[]> {
  const all = await world.gateway.service.store.deliveries.list({}, 10_000);
  return all.filter(({ line, state }) => line.sourcedId === sourcedId && (states?.includes(state) ?? true));
}

/** How many objects of OneRoster show that the operation was done. */
function found(cell: Cell, { operation, stage: { world } }: Tried): number {
  const ids = new Set(world.writes().map(({ path }) => path.split('/').slice(-2).join('/')));
  return [...ids].filter((place) => {
    const [collection = '', id = ''] = place.split('/').map(decodeURIComponent);
    const document = world.sandbox.find(collection, id);
    return document !== undefined && operation.shows(document, cell);
  }).length;
}

/** All operations under one fault, one after the other. */
export async function tryRow(row: Row, stage: Stage): Promise<void> {
  const wrong: string[] = [];
  for (const name of NAMES) {
    await tryCell(row, name, stage).catch(async (error: Error) => {
      wrong.push(`${name}: ${error.message}`);
      await end(row.trouble, stage).catch(() => undefined);
    });
  }
  assert.deepEqual(wrong, []);
}

/** A row's name, for people. */
export const titleOf = ({ name, trouble }: Row): string => `${trouble.at}: ${name}`;
