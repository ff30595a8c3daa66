import assert from 'node:assert/strict';
import { sourcedIdIn } from '../../../ags/desk.ts';
import { TROUBLES } from './refusals.ts';
import type { Scene } from './scene.ts';

const ADMIN = '/admin/v1';
const REPAIRS = `POST ${ADMIN}/line-items/{sourcedId}/repairs`;

interface Found {
  readonly id: string;
  readonly repairs: readonly { readonly repair: string }[];
}

/** Two line items for one thing, of which one is taken away. */
export async function mend({ ask, ada, vic, token, world }: Scene): Promise<void> {
  const context = 'math-101';
  const ids: string[] = [];
  for (const label of ['One', 'Two']) {
    const body = { label, scoreMaximum: 1, resourceId: 'the-same' };
    const asked = { params: { context }, headers: token, body };
    const made = await ask('POST /lti/contexts/{context}/lineitems', 201, asked);
    ids.push(sourcedIdIn(made.body['id']));
  }
  const list = `GET ${ADMIN}/reconcile`;
  await ask(list, 200, { headers: vic, query: { context } });
  await ask(list, 400, { headers: vic, query: { context, kind: 'nothing' } });
  const query = { context, kind: 'lineItemDoubled' };
  const { body } = await ask(list, 200, { headers: vic, query });
  const [found] = (body['items'] as readonly (Found & { readonly lineItem: string })[]).filter(
    ({ lineItem }) => ids.includes(lineItem),
  );
  assert.ok(found, JSON.stringify(body));
  await ask(`GET ${ADMIN}/line-items`, 200, { headers: vic, query: { context } });
  const params = { sourcedId: found.lineItem };
  const repair = { context, finding: found.id, repair: 'remove', why: 'One is enough' };
  for (const request of [`${REPAIRS}/plan`, REPAIRS]) {
    await ask(request, 409, { headers: ada, params, body: { ...repair, repair: 'revive' } });
    for (const [fault, status] of TROUBLES) {
      world.sandbox.inject({ ...fault, path: '/ims/', times: 0 });
      const asked = ask(request, status, { headers: ada, params, body: repair });
      await asked.finally(() => world.sandbox.clearFaults());
    }
    await ask(request, 200, { headers: ada, params, body: repair });
  }
  for (const [fault, status] of TROUBLES) {
    world.sandbox.inject({ ...fault, path: '/ims/', times: 0 });
    const asked = ask(list, status, { headers: vic, query: { context } });
    await asked.finally(() => world.sandbox.clearFaults());
  }
}
