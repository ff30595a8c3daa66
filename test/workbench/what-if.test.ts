import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compileText } from '../../src/config/mappings.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Lens } from '../../src/core/lens.ts';
import type { RecordedRequest } from '../../src/workbench/ports.ts';
import { REDACTED, redacted, whatIf } from '../../src/workbench/what-if.ts';
import { held, openDesk, resultIn, scoreOf, sourcedIdIn } from '../ags/desk.ts';
import type { World } from '../exchange/world.ts';
import { ATTEMPTS, changedText, shippedText, withRow } from './texts.ts';

function lensOf(text: string): Lens {
  const compiled = compileText(text);
  assert.ok('lens' in compiled, JSON.stringify(compiled));
  return compiled.lens;
}

const SHIPPED = lensOf(shippedText());
const RESULT = lensOf(shippedText('result'));
const PLACE = { class: 'class-1', school: 'school-1', category: 'category-1' };

/** A line item of a real exchange, as it was recorded, and what OneRoster has received of it. */
interface Exchange {
  readonly requests: readonly RecordedRequest[];
  readonly received: readonly JsonObject[];
}

function bodyOf(world: World, at: number): JsonObject {
  const body = world.writes()[at]?.body as JsonObject;
  return (body['lineItem'] ?? body['result'] ?? body) as JsonObject;
}

/** Without what the gateway and the service write beside the mapping. */
function mapped(document: JsonObject): JsonObject {
  const { dateLastModified: _, metadata = {}, sourcedId: _id, ...rest } = document;
  const {
    ltiWrote: _wrote,
    ltiTool: _tool,
    ltiLineItemUrl: _url,
    ltiOnce: _once,
    ...others
  } = metadata as JsonObject;
  return Object.keys(others).length === 0 ? rest : { ...rest, metadata: others };
}

/** A tool makes a line item, somebody describes it in OneRoster, and the tool replaces it. */
async function exchange(t: TestContext): Promise<Exchange> {
  const { world, tool } = await openDesk(t);
  const said = { label: 'Quiz', scoreMaximum: 10, startDateTime: '2026-03-06T20:05:02+02:00', tag: 'grade' };
  const id = await tool.create(said);
  const base = held(world, sourcedIdIn(id)) as JsonObject;
  const attempts = { 'https://quizzer.example/ags/attempts': 3 };
  const again = { ...said, label: 'Quiz of a student called Ada', ...attempts };
  const answer = await tool.put(id, again);
  assert.equal(answer.status, 200, answer.text);
  const common = { at: world.now(), tool: 'quizzer', context: 'math-101', values: PLACE };
  const line = { sourcedId: sourcedIdIn(id) };
  const how = { conditions: {}, orCreate: false, keepsLink: true };
  // Times of defaults are those of the write, to the second.
  const now = Date.parse(String(base['assignDate'] ?? ''));
  return {
    requests: [
      { ...common, id: 'first', operation: { kind: 'createLineItem', lineItem: said }, now },
      {
        ...common,
        id: 'second',
        operation: { kind: 'replaceLineItem', line, lineItem: again, ...how },
        base,
        now,
      },
    ],
    received: [bodyOf(world, 0), bodyOf(world, 1)],
  };
}

