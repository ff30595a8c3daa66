import type { Page } from 'playwright-core';
import { DELIVERIES } from './stub/fixtures.ts';

/** Every view of the console, with words by which one sees that it is there. */
export const VIEWS: Readonly<Record<string, string>> = {
  '/console/': 'OneRoster services',
  '/console/mappings': 'line-item',
  '/console/mappings/line-item': 'all 6 laws hold',
  '/console/mappings/line-item?view=rows&example=2': 'no row names it',
  '/console/mappings/line-item?tab=what-if': 'Try recorded requests',
  '/console/mappings/line-item?tab=versions': 'It is as it came',
  '/console/traffic': 'Write a line item',
  '/console/traffic/req-0001': 'Received from the tool',
  '/console/deliveries': String(DELIVERIES[3]?.['id']),
  [`/console/deliveries/${DELIVERIES[0]?.['id']}`]: 'Promised to the tool',
  '/console/line-items?item=li-2': 'As the tool reads it',
  '/console/line-items?view=compare': '40 line items of tools are compared',
  '/console/tools': 'Token URL',
  '/console/tools?edit=quizzer': 'Address of its key set',
  '/console/tools?register=tool': 'How it shows who it is',
  '/console/tools?edit-context=math-101': 'Title of the category',
  '/console/tools?register=context': 'Mapping of results',
  '/console/audit': 'Teachers want to see attempts.',
  '/console/configuration': '/limits/inFlight',
  '/console/nowhere': 'There is no such page',
};

/** Goes to a view as a link within the console does, which is much quicker than loading the page anew, and waits for it. */
export async function visit(page: Page, path: string, words: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );
  await page.locator('main').getByText(words).first().waitFor();
}
