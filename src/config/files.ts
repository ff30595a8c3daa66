import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Json, JsonObject } from '../core/json.ts';
import { isNestedDeeper, MOST_LEVELS } from '../core/nesting.ts';
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

/** A place in a text, counted from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A JSON text that an administrator wrote, and where in it things stand. */
export interface JsonText {
  readonly document: Json;
  /** The place of a finding for people: its pointer with the line, as far down as the pointer leads. */
  readonly placeOf: (pointer: string) => string;
  /** Where the value at a pointer begins, or the innermost one around it that there is. */
  readonly spotOf: (pointer: string) => Spot;
}

const TOO_DEEP = {
  place: '/',
  message: `has more than ${MOST_LEVELS} levels of nesting`,
  remedy: 'no document of either standard has as many: take them out',
};

/** Why a text is not JSON, and where. */
export type SyntaxFault = Pick<Finding, 'place' | 'message' | 'remedy'> & Spot;

/**
 * Reads a JSON text that an administrator wrote.
 *
 * @returns the document, or where it stops being JSON
 * @example readJsonText('{ "a": }') // { fault: { line: 1, column: 8, … } }
 */
export function readJsonText(text: string): JsonText | { readonly fault: SyntaxFault } {
  if (isNestedDeeper(text)) return { fault: { ...TOO_DEEP, ...spotAt(text, 0) } };
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    return { fault: syntaxFault(text) };
  }
  let tree: Node | undefined;
  const offsetOf = (pointer: string): number | undefined => {
    tree ??= parseTree(text);
    return offsetIn(tree, pointer);
  };
  return {
    document,
    placeOf: (pointer) => {
      const offset = offsetOf(pointer);
      return offset === undefined ? pointer : `${pointer} (line ${spotAt(text, offset).line})`;
    },
    spotOf: (pointer) => spotAt(text, offsetOf(pointer) ?? 0),
  };
}

/**
 * Reads a JSON file that an administrator wrote.
 *
 * @returns the document, or what is wrong with the file
 */
export function readJsonFile(path: string): JsonText | { readonly finding: Finding } {
  const file = resolve(path);
  const found = readText(file);
  if ('finding' in found) return found;
  const read = readJsonText(found.text);
  if (!('fault' in read)) return read;
  const { place, message, remedy } = read.fault;
  return { finding: { file, place, message, remedy } };
}

/** The text of a file that an administrator wrote, or why there is none: `readText('/etc/my-mappings/line-item.json')`. */
export function readText(file: string): { readonly text: string } | { readonly finding: Finding } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    return { finding: { file, place: '/', message: why, remedy: 'check the path and its permissions' } };
  }
}

/** JSON.parse does not say where it stopped in all versions of Node; this parser does, and it knows where members stand. */
function syntaxFault(text: string): SyntaxFault {
  const errors: ParseError[] = [];
  parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const [{ offset, error } = { offset: text.length, error: 0 }] = errors;
  const spot = spotAt(text, offset);
  return {
    ...spot,
    place: `line ${spot.line}, column ${spot.column}`,
    message: `is not JSON (${printParseErrorCode(error)})`,
    remedy: 'look at that place for a missing comma, colon, quote or brace; JSON has no comments',
  };
}

function spotAt(text: string, offset: number): Spot {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function offsetIn(tree: Node | undefined, pointer: string): number | undefined {
  const steps = (parsePointer(pointer) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let length = steps.length; tree !== undefined && length > 0; length--) {
    const node = findNodeAtLocation(tree, steps.slice(0, length));
    if (node !== undefined) return node.offset;
  }
  return undefined;
}