test('the active mapping, tried on what was recorded, gives what OneRoster has really received', async (t) => {
  const { requests, received } = await exchange(t);
  let compared = 0;
  for (const [index, request] of requests.entries()) {
    const nothing = lensOf(changedText((mapping) => ({ ...mapping, fields: mapping.fields.slice(0, 2) })));
    const [item] = whatIf(nothing, SHIPPED, [request]).items;
    assert.ok(item);
    for (const { pointer, before } of item.differences) {
      const place = pointer.slice(1).split('/');
      const value = place.reduce<unknown>(
        (at, name) => (at as JsonObject | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
        mapped(received[index] ?? {}),
      );
      assert.deepEqual(before, value, `${request.id} ${pointer}`);
    }
    compared += item.differences.length;
  }
  assert.ok(compared >= 8, `${compared} places were compared`);
});

test('a draft is compared request by request, and only what would be otherwise is told', async (t) => {
  const { requests } = await exchange(t);
  assert.deepEqual(whatIf(SHIPPED, SHIPPED, requests), { tried: 2, skipped: 0, items: [] });
  const { tried, items } = whatIf(lensOf(withRow(ATTEMPTS)), SHIPPED, requests);
  assert.equal(tried, 2);
  const [item, ...others] = items;
  assert.deepEqual(
    [item?.id, item?.tool, item?.context, others.length],
    ['second', 'quizzer', 'math-101', 0],
  );
  assert.deepEqual(item?.differences, [
    { pointer: '/metadata/lti/members', before: { 'https://quizzer.example/ags/attempts': 3 } },
    { pointer: '/metadata/maxAttempts', after: 3 },
  ]);
});

test('what a draft would refuse is told as a refusal', async (t) => {
  const { requests } = await exchange(t);
  const strict = lensOf(
    changedText((mapping) => ({
      ...mapping,
      fields: mapping.fields.map((row) => (row.ags === '/tag' ? { ...row, codec: 'number' } : row)),
    })),
  );
  const { items } = whatIf(strict, SHIPPED, requests);
  assert.deepEqual(
    items.map(({ refused }) => refused?.after?.[0]?.pointer),
    ['/tag', '/tag'],
  );
});

test('scores are tried as the results that they would be', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 20 });
  await tool.grade(id, { activityProgress: 'InProgress', gradingProgress: 'NotReady' });
  const result = resultIn(world) as JsonObject;
  const lineItem = { label: 'Quiz', scoreMaximum: 20 };
  const score = scoreOf({ activityProgress: 'InProgress', gradingProgress: 'NotReady' }) as JsonObject;
  const request: RecordedRequest = {
    id: 'score',
    at: world.now(),
    tool: 'quizzer',
    context: 'math-101',
    operation: { kind: 'postScore', line: { sourcedId: sourcedIdIn(id) }, score, isStamped: false },
    values: { lineItem: sourcedIdIn(id), student: 'student-1', class: 'class-1', late: 'false' },
    now: world.now(),
    lineItem,
  };
  const unrecorded = lensOf(
    shippedText('result').replace('"InProgress NotReady": "not submitted"', '"InProgress NotReady": null'),
  );
  const { tried, items } = whatIf(unrecorded, RESULT, [request]);
  const [difference] = items[0]?.differences ?? [];
  assert.deepEqual([tried, difference?.pointer, difference?.after], [1, '', undefined]);
  const before = difference?.before as JsonObject;
  assert.equal(Date.parse(String(before['scoreDate'])), Date.parse(String(result['scoreDate'])));
  for (const member of ['score', 'scoreStatus']) assert.deepEqual(before[member], result[member], member);
  const { lineItem: _, ...bare } = request;
  assert.deepEqual(whatIf(unrecorded, RESULT, [bare]), { tried: 0, skipped: 1, items: [] });
  assert.equal(whatIf(SHIPPED, SHIPPED, [request]).skipped, 1, 'a score is none of a line item mapping');
});

test('values are hidden, but for the words of the mappings themselves', async (t) => {
  const { requests } = await exchange(t);
  const draft = lensOf(
    changedText((mapping) => ({
      ...mapping,
      fields: mapping.fields.map((row) =>
        row.ags === '/label'
          ? { ...row, codec: { affix: { prefix: 'LTI ' } } }
          : row.oneroster === '/status'
            ? { ...row, constant: 'inactive' }
            : row,
      ),
    })),
  );
  const found = whatIf(draft, SHIPPED, requests);
  const text = JSON.stringify(redacted(found, [draft, SHIPPED]));
  assert.match(JSON.stringify(found), /Ada/);
  assert.doesNotMatch(text, /Ada|quizzer\.example/);
  const [item] = redacted(found, [draft, SHIPPED]).items;
  assert.deepEqual(item?.differences, [
    { pointer: '/title', before: REDACTED, after: REDACTED },
    { pointer: '/status', before: 'active', after: 'inactive' },
  ]);
});
