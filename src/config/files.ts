import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '../core/json.ts';
import type { Finding } from './config.ts';

/** The folder of the package, found from here upwards: the code runs from `dist` and its data files do not move there. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** A JSON file that comes with Gradebridge: `readShipped('mappings/line-item.json')`. */
export function readShipped(path: string): JsonObject {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, path), 'utf8')) as JsonObject;
}

/**
 * Reads a JSON file that an administrator wrote.
 *
 * @returns the document, or what is wrong with the file
 */
export function readJsonFile(path: string): { readonly document: Json } | { readonly finding: Finding } {
  const file = resolve(path);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    return { finding: { file, place: '/', message: why, remedy: 'check the path and its permissions' } };
  }
  try {
    return { document: JSON.parse(text) as Json };
  } catch (error) {
    const place = placeOf(error as Error, text);
    return {
      finding: {
        file,
        place,
        message: 'is not JSON',
        remedy: 'look at that place for a missing comma, quote or brace',
      },
    };
  }
}

/** V8 names the position of a syntax error in its message, and not always. */
function placeOf(error: Error, text: string): string {
  const position = /position (\d+)/.exec(error.message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
