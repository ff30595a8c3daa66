import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IN_BROWSER } from './browser.ts';
import { openConsole } from './desk.ts';
import { DELIVERIES } from './stub/fixtures.ts';

test(
  'what one looks at is in the address: it comes back with a reload, and goes with the way back',
  IN_BROWSER,
  async (t) => {
    const { page } = await openConsole(t, 'operator');
    await page.getByRole('link', { name: 'Deliveries' }).click();
    await page.getByLabel('State').selectOption('failed');
    await page.waitForURL('**/deliveries?state=failed');
    await page.reload();
    assert.equal(await page.getByLabel('State').inputValue(), 'failed');
    const rows = page.getByRole('row');
    await rows.filter({ hasText: 'superseded' }).waitFor({ state: 'detached' });
    await rows.nth(1).waitFor();
    assert.equal(await rows.count(), 2);
    await page.getByRole('row').last().getByRole('link').click();
    await page.getByText('Promised to the tool').waitFor();
    await page.goBack();
    await page.waitForURL('**/deliveries?state=failed');
  },
);

test(
  'by keyboard: the skip link, a dialog that keeps the focus, Escape, and the focus back where it was',
  IN_BROWSER,
  async (t) => {
    const { stub, page } = await openConsole(t, 'operator');
    await page.goto(`${stub.url}/console/deliveries/${DELIVERIES[0]?.['id']}`);
    await page.getByRole('button', { name: 'Discard …' }).waitFor();
    await page.keyboard.press('Tab');
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.textContent') as Promise<string>;
    assert.match(await focused(), /Skip to the content/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.match(await focused(), /Deliveries/);
    await page.getByRole('button', { name: 'Discard …' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      const isInside = await page.evaluate(
        'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
      );
      assert.ok(isInside, 'the focus has left the dialog');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(await focused(), /Discard/);
  },
);

test('many deliveries at once: first which, then progress, then the outcome', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator');
  await page.goto(`${stub.url}/console/deliveries?upstream=district-sis`);
  await page.getByRole('button', { name: 'Discard …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why are they given up?').fill('A test of ours');
  await dialog.getByRole('button', { name: 'Show which' }).click();
  await dialog.getByText('41 deliveries would change.').waitFor();
  await dialog.getByRole('button', { name: 'Discard 41 deliveries' }).click();
  await dialog.getByText('1 were left as they are').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
});
