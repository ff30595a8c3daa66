import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openDesk } from '../ags/desk.ts';

/** The packages of this kind that the process has loaded. They are CommonJS, so that Node keeps a list. */
function loaded(): readonly string[] {
  const files = Object.keys(createRequire(import.meta.url).cache);
  return ['prom-client', '@opentelemetry/sdk-trace'].filter((name) =>
    files.some((file) => file.replaceAll('\\', '/').includes(`node_modules/${name}/`)),
  );
}

// In one test, because what is loaded once stays.
test('off means off: nothing is loaded, shown or sent', async (t) => {
  const off = await openDesk(t);
  assert.equal(off.world.gateway.metricsUrl, undefined);
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  await off.tool.call('GET', await off.tool.create(), { headers });
  assert.equal((await fetch(`${off.world.url}/metrics`)).status, 404);
  assert.ok(off.world.calls().length > 0);
  for (const call of off.world.calls()) assert.equal(call.traceparent, undefined);
  assert.ok(!off.world.log.join().includes('0af7651916cd43dd'), 'not even in the log');
  assert.deepEqual(loaded(), []);
  const metrics = await openDesk(t, { config: { metrics: { listen: { port: 0 } } } });
  await metrics.tool.call('GET', await metrics.tool.create(), { headers });
  for (const call of metrics.world.calls()) assert.equal(call.traceparent, undefined);
  assert.deepEqual(loaded(), ['prom-client']);
  await openDesk(t, { config: { traces: { otlpUrl: 'http://127.0.0.1:9/v1/traces', sample: 0 } } });
  assert.deepEqual(loaded(), ['prom-client', '@opentelemetry/sdk-trace']);
});
