import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { IN_BROWSER, sharedBrowser, signIn } from './browser.ts';
import { startStub } from './stub/stub.ts';
import { VIEWS, visit } from './views.ts';

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds that is serious or worse, one line each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, which the content security policy of the page does not bind.
  if (!(await page.evaluate('"axe" in globalThis')))
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found = (await page.evaluate(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as readonly Violation[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Every view in one colour scheme. Each scheme has a file of its own, because a file has a minute. */
export function testViews(scheme: 'light' | 'dark'): void {
  const browser = sharedBrowser();
  after(() => browser.close());
  test(
    `axe-core finds nothing serious on any view, ${scheme}; no script fails and no policy is broken`,
    IN_BROWSER,
    async (t) => {
      const stub = await startStub();
      t.after(() => stub.close());
      const { page, complaints } = await signIn(await browser.open(), {
        url: stub.url,
        token: 'operator',
        scheme,
      });
      for (const [path, words] of Object.entries(VIEWS)) {
        await visit(page, path, words);
        assert.deepEqual(await seriousFindings(page), [], path);
      }
      assert.deepEqual(complaints, []);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Admin token').waitFor();
      assert.deepEqual(await seriousFindings(page), [], 'sign-in');
    },
  );
}
