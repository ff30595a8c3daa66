import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type RunningGateway, startGateway } from '../../src/commands/running.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { eventually } from '../exchange/world.ts';
import { scrape, valuesOf } from './scrape.ts';

interface Scene {
  readonly gateway: RunningGateway;
  readonly school: JsonObject;
  /** Reloads with some members laid over the configuration. */
  reload(members: JsonObject): Promise<readonly string[]>;
  /** Lists line items as a tool. */
  list(): Promise<number>;
}

async function open(t: TestContext): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  const sandbox = await startSandbox();
  const loadWith = (members: JsonObject): LoadedConfig => {
    const loaded = loadConfig({ ...settings(sandbox), ...members }, join(folder, 'config.json'), {});
    assert.ok('config' in loaded, JSON.stringify(loaded));
    return loaded;
  };
  let next = loadWith({});
  const outside = { clock: Date.now, random: () => 0.5, log: () => {}, load: async () => next };
  const gateway = await startGateway(next, outside);
  t.after(async () => {
    await gateway.stop();
    await sandbox.close();
    await rm(folder, { recursive: true });
  });
  const key = await gateway.service.keyring.sign('serviceKey', { tool: 'quizzer', context: 'math-101' });
  return {
    gateway,
    school: upstreamOf(sandbox),
    reload: async (members) => {
      next = loadWith(members);
      return (await gateway.service.reloads.reload()).findings.map(({ place }) => place);
    },
    list: async () => {
      const headers = { authorization: `SERVICE-AUTH-V1 quizzer-key:${key}` };
      return (await fetch(`${gateway.url}/api/lineitems`, { headers })).status;
    },
  };
}

type Address = Pick<Sandbox, 'url' | 'tokenUrl' | 'clientId' | 'clientSecret'>;

function upstreamOf({ url, tokenUrl, clientId, clientSecret }: Address): JsonObject {
  return { profile: 'timeback', baseUrl: url, auth: { tokenUrl, clientId, clientSecret } };
}

function settings(sandbox: Address): JsonObject {
  const upstream = upstreamOf(sandbox);
  return {
    version: 1,
    listen: { port: 0 },
    metrics: { listen: { port: 0 } },
    upstreams: { school: upstream, other: upstream },
    contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  };
}

const LISTED = 'ltiaas listLineItems quizzer math-101 200 ';

test('a reload goes on counting, once, and shows the upstreams and the revision that are in force', async (t) => {
  const scene = await open(t);
  const counted = (times: number): Promise<void> =>
    eventually(
      async () => valuesOf(await scrape(scene), 'gradebridge_http_requests_total')[LISTED] === times,
    );
  assert.equal(await scene.list(), 200);
  await counted(1);
  const before = await scrape(scene);
  assert.deepEqual(valuesOf(before, 'gradebridge_upstream_slots'), { school: 32, other: 32 });
  assert.deepEqual(await scene.reload({ upstreams: { school: { ...scene.school, concurrency: 7 } } }), []);
  assert.equal(await scene.list(), 200);
  await counted(2);
  const after = await scrape(scene);
  assert.deepEqual(valuesOf(after, 'gradebridge_upstream_slots'), { school: 7 });
  assert.equal(
    valuesOf(after, 'gradebridge_upstream_calls_total')['school GET /classes/:id/lineItems 2xx'],
    2,
  );
  const revisions = after.series.filter(({ name }) => name === 'gradebridge_revision_info');
  const { id } = scene.gateway.service.reloads.state();
  assert.deepEqual(
    revisions.map(({ labels }) => labels['revision']),
    [id],
  );
  assert.deepEqual(valuesOf(after, 'gradebridge_reloads_total'), { changed: 1 });
});

test('where metrics are, and whether there are traces, cannot be changed by a reload', async (t) => {
  const scene = await open(t);
  const traces = { otlpUrl: 'http://127.0.0.1:9/v1/traces' };
  assert.deepEqual(await scene.reload({ metrics: { listen: { port: 1 } }, traces }), ['/metrics', '/traces']);
  assert.equal(await scene.list(), 200);
  assert.deepEqual(valuesOf(await scrape(scene), 'gradebridge_reloads_total'), { refused: 1 });
});

test('when the port of metrics is taken, nothing listens and nothing is left behind', async (t) => {
  const scene = await open(t);
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  t.after(() => rm(folder, { recursive: true }));
  const port = Number(new URL(String(scene.gateway.metricsUrl)).port);
  const document = { ...settingsWithout(), metrics: { listen: { port } } };
  const loaded = loadConfig(document, join(folder, 'config.json'), {});
  assert.ok('config' in loaded);
  const outside = { clock: Date.now, random: () => 0.5, log: () => {} };
  await assert.rejects(startGateway(loaded, outside), { code: 'EADDRINUSE' });
  const free = loadConfig(settingsWithout(), join(folder, 'config.json'), {});
  assert.ok('config' in free);
  // Its store has been given back.
  await (await startGateway(free, outside)).stop();
});

/** A configuration whose upstream nobody calls. */
function settingsWithout(): JsonObject {
  const nobody = { url: 'http://127.0.0.1:9', tokenUrl: 'http://127.0.0.1:9/token' };
  const { metrics: _, ...rest } = settings({ ...nobody, clientId: 'x', clientSecret: 'x' });
  return rest;
}
