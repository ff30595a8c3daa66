import assert from 'node:assert/strict';
import { get } from 'node:http';
import { positionOf } from '../../../../src/core/delivery.ts';
import { cookieOf, until } from '../../../admin/desk.ts';
import type { Answer } from '../../../exchange/client.ts';
import { PUBLIC_URL } from '../../../exchange/world.ts';
import { ATTEMPTS, lossyText, withRow } from '../../../workbench/texts.ts';
import { TROUBLES } from './refusals.ts';
import type { Scene } from './scene.ts';

const ADMIN = '/admin/v1';

/** Ids of deliveries, each in the state that it is called by. */
const PROMISES = ['failed-1', 'failed-2', 'failed-3', 'held-1'] as const;

/** Puts promises into the store that have come to nothing. */
async function promise({ world }: Scene): Promise<void> {
  const { deliveries, db } = world.gateway.service.store;
  const timestamp = '2026-03-06T20:05:02.123Z';
  for (const id of PROMISES)
    await deliveries.accept({
      ...{ id, target: id, position: positionOf(timestamp), fingerprint: 'f', upstream: 'school' },
      ...{ tool: 'quizzer', context: 'math-101', line: { sourcedId: 'li-1' }, timestamp },
      operation: { kind: 'postScore', line: { sourcedId: 'li-1' }, score: {} },
      ...(id.startsWith('held')
        ? ({ state: 'held', errorCode: 'GRADEBOOK_EDITED' } as const)
        : ({ state: 'accepted', errorCode: 'UPSTREAM_DOWN' } as const)),
      due: world.now() + 3_600_000,
      acceptedAt: world.now(),
    });
  const set = { state: 'failed', error_code: 'USER_UNKNOWN', settled_at: 1 } as const;
  await db.updateTable('deliveries').set(set).where('id', 'like', 'failed-%').execute();
}

export async function deliver(scene: Scene): Promise<void> {
  await promise(scene);
  const { ask, ada, vic, browser } = scene;
  const deliveries = `${ADMIN}/deliveries`;
  await ask(`GET ${deliveries}`, 200, { headers: vic, query: { limit: '1' } });
  await ask(`GET ${deliveries}`, 200, { headers: vic, query: { state: 'held' } });
  const lost = await ask(`GET ${deliveries}`, 400, { headers: vic, query: { state: 'lost' } });
  const [issue] = lost.body['issues'] as readonly { readonly pointer: string }[];
  assert.equal(issue?.pointer, '?state', 'a parameter is named as the faces name it');
  await ask(`GET ${deliveries}/{id}`, 200, { headers: vic, params: { id: 'failed-1' } });
  await ask(`POST ${deliveries}/{id}/retry`, 204, { headers: browser, params: { id: 'failed-1' } });
  const held = { headers: ada, params: { id: 'held-1' } };
  await ask(`POST ${deliveries}/{id}/discard`, 400, { ...held, body: {} });
  await ask(`POST ${deliveries}/{id}/discard`, 204, held);
  await ask(`POST ${deliveries}/{id}/discard`, 409, held);
  await ask(`POST ${deliveries}/{id}/retry`, 409, held);
  await ask(`GET ${deliveries}/{id}`, 200, { headers: vic, params: { id: 'held-1' } });
  await ask(`POST ${deliveries}/plans`, 400, { headers: ada, body: { verb: 'mend' } });
  const ids = { verb: 'retry', filter: { ids: ['failed-2'] } };
  await ask(`POST ${deliveries}/plans`, 201, { headers: ada, body: ids });
  const plan = await ask(`POST ${deliveries}/plans`, 201, { headers: ada });
  const planned = { headers: ada, params: { id: String(plan.body['plan']) } };
  await ask(`POST ${deliveries}/plans/{id}/run`, 202, planned);
  await ask(`POST ${deliveries}/plans/{id}/run`, 409, planned);
  await until(async () => {
    const { body } = await ask(`GET ${ADMIN}/jobs/{id}`, 200, { ...planned, headers: vic });
    return body['state'] === 'done' ? body : undefined;
  });
  await ask(`DELETE ${ADMIN}/jobs/{id}`, 409, planned);
  await cancel(scene);
}

