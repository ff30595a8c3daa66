import {
  escapeToken,
  isEmpty,
  isForbidden,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';

const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** Far above any place of a mapping, an extension under a URL key included (AGS §3.1.2). */
const MOST_STEPS = 16;
const MOST_CHARACTERS = 1_000;

/**
 * Why a pointer of a mapping is too large to work with: documents are bounded, so such a place is in none of them.
 *
 * @returns undefined when it is not
 * @example pointerTooLarge('/a'.repeat(40)) // 'has 40 steps, more than 16'
 */
export function pointerTooLarge(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS) return `has ${text.length} characters, more than ${MOST_CHARACTERS}`;
  const steps = text.split('/').length - 1;
  return steps > MOST_STEPS ? `has ${steps} steps, more than ${MOST_STEPS}` : undefined;
}

/**
 * The reference tokens of an RFC 6901 JSON Pointer that names a member (the whole document is not a place for a row).
 *
 * @returns the tokens, unescaped, or undefined when the text is no such pointer or names a forbidden member
 * @example parsePointer('/metadata/a~1b') // ['metadata', 'a/b']
 */
export function parsePointer(text: string): readonly string[] | undefined {
  if (!POINTER.test(text)) return undefined;
  const tokens = text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return tokens.some(isForbidden) ? undefined : tokens;
}

/** The pointer of reference tokens: `formatPointer(['a/b']) === '/a~1b'`. */
export function formatPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${escapeToken(token)}`).join('');
}

/** The value at a place, `undefined` when any step is missing or is no object: arrays are values, not paths. */
export function valueAt(document: JsonObject, tokens: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const token of tokens) {
    if (!isObject(value)) return undefined;
    value = own(value, token);
  }
  return value;
}

/**
 * A copy of the document with another value at a place; `undefined` takes the member away, and the objects on the way to it
 * that are empty then. A place behind something that is no object stays as it is.
 *
 * @example withValue({ a: { b: 1 } }, ['a', 'b'], 2) // { a: { b: 2 } }
 */
export function withValue(
  document: JsonObject,
  tokens: readonly string[],
  value: Json | undefined,
): JsonObject {
  const [name, ...rest] = tokens;
  if (name === undefined) return document;
  const standing = own(document, name);
  const after = rest.length === 0 ? value : valueInside(standing, rest, value);
  if (after === standing) return document;
  const copy: MutableJsonObject = {};
  for (const member of Object.keys(document)) {
    if (member !== name) copy[member] = document[member] as Json;
    else if (after !== undefined) copy[name] = after;
  }
  if (standing === undefined && after !== undefined) copy[name] = after;
  return copy;
}

function valueInside(
  standing: Json | undefined,
  rest: readonly string[],
  value: Json | undefined,
): Json | undefined {
  if (!isObject(standing)) {
    return value !== undefined && isEmpty(standing) ? withValue({}, rest, value) : standing;
  }
  const after = withValue(standing, rest, value);
  return after !== standing && Object.keys(after).length === 0 ? undefined : after;
}
