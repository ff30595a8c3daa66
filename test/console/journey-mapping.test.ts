import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { exitOf, freePort, start } from '../cli/process.ts';
import { newFolder } from '../cli/run.ts';
import { type Client, clientOf } from '../exchange/client.ts';
import { IN_BROWSER, sharedBrowser, signIn } from './browser.ts';
import { activateDraft, moveTag, rollBack, seeCounterExample } from './workbench.ts';

const TOKEN = 'an-operator-token-for-the-journey';
const API_KEY = 'quizzer-api-key';

const browser = sharedBrowser();
after(() => browser.close());

interface Served {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly client: Client;
}

/** `gradebridge serve` in a process of its own, which takes a mapping on as soon as it is activated. */
async function openServed(t: TestContext): Promise<Served> {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const [folder, port] = [newFolder(), await freePort()];
  const { clientId, clientSecret, tokenUrl, url: baseUrl } = sandbox;
  const config: JsonObject = {
    version: 1,
    listen: { port },
    publicUrl: `http://127.0.0.1:${port}`,
    upstreams: { school: { profile: 'timeback', baseUrl, auth: { tokenUrl, clientId, clientSecret } } },
    contexts: {
      'math-101': { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-1' },
    },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: API_KEY } },
    admin: { tokens: { alice: { role: 'operator', token: TOKEN } } },
  };
  writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config), { mode: 0o600 });
  const issue = start(t, ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101'], folder);
  assert.equal(await exitOf(issue), 0, issue.said());
  const serve = start(t, ['serve'], folder);
  await serve.until(/listening on/);
  const [agent, url] = [new Agent({ keepAlive: true }), `http://127.0.0.1:${port}`];
  t.after(() => agent.destroy());
  const key = issue.out().trim().split('\n').at(-1);
  return { url, sandbox, client: clientOf(url, agent, `SERVICE-AUTH-V1 ${API_KEY}:${key}`) };
}

test(
  'a mapping is broken, mended, tried on what came in, activated, seen at work, and rolled back',
  IN_BROWSER,
  async (t) => {
    const { url, sandbox, client } = await openServed(t);
    const { page, complaints } = await signIn(await browser.open(), { url, token: TOKEN });
    const put = async (id: string): Promise<void> => {
      const answer = await client.put(id, { label: 'Fractions', scoreMaximum: 20, tag: 'grade' });
      assert.equal(answer.status, 201, answer.text);
    };
    const metadataOf = (id: string) => sandbox.find('lineItems', id)?.['metadata'] as JsonObject;
    await put('quiz-1');
    await seeCounterExample(page, url);
    await moveTag(page, url, '/metadata/quizTag');
    await page.getByRole('link', { name: 'What if' }).click();
    await page.getByRole('button', { name: 'Try recorded requests' }).click();
    await page.getByText('1 of 1 recorded requests would have ended differently.').waitFor();
    await activateDraft(page, '/metadata/quizTag');
    await put('quiz-2');
    assert.equal(metadataOf('quiz-2')['quizTag'], 'grade');
    await page.goto(`${url}/console/traffic`);
    await page
      .getByRole('link', { name: /Write a line item/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'In OneRoster' }).getByText('"quizTag"').waitFor();
    await rollBack(page, url);
    await put('quiz-3');
    assert.equal(metadataOf('quiz-3')['quizTag'], undefined);
    assert.equal(metadataOf('quiz-3')['ltiTag'], 'grade');
    assert.deepEqual(complaints, []);
  },
);