/** A job that has not begun can be cancelled as well. */
async function cancel({ ask, ada, world }: Scene): Promise<void> {
  const { adminJobs } = world.gateway.service.store;
  const until = world.now() + 3_600_000;
  await adminJobs.plan({ id: 'j-1', verb: 'retry', reason: undefined, ids: [], until });
  await adminJobs.begin('j-1', { until, leaseUntil: until });
  await ask(`DELETE ${ADMIN}/jobs/{id}`, 204, { headers: ada, params: { id: 'j-1' } });
}

export async function watch(scene: Scene): Promise<void> {
  const { ask, ada, vic } = scene;
  const traffic = `${ADMIN}/traffic`;
  await ask(`GET ${ADMIN}/overview`, 200, { headers: vic });
  await ask(`GET ${ADMIN}/line-items`, 200, { headers: vic, query: { context: 'math-101', limit: '2' } });
  await ask(`GET ${ADMIN}/line-items`, 400, { headers: vic, query: { context: 'nothing' } });
  await lineItemsInTrouble(scene);
  const { body } = await ask(`GET ${traffic}`, 200, { headers: vic, query: { limit: '200' } });
  await ask(`GET ${traffic}`, 400, { headers: vic, query: { context: 'math-101', status: '9' } });
  const rows = body['items'] as readonly { readonly id: string; readonly status: number }[];
  assert.ok(rows.length > 100, `${rows.length} requests`);
  for (const { id } of rows) await ask(`GET ${traffic}/{id}`, 200, { headers: vic, params: { id } });
  const { id = '' } = rows.find(({ status }) => status === 201) ?? {};
  await ask(`POST ${traffic}/{id}/reveal`, 200, { headers: ada, params: { id } });
  await ask(`POST ${traffic}/{id}/reveal`, 400, { headers: ada, params: { id }, body: { reason: ' ' } });
  await ask(`GET ${ADMIN}/audit`, 200, { headers: vic, query: { limit: '200' } });
  await ask(`GET ${ADMIN}/audit`, 400, { headers: vic, query: { limit: '0' } });
}

async function lineItemsInTrouble({ ask, vic, world }: Scene): Promise<void> {
  const asked = { headers: vic, query: { context: 'math-101' } };
  for (const [fault, status] of TROUBLES) {
    world.sandbox.inject({ ...fault, path: '/ims/', times: 0 });
    await ask(`GET ${ADMIN}/line-items`, status, asked).finally(() => world.sandbox.clearFaults());
  }
}

/** The beginning of a stream, which has no end of its own, as an answer. */
export async function follow({ hold, world, vic }: Scene): Promise<void> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    get(`${world.url}${ADMIN}/traffic/stream`, { headers: vic, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response;
      response.setEncoding('utf8').once('data', (text: string) => {
        resolve({ status, headers, text, body: {} });
        response.destroy();
      });
    }).once('error', reject);
  });
  hold(`GET ${ADMIN}/traffic/stream`, answer);
}

export async function configure(scene: Scene): Promise<void> {
  const { ask, ada, vic } = scene;
  for (const path of ['/configuration', '/configuration/diff', '/tools', '/contexts'])
    await ask(`GET ${ADMIN}${path}`, 200, { headers: vic });
  await ask(`POST ${ADMIN}/tools/{name}/test`, 200, { headers: ada, params: { name: 'quizzer' } });
  await ask(`POST ${ADMIN}/upstreams/{name}/test`, 200, { headers: ada, params: { name: 'school' } });
  scene.file('nonsense');
  const refused = await ask(`POST ${ADMIN}/reload`, 422, { headers: ada });
  const undiffed = await ask(`GET ${ADMIN}/configuration/diff`, 422, { headers: vic });
  for (const { body } of [refused, undiffed])
    assert.equal((body['findings'] as readonly unknown[]).length, 1, 'findings are what the remedy says');
  scene.file('what runs');
  await ask(`POST ${ADMIN}/reload`, 200, { headers: ada });
}

