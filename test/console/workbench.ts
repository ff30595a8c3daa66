import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import type { JsonObject } from '../../src/core/json.ts';

/** What somebody does at the workbench of the mapping line-item; the same on a real gateway and on the stub. */

const WORKBENCH = '/console/mappings/line-item';

function withoutStash(): string {
  const text = readFileSync(join(SHIPPED_MAPPINGS, 'line-item.json'), 'utf8');
  const { stash: _, examples: __, ...rest } = JSON.parse(text) as JsonObject;
  return JSON.stringify(rest, null, 2);
}

/** Breaks a law, sees why, loads the counter-example and sees the loss; then takes it all back. */
export async function seeCounterExample(page: Page, url: string): Promise<void> {
  await page.goto(url + WORKBENCH);
  await page.getByText('all 6 laws hold').waitFor();
  await page.getByRole('textbox', { name: 'Mapping' }).click();
  await page.keyboard.press('Control+A');
  // Text that replaces coloured text, Chromium would give that style in an attribute, which the policy stops.
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(withoutStash());
  await page.getByText(/\d of 6 laws broken/).waitFor();
  await page.getByText('put-get is broken').waitFor();
  await page.getByRole('button', { name: 'Load into the panes' }).first().click();
  await page
    .getByRole('region', { name: 'What comes back' })
    .getByText(/lost:|came in:|went in as/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Undo all' }).click();
  await page.getByText('all 6 laws hold').waitFor();
}

/** Gives a row a place that another row has, sees what is wrong at that row, and gives it a better one. */
export async function moveTag(page: Page, url: string, place: string): Promise<void> {
  await page.goto(`${url + WORKBENCH}?view=rows`);
  const field = page.getByLabel('OneRoster place of row 6');
  assert.equal(await field.inputValue(), '/metadata/ltiTag');
  await field.fill('/title');
  await field.press('Tab');
  await page.getByRole('row').filter({ hasText: /^!|! / }).first().waitFor();
  await page.getByText('1 problem in the mapping').waitFor();
  await field.fill(place);
  await field.press('Tab');
  await page.getByText(/examples? no longer come out/).waitFor();
  await page.getByRole('button', { name: 'Take over what comes out now' }).click();
  await page.getByText('all 6 laws hold').waitFor();
}

/** Saves what is in the editor, looks at what it would change, and activates it. */
export async function activateDraft(page: Page, place: string): Promise<void> {
  await page.getByRole('button', { name: 'Save as draft …' }).click();
  await reason(page, 'Teachers look for it there', 'Save');
  await page.getByRole('heading', { name: /What version \d+ would change/ }).waitFor();
  const change = page.getByRole('region', { name: 'What would change' });
  await change.getByText(place).waitFor();
  await change.getByText('/metadata/ltiTag').first().waitFor();
  await page.getByRole('button', { name: /Activate version/ }).click();
  await reason(page, 'Agreed in the meeting', 'Activate');
  await page.getByRole('heading', { name: /Version \d+ is active/ }).waitFor();
}

export async function rollBack(page: Page, url: string): Promise<void> {
  await page.goto(`${url + WORKBENCH}?tab=versions`);
  await page.getByRole('button', { name: 'Roll back …' }).click();
  await reason(page, 'It was too soon', 'Roll back');
  await page.getByRole('row').filter({ hasText: 'retired' }).first().waitFor();
}

async function reason(page: Page, why: string, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why?').fill(why);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}
