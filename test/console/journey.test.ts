import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { JsonObject } from '../../src/core/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { eventually, lineItemPath, openWorld, type World } from '../exchange/world.ts';
import { IN_BROWSER, sharedBrowser, signIn } from './browser.ts';

/** A day of an administrator at a real gateway, with a sandbox behind it. */

const TOKEN = 'an-operator-token-for-the-journey';
const ADMIN: JsonObject = { tokens: { alice: { role: 'operator', token: TOKEN } } };

const browser = sharedBrowser();
after(() => browser.close());

async function openDay(t: TestContext): Promise<{ readonly world: World; readonly page: Page }> {
  const world = await openWorld(t, { config: { admin: ADMIN } });
  const { page, complaints } = await signIn(await browser.open(), { url: world.url, token: TOKEN });
  t.after(async () => {
    await page.close();
    assert.deepEqual(complaints, []);
  });
  return { world, page };
}

test(
  'a PUT is seen in Traffic as it happens, with its way and both documents, and is revealed for a reason',
  IN_BROWSER,
  async (t) => {
    const { world, page } = await openDay(t);
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.getByText('live', { exact: true }).waitFor();
    const client = await world.as();
    assert.equal((await client.put('quiz-1', { label: 'Fractions', scoreMaximum: 20 })).status, 201);
    await page.getByRole('link', { name: /Write a line item/ }).click();
    await page.getByText('Mapped to OneRoster').waitFor();
    const fromTool = page.getByRole('region', { name: 'From the tool (LTI)' });
    const inOneRoster = page.getByRole('region', { name: 'In OneRoster' });
    await fromTool.getByText('"scoreMaximum"').waitFor();
    await inOneRoster.getByText('"resultValueMax"').waitFor();
    // What is noted of a place stands beside it, though OneRoster is sent the document in an envelope.
    const status = inOneRoster.locator('.line').filter({ hasText: '"status"' });
    await status.getByText('is always written', { exact: true }).waitFor();
    assert.equal(await page.getByText('Fractions').count(), 0, 'texts are hidden');
    await page.getByRole('button', { name: 'Reveal what is hidden …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why?').fill('A teacher asks');
    await dialog.getByRole('button', { name: 'Reveal', exact: true }).click();
    await fromTool.getByText('"Fractions"').waitFor();
    await inOneRoster.getByText('"Fractions"').waitFor();
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('A teacher asks').waitFor();
  },
);

/** A script, in each way in which a text has become one somewhere. */
const SCRIPT = `"><img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>`;

test('what a tool or an address says never becomes a part of the page', IN_BROWSER, async (t) => {
  const { world, page } = await openDay(t);
  const client = await world.as();
  const made = await client.put('quiz-1', {
    ...{ label: SCRIPT, scoreMaximum: 20, resourceId: SCRIPT, tag: SCRIPT },
    [`https://quizzer.example/${SCRIPT}`]: SCRIPT,
  });
  assert.equal(made.status, 201, made.text);
  const views = {
    'line-items?context=math-101&item=quiz-1': 'As the tool reads it',
    [`traffic?search=${encodeURIComponent(SCRIPT)}`]: 'Search takes any id',
    [`mappings/${encodeURIComponent(SCRIPT)}`]: '<script>',
    [`?refused=${encodeURIComponent(SCRIPT)}`]: 'OneRoster services',
  };
  for (const [path, words] of Object.entries(views)) {
    await page.goto(`${world.url}/console/${path}`);
    await page.getByText(words).first().waitFor();
    assert.deepEqual(
      [await page.evaluate('globalThis.hit'), await page.locator('img[src="x"]').count()],
      [undefined, 0],
      path,
    );
  }
});

test(
  'OneRoster goes down: scores wait in Deliveries; it comes back: they are delivered',
  IN_BROWSER,
  async (t) => {
    const { world, page } = await openDay(t);
    const client = await world.as();
    assert.equal((await client.put('quiz-1', { label: 'Fractions', scoreMaximum: 20 })).status, 201);
    const kept = world.sandbox.find('lineItems', 'quiz-1');
    assert.ok(kept);
    await world.sandbox.close();
    const score = {
      userId: 'student-1',
      scoreGiven: 17,
      scoreMaximum: 20,
      timestamp: '2026-03-06T20:05:02Z',
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    };
    const promised = await client.call('POST', `${lineItemPath('quiz-1')}/scores`, { body: score });
    assert.equal(promised.status, 202, promised.text);
    await page.goto(`${world.url}/console/deliveries?state=accepted`);
    const waiting = page.getByRole('row').filter({ hasText: 'quiz-1' });
    await waiting.waitFor();
    await waiting.getByRole('link').click();
    await page.getByText('Next try').waitFor();
    const back = await startSandbox({ port: Number(new URL(world.sandbox.url).port) });
    t.after(() => back.close());
    back.put('lineItems', kept);
    await page.getByText('Taken by OneRoster').waitFor();
    await eventually(async () =>
      back.requests().some(({ path, method }) => method === 'PUT' && path.includes('/results/')),
    );
  },
);