export async function workOnMappings({ ask, ada, vic }: Scene): Promise<void> {
  const mappings = `${ADMIN}/mappings`;
  const params = { name: 'line-item' };
  const at = `${mappings}/{name}`;
  await ask(`GET ${mappings}`, 200, { headers: vic });
  await ask(`POST ${at}/try`, 200, { headers: vic, params });
  const document = { label: 'Quiz', scoreMaximum: 10, 'https://quizzer.example/ags/attempts': 3 };
  for (const text of [withRow(ATTEMPTS), lossyText(), '{'])
    await ask(`POST ${at}/try`, 200, {
      headers: vic,
      params,
      body: { text, direction: 'oneroster', document },
    });
  await ask(`POST ${at}/try`, 400, { headers: vic, params, body: { text: '{}', direction: 'up' } });
  await ask(`POST ${at}/what-if`, 200, { headers: vic, params });
  const reason = { text: withRow(ATTEMPTS), last: 500, reason: 'A complaint' };
  await ask(`POST ${at}/what-if`, 200, { headers: ada, params, body: reason });
  await ask(`POST ${at}/what-if`, 400, { headers: ada, params, body: { text: 7 } });
  await ask(`POST ${at}/what-if`, 422, { headers: ada, params, body: { text: '{' } });
  await ask(`POST ${at}/drafts`, 201, { headers: ada, params });
  await ask(`POST ${at}/drafts`, 400, { headers: ada, params, body: { text: '{}' } });
  const invalid = await ask(`POST ${at}/drafts`, 422, {
    headers: ada,
    params,
    body: { text: '{}', why: 'x' },
  });
  assert.match(String(invalid.body['remedy']), /See issues/);
  for (const text of [lossyText(), withRow(ATTEMPTS)])
    await ask(`POST ${at}/drafts`, 201, { headers: ada, params, body: { text, why: 'A new field' } });
  const version = (number: number) => ({ headers: ada, params: { ...params, version: String(number) } });
  const activate = `POST ${at}/versions/{version}/activate`;
  const lossy = await ask(activate, 422, version(2));
  assert.equal(lossy.body['requestId'], lossy.headers['x-request-id']);
  await ask(activate, 200, version(3));
  await ask(`GET ${at}/diff`, 200, { headers: vic, params, query: { before: '2', after: '3' } });
  await ask(`GET ${at}`, 200, { headers: vic, params });
  await ask(`POST ${at}/rollback`, 400, { headers: ada, params, body: {} });
  await ask(`POST ${at}/rollback`, 200, { headers: ada, params });
  await ask(`POST ${at}/rollback`, 409, { headers: ada, params });
  await ask(activate, 400, { ...version(3), body: {} });
}

export async function signIn({ ask, browser, ada, provider }: Scene): Promise<void> {
  await ask(`GET ${ADMIN}/sign-in`, 200);
  const signedIn = await ask(`POST ${ADMIN}/session`, 200);
  await ask(`POST ${ADMIN}/session`, 400, { body: {} });
  await ask(`POST ${ADMIN}/session`, 401, { body: { token: 'nothing' } });
  await ask(`GET ${ADMIN}/session`, 200, { headers: { cookie: browser.cookie } });
  await ask(`GET ${ADMIN}/session`, 200, { headers: ada });
  const cookie = cookieOf(signedIn);
  await ask(`DELETE ${ADMIN}/session`, 403, { headers: { cookie } });
  const csrf = { cookie, 'x-csrf-token': String(signedIn.body['csrf']) };
  await ask(`DELETE ${ADMIN}/session`, 204, { headers: csrf });
  const start = await ask(`GET ${ADMIN}/oidc/start`, 303);
  provider.says({ roles: ['registrar'] });
  const { headers } = await fetch(String(start.headers.location), { redirect: 'manual' });
  const back = new URL(String(headers.get('location')), PUBLIC_URL);
  const query = Object.fromEntries(back.searchParams);
  await ask(`GET ${ADMIN}/oidc/callback`, 303, { headers: { cookie: cookieOf(start) }, query });
  await ask(`GET ${ADMIN}/oidc/callback`, 303);
}
