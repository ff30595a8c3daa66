import { isKeepable } from './texts.ts';

/** Any JSON value. An absent member is `undefined`, which is not a `Json`: present, absent and null stay apart. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Read members with {@link own}, so that a lookup never reaches `Object.prototype`. */
export interface JsonObject {
  readonly [member: string]: Json;
}

/** A JSON object under construction, not yet shared with anyone. */
export type MutableJsonObject = { [member: string]: Json };

/** A finding about one place in a document, for people and for programs. */
export interface Issue {
  /** RFC 6901 pointer into the caller's document; `""` is the document itself. */
  readonly pointer: string;
  /** Stable word for programs, such as `required` or `type`. */
  readonly code: string;
  /** One sentence without the offending value, which may be a student's. */
  readonly message: string;
}

/** Member names that would reach into a prototype when copied carelessly: refused wherever they arrive. */
const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for a name that no document may use as a member: `isForbidden('__proto__')`. */
export function isForbidden(member: string): boolean {
  return FORBIDDEN_MEMBERS.has(member);
}

/** True for a JSON object (not null, not an array): `isObject({})`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member of an object, `undefined` when it has none: `own({ a: 1 }, 'a') === 1`. */
export function own(object: JsonObject, member: string): Json | undefined {
  return Object.hasOwn(object, member) ? object[member] : undefined;
}

/** True when the value is absent or null, the two ways in which OneRoster says that there is none. */
export function isEmpty(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** True when two values are the same JSON, whatever the order of members: `equal({ a: 1 }, { a: 1 })`. */
export function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) return equalArrays(left, right);
  return equalObjects(left as JsonObject, right as JsonObject);
}

function equalArrays(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (!equal(left[index], right[index])) return false;
  return true;
}

function equalObjects(left: JsonObject, right: JsonObject): boolean {
  const members = Object.keys(left);
  if (members.length !== Object.keys(right).length) return false;
  for (const member of members) {
    if (!Object.hasOwn(right, member) || !equal(left[member], right[member])) return false;
  }
  return true;
}

/** How large a document from outside may be. */
export interface Bounds {
  readonly depth: number;
  readonly members: number;
}

/** Far above any line item that a tool sends, far below what hurts. */
export const BOUNDS: Bounds = { depth: 24, members: 2_000 };

const UNKEEPABLE: Issue = {
  pointer: '',
  code: 'unkeepable',
  message: 'A text may hold neither NUL nor U+FDD0, which OneRoster could not keep.',
};

/**
 * Looks through a document from outside for what no later step should meet: forbidden member names, too many levels,
 * too many members, texts that cannot be kept.
 *
 * @returns the first issue, or undefined when there is none
 * @example inspect(JSON.parse('{"__proto__":{}}'))?.code // 'forbiddenMember'
 */
export function inspect(document: Json, bounds: Bounds = BOUNDS): Issue | undefined {
  let left = bounds.members;
  // The way to a finding is put together on the way back: nearly every document has none.
  const visit = (value: Json, depth: number): Issue | undefined => {
    if (typeof value === 'string') return isKeepable(value) ? undefined : UNKEEPABLE;
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth >= bounds.depth) {
      return { pointer: '', code: 'tooDeep', message: `More than ${bounds.depth} levels of nesting.` };
    }
    for (const member of Object.keys(value)) {
      if (isForbidden(member)) {
        return { pointer: '', code: 'forbiddenMember', message: `A member may not be called ${member}.` };
      }
      if (!isKeepable(member)) return UNKEEPABLE;
      if (left-- === 0) {
        return { pointer: '', code: 'tooManyMembers', message: `More than ${bounds.members} members.` };
      }
      const found = visit((value as JsonObject)[member] as Json, depth + 1);
      if (found === undefined) continue;
      const isOfWhole = found.code === 'tooManyMembers';
      return isOfWhole ? found : { ...found, pointer: `/${escapeToken(member)}${found.pointer}` };
    }
    return undefined;
  };
  return visit(document, 0);
}

/** One RFC 6901 reference token, escaped: `escapeToken('a/b') === 'a~1b'`. */
export function escapeToken(token: string): string {
  const escaped = token.includes('~') ? token.replaceAll('~', '~0') : token;
  return escaped.includes('/') ? escaped.replaceAll('/', '~1') : escaped;
}
