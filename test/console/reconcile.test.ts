import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import { ADMIN, TOKENS } from '../admin/desk.ts';
import { openDesk } from '../ags/desk.ts';
import { idIn, reconcilingOn } from '../reconcile/desk.ts';
import { seriousFindings } from './axe.ts';
import { IN_BROWSER, signIn } from './browser.ts';
import { browser, openConsole } from './desk.ts';

test(
  'a class is compared with OneRoster, and what is lost there is mended with a reason',
  IN_BROWSER,
  async (t) => {
    const { world, tool, change, hold } = reconcilingOn(await openDesk(t, { config: { admin: ADMIN } }));
    const line = await tool.create({ label: 'Fractions', resourceId: 'quiz-1' });
    await tool.grade(line);
    const gone = await tool.create({ label: 'Decimals', resourceId: 'quiz-2' });
    await tool.grade(gone);
    const result = resultIdOf(idIn(line), 'student-1');
    change('results', result, { status: 'tobedeleted' });
    change('lineItems', idIn(gone), { status: 'tobedeleted' });
    const { page, complaints } = await signIn(await browser.open(), { url: world.url, token: TOKENS.ada });
    t.after(() => page.close());

    await page.getByRole('link', { name: 'Line items' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Decimals' });
    await row.getByText('gone', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Compare with OneRoster' }).click();
    await page.getByText(/are compared: 2 wrong/).waitFor();
    await page.getByLabel('Kind').selectOption('resultMissing');
    await page.waitForURL('**/line-items?view=compare&kind=resultMissing');
    await page.reload();
    await page.getByText('somebody has deleted it in OneRoster').waitFor();
    await page.getByRole('button', { name: `Revive ${result}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(result).waitFor();
    assert.deepEqual(await seriousFindings(page), [], 'the dialog');
    assert.equal(hold('results', result)['status'], 'tobedeleted', 'nothing is done yet');
    await dialog.getByLabel('Why?').fill('The backup was old');
    await dialog.getByRole('button', { name: 'Revive', exact: true }).click();
    await page.getByText('nothing is there of the kind').waitFor();
    assert.equal(hold('results', result)['status'], 'active');

    await page.getByRole('link', { name: 'List', exact: true }).click();
    await row.getByRole('link').click();
    await page.getByRole('button', { name: `Revive ${idIn(gone)}` }).click();
    await dialog.getByLabel('Why?').fill('Deleted by mistake');
    await dialog.getByRole('button', { name: 'Revive', exact: true }).click();
    await row.getByText('gone', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('The backup was old').waitFor();
    assert.deepEqual(complaints, []);
  },
);

test(
  'a comparison that fails on its way says how far it came; a finding that is gone says so',
  IN_BROWSER,
  async (t) => {
    const { stub, page } = await openConsole(t, 'operator');
    const problem = { status: 503, code: 'UPSTREAM_DOWN', detail: 'It is down.', remedy: 'Wait.' };
    stub.broken.set('/reconcile', problem);
    await page.goto(`${stub.url}/console/line-items?view=compare`);
    await page.getByRole('alert').getByText('It is down.').waitFor();
    assert.equal(await page.getByText('OneRoster holds what tools were told').count(), 0);
    stub.broken.delete('/reconcile');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('40 line items of tools are compared: 2 wrong, 1 to be known').waitFor();
    stub.broken.set('/line-items/li-2/repairs/plan', {
      ...problem,
      status: 409,
      code: 'NO_LONGER_SO',
      detail: 'It is no longer so.',
    });
    await page.getByRole('button', { name: 'Remove li-2' }).click();
    await page.getByRole('dialog').getByText('It is no longer so.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByText('40 line items of tools are compared').waitFor();
  },
);
