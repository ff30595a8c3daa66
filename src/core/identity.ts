import { hash } from 'node:crypto';
import { isObject, type Json, type JsonObject, own } from './json.ts';
import { isStandIn } from './numbers.ts';
import { valueAt } from './pointer.ts';
import { isNameable } from './texts.ts';

/**
 * Which OneRoster object is meant, and whose it is. The marks stand in `metadata` beside the mapped members, as strings at
 * the top level, which is the only place that OneRoster services are known to filter by.
 */
const OWNER = ['metadata', 'ltiTool'] as const;
const URL_MARK = ['metadata', 'ltiLineItemUrl'] as const;
const ONCE_MARK = ['metadata', 'ltiOnce'] as const;
/** What the gateway wrote last, by place ({@link ./edits.ts}). */
export const WROTE_MARK = ['metadata', 'ltiWrote'] as const;

/** Which object of those that have had an id ({@link ./generation.ts}), and what is still to be done with its results ({@link ./alignment.ts}). */
const LIFE_MARKS = ['ltiGeneration', 'ltiMadeAt', 'ltiEnded', 'ltiAligning'];

/** The places of all marks: no row of a mapping may write one. */
export const MARKS: readonly (readonly string[])[] = [
  ...[OWNER, URL_MARK, ONCE_MARK, WROTE_MARK],
  ...LIFE_MARKS.map((name) => ['metadata', name]),
];

/** Namespace of Gradebridge's name-based UUIDs (RFC 9562 §5.5); it must never change, or line items would double. */
const NAMESPACE = Buffer.from('6e1f0c3a7b0d4f5e9a52d1c86b7f4e21', 'hex');

/**
 * The UUID v5 of some names, the same wherever and whenever it is asked for.
 *
 * @example nameBasedId('quizzer', 'math-101', 'https://lms.example.com/course/1/lineitems/1')
 */
export function nameBasedId(...names: readonly string[]): string {
  const name = Buffer.concat([NAMESPACE, Buffer.from(JSON.stringify(names))]);
  const digest = hash('sha1', name, 'buffer');
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The result of one student in one line item has one id, so that a repeated or crossed write meets the same object.
 *
 * @param generation of the line item: one that takes the id of a deleted one has results of its own
 */
export function resultIdOf(lineItemId: string, studentId: string, generation = FIRST_GENERATION): string {
  const names = ['result', lineItemId, studentId];
  return nameBasedId(...names, ...(generation === FIRST_GENERATION ? [] : [generation]));
}

/** Of a line item whose id no other one had before. */
export const FIRST_GENERATION = '1';

/**
 * How a tool names a line item: by OneRoster's id, or by a URL that another platform gave it. A URL whose path is one of ours may
 * be an id that this gateway gave out under an earlier URL: then `pathId` is the sourcedId in it.
 */
export type LineItemReference =
  | { readonly sourcedId: string }
  | { readonly url: string; readonly pathId?: string };

const DOTS = /^\.{1,2}$/;

/** True for a name that may be asked for at an upstream: dots would be steps in its path, even percent-encoded. */
export function isSafeSourcedId(sourcedId: string): boolean {
  return sourcedId !== '' && sourcedId.length <= 2048 && !DOTS.test(sourcedId) && isNameable(sourcedId);
}

/** The tool that made a line item, when it carries a mark. */
export function ownerOf(document: JsonObject): string | undefined {
  return textAt(document, OWNER);
}

/** The URL under which its tool knows a line item, when that is not one of ours. */
export function urlOf(document: JsonObject): string | undefined {
  return textAt(document, URL_MARK);
}

/** What the request said that made a line item under an Idempotency-Key, as a digest. */
export function onceOf(document: JsonObject): string | undefined {
  return textAt(document, ONCE_MARK);
}

/** A short digest of what a request said. */
export function digestOf(said: string): string {
  return hash('sha256', said, 'base64url').slice(0, 22);
}

/** The sourcedId of a OneRoster object. */
export function sourcedIdOf(document: JsonObject): string | undefined {
  const id = own(document, 'sourcedId');
  return typeof id === 'string' && !isStandIn(id) ? id : undefined;
}

/** The sourcedId that a reference names: `referenceOf({ class: { sourcedId: 'c' } }, 'class') === 'c'`. */
export function referenceOf(document: JsonObject, member: string): string | undefined {
  const reference = own(document, member);
  return isObject(reference) ? sourcedIdOf(reference) : undefined;
}

/**
 * A base to write over: the document as it stands, or a new one, with the marks that are given.
 *
 * @example markedBase({ sourcedId: 'li-1', tool: 'quizzer' })
 */
export function markedBase({ sourcedId, tool, url, once, others, standing }: MarkedBase): JsonObject {
  const metadata = standing === undefined ? undefined : own(standing, 'metadata');
  const marks: JsonObject = {
    ...(isObject(metadata) && metadata),
    ...(tool !== undefined && { ltiTool: tool }),
    ...(url !== undefined && { ltiLineItemUrl: url }),
    ...(once !== undefined && { ltiOnce: once }),
    ...others,
  };
  const base = { ...standing, sourcedId };
  return Object.keys(marks).length === 0 ? base : { ...base, metadata: marks };
}

export interface MarkedBase {
  readonly sourcedId: string;
  readonly tool?: string | undefined;
  readonly url?: string | undefined;
  readonly once?: string | undefined;
  readonly others?: JsonObject | undefined;
  readonly standing?: JsonObject | undefined;
}

/** A text among the metadata of an object: `markOf(document, 'ltiTool')`. */
export function markOf(document: JsonObject, name: string): string | undefined {
  return textAt(document, ['metadata', name]);
}

/** A document with other marks; undefined takes one away: `marked(lineItem, { ltiAligning: undefined })`. */
export function marked(
  document: JsonObject,
  marks: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const metadata = own(document, 'metadata');
  const members = Object.entries({ ...(isObject(metadata) && metadata), ...marks });
  const kept = members.filter((member): member is [string, Json] => member[1] !== undefined);
  return { ...document, metadata: Object.fromEntries(kept) };
}

function textAt(document: JsonObject, tokens: readonly string[]): string | undefined {
  const value = valueAt(document, tokens);
  return typeof value === 'string' ? value : undefined;
}

/**
 * A strong entity tag (RFC 9110 §8.8.3) of a document, the same whatever the order of its members: a database may
 * answer them in another one.
 */
export function entityTag(document: JsonObject): string {
  return `"${hash('sha1', canonical(document), 'base64url')}"`;
}

/** The text of a value with its members in order: the same JSON has the same text. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((member) => `${JSON.stringify(member)}:${canonical(value[member] as Json)}`).join()}}`;
}
