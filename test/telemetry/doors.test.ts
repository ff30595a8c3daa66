import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { eventually, openWorld } from '../exchange/world.ts';
import { parseScrape, scrape, valuesOf } from './scrape.ts';

const TOKEN = 'a-token-for-the-scraper';
const ON_MAIN = { metrics: { token: TOKEN } };
const ON_THEIR_OWN = { metrics: { listen: { port: 0 } } };

function ask(url: string, authorization?: string, method = 'GET'): Promise<Response> {
  return fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
}

test('on the port of the tools metrics are for whoever has the token', async (t) => {
  const world = await openWorld(t, { config: ON_MAIN });
  assert.equal(world.gateway.metricsUrl, undefined);
  const url = `${world.url}/metrics`;
  for (const wrong of [
    undefined,
    'Bearer x',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
    TOKEN,
  ]) {
    const refused = await ask(url, wrong);
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer'], wrong);
    assert.doesNotMatch(await refused.text(), /gradebridge_/);
  }
  for (const address of [url, `${url}?name=x`]) {
    const shown = await ask(address, `Bearer ${TOKEN}`);
    assert.equal(shown.status, 200);
    const scraped = parseScrape(await shown.text());
    assert.deepEqual(valuesOf(scraped, 'gradebridge_http_requests_total'), {}, 'it does not count itself');
  }
  assert.equal((await ask(url, `Bearer ${TOKEN}`, 'HEAD')).status, 200);
  assert.equal((await ask(url, `Bearer ${TOKEN}`, 'POST')).status, 405);
  assert.equal((await ask(`${url}/x`, `Bearer ${TOKEN}`)).status, 404);
});

test('on a port of their own there is nothing else', async (t) => {
  const world = await openWorld(t, { config: ON_THEIR_OWN });
  const { origin } = new URL(String(world.gateway.metricsUrl));
  for (const path of ['/', '/healthz', '/api/lineitems', '/metrics/', '/lti/token'])
    assert.equal((await ask(origin + path)).status, 404, path);
  assert.equal((await ask(`${world.url}/metrics`)).status, 404, 'nor is it on the other port');
});

test('a port of their own may have a token, too', async (t) => {
  const world = await openWorld(t, {
    config: { metrics: { listen: { port: 0 }, token: TOKEN, path: '/m' } },
  });
  const { metricsUrl = '' } = world.gateway;
  assert.match(metricsUrl, /\/m$/);
  assert.equal((await ask(metricsUrl)).status, 401);
  assert.equal((await ask(metricsUrl, `Bearer ${TOKEN}`)).status, 200);
});

test('metrics are shown when tools are refused', async (t) => {
  let heap = 0;
  const world = await openWorld(t, { config: ON_MAIN, heapShare: () => heap });
  const client = await world.as();
  heap = 1;
  await eventually(async () => (await client.list()).status === 503);
  const shown = await ask(`${world.url}/metrics`, `Bearer ${TOKEN}`);
  assert.equal(shown.status, 200);
  const requests = valuesOf(parseScrape(await shown.text()), 'gradebridge_http_requests_total');
  assert.ok(Number(requests['    503 OVERLOADED']) >= 1, JSON.stringify(requests));
});

test('metrics are shown while the gateway stops', async (t) => {
  const world = await openWorld(t, { config: ON_THEIR_OWN });
  const client = await world.as();
  world.sandbox.inject({ kind: 'slow', delayMs: 1000, times: 1, path: '/ims/' });
  const underWay = client.list();
  await eventually(async () => world.calls().length > 0);
  const stopped = world.gateway.stop();
  await assert.rejects(ask(`${world.url}/healthz`), 'tools find nobody any more');
  assert.equal(valuesOf(await scrape(world), 'gradebridge_http_requests_in_flight')[''], 1);
  assert.equal((await underWay).status, 200);
  await stopped;
  await assert.rejects(ask(String(world.gateway.metricsUrl)), 'and in the end it is over');
});

const CONFIG: JsonObject = {
  version: 1,
  upstreams: {
    school: {
      profile: 'timeback',
      baseUrl: 'https://or.example',
      auth: { tokenUrl: 'https://or.example/token', clientId: 'id', clientSecret: 'secret' },
    },
  },
  contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
};

const REFUSED: readonly (readonly [string, JsonObject, RegExp])[] = [
  ['metrics that anybody could read', { metrics: {} }, /"token", for the port of the tools/],
  ['a path of the tools', { metrics: { token: TOKEN, path: '/api/lineitems' } }, /path of letters/],
  ['a path with a query', { metrics: { token: TOKEN, path: '/m?x' } }, /path of letters/],
  ['a token that can be guessed', { metrics: { token: 'short' } }, /16/],
  ['traces to nowhere', { traces: {} }, /"otlpUrl" is missing/],
  ['more than all traces', { traces: { otlpUrl: 'http://x.example/v1/traces', sample: 2 } }, /<= 1/],
];

for (const [name, members, message] of REFUSED) {
  test(`the configuration does not take ${name}`, () => {
    const loaded = loadConfig({ ...CONFIG, ...members }, '/tmp/gradebridge.config.json', {});
    assert.ok('findings' in loaded);
    assert.match(JSON.stringify(loaded.findings), new RegExp(message.source.replaceAll('"', '\\\\?"')));
  });
}
