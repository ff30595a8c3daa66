import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { proseOf, readPage } from './pages.ts';

const PAGES = join(PACKAGE_ROOT, 'src/console/app');

/** Everything that the console can say, with its numbers and names left open: `Activate version {n} …`. */
const SAID = readdirSync(PAGES, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(PAGES, name), 'utf8'))
  .join('\n')
  .replaceAll(/\s+/g, ' ');

/** What the page says in bold that is no page or button: its own numbered headings, and words that it stresses. */
const OWN = /^\d\. |^(like this|Find the class|find the class|By a file|In the console:|new names)|\.$|:$/;

test('docs/guide-admins.md: what it says of the console in bold is what the console says', () => {
  const { text } = readPage('docs/guide-admins.md');
  // A line that is marked so is of a part that is not there yet.
  const lines = text.split('\n');
  const there = lines.filter((line, at) => !/<!-- verify -->/.test(`${lines[at - 1]}${line}`)).join('\n');
  const labels = [...proseOf({ path: '', text: there }).matchAll(/\*\*([^*]+)\*\*/g)]
    .map(([, label = '']) => label.replaceAll(/\s+/g, ' '))
    .filter((label) => !OWN.test(label));
  assert.ok(labels.length > 30, `${labels.length} labels`);
  const unknown = labels.filter((label) => !SAID.includes(label.replace(/ \d+ …$/, '')));
  assert.deepEqual([...new Set(unknown)], []);
});
