import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { codeIn, type Page, proseOf, readPage, readPages, rowsOf } from './pages.ts';

const LINK = /\]\(([^)\s]+)\)/g;

/** The anchor that a heading gets: `anchorOf('Your own OneRoster') === 'your-own-oneroster'`. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

for (const page of readPages()) {
  test(`the links of ${page.path} lead somewhere`, () => {
    const broken = [...proseOf(page).matchAll(LINK)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !leadsSomewhere(page, target));
    assert.deepEqual(broken, []);
  });
}

function leadsSomewhere(page: Page, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : join(dirname(page.path), file);
  if (!existsSync(join(PACKAGE_ROOT, path))) return false;
  return anchor === undefined || anchorsOf(readPage(path)).includes(anchor);
}

test('docs/security.md names files that are there', () => {
  const { text } = readPage('docs/security.md');
  const paths = [...text.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, path = '']) => path);
  assert.ok(paths.length > 30);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(PACKAGE_ROOT, path))),
    [],
  );
});

test('every page stands in the index of its readers', () => {
  const index = readPage('docs/README.md').text;
  const pages = readPages().filter(({ path }) => /^docs\/[a-z-]+\.md$/.test(path));
  assert.deepEqual(
    pages.filter(({ path }) => !index.includes(`](${path.slice('docs/'.length)}`)).map(({ path }) => path),
    [],
  );
});

test('the layout in README.md names what is there', () => {
  const paths = rowsOf(readPage('README.md'))
    .map(([path = '']) => codeIn(path) ?? '')
    .filter((path) => /^(src|test|docs|mappings)\b/.test(path));
  assert.notEqual(paths.length, 0);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(PACKAGE_ROOT, path))),
    [],
  );
});

test('every decision is listed, and its number is its own', () => {
  const decisions = readPages().filter(({ path }) => /^docs\/decisions\/\d/.test(path));
  const numbers = decisions.map(({ path }) =>
    path.slice('docs/decisions/'.length, 'docs/decisions/000'.length),
  );
  assert.equal(new Set(numbers).size, decisions.length);
  const index = readPage('docs/decisions/README.md').text;
  const missing = decisions.filter(
    ({ path }) => !index.includes(`(${path.slice('docs/decisions/'.length)})`),
  );
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  );
});
