import { TROUBLES } from './refusals.ts';
import type { Scene } from './scene.ts';

const ADMIN = '/admin/v1';

/** Tools and contexts that come and go while the gateway runs. */
export async function register({ ask, ada, vic, world }: Scene): Promise<void> {
  const tool = { headers: ada, params: { name: 'essay' } };
  const context = { headers: ada, params: { name: 'art-9' } };
  const it = `${ADMIN}/tools/{name}`;
  const course = `${ADMIN}/contexts/{name}`;
  await ask(`PUT ${course}`, 200, context);
  const entry = { clientId: 'essay', contexts: ['math-101', 'art-9'] };
  await ask(`PUT ${it}`, 200, { ...tool, body: { entry, revision: null, apiKey: 'new', why: 'Ordered' } });
  for (const [request, asked] of [
    [it, tool],
    [course, context],
  ] as const) {
    await ask(`PUT ${request}`, 400, { ...asked, body: { why: 'x' } });
    const body = { entry: { clientId: 'essay' }, revision: 7, why: 'x' };
    await ask(`PUT ${request}`, 409, { ...asked, body: { ...body, revision: null } });
    await ask(`GET ${request}`, 200, asked);
    for (const verb of ['disable', 'enable']) {
      await ask(`POST ${request}/${verb}`, 400, { ...asked, body: {} });
      await ask(`POST ${request}/${verb}`, 409, { ...asked, body: { why: 'x', revision: 0 } });
      await ask(`POST ${request}/${verb}`, 200, asked);
    }
  }
  for (const [request, asked] of [
    [it, tool],
    [course, context],
  ] as const) {
    const { body } = await ask(`GET ${request}`, 200, asked);
    const wrong = { entry: { class: 7 }, revision: body['revision'], why: 'x' };
    await ask(`PUT ${request}`, 422, { ...asked, body: wrong });
  }
  await ask(`POST ${it}/api-key`, 200, tool);
  await ask(`POST ${it}/api-key`, 409, { ...tool, body: { why: 'x', revision: 0 } });
  await ask(`POST ${it}/api-key`, 400, { ...tool, body: { why: 'x', grace: -1 } });
  await ask(`POST ${it}/service-keys`, 201, { headers: ada, params: { name: 'quizzer' } });
  await ask(`POST ${it}/service-keys`, 409, { headers: ada, params: { name: 'signer' } });
  await ask(`POST ${it}/service-keys`, 400, {
    headers: ada,
    params: { name: 'quizzer' },
    body: { context: 'nowhere', why: 'x' },
  });
  await ask(`POST ${it}/end-keys`, 200, tool);
  await ask(`POST ${it}/end-keys`, 400, { ...tool, body: {} });
  await ask(`POST ${it}/end-keys`, 409, { ...tool, body: { why: 'x', revision: 0 } });
  await ask(`GET ${it}/key-set`, 200, { headers: vic, params: { name: 'quizzer' } });
  await ask(`GET ${it}/key-set`, 200, { headers: vic, params: { name: 'drill' } });
  for (const list of ['tools', 'contexts']) await ask(`GET ${ADMIN}/${list}`, 200, { headers: vic });
  await ask(`POST ${it}/forget`, 200, tool);
  await ask(`POST ${course}/forget`, 200, context);
  await ask(`POST ${course}/forget`, 409, { ...context, params: { name: 'math-101' } });
  await ask(`POST ${it}/forget`, 409, { ...tool, params: { name: 'drill' } });
  const classes = { headers: ada, params: { name: 'school' } };
  await ask(`GET ${ADMIN}/upstreams/{name}/classes`, 200, classes);
  await ask(`GET ${ADMIN}/upstreams/{name}/classes`, 400, { ...classes, query: { search: 'x'.repeat(101) } });
  for (const [fault, status] of TROUBLES) {
    world.sandbox.inject({ ...fault, path: '/ims/', times: 0 });
    const asked = ask(`GET ${ADMIN}/upstreams/{name}/classes`, status, classes);
    await asked.finally(() => world.sandbox.clearFaults());
  }
}
