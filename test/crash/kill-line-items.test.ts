import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { GatewayProcess } from '../chaos/gateway-process.ts';
import { until } from '../exchange/world.ts';
import { ARRIVES_LATE, insist, LINE, openScene, type Scene } from './scene.ts';

function only({ gateways }: Scene): GatewayProcess {
  return gateways[0] as GatewayProcess;
}

// They wait for processes and for writes that are late, most of the time: together they take as long as one.
suite('a gateway that is killed while it writes line items', { concurrency: 4 }, () => {
  test('kill -9 while a line item is being written: sent again there is one, as it was sent', async (t) => {
    const scene = await openScene(t);
    scene.sandbox.inject({ kind: 'slow', delayMs: ARRIVES_LATE, method: 'PUT', path: '/lineItems/' });
    const before = scene.calls('PUT', '/lineItems/');
    const put = (): ReturnType<Scene['putLine']> => scene.putLine({ label: 'Final', tag: 'exam' });
    const unanswered = put();
    await scene.reached('PUT', '/lineItems/', before + 1);
    await only(scene).end('SIGKILL');
    assert.equal((await unanswered).status, 0);
    await only(scene).start();
    assert.equal((await insist(put)).status, 201);
    const { body } = await scene.get('/api/lineitems?tag=exam');
    const { lineItems } = body as unknown as { readonly lineItems: readonly { readonly label: string }[] };
    assert.deepEqual(
      lineItems.map(({ label }) => label),
      ['Final'],
    );
  });

  test('kill -9 in the middle of a rescale: grades read right meanwhile, and it is finished by itself', async (t) => {
    const students = Array.from({ length: 12 }, (_, index) => `student-${index + 1}`);
    const scene = await openScene(t, { sandbox: { students: students.length } });
    for (const userId of students) {
      const { status, location } = await scene.score(5, { userId });
      if (status !== 204) await scene.settled(location, 'verified');
    }
    const written = scene.writes.length;
    // Some are done, the others are not: they hang.
    for (const _ of students.slice(0, 5))
      scene.sandbox.inject({ kind: 'slow', delayMs: 1, method: 'PUT', path: '/results/' });
    scene.sandbox.inject({ kind: 'hang', method: 'PUT', path: '/results/', times: 0 });
    assert.equal((await insist(() => scene.putLine({ scoreMaximum: 20 }))).status, 201);
    await until(() => scene.writes.length >= written + 5, 30_000);
    await only(scene).end('SIGKILL');
    scene.sandbox.clearFaults();
    await only(scene).start();
    const read = async (): Promise<readonly (readonly [unknown, unknown])[]> => {
      const { body } = await scene.get(`/lti/contexts/math-101/lineitems/${LINE}/results`, 'ags');
      return (body as readonly Record<string, unknown>[]).map((one) => [
        one['resultScore'],
        one['resultMaximum'],
      ]);
    };
    assert.deepEqual(
      await read(),
      students.map(() => [10, 20]),
    );
    await until(() => students.every((student) => scene.standing(student) === 10), 60_000);
    assert.deepEqual(
      await read(),
      students.map(() => [10, 20]),
    );
  });
});
