import { after, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { sharedBrowser, signIn } from './browser.ts';
import { type Stub, startStub } from './stub/stub.ts';

/** The browser of the tests of a file. */
export const browser = sharedBrowser();
after(() => browser.close());

/** A stub that ends with the test, and somebody who is signed in there. */
export async function openConsole(
  t: TestContext,
  token: string,
  width?: number,
): Promise<{ readonly stub: Stub; readonly page: Page }> {
  const stub = await startStub();
  t.after(() => stub.close());
  const { page } = await signIn(await browser.open(), {
    url: stub.url,
    token,
    ...(width !== undefined && { width }),
  });
  t.after(() => page.close());
  return { stub, page };
}
