import { hash } from 'node:crypto';
import { canonical, WROTE_MARK } from './identity.ts';
import { isEmpty, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Mapping } from './mapping.ts';
import { valueAt } from './pointer.ts';
import type { PairRow } from './rows.ts';

/**
 * The mark of the last write, `metadata.ltiWrote`: by the OneRoster place of each row, a short digest of the value that was
 * written there, and under {@link ROWS}, which names no place, the digest of the rows that wrote it.
 */

/** The mark of a place that held no value. */
export const NOTHING = '-';
/** The mark of an edit that was moved or rescaled with its object: no value of the new form is known to be ours. */
export const NOT_OURS = '!';
/** The member of the mark that names the rows; it begins with no `/`, so it is no place. */
export const ROWS = 'rows';

const DIGITS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._'].map((digit) =>
  digit.charCodeAt(0),
);
const digitAt = (bits: number): number => DIGITS[bits & 63] as number;

/** FNV-1a in 32 bits, six digits: it tells a value from another one, and guards nothing. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // Every PUT makes some twenty of them: this is four times as fast as toString(36).
  const [a, b, c] = [digitAt(hash >>> 26), digitAt(hash >>> 20), digitAt(hash >>> 14)];
  return String.fromCharCode(a, b, c, digitAt(hash >>> 8), digitAt(hash >>> 2), digitAt(hash & 3));
}

/** The mark of a value at the place of a row: `markFor(titleRow, undefined) === '-'`. */
export function markFor({ codec }: PairRow, value: Json | undefined): string {
  if (isEmpty(value)) return NOTHING;
  const gist = codec.gist(value);
  return gist.length === 1 ? digest(gist[0] as string) : gist.map(digest).join('');
}

/** Whether two marks are of one value; a service that keeps only the day of a date-time holds the beginning of its gist. */
export function agree(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

/** The marks of a OneRoster document, undefined when it has none: `marksOf({ metadata: { ltiWrote: {} } })`. */
export function marksOf(document: JsonObject): JsonObject | undefined {
  const marks = valueAt(document, WROTE_MARK);
  return isObject(marks) ? marks : undefined;
}

/** The document with other marks; its metadata must be an object, or absent. */
export function withMarks(document: JsonObject, marks: JsonObject): JsonObject {
  const [holder, name] = WROTE_MARK;
  return { ...document, [holder]: { ...(document[holder] as JsonObject | undefined), [name]: marks } };
}

/** Whether marks may be put into a document: metadata of another form is somebody else's. */
export function takesMarks(document: JsonObject): boolean {
  const metadata = own(document, 'metadata');
  return isEmpty(metadata) || isObject(metadata);
}

/**
 * The digest of everything in a mapping that decides where a value stands and in which form. Two mappings of one digest read each
 * other's documents.
 *
 * @example digestOfRows({ …, fields: [{ ags: '/label', oneroster: '/title' }] }) // 'a1B2c3D4'
 */
export function digestOfRows({ stash, fields }: Pick<Mapping, 'stash' | 'fields'>): string {
  const rows = fields
    .filter(({ ags }) => ags !== undefined)
    .map(({ ags, oneroster, codec }) => canonical([oneroster, ags, codec ?? 'json'] as Json))
    .sort();
  return hash('sha256', canonical([stash?.oneroster ?? null, rows]), 'base64url').slice(0, 8);
}
