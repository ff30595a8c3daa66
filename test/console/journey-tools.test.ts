import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { JsonObject } from '../../src/core/json.ts';
import { API_KEYS, openWorld } from '../exchange/world.ts';
import { IN_BROWSER, sharedBrowser, signIn } from './browser.ts';

/** An administrator registers a tool at a real gateway, and the tool is used in between. */

const TOKEN = 'an-operator-token-for-the-journey';
const ADMIN: JsonObject = { tokens: { alice: { role: 'operator', token: TOKEN } } };

const browser = sharedBrowser();
after(() => browser.close());

async function say(page: Page, why: string, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why?').fill(why);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
}

/** What stands beside a label in the dialog that shows keys. */
async function shown(page: Page, label: string): Promise<string> {
  const row = page.getByRole('dialog').getByRole('listitem').filter({ hasText: label });
  return (await row.locator('code').textContent()) ?? '';
}

test(
  'a tool is registered, its key copied and used; disabled, enabled, given another key; and a tool of the file is as before',
  IN_BROWSER,
  async (t) => {
    const world = await openWorld(t, { takesVersions: true, config: { admin: ADMIN } });
    const { page, complaints } = await signIn(await browser.open(), { url: world.url, token: TOKEN });
    t.after(() => page.close());
    const status = async (authorization: string): Promise<number> =>
      (await world.with(authorization).list()).status;
    await page.getByRole('link', { name: 'Tools and contexts' }).click();
    await page.getByRole('link', { name: 'Register a tool' }).click();
    await page.getByLabel('Name').fill('abacus');
    await page.getByLabel('Client id').fill('abacus');
    await page.getByLabel('math-101').check();
    await page.getByRole('button', { name: 'Register …' }).click();
    await say(page, 'Ordered by the maths department', 'Register');
    await page.getByRole('button', { name: 'Issue a service key too' }).click();
    await page.getByRole('dialog').getByText('Authorization header').waitFor();
    const header = await shown(page, 'Authorization header');
    const serviceKey = await shown(page, 'Service key');
    assert.equal(await status(header), 200);
    await page.getByRole('button', { name: 'I have copied it' }).click();

    const card = page.getByRole('article', { name: 'abacus' });
    await card.getByRole('button', { name: 'Disable abacus …' }).click();
    await say(page, 'It floods us', 'Disable');
    await card.getByText('disabled', { exact: true }).waitFor();
    assert.equal(await status(header), 403);
    await card.getByRole('button', { name: 'Enable abacus …' }).click();
    await say(page, 'It is mended', 'Enable');
    await card.getByText('disabled', { exact: true }).waitFor({ state: 'detached' });
    assert.equal(await status(header), 200);

    await card.getByRole('button', { name: 'New API key for abacus …' }).click();
    await page.getByLabel('Older keys stay good for').selectOption('0');
    await say(page, 'Once a year', 'Make a new key');
    await page.getByRole('dialog').getByText('Copy it now').waitFor();
    const apiKey = await shown(page, 'API key');
    await page.getByRole('button', { name: 'I have copied it' }).click();
    assert.deepEqual(
      [await status(header), await status(`SERVICE-AUTH-V1 ${apiKey}:${serviceKey}`)],
      [401, 200],
    );
    await card.getByText('History of abacus').click();
    await card.getByText('Once a year').waitFor();

    const quizzer = page.getByRole('article', { name: 'quizzer' });
    await quizzer.getByRole('link', { name: 'Edit quizzer' }).click();
    await page.waitForURL('**/tools?edit=quizzer');
    await page.getByLabel('read results (result.readonly)').uncheck();
    await page.getByLabel('send scores (score)').uncheck();
    await page.getByLabel('write line items (lineitem)').uncheck();
    await page.getByRole('button', { name: 'Save …' }).click();
    await say(page, 'It only looks', 'Save');
    await quizzer.getByText('the console, in place of the file').waitFor();
    const key = `SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${await world.key('quizzer', 'math-101')}`;
    const put = async (): Promise<number> =>
      (await world.with(key).put('quiz-1', { label: 'Fractions', scoreMaximum: 20 })).status;
    assert.deepEqual([await status(key), await put()], [200, 403], 'the key of the file is still good');
    await quizzer.getByRole('button', { name: 'Use the file again for quizzer …' }).click();
    await say(page, 'It writes again', 'Use the file');
    await quizzer.getByText('the configuration file', { exact: true }).waitFor();
    assert.equal(await put(), 201);

    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('It floods us').waitFor();
    const text = await page.locator('main').textContent();
    for (const secret of [apiKey, serviceKey]) assert.ok(!text?.includes(secret));
    assert.deepEqual(complaints, []);
  },
);
