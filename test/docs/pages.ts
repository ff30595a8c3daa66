import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/config/files.ts';

/** A page of the documentation. */
export interface Page {
  /** From the folder of the package, such as `docs/errors.md`. */
  readonly path: string;
  readonly text: string;
}

/** One page: `readPage('docs/errors.md')`. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(join(PACKAGE_ROOT, path), 'utf8') };
}

/** Every page: those of the folder of the package, and all of `docs`. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync(join(PACKAGE_ROOT, 'docs'), { recursive: true })
    .map((name) => `docs/${String(name)}`)
    .filter((name) => name.endsWith('.md'));
  return ['README.md', 'CHANGELOG.md', 'SECURITY.md', ...inDocs.sort()].map(readPage);
}

const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```/gm;

/** The fenced blocks of a page in one language: `blocksOf(page, 'json')`. */
export function blocksOf({ text }: Page, language: string): readonly string[] {
  return [...text.matchAll(FENCE)].flatMap(([, found, block = '']) => (found === language ? [block] : []));
}

/** A fenced block, and its language. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page in their order: `stepsOf(readPage('docs/guide-tools.md'))`. */
export function stepsOf({ text: page }: Page): readonly Block[] {
  return [...page.matchAll(FENCE)].map(([, language = '', text = '']) => ({ language, text }));
}

/** A page without its fenced blocks, where a bracket is a link. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(FENCE, '');
}

/** The rows of the tables whose first cell is code, each as its cells: `rowsOf(page)[0] // ['`a`', '1', 'why']`. */
export function rowsOf(page: Page): readonly (readonly string[])[] {
  return proseOf(page)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The text of a cell that is code: `codeIn('`8080`') === '8080'`. */
export function codeIn(cell: string): string | undefined {
  return /^`([^`]*)`/.exec(cell)?.[1];
}
