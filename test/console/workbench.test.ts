import { test } from 'node:test';
import { IN_BROWSER } from './browser.ts';
import { openConsole } from './desk.ts';
import { activateDraft, moveTag, rollBack, seeCounterExample } from './workbench.ts';

test('a law is broken, its counter-example loaded, and everything taken back', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator');
  await seeCounterExample(page, stub.url);
});

test('a row is moved: what-if, draft, what would change, activated, rolled back', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator');
  await moveTag(page, stub.url, '/metadata/quizTag');
  await page.getByRole('link', { name: 'What if' }).click();
  await page.getByRole('button', { name: 'Try recorded requests' }).click();
  await page.getByText('1 of 73 recorded requests would have ended differently.').waitFor();
  await activateDraft(page, '/metadata/quizTag');
  await rollBack(page, stub.url);
});

test('a draft outlives a reload of the page', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator');
  await moveTag(page, stub.url, '/metadata/quizTag');
  await page.reload();
  await page.getByText('changed, not saved').waitFor();
});
