import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stamped } from '../../src/core/edits.ts';
import { GradebridgeError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Caller, Operation } from '../../src/core/operation.ts';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type { ContextPorts, LineItems, MetEdit, Results } from '../../src/gateway/ports.ts';
import { lensOf, shippedMappings } from '../core/lenses.ts';

/**
 * No face can say that a person has decided, so this is the gateway itself over objects in memory: a line item and a result
 * that were written, and edited since, in a context that holds such writes. Nothing is promised or repeated here.
 */
const caller = { tool: 'quizzer', context: 'math-101', scopes: new Set() } as unknown as Caller;
const call = { requestId: 'r', deadline: 0 };
const line = { sourcedId: 'li-1' };
const placement = { class: 'class-1', school: 'school-1', category: 'category-1' };

function lensFor(name: string) {
  const mapping = shippedMappings().find((one) => one.name === name);
  assert.ok(mapping);
  return lensOf(mapping);
}
const [lens, resultLens] = [lensFor('line-item'), lensFor('result')];

function collection(objects: Map<string, JsonObject>): LineItems & Results {
  const read = async (sourcedId: string): Promise<JsonObject | undefined> => objects.get(sourcedId);
  return {
    read,
    recent: read,
    write: async (document) => {
      objects.set(String(document['sourcedId']), document);
      return document;
    },
    alone: (_sourcedId, _call, work) => work(),
    remove: async (sourcedId) => void objects.delete(sourcedId),
    async *listOf() {
      yield [...objects.values()];
    },
  };
}

const never = (): never => assert.fail('is not asked for');

const SCORE: JsonObject = {
  userId: 'student-1',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: '2026-03-01T00:00:00Z',
  scoreGiven: 1,
  scoreMaximum: 1,
};

async function openHeld(): Promise<{
  readonly gateway: Gateway;
  readonly lines: Map<string, JsonObject>;
  readonly results: Map<string, JsonObject>;
  readonly met: MetEdit[];
}> {
  const base = { sourcedId: 'li-1', metadata: { ltiTool: 'quizzer' } };
  const { document } = lens.toOneRoster(
    { label: 'Quiz', scoreMaximum: 10 },
    { base, context: placement, now: 0 },
  );
  const lines = new Map([['li-1', stamped(lens.plan, document)]]);
  const results = new Map<string, JsonObject>();
  const met: MetEdit[] = [];
  const context: ContextPorts = {
    key: 'math-101',
    upstream: 'school',
    duplicates: 'allowed',
    classId: 'class-1',
    ownership: 'tool',
    edits: 'hold',
    resourceLinks: 'any',
    lens,
    lineItems: collection(lines),
    resultLens,
    results: collection(results),
    peopleOf: () => ({
      studentFor: async (userId) => userId,
      anyoneFor: async (userId) => userId,
      userFor: async (studentId) => studentId,
    }),
    placement: async () => placement,
  };
  const gateway = createGateway({
    contextOf: () => context,
    clock: () => 0,
    promises: { accept: never, receipt: never },
    repeatables: { claim: never, finish: never, release: never },
    leases: undefined,
    newId: () => 'new',
    pageCap: 10,
    metEdit: (edit) => void met.push(edit),
  });
  await gateway.perform({ kind: 'postScore', line, score: SCORE, isStamped: false }, caller, call);
  for (const [id, result] of results) results.set(id, { ...result, score: 3 });
  lines.set('li-1', { ...(lines.get('li-1') as JsonObject), title: 'Teacher' });
  return { gateway, lines, results, met };
}

const HELD: Readonly<Record<string, Operation>> = {
  PUT: {
    kind: 'replaceLineItem',
    line,
    lineItem: { label: 'Tool', scoreMaximum: 10 },
    conditions: {},
    orCreate: false,
    keepsLink: true,
  },
  score: {
    kind: 'postScore',
    line,
    score: { ...SCORE, timestamp: '2026-03-02T00:00:00Z', scoreGiven: 0.9 },
    isStamped: false,
  },
  DELETE: { kind: 'deleteLineItem', line, conditions: {} },
};

for (const [what, operation] of Object.entries(HELD)) {
  test(`a person's decision releases a ${what} that is held, and no other`, async () => {
    const { gateway, lines, results, met } = await openHeld();
    const state = (): unknown => structuredClone([[...lines], [...results]]);
    const before = state();
    const isEdited = (error: unknown): boolean =>
      error instanceof GradebridgeError && error.code === 'GRADEBOOK_EDITED' && !error.row.retryable;
    await assert.rejects(gateway.perform(operation, caller, call), isEdited);
    assert.deepEqual(state(), before);
    await assert.rejects(gateway.deliver(operation, caller, call, false), isEdited);
    assert.deepEqual(state(), before);
    await gateway.deliver(operation, caller, call, true);
    assert.notDeepEqual(state(), before);
    assert.deepEqual(
      met.map(({ outcome }) => outcome),
      ['refused', 'refused', 'overwritten'],
    );
  });
}
