import { createGuardedFetch, type FetchLimits } from '../auth/guarded-fetch.ts';
import { MOST_KEYS } from '../auth/key-sets.ts';
import type { Jwks } from '../config/config.ts';
import { isObject } from '../core/json.ts';

/** Whose public keys stand in the configuration, or at an address that is named there. */
export interface KeyHolder {
  readonly jwks?: Jwks;
  readonly jwksUrl?: string;
}

/** A key as one recognises it: what it is, and nothing of what it is made of. */
export type KeyName = Readonly<Partial<Record<'kid' | 'kty' | 'alg' | 'use' | 'crv', string>>>;

/** What was found of a key set, or why there is none to be had and what to do. */
export type KeySetFound =
  | { readonly at: 'none' }
  | { readonly at: 'configuration' | 'address'; readonly host?: string; readonly keys: readonly KeyName[] }
  | {
      readonly at: 'configuration' | 'address';
      readonly host?: string;
      readonly problem: string;
      readonly remedy: string;
    };

/**
 * Looks at the public keys of somebody who calls, as the token endpoint would find them.
 *
 * @example await lookAtKeySet({ jwksUrl: 'https://tool.example/jwks.json' }, config.keySets)
 */
export async function lookAtKeySet({ jwks, jwksUrl }: KeyHolder, limits: FetchLimits): Promise<KeySetFound> {
  if (jwksUrl !== undefined) return { at: 'address', ...(await fetched(jwksUrl, limits)) };
  if (jwks === undefined) return { at: 'none' };
  if (jwks.keys.length > 0) return { at: 'configuration', keys: jwks.keys.map(nameOf) };
  const remedy = 'Add the public keys, or "jwksUrl".';
  return { at: 'configuration', problem: '"jwks" holds no key.', remedy };
}

async function fetched(jwksUrl: string, limits: FetchLimits) {
  const { host } = new URL(jwksUrl);
  let document: unknown;
  try {
    document = await (await createGuardedFetch(limits)(jwksUrl)).json();
  } catch (error) {
    const problem = `The key set at ${host} cannot be had: ${reasonOf(error)}.`;
    return { host, problem, remedy: remedyFor(error) };
  }
  const keys = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(keys)) {
    const problem = `What is at ${host} is no key set (RFC 7517 §5).`;
    return { host, problem, remedy: 'Correct "jwksUrl"; ask the maker of the tool.' };
  }
  if (keys.length > MOST_KEYS) {
    const problem = `The key set at ${host} has ${keys.length} keys, more than ${MOST_KEYS}: it is not taken.`;
    return { host, problem, remedy: 'Ask the maker of the tool for a set with the keys that are in use.' };
  }
  if (keys.length > 0) return { host, keys: keys.map(nameOf) };
  const remedy = 'Ask the maker of the tool to publish a key.';
  return { host, problem: `The key set at ${host} is empty.`, remedy };
}

function nameOf(key: unknown): KeyName {
  if (!isObject(key)) return {};
  const names = ['kid', 'kty', 'alg', 'use', 'crv'];
  return Object.fromEntries(
    names.flatMap((name) => (typeof key[name] === 'string' ? [[name, key[name]]] : [])),
  );
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'SyntaxError') return 'it is not JSON';
  if (name === 'TimeoutError' || name === 'AbortError') return 'there was no answer in time';
  return code !== undefined && message === '' ? code : message;
}

function remedyFor(error: unknown): string {
  return /private address/.test((error as Error).message)
    ? 'Allow it with "keySets": { "privateAddresses": true }, if the tool is in your own network.'
    : 'Correct "jwksUrl"; see whether this machine may reach that host; ask the maker of the tool.';
}
