import { isObject, type Json } from '../core/json.ts';
import { HIDDEN } from './redaction.ts';

/** Members whose value nobody is to see, wherever they stand. */
const SECRET = /^(clientSecret|apiKey|sha256|token|password|postgres|secret|privateKey)$/;
/** What is public of a key (RFC 7517 §4): its other members may be the private half, which does not belong there, but may be. */
const OF_PUBLIC_KEYS: ReadonlySet<string> = new Set(['kty', 'kid', 'use', 'alg', 'key_ops', 'crv']);

/**
 * A part of the configuration with `•••` in place of secrets: values under names of secrets, user and password in addresses,
 * all of a key but what it is, and the tables that name students.
 *
 * @example withoutSecrets({ clientId: 'c', clientSecret: 's' }) // { clientId: 'c', clientSecret: '•••' }
 */
export function withoutSecrets(value: Json, name = ''): Json {
  if (typeof value === 'string') return SECRET.test(name) ? HIDDEN : withoutUserinfo(value);
  if (Array.isArray(value))
    return value.map((item: Json) => (name === 'keys' ? publicPart(item) : withoutSecrets(item, name)));
  if (!isObject(value)) return value;
  if (value['by'] === 'table') return { by: 'table', users: HIDDEN };
  // Of traces: they hold what lets one in at the collector.
  if (name === 'headers') return Object.fromEntries(Object.keys(value).map((header) => [header, HIDDEN]));
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, withoutSecrets(inner, member)]),
  );
}

function publicPart(key: Json): Json {
  if (!isObject(key)) return HIDDEN;
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, OF_PUBLIC_KEYS.has(name) ? value : HIDDEN]),
  );
}

/** RFC 3986 §3.2.1 calls a password in an address deprecated; people write it all the same. */
function withoutUserinfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${HIDDEN}@`);
}
