import assert from 'node:assert/strict';
import { isObject, type JsonObject } from '../../../../src/core/json.ts';
import { assertion, formOf } from '../../../auth/assertions.ts';
import type { Asked } from '../asking.ts';
import { SCORE } from '../tools.ts';
import { LARGEST, type Scene } from './scene.ts';
import { FACES, type Face } from './tools.ts';

/** What every operation of a face refuses, whoever asks. */
export async function refuseAll(scene: Scene, face: Face): Promise<void> {
  const { ask, operationOf } = scene;
  const headers = face.headers(scene);
  const [reader, scorer] = await Promise.all([
    scene.limitedTo('result.readonly'),
    scene.limitedTo('lineitem.readonly'),
  ]);
  for (const request of scene.requests(face.tag)) {
    const asked = { params: face.inContext };
    await ask(request, 401, asked);
    if (request.includes('{')) await ask(request, 400, { isBroken: true });
    await ask(request, 401, { ...asked, headers: { authorization: 'Bearer nothing' } });
    const isRead = scopesOf(operationOf(request)).includes('result.readonly');
    // On /api the context of a token stands in the query.
    const query = { context: 'math-101' };
    await ask(request, 403, { ...asked, query, headers: isRead ? scorer : reader });
    const elsewhere = { params: { context: 'algebra-1' }, query: { context: 'algebra-1' } };
    await ask(request, face.tag === 'LTIAAS' ? 403 : 404, { ...elsewhere, headers: scene.token });
    const nobody = { params: { ...face.inContext, id: face.nobody }, headers };
    if (!request.endsWith(face.paths.list)) await ask(request, 404, nobody);
    if (operationOf(request)['requestBody'] !== undefined) await refuseBodies(scene, request, face);
  }
  await ask(`GET ${FACES[0]?.paths.list}`, 400, { headers: scene.token });
}

/** The last words of the scopes of an operation, each of which is enough. */
function scopesOf({ security }: JsonObject): readonly string[] {
  return (security as readonly JsonObject[]).flatMap(({ accessToken }) =>
    ((accessToken ?? []) as readonly string[]).map((url) => url.slice(url.lastIndexOf('/') + 1)),
  );
}

async function refuseBodies(scene: Scene, request: string, face: Face): Promise<void> {
  const asked = { params: face.inContext, headers: face.headers(scene) };
  await scene.ask(request, 400, { ...asked, body: '{ "label": ' });
  await scene.ask(request, 400, { ...asked, body: { scoreMaximum: 0 } });
  await scene.ask(request, 413, { ...asked, body: { label: 'x'.repeat(LARGEST) } });
  await scene.ask(request, 415, { ...asked, media: 'text/plain' });
}

/** What OneRoster may do, and the status that a tool is told then. */
export const TROUBLES = [
  [{ kind: 'status', status: 500 }, 502],
  [{ kind: 'status', status: 403 }, 502],
  [{ kind: 'status', status: 422 }, 502],
  [{ kind: 'status', status: 429, retryAfter: 7 }, 503],
  [{ kind: 'hang' }, 504],
] as const;

/** Trouble of OneRoster at every operation that asks it something; scores are promised then. */
export async function haveTrouble(scene: Scene, face: Face): Promise<void> {
  const { ask, world, requests, operationOf } = scene;
  const headers = face.headers(scene);
  const made = await ask(`POST ${face.paths.list}`, 201, { params: face.inContext, headers });
  const params = { ...face.inContext, id: face.param(made.body['id']) };
  const ofWrites = [{ kind: 'status', status: 422, method: 'PUT' }, 422] as const;
  for (const [index, [fault, status]] of [...TROUBLES, ofWrites].entries()) {
    for (const request of requests(face.tag)) {
      if (!isObject(operationOf(request)['responses']) || request.includes('receipts')) continue;
      const isScore = request === `POST ${face.paths.scores}`;
      const isWrite = isScore || request === `POST ${face.paths.list}` || request.startsWith('PUT ');
      if (status === 422 && !isWrite) continue;
      world.sandbox.inject({ ...fault, path: '/ims/', times: 0 });
      const body = isScore ? { body: { ...SCORE, userId: `student-${index}` } } : {};
      const asked = { params, headers, ...body };
      // The first call of this one is the write of its own document.
      const isRefused = 'status' in fault && fault.status === 422 && request === `POST ${face.paths.list}`;
      await ask(request, isScore && status !== 422 ? 202 : isRefused ? 422 : status, asked).finally(() =>
        world.sandbox.clearFaults(),
      );
    }
  }
}

/** What every operation of the admin API refuses to whoever may not ask it, or asks badly. */
export async function refuseAdmins(scene: Scene): Promise<void> {
  const { ask, operationOf, ada, vic, browser } = scene;
  for (const request of scene.requests().filter((one) => one.includes(' /admin/v1'))) {
    const { security, requestBody, responses } = operationOf(request);
    const [first] = security as readonly JsonObject[];
    const isChange = !request.startsWith('GET');
    if (first !== undefined) await ask(request, 401);
    if (request.includes('{')) await ask(request, 400, { isBroken: true });
    if (isObject(first) && (first['adminToken'] as readonly string[]).includes('operator'))
      await ask(request, 403, { headers: vic });
    if (first !== undefined && isChange) await ask(request, 403, { headers: { cookie: browser.cookie } });
    // No mapping can be called so.
    if (isObject(responses) && '404' in responses)
      await ask(request, 404, { headers: ada, params: { name: 'NOTHING', version: '1' } });
    if (requestBody === undefined) continue;
    const asked = { headers: ada, params: { name: 'line-item', version: '1' } };
    await ask(request, 400, { ...asked, body: '{ "reason": ' });
    await ask(request, 413, { ...asked, body: 'x'.repeat(1_100_000) });
    await ask(request, 415, { ...asked, media: 'text/plain' });
  }
}

/** What whoever asks too much, or guesses, is told; and what everybody is told when there is no memory left. */
export async function refuseAtLast(scene: Scene): Promise<void> {
  const { ask, requests, operationOf } = scene;
  await scene.fill(true);
  const isOurs = (request: string): boolean => !/healthz|readyz|metrics/.test(request);
  for (const request of requests()) if (isOurs(request)) await ask(request, 503);
  await scene.fill(false);
  const wrong = { authorization: 'Bearer nothing' };
  const guarded = requests().filter((request) => isOurs(request) && isGuarded(operationOf(request)));
  // Every guess is charged to the address, until none is looked at any more.
  for (const request of guarded) await exhaust(scene, request, { headers: wrong });
  await exhaust(scene, 'POST /admin/v1/session', { body: { token: 'nothing' } });
  const stranger = await assertion(scene.world, scene.toolKey, { claims: { iss: 'nobody', sub: 'nobody' } });
  await exhaust(scene, 'POST /lti/token', { body: formOf(stranger) });
}

function isGuarded({ security }: JsonObject): boolean {
  return (security as readonly JsonObject[]).length > 0;
}

/** Asks until the answer is 429: what an address may fail comes back by and by. */
async function exhaust({ send, hold }: Scene, request: string, asked: Asked): Promise<void> {
  for (let count = 0; count < 500; count++) {
    const answer = await send(request, asked);
    hold(request, answer);
    if (answer.status === 429) return;
  }
  assert.fail(`${request} is never 429`);
}
