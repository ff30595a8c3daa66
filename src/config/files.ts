import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Json, JsonObject } from '../core/json.ts';
import { parsePointer } from '../core/pointer.ts';
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

/** A JSON file that an administrator wrote, and where in it things stand. */
export interface JsonFile {
  readonly document: Json;
  /** The place of a finding for people: its pointer with the line, as far down as the pointer leads. */
  readonly placeOf: (pointer: string) => string;
}

/**
 * Reads a JSON file that an administrator wrote.
 *
 * @returns the document, or what is wrong with the file
 */
export function readJsonFile(path: string): JsonFile | { readonly finding: Finding } {
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
    return { document: JSON.parse(text) as Json, placeOf: (pointer) => placeIn(text, pointer) };
  } catch {
    return { finding: { file, ...syntaxError(text) } };
  }
}

/** JSON.parse does not say where it stopped in all versions of Node; this parser does, and it knows where members stand. */
function syntaxError(text: string): Pick<Finding, 'place' | 'message' | 'remedy'> {
  const errors: ParseError[] = [];
  parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const [{ offset, error } = { offset: text.length, error: 0 }] = errors;
  const before = text.slice(0, offset).split('\n');
  return {
    place: `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`,
    message: `is not JSON (${printParseErrorCode(error)})`,
    remedy: 'look at that place for a missing comma, colon, quote or brace; JSON has no comments',
  };
}

function placeIn(text: string, pointer: string): string {
  const tree = parseTree(text);
  const steps = (parsePointer(pointer) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let length = steps.length; tree !== undefined && length > 0; length--) {
    const node = findNodeAtLocation(tree, steps.slice(0, length));
    if (node !== undefined) return `${pointer} (line ${text.slice(0, node.offset).split('\n').length})`;
  }
  return pointer;
}
