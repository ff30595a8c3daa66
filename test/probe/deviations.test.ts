import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Verdict } from '../../src/probe/row.ts';
import { activeObjects, configure, openSandbox, probe } from './scene.ts';
import { ignoring, inObjects, type Passing, refusing, type Twist, twist } from './twisted.ts';

interface Deviation {
  readonly title: string;
  readonly twist: Twist;
  /** The row that must notice it, how, and what it must be taken for. */
  readonly row: string;
  readonly outcome: string;
  readonly verdict: Verdict;
  readonly code: number;
  readonly suggestion?: JsonObject;
  /** A part of what is found. */
  readonly found?: RegExp;
  /** Set when the service gives the probe no way to take its objects away. */
  readonly leaves?: true;
}

const isWrite = ({ method }: Passing): boolean => method === 'PUT';
const isTo = (request: Passing, collection: string): boolean => request.path.includes(`/${collection}/`);
const isToken = ({ path }: Passing): boolean => path.startsWith('/oauth2/');

const mapMembers = (document: JsonObject, change: (member: string, value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(document).map(([member, value]) => [member, change(member, value)]));

/** A change of one member of every object that the service gives. */
const member = (name: string, change: (value: Json) => Json): Twist =>
  inObjects((document) => mapMembers(document, (at, value) => (at === name ? change(value) : value)));

const metadata = (change: (value: Json) => Json): Twist =>
  member('metadata', (value) => (isObject(value) ? mapMembers(value, (_, inner) => change(inner)) : value));

const DEVIATIONS: readonly Deviation[] = [
  {
    title: 'metadata is dropped',
    twist: inObjects(({ metadata: _, ...others }) => others),
    row: 'metadata.flat',
    outcome: 'dropped',
    verdict: 'note',
    code: 0,
    found: /gradebridgeProbe, probeText, probeEmpty/,
  },
  {
    title: 'metadata is made flat',
    twist: metadata((value) => (isObject(value) ? JSON.stringify(value) : value)),
    row: 'metadata.nested',
    outcome: 'dropped',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'nulls in metadata are left out',
    twist: metadata((value) =>
      isObject(value)
        ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
        : value,
    ),
    row: 'metadata.nulls',
    outcome: 'dropped',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'nested metadata is refused',
    twist: refusing(422, (request) => isWrite(request) && request.text.includes('probeTree')),
    row: 'metadata.nested',
    outcome: 'refused',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'metadata is merged',
    twist: member('metadata', (value) => ({ ...(value as JsonObject), probeGone: 'here' })),
    row: 'put.replaces',
    outcome: 'merges',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'zero comes back as null',
    twist: member('score', (value) => (value === 0 ? null : value)),
    row: 'score.zero',
    outcome: 'changed',
    verdict: 'missing',
    code: 1,
    found: /0 → null/,
  },
  {
    title: 'scores are clamped',
    twist: member('score', (value) => Math.min(Number(value), 10)),
    row: 'score.over',
    outcome: 'changed',
    verdict: 'note',
    code: 0,
    found: /12\.5 → 10/,
  },
  {
    title: 'scores above the maximum are refused',
    twist: refusing(422, (request) => isWrite(request) && request.text.includes('"score":12.5')),
    row: 'score.over',
    outcome: 'refused',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'scores are rounded',
    twist: member('score', (value) => Math.round(Number(value) * 2) / 2),
    row: 'score.fraction',
    outcome: 'changed',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'titles are cut',
    twist: member('title', (value) => String(value).slice(0, 255)),
    row: 'title.long',
    outcome: 'cut',
    verdict: 'note',
    code: 0,
    found: /255 characters/,
  },
  {
    title: 'dates lose their time',
    twist: member('dueDate', (value) => `${String(value).slice(0, 10)}T00:00:00.000Z`),
    row: 'dates',
    outcome: 'day',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'dates lose their milliseconds',
    twist: member('assignDate', (value) => String(value).replace(/\.\d+Z/, 'Z')),
    row: 'dates',
    outcome: 'second',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'score dates keep the day alone',
    twist: member('scoreDate', (value) => String(value).slice(0, 10)),
    row: 'result.date',
    outcome: 'day',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'the clock is an hour behind',
    twist: {
      back: (answer) => ({ ...answer, headers: { date: new Date(Date.now() - 3_600_000).toUTCString() } }),
    },
    row: 'clock',
    outcome: 'apart',
    verdict: 'note',
    code: 0,
    found: /3600 s behind ours/,
  },
  {
    title: 'the token endpoint takes Basic alone',
    twist: refusing(401, (request) => isToken(request) && request.text.includes('client_secret')),
    row: 'token.method',
    outcome: 'basic',
    verdict: 'ok',
    code: 1,
    suggestion: { auth: { method: 'basic' } },
  },
  {
    title: 'the token endpoint takes the form alone',
    twist: refusing(401, (request) => isToken(request) && request.headers.authorization !== undefined),
    row: 'token.method',
    outcome: 'form',
    verdict: 'ok',
    code: 0,
    suggestion: { profile: 'timeback', auth: { method: 'form' } },
  },
  {
    title: 'the token endpoint wants a scope',
    twist: refusing(400, (request) => isToken(request) && !request.text.includes('scope=')),
    row: 'token.scope',
    outcome: 'needed',
    verdict: 'ok',
    code: 1,
    found: /scopes of OneRoster 1\.2/,
  },
  {
    title: 'the token endpoint wants scopes of its own',
    twist: refusing(400, (request) => isToken(request) && request.text.includes('scope=')),
    row: 'token.scope',
    outcome: 'unneeded',
    verdict: 'ok',
    code: 0,
  },
  {
    title: 'PUT is not there',
    twist: refusing(405, isWrite),
    row: 'put.create',
    outcome: 'refused',
    verdict: 'missing',
    code: 1,
    found: /timeback → 405/,
  },
  {
    title: 'writing is not allowed',
    twist: refusing(403, (request) => isWrite(request)),
    row: 'put.create',
    outcome: 'forbidden',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'writing is not allowed, as permissions have it',
    twist: refusing(403, (request) => isWrite(request)),
    row: 'permissions',
    outcome: 'some',
    verdict: 'missing',
    code: 1,
    found: /PUT lineItems → 403/,
  },
  {
    title: 'enrollments are not allowed',
    twist: refusing(403, ({ path }) => path.includes('/enrollments')),
    row: 'roster',
    outcome: 'forbidden',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'filters are ignored',
    twist: ignoring('filter'),
    row: 'roster',
    outcome: 'ignored',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'a filter by metadata is refused',
    twist: refusing(400, ({ path }) => path.includes('metadata.')),
    row: 'filter.metadata',
    outcome: 'refused',
    verdict: 'ok',
    code: 0,
  },
  {
    title: 'a filter by a reference is ignored in the gradebook',
    twist: {
      there: (request) =>
        request.path.includes('/v1p2/lineItems?') ? without(request, 'filter') : undefined,
    },
    row: 'filter.reference',
    outcome: 'ignored',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'a page has a hundred rows at most',
    twist: refusing(422, ({ path }) => Number(new URL(path, 'http://s').searchParams.get('limit')) > 100),
    row: 'page.limit',
    outcome: 'small',
    verdict: 'missing',
    code: 1,
    found: /100, not 1000/,
  },
  {
    title: 'offset is ignored',
    twist: ignoring('offset'),
    row: 'page.walk',
    outcome: 'stuck',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'a page of one is not made',
    twist: { there: (request) => (/limit=1&/.test(request.path) ? without(request, 'limit') : undefined) },
    row: 'page.walk',
    outcome: 'unpaged',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'a page is cut to a hundred rows, as it says',
    twist: ignoring('limit'),
    row: 'page.limit',
    outcome: 'capped',
    verdict: 'note',
    code: 0,
    found: /at 100/,
  },
  {
    title: 'lists do not say how long they are',
    twist: {
      back: (answer) => {
        if (!isObject(answer.body)) return answer;
        const { totalCount: _, ...body } = answer.body;
        return { status: answer.status, body };
      },
    },
    row: 'page.walk',
    outcome: 'uncounted',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'DELETE is not allowed',
    twist: refusing(403, ({ method }) => method === 'DELETE'),
    row: 'delete.read',
    outcome: 'forbidden',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'DELETE does nothing',
    twist: { there: ({ method }) => (method === 'DELETE' ? { status: 204 } : undefined) },
    row: 'delete.read',
    outcome: 'stays',
    verdict: 'missing',
    code: 1,
  },
  {
    title: 'nothing can be deleted',
    twist: refusing(403, ({ method, text }) => method === 'DELETE' || text.includes('tobedeleted')),
    row: 'delete.read',
    outcome: 'forbidden',
    verdict: 'missing',
    code: 1,
    leaves: true,
  },
  {
    title: 'what was deleted is gone',
    twist: {
      back: (answer) =>
        JSON.stringify(answer.body)?.includes('"status":"tobedeleted"')
          ? { status: 404, body: { imsx_description: 'Unknown Object' } }
          : answer,
    },
    row: 'delete.read',
    outcome: 'gone',
    verdict: 'ok',
    code: 0,
  },
  {
    title: 'what was deleted stays in every list',
    twist: {
      there: (request) =>
        request.path.includes('/classes/class-1/lineItems?') ? without(request, 'filter') : undefined,
    },
    row: 'delete.lists',
    outcome: 'marked',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'a deleted line item does not come back',
    twist: reviveRefused(),
    row: 'delete.again',
    outcome: 'refused',
    verdict: 'note',
    code: 0,
  },
  {
    title: 'results always fail',
    twist: refusing(500, (request) => isWrite(request) && isTo(request, 'results')),
    row: 'result.create',
    outcome: 'failed',
    verdict: 'unknown',
    code: 1,
  },
  {
    title: 'the list of results is always empty',
    twist: {
      back: (answer, { path }) =>
        path.includes('/results?') ? { status: 200, body: { results: [] } } : answer,
    },
    row: 'result.list',
    outcome: 'lacks',
    verdict: 'missing',
    code: 1,
  },
];

function without(request: Passing, name: string): Passing {
  return ignoring(name).there?.(request) as Passing;
}

/** Ids that were deleted stay spent. */
function reviveRefused(): Twist {
  const spent = new Set<string>();
  return {
    there: ({ method, path, text }) => {
      if (method === 'DELETE') spent.add(path);
      const isBack = method === 'PUT' && spent.has(path) && !text.includes('tobedeleted');
      return isBack ? { status: 409, body: { imsx_description: 'Spent.' } } : undefined;
    },
  };
}

for (const { title, twist: habit, row, outcome, verdict, code, suggestion, found, leaves } of DEVIATIONS) {
  test(`${title}: ${row} is ${outcome}`, async (t) => {
    const sandbox = await openSandbox(t);
    const probed = await probe(configure(await twist(t, sandbox, habit)));
    const reported = probed.row(row);
    assert.deepEqual([reported.outcome, reported.verdict], [outcome, verdict], JSON.stringify(reported));
    assert.equal(
      probed.code,
      code,
      JSON.stringify(
        probed.report.rows.filter(({ verdict: each }) => each === 'missing' || each === 'unknown'),
      ),
    );
    if (suggestion) assert.deepEqual(probed.report.suggestion, suggestion);
    if (found) assert.match(reported.found, found);
    assert.equal(probed.report.leftBehind.length > 0, leaves === true);
    assert.equal(activeObjects(sandbox).length > 0, leaves === true);
    assert.doesNotMatch(probed.out + probed.error, /sandbox-secret|Bearer|sandbox-[0-9a-f]{8}-/);
  });
}
