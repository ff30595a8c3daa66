import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IN_BROWSER } from './browser.ts';
import { openConsole } from './desk.ts';
import { VIEWS, visit } from './views.ts';

test('no view scrolls sideways, on a phone of 320 pixels and on a desk', IN_BROWSER, async (t) => {
  const { page } = await openConsole(t, 'operator', 320);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [path, words] of Object.entries(VIEWS)) {
      await visit(page, path, words);
      assert.equal(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
        0,
        `${path} at ${width}`,
      );
      assert.ok(await page.evaluate(IS_CURRENT_IN_VIEW), `the name of ${path} at ${width}`);
    }
  }
});

/** On a phone, the names of the pages are a strip that is wider than the screen. */
const IS_CURRENT_IN_VIEW = `(() => {
  const box = document.querySelector('nav [aria-current="page"]')?.getBoundingClientRect();
  return box === undefined || (box.left >= 0 && box.right <= innerWidth);
})()`;

test('a viewer sees no button that only an operator may use', IN_BROWSER, async (t) => {
  const OPERATORS =
    /Resend|Discard|Save as draft|Undo all|Activate|Roll back|Reveal|Test the connection|Load the file|Disable|Enable|New API key|service key|Register …|Save …|^Remove li-|^Revive |^Leave /;
  const seen = new Map<string, number>();
  for (const token of ['operator', 'viewer']) {
    const { page } = await openConsole(t, token);
    let count = 0;
    for (const [path, words] of Object.entries(VIEWS)) {
      await visit(page, path, words);
      count += await page.getByRole('button', { name: OPERATORS }).count();
    }
    seen.set(token, count);
  }
  assert.equal(seen.get('viewer'), 0);
  assert.ok(Number(seen.get('operator')) >= 10, 'an operator sees them');
});

const LISTS: Readonly<Record<string, string>> = {
  '/deliveries': '/console/deliveries',
  '/traffic': '/console/traffic',
  '/mappings': '/console/mappings',
  '/line-items': '/console/line-items',
  '/tools': '/console/tools',
  '/audit': '/console/audit',
  '/overview': '/console/',
};

test(
  'where a list cannot be read, the page says what happened and what to do, and reads it on demand',
  IN_BROWSER,
  async (t) => {
    const { stub, page } = await openConsole(t, 'operator');
    for (const [path, address] of Object.entries(LISTS)) {
      stub.broken.set(path, {
        status: 503,
        code: 'STORE_UNAVAILABLE',
        detail: 'The store does not answer.',
        remedy: 'Look whether the database runs.',
      });
      await page.goto(stub.url + address);
      const alert = page.getByRole('alert').filter({ hasText: 'The store does not answer.' });
      await alert.getByText('Look whether the database runs.').waitFor();
      assert.equal(
        await page
          .locator('main .empty')
          .filter({ hasText: /^(No|Nothing|There are no)/ })
          .count(),
        0,
        address,
      );
      stub.broken.delete(path);
      await alert.getByRole('button', { name: 'Try again' }).click();
      await alert.waitFor({ state: 'detached' });
    }
  },
);

test('empty lists say so in a sentence', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'viewer');
  stub.isEmpty = true;
  for (const address of ['deliveries', 'traffic', 'mappings', 'tools', 'audit']) {
    await page.goto(`${stub.url}/console/${address}`);
    await page.locator('main .empty').first().waitFor();
    assert.equal(await page.locator('main table').count(), 0, address);
  }
});
