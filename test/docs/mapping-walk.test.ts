import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { type Block, type Page, readPage, stepsOf } from './pages.ts';
import { assertPrinted, clone, shell } from './shell.ts';

const page = readPage('docs/mapping.md');

function sectionOf(heading: string): Page {
  const [, section = ''] = page.text.split(`\n## ${heading}\n`);
  return { ...page, text: section.split('\n## ')[0] as string };
}

/** What a reader does by hand with a block of JSON: a row, or an example, goes to the end of its list in a file. */
function putInto(file: string, { text }: Block): void {
  const mapping = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  const written = JSON.parse(text) as JsonObject | readonly JsonObject[];
  const [list, added] = Array.isArray(written) ? ['fields', written] : ['examples', [written]];
  const lists = mapping[list as string] as readonly JsonObject[];
  writeFileSync(file, JSON.stringify({ ...mapping, [list as string]: [...lists, ...added] }));
}

interface Walk {
  readonly folder: string;
  /** Where the mapping is that the reader changes. */
  readonly file: string;
  /** The row, which the first page says and the reader keeps in mind. */
  readonly row: Block;
}

/** Does what a section says, block by block; the row is put in when the file is there, the rest where it stands. */
async function walk(steps: readonly Block[], { folder, file, row }: Walk): Promise<void> {
  let [printed, isRowIn] = ['', false];
  for (const step of steps) {
    if (step.language === 'sh') printed = (await shell([step.text], folder))[0] ?? '';
    if (step.language === 'sh' && !isRowIn) {
      putInto(join(folder, file), row);
      isRowIn = true;
    }
    if (step.language === 'json' && step !== row) putInto(join(folder, file), step);
    if (step.language === 'text') assertPrinted(printed, step.text);
  }
}

const steps = stepsOf(sectionOf('Adding a field'));
const row = steps.find(({ language }) => language === 'json') as Block;

/** The one of README.md, before a sandbox that nobody needs to ask here, with the folder named. */
const CONFIGURED: JsonObject = {
  version: 1,
  mappingsDir: 'my-mappings',
  upstreams: {
    sandbox: {
      profile: 'timeback',
      baseUrl: 'http://127.0.0.1:8081',
      auth: { tokenUrl: 'http://127.0.0.1:8081/oauth2/token', clientId: 'sandbox', clientSecret: 's' },
    },
  },
  contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-api-key' } },
};

function folderFor(t: TestContext, config?: JsonObject): string {
  const folder = clone(t);
  if (config) writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify(config), { mode: 0o600 });
  return folder;
}

test('docs/mapping.md: a field is added by a file, as it says', async (t) => {
  const folder = folderFor(t, CONFIGURED);
  await walk(steps, { folder, file: 'my-mappings/line-item.json', row });
});

test('docs/mapping.md: a field is added by the store, as it says', async (t) => {
  const folder = folderFor(t);
  const inStore = stepsOf(sectionOf('A draft, its proof, its activation'));
  await walk(inStore, { folder, file: 'line-item.json', row });
});
