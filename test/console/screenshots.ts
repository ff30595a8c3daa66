/** Makes the pictures of docs/images: `npm run screenshots`, or some of them: `npm run screenshots -- tools audit`. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { IN_BROWSER, type PageOptions, sharedBrowser, signIn, type WatchedPage } from './browser.ts';
import { type Exhibition, openExhibition, TOKEN } from './exhibition.ts';

const FOLDER = join(PACKAGE_ROOT, 'docs', 'images');

interface Picture extends Partial<Pick<PageOptions, 'scheme' | 'width'>> {
  readonly path: string;
  /** Does what must be done before there is something to see, and waits for it. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const HEIGHT = 800;
/** Where the workbench keeps what somebody is changing. */
const DRAFT_KEY = 'gradebridge.draft.line-item';
const words = (text: string | RegExp) => (page: Page) =>
  page.locator('main').getByText(text).first().waitFor();

const PICTURES: Readonly<Record<string, Picture>> = {
  overview: { path: '', ready: words('OneRoster services') },
  workbench: {
    path: 'mappings/line-item',
    ready: words(/all 6 laws hold/),
  },
  'what-if': {
    path: 'mappings/line-item?tab=what-if',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Try recorded requests' }).click();
      await words(/would have ended differently/)(page);
    },
  },
  traffic: { path: 'traffic', ready: words('Write a line item') },
  exchange: { path: 'traffic/req-2026-0005', ready: words('Received from the tool') },
  deliveries: { path: 'deliveries', ready: words('USER_UNKNOWN') },
  'line-items': { path: 'line-items?context=science-7', ready: words('Lab report 1') },
  tools: { path: 'tools', ready: words('Token URL') },
  register: { path: 'tools?register=context', ready: words('Class') },
  compare: { path: 'line-items?view=compare&context=science-7', ready: words(/are compared:/) },
  audit: { path: 'audit', ready: words('for the report cards') },
  'overview-dark': { path: '', scheme: 'dark', ready: words('OneRoster services') },
  phone: { path: 'deliveries', width: 390, ready: words('USER_UNKNOWN') },
};

const browser = sharedBrowser();

/** One page for each colour scheme, or the audit would be full of sign-ins. */
const pages = new Map<string, Promise<WatchedPage>>();

async function pageFor({ url }: Exhibition, scheme: 'light' | 'dark'): Promise<WatchedPage> {
  const page = pages.get(scheme) ?? signIn(await browser.open(), { url, token: TOKEN, scheme });
  pages.set(scheme, page);
  return page;
}

/** @returns a line for each thing that whoever looks at the picture should know */
async function take(name: string, picture: Picture, exhibition: Exhibition): Promise<readonly string[]> {
  const { path, scheme = 'light', width = 1280, ready } = picture;
  const { page, complaints } = await pageFor(exhibition, scheme);
  await page.setViewportSize({ width, height: HEIGHT });
  await page.evaluate(`sessionStorage.setItem('${DRAFT_KEY}', ${JSON.stringify(exhibition.draft)})`);
  await page.goto(`${exhibition.url}/console/${path}`);
  await ready(page);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  return [`${name}.png ${Math.ceil(statSync(file).size / 1024)} kB`, ...complaints];
}

if ('skip' in IN_BROWSER) throw new Error(IN_BROWSER.skip);
const names = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
const exhibition = await openExhibition();
for (const [name, picture] of Object.entries(PICTURES)) {
  if (names.length === 0 || names.includes(name))
    console.log((await take(name, picture, exhibition)).join('\n  '));
}
await browser.close();
await exhibition.close();
