import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const CHROMIUM = PLACES.find((path) => existsSync(path));

/** To be given to tests: without Chromium they say so and are skipped. */
export const IN_BROWSER =
  CHROMIUM === undefined ? { skip: `there is no Chromium at ${PLACES.join(' or ')}` } : {};

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One browser for the tests of a file, started by the first that needs it. */
export function sharedBrowser(): {
  readonly open: () => Promise<Browser>;
  readonly close: () => Promise<void>;
} {
  let launched: Promise<Browser> | undefined;
  return {
    open: () => {
      launched ??= chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGUMENTS });
      return launched;
    },
    close: async () => (await launched)?.close(),
  };
}

export interface PageOptions {
  readonly url: string;
  readonly token: string;
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
}

/** A page of which every complaint is kept: errors of scripts, and what the content security policy has stopped. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens the console as somebody who has never been there, signs in, and waits for the overview. */
export async function signIn(browser: Browser, options: PageOptions): Promise<WatchedPage> {
  const { url, token, scheme = 'light', width = 1280 } = options;
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The answers of 400 and more are told here as well; the pages show those.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(`${url}/console/`);
  await page.getByLabel('Admin token').fill(token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  return { page, complaints };
}
