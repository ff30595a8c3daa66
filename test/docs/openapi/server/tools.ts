import assert from 'node:assert/strict';
import { assertion, formOf } from '../../../auth/assertions.ts';
import type { Answer } from '../../../exchange/client.ts';
import { eventually, LMS_URL, PUBLIC_URL, sourcedIdIn } from '../../../exchange/world.ts';
import { SCORE } from '../tools.ts';
import { METRICS_TOKEN, type Scene } from './scene.ts';

/** A face, and how its operations are asked. */
export interface Face {
  readonly tag: string;
  /** The paths of the document. */
  readonly paths: Readonly<Record<'list' | 'item' | 'scores' | 'results' | 'receipt', string>>;
  /** Statuses that differ. */
  readonly statuses: { readonly replaced: number; readonly scored: number };
  readonly headers: (scene: Scene) => Readonly<Record<string, string>>;
  readonly inContext: Readonly<Record<string, string>>;
  /** What no line item of the context can be called. */
  readonly nobody: string;
  /** The parameter of the path for an id that the face has given out. */
  readonly param: (id: unknown) => string;
}

export const FACES: readonly Face[] = [
  {
    tag: 'LTIAAS',
    paths: {
      list: '/api/lineitems',
      item: '/api/lineitems/{id}',
      scores: '/api/lineitems/{id}/scores',
      results: '/api/lineitems/{id}/scores',
      receipt: '/api/receipts/{receipt}',
    },
    statuses: { replaced: 201, scored: 204 },
    headers: ({ key }) => key,
    inContext: {},
    nobody: `${PUBLIC_URL}/lti/contexts/science-7/lineitems/nothing`,
    param: String,
  },
  {
    tag: 'LTI AGS 2.0',
    paths: {
      list: '/lti/contexts/{context}/lineitems',
      item: '/lti/contexts/{context}/lineitems/{id}',
      scores: '/lti/contexts/{context}/lineitems/{id}/scores',
      results: '/lti/contexts/{context}/lineitems/{id}/results',
      receipt: '/lti/contexts/{context}/receipts/{receipt}',
    },
    statuses: { replaced: 200, scored: 200 },
    headers: ({ token }) => token,
    inContext: { context: 'math-101' },
    nobody: 'nothing',
    param: (id) => sourcedIdIn(id),
  },
];

/** A line item from its making to its end, with all that a tool may ask of it. */
export async function goThrough(scene: Scene, face: Face): Promise<void> {
  const { ask, world } = scene;
  const { paths, statuses, param } = face;
  const headers = face.headers(scene);
  const once = { ...headers, 'idempotency-key': `first-${face.tag.length}` };
  const made = await ask(`POST ${paths.list}`, 201, { params: face.inContext, headers: once });
  const params = { ...face.inContext, id: param(made.body['id']) };
  const other = { label: 'Another', scoreMaximum: 1 };
  await ask(`POST ${paths.list}`, 422, { params, headers: once, body: other });
  await ask(`POST ${paths.list}`, 201, { params, headers, body: other });
  await ask(`POST ${paths.list}`, 404, { params, headers, body: { ...other, resourceLinkId: 'link-2' } });
  await ask(`GET ${paths.list}`, 200, { params, headers });
  const part = await ask(`GET ${paths.list}`, 200, { params, headers, query: { limit: '1' } });
  assert.ok(part.headers['link'] ?? part.body['next'], part.text);
  await ask(`GET ${paths.list}`, 400, { params, headers, query: { page: 'nothing', url: 'nothing' } });
  const { headers: read } = await ask(`GET ${paths.item}`, 200, { params, headers });
  const matching = { ...headers, 'if-match': String(read.etag) };
  await ask(`PUT ${paths.item}`, statuses.replaced, { params, headers: matching });
  const stale = { ...headers, 'if-match': '"another"' };
  await ask(`PUT ${paths.item}`, 412, { params, headers: stale });
  await ask(`DELETE ${paths.item}`, 412, { params, headers: stale });
  await score(scene, face, params);
  edit(scene, made);
  const held = await ask(`PUT ${paths.item}`, 202, { params, headers, body: other });
  await readReceipt(scene, face, held);
  await ask(`DELETE ${paths.item}`, 409, { params, headers });
  const seen = { ...headers, 'if-match': String(held.headers.etag) };
  await ask(`DELETE ${paths.item}`, 204, { params, headers: seen });
  await ask(`GET ${paths.item}`, 404, { params, headers });
  world.sandbox.clearFaults();
}

