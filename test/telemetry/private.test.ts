import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DELIVERY_STATES } from '../../src/core/delivery.ts';
import { ERRORS } from '../../src/core/errors.ts';
import { METRICS } from '../../src/telemetry/catalogue.ts';
import { LINE_ITEM, openDesk, SCORE } from '../ags/desk.ts';
import { eventually } from '../exchange/world.ts';
import { scrape, valuesOf } from './scrape.ts';

/** What labels may say, besides numbers: words of the configuration, of our tables and of the catalogue of errors. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  face: ['', 'ags', 'ltiaas'],
  tool: ['', 'quizzer', 'drill'],
  context: ['', 'math-101', 'science-7', 'algebra-1'],
  upstream: ['school'],
  code: ['', ...Object.keys(ERRORS)],
  state: DELIVERY_STATES,
};
const OPERATION = /^(|token|ready|alive|keySet|[a-z]+(LineItems?|Score|Results|Receipt))$/;
const FORMS: Readonly<Record<string, RegExp>> = {
  operation: OPERATION,
  status: /^([1-5]\d\d|none)$/,
  outcome: /^([1-5]xx|401|404|429|timeout|unreachable|tooLarge|overwritten|kept|refused|changed|same)$/,
  method: /^(GET|PUT|POST|DELETE)$/,
  route: /^(token|other|(\/[a-zA-Z]+(\/:id)?)+)$/,
  reason: /^(circuit|slots)$/,
  thing: /^(lineItem|score|deletion)$/,
  le: /^(\+Inf|[\d.]+)$/,
  revision: /^[\w-]{22}$/,
  version: /^\d+\.\d+\.\d+\S*$/,
};

function isKnown([label, value]: readonly [string, string]): boolean {
  return WORDS[label]?.includes(value) ?? FORMS[label]?.test(value) ?? false;
}

/** Stands in everything that a client can make up, so that it would be seen anywhere. */
const CANARY = 'ada-lovelace';

const odd = fc
  .tuple(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('"', '\\', '\n', ' ', '}', '{', '#', ''),
  )
  .map(([text, mark]) => `${text}${mark}${CANARY}${mark}`)
  .filter((text) => !/\p{Surrogate}/u.test(text));

test('no label has anything in it that somebody has sent', async (t) => {
  const { world, tool } = await openDesk(t, {
    config: { metrics: { listen: { port: 0 } }, upstreams: { school: { retry: { attempts: 1 } } } },
  });
  const id = await tool.create();
  const texts = fc.sample(odd, { numRuns: 25, seed: 7 });
  let sent = 0;
  const call = async (...request: Parameters<typeof tool.call>): Promise<void> => {
    sent++;
    await tool.call(...request).catch(() => sent--);
  };
  for (const text of texts) {
    const escaped = encodeURIComponent(text);
    await call('GET', `/lti/contexts/math-101/lineitems/${escaped}`);
    await call('GET', `/lti/contexts/${escaped}/lineitems?tag=${escaped}`);
    await call('GET', `/api/lineitems/${escaped}?context=${escaped}`);
    await call('GET', `/${escaped}`);
    await call('GET', `${id}/results?user_id=${escaped}`);
    await call('POST', `${id}/scores`, {
      body: { userId: text, activityProgress: text, comment: text },
      headers: { 'content-type': SCORE, 'x-request-id': `${CANARY}-1`, traceparent: CANARY },
    });
    await tool.score(id, { userId: text, comment: text });
    // Some of them are refused: what is counted of a request must say nothing of it either way.
    await call('POST', '/lti/contexts/math-101/lineitems', {
      body: {
        label: text,
        scoreMaximum: 10,
        resourceId: text,
        tag: text,
        [`https://x.example/${CANARY}`]: text,
      },
      headers: { 'content-type': LINE_ITEM },
    });
    sent++;
  }
  world.sandbox.inject({ kind: 'status', status: 503, times: 3, path: '/ims/', description: CANARY });
  for (const text of texts.slice(0, 3)) await tool.score(id, { userId: text });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: CANARY, scope: CANARY });
  await fetch(`${world.url}/lti/token`, { method: 'POST', body: form });
  await eventually(
    async () => valuesOf(await scrape(world), 'gradebridge_http_requests_in_flight')[''] === 0,
  );
  const scraped = await scrape(world);
  const total = Object.values(valuesOf(scraped, 'gradebridge_http_requests_total')).reduce(
    (sum, one) => sum + one,
  );
  assert.ok(total >= sent, `${total} of ${sent} were counted`);
  assert.ok(!scraped.text.includes('ada') && !scraped.text.includes('lovelace'));
  for (const student of ['student-1', 'class-1', 'category-1']) assert.ok(!scraped.text.includes(student));
  const own = scraped.series.filter(({ name }) => name.startsWith('gradebridge_'));
  const strange = own.flatMap(({ labels }) => Object.entries(labels)).filter((label) => !isKnown(label));
  assert.deepEqual(strange, []);
});

test('each series has the labels that the catalogue gives its metric', async (t) => {
  const { world, tool } = await openDesk(t, { config: { metrics: { listen: { port: 0 } } } });
  await tool.grade(await tool.create());
  const { series } = await scrape(world);
  for (const [name, { labels, type }] of Object.entries(METRICS)) {
    const own = series.filter((one) => one.name === (type === 'histogram' ? `${name}_sum` : name));
    for (const one of own) assert.deepEqual(Object.keys(one.labels), [...labels], name);
  }
});
