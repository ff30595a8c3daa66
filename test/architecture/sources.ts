import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { PACKAGE_ROOT } from '../../src/config/files.ts';

/** One import of a source file. */
export interface Import {
  /** The path of the imported file below src, or the name of a package. */
  readonly target: string;
  readonly isLocal: boolean;
  readonly isTypeOnly: boolean;
}

export interface Source {
  /** Path below src, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** At the start of a line, or loaded when it is wanted. */
const IMPORT = /(?:^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?|\bawait import\()'([^']+)'/gm;

/** Every TypeScript file below src, with what it imports. */
export function readSources(): readonly Source[] {
  const root = join(PACKAGE_ROOT, 'src');
  return readdirSync(root, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => /\.tsx?$/.test(name))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

function importsOf(path: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, target = '']) => {
    const isLocal = target.startsWith('.');
    const resolved = isLocal
      ? normalize(join(dirname(path), target)).replaceAll('\\', '/')
      : packageOf(target);
    return { target: resolved, isLocal, isTypeOnly: type !== undefined };
  });
}

/** The package of an import that may go into it: `preact/hooks` is of `preact`. */
function packageOf(target: string): string {
  if (target.startsWith('node:')) return target;
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The first folder of a path below src, or the file itself when it lies in src. */
export function partOf(path: string): string {
  return path.split('/')[0] as string;
}