/** Somebody renames a line item in OneRoster. */
function edit({ world }: Scene, made: Answer): void {
  const sourcedId = sourcedIdIn(made.body['id']);
  world.sandbox.put('lineItems', { ...world.sandbox.find('lineItems', sourcedId), title: 'By a teacher' });
}

async function score(scene: Scene, face: Face, params: Readonly<Record<string, string>>): Promise<void> {
  const { ask, world } = scene;
  const { paths, statuses } = face;
  const headers = face.headers(scene);
  await ask(`POST ${paths.scores}`, statuses.scored, { params, headers });
  const earlier = { ...SCORE, timestamp: '2020-01-01T00:00:00Z', scoreGiven: 0 };
  await ask(`POST ${paths.scores}`, 409, { params, headers, body: earlier });
  await ask(`POST ${paths.scores}`, 404, { params, headers, body: { ...SCORE, userId: 'nobody' } });
  const another = { ...SCORE, userId: 'student-2' };
  await ask(`POST ${paths.scores}`, statuses.scored, { params, headers, body: another });
  await ask(`GET ${paths.results}`, 200, { params, headers });
  const part = await ask(`GET ${paths.results}`, 200, { params, headers, query: { limit: '1' } });
  assert.ok(part.headers['link'] ?? part.body['next'], part.text);
  await ask(`GET ${paths.results}`, 400, { params, headers, query: { page: 'nothing', url: 'nothing' } });
  world.sandbox.inject({ kind: 'status', status: 404, method: 'PUT', path: '/results/' });
  await ask(`POST ${paths.scores}`, 502, { params, headers, body: { ...SCORE, userId: 'student-3' } });
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  const later = { ...SCORE, timestamp: '2026-04-01T00:00:00Z', scoreGiven: 3 };
  const first = await ask(`POST ${paths.scores}`, 202, { params, headers, body: later });
  const promised = await ask(`POST ${paths.scores}`, 202, {
    params,
    headers,
    body: { ...later, timestamp: '2026-04-02T00:00:00Z' },
  });
  await readReceipt(scene, face, first);
  world.sandbox.clearFaults();
  await eventually(async () => (await readReceipt(scene, face, promised)).body['state'] === 'verified');
}

async function readReceipt(scene: Scene, face: Face, { headers }: Answer): Promise<Answer> {
  const receipt = new URL(String(headers.location)).pathname.split('/').at(-1) ?? '';
  const params = { ...face.inContext, receipt };
  return scene.ask(`GET ${face.paths.receipt}`, 200, { params, headers: face.headers(scene) });
}

/** A line item under the name of another platform, which only one face has. */
export async function nameByUrl({ ask, key }: Scene): Promise<void> {
  const item = '/api/lineitems/{id}';
  const asked = { params: { id: LMS_URL }, headers: key };
  await ask(`PUT ${item}`, 201, asked);
  await ask(`PUT ${item}`, 412, { ...asked, headers: { ...key, 'if-none-match': '*' } });
  await ask(`GET ${item}`, 200, asked);
  await ask(`DELETE ${item}`, 204, asked);
}

/** What belongs to no face. */
export async function documents({ ask, world, toolKey }: Scene): Promise<void> {
  await ask('GET /healthz', 200);
  await ask('GET /readyz', 200);
  // An answer is kept for two seconds.
  world.advance(5000);
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 0 });
  await ask('GET /readyz', 503);
  world.sandbox.clearFaults();
  await ask('GET /.well-known/jwks.json', 200);
  const scraper = { authorization: `Bearer ${METRICS_TOKEN}` };
  await ask('GET /metrics', 200, { headers: scraper });
  await ask('GET /metrics', 401);
  await ask('POST /lti/token', 200, { body: formOf(await assertion(world, toolKey)) });
  await ask('POST /lti/token', 400);
  await ask('POST /lti/token', 400, { body: { grant_type: 'password' } });
  await ask('POST /lti/token', 413, { body: 'x'.repeat(30_000) });
}
