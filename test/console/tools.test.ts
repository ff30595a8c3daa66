import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { seriousFindings } from './axe.ts';
import { IN_BROWSER } from './browser.ts';
import { openConsole } from './desk.ts';

/** Says why in the dialog that is open, and does it. */
async function say(page: Page, why: string, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why?').fill(why);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
}

test('what is wrong with a tool stands beside its field, and is read out', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator');
  await page.goto(`${stub.url}/console/tools?register=tool`);
  await page.getByLabel('Name').fill('abacus-2');
  await page.getByLabel('Client id').fill('taken');
  await page.getByLabel('math-101').check();
  await page.getByLabel('With an API key').uncheck();
  await page.getByRole('button', { name: 'Register …' }).click();
  await say(page, 'A trial', 'Register');
  const alert = page.getByRole('alert');
  await alert.getByText('Nothing was changed: 2 problems were found.').waitFor();
  await alert.getByText('has no means to sign in').waitFor();
  assert.equal(await alert.getByText('is the same as that of').count(), 0, 'that stands at its field');
  const field = page.getByLabel('Client id');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  const described = (await field.getAttribute('aria-describedby')) ?? '';
  const texts = await Promise.all(
    described.split(' ').map((id) => page.locator(`[id="${id}"]`).textContent()),
  );
  assert.match(texts.join(' '), /is the same as that of the tool "quizzer"; give each tool its own/);
  assert.ok(
    await page.evaluate('document.activeElement.getAttribute("role") === "alert"'),
    'the focus is there',
  );
  assert.deepEqual(await seriousFindings(page), []);
  assert.equal(await field.inputValue(), 'taken', 'what was written is kept');
  await field.fill('abacus-2');
  await page.getByLabel('With an API key').check();
  await page.keyboard.press('Enter');
  await say(page, 'A trial', 'Register');
  await page.getByRole('dialog').getByText('a-new-api-key').waitFor();
  await page.getByRole('button', { name: 'Issue a service key too' }).click();
  await page.getByRole('dialog').getByText('SERVICE-AUTH-V1 a-new-api-key:a.service.key').waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.waitForURL('**/console/tools');
});

test('a context finds its class by the title; a table of users is edited as text', IN_BROWSER, async (t) => {
  const { stub, page } = await openConsole(t, 'operator', 360);
  await page.goto(`${stub.url}/console/tools?register=context`);
  await page.getByLabel('OneRoster service').selectOption('district-sis');
  await page.getByLabel('Look for a class').fill('Sci');
  await page.getByLabel('Look for a class').press('Enter');
  await page.getByRole('button', { name: /Science 7/ }).click();
  assert.equal(await page.getByLabel('Class', { exact: true }).inputValue(), 'class-2');
  assert.equal(await page.getByRole('button', { name: /Science 7/ }).getAttribute('aria-pressed'), 'true');
  assert.deepEqual(await seriousFindings(page), []);
  await page.goto(`${stub.url}/console/tools?edit=quizzer`);
  const table = page.getByLabel('Table of users');
  assert.equal(await table.inputValue(), 'lti-7\tstudent-7');
  await table.fill('lti-7\tstudent-7\nlti-8 = student-8\n');
  const sent = page.waitForRequest((request) => request.method() === 'PUT');
  await page.getByRole('button', { name: 'Save …' }).click();
  await say(page, 'A new student', 'Save');
  const { entry, revision, apiKey } = (await sent).postDataJSON() as Record<string, unknown>;
  assert.deepEqual(
    [(entry as { users: unknown }).users, revision, apiKey],
    [{ by: 'table', users: { 'lti-7': 'student-7', 'lti-8': 'student-8' } }, 2, 'keep'],
  );
  await page.waitForURL('**/console/tools');
});
