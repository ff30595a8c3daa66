import { escapeToken, isForbidden, isObject, type Json, type JsonObject, own } from './json.ts';

const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

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
