import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { createBucket } from '../core/bucket.ts';
import { isObject, own } from '../core/json.ts';

/** Where the public keys of somebody else are. */
export interface KeySetSettings {
  readonly jwksUrl?: string | undefined;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** Asymmetric only: with a symmetric algorithm, a public key would do for a secret (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** Checks signature and claims of a token of somebody else. @throws the errors of jose */
export type VerifyForeign = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

/** Keys of one set. A set of public keys holds a few: the current ones, and those before them. */
export const MOST_KEYS = 100;
/** Entries of `key_ops` (RFC 7517 §4.3), of which eight are defined; jose compares each with each. */
const MOST_KEY_OPS = 16;
/** Keys that are tried with one token, when its header names none of them or several have one name. */
const MOST_TRIED = 8;
/** Failed tries with keys that a token did not name: how many at once, and how many in a second. */
const TRIES = { size: 64, perSecond: 1 } as const;

/** A token that fits several keys, of which none that was tried has signed it. Naming its key by `kid` avoids the search. */
export class KeyNotNamed extends errors.JWSSignatureVerificationFailed {}

/**
 * A verifier with the keys of somebody else. A remote set is fetched when it is first needed, kept for ten minutes, and
 * fetched again for an unknown `kid`, with a pause of 30 seconds between two fetches. A token without `kid` is tried with
 * up to eight keys that could have signed it: some tools send none. Failed searches are charged to the owner of the keys;
 * when too many have failed, only tokens that fit one key are looked at (docs/decisions/050-bounded-key-sets.md).
 *
 * @example const verify = createForeignVerifier({ jwksUrl: 'https://tool.example/jwks.json' }, fetchKeys)
 */
export function createForeignVerifier(
  settings: KeySetSettings,
  fetchKeys: (url: string) => Promise<Response>,
): VerifyForeign {
  const find = keysIn(settings, fetchKeys);
  const tries = createBucket(TRIES, Date.now());
  return async (token, wanted) => {
    const options = { ...wanted, algorithms: ALGORITHMS };
    try {
      return (await jwtVerify(token, find, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      if (tries.wait(Date.now()) > 0) throw new KeyNotNamed('too many searches for a key have failed');
      return await tryEach(token, error, { options, failed: () => tries.take(Date.now()) });
    }
  };
}

/** The keys that are written down first, then those behind the URL; one of the two suffices. */
function keysIn(
  { jwks, jwksUrl }: KeySetSettings,
  fetchKeys: (url: string) => Promise<Response>,
): JWTVerifyGetKey {
  const inline = createLocalJWKSet((jwks ?? { keys: [] }) as unknown as JSONWebKeySet);
  if (jwksUrl === undefined) return inline;
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    [customFetch]: withPause(async (url) => bounded(await fetchKeys(url))),
  });
  return async (header, token) => {
    try {
      return await inline(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return remote(header, token);
    }
  };
}

/** What jose says when it is the key set, and not the token, that is wrong. */
const KEY_SET_TROUBLE: ReadonlySet<string> = new Set([
  'ERR_JOSE_GENERIC',
  'ERR_JWKS_INVALID',
  'ERR_JWKS_TIMEOUT',
]);

/** Whether a token could not be checked because its keys cannot be had: that is not the sender's fault. */
export function isKeySetTrouble(cause: unknown): boolean {
  return !(cause instanceof errors.JOSEError) || KEY_SET_TROUBLE.has(cause.code);
}

/** Milliseconds between a fetch that failed and the next: anybody can name a tool, and would else make us call for each try. */
const PAUSE = 2_000;

function withPause(fetchKeys: (url: string) => Promise<Response>): (url: string) => Promise<Response> {
  let failure: { readonly at: number; readonly cause: unknown } | undefined;
  return async (url) => {
    if (failure !== undefined && Date.now() - failure.at < PAUSE) throw failure.cause;
    try {
      return await fetchKeys(url);
    } catch (cause) {
      failure = { at: Date.now(), cause };
      throw cause;
    }
  };
}

/** @throws Error when a set is larger than any tool needs: each of its keys costs something with each token */
async function bounded(answer: Response): Promise<Response> {
  const text = await answer.text();
  const document: unknown = JSON.parse(text);
  const keys = isObject(document) ? own(document, 'keys') : undefined;
  if (Array.isArray(keys)) {
    if (keys.length > MOST_KEYS)
      throw new Error(`the key set has ${keys.length} keys, more than ${MOST_KEYS}`);
    const isLong = (key: unknown): boolean => {
      const uses = isObject(key) ? own(key, 'key_ops') : undefined;
      return Array.isArray(uses) && uses.length > MOST_KEY_OPS;
    };
    if (keys.some(isLong)) throw new Error(`a key of the key set has more than ${MOST_KEY_OPS} key_ops`);
  }
  return new Response(text);
}

interface Trying {
  readonly options: JWTVerifyOptions;
  readonly failed: () => void;
}

async function tryEach(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  { options, failed }: Trying,
): Promise<JWTPayload> {
  let tried = 0;
  for await (const key of candidates) {
    if (tried === MOST_TRIED) break;
    tried++;
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  for (let count = 0; count < tried; count++) failed();
  throw new KeyNotNamed(`none of the ${tried} keys that were tried has signed it`);
}
