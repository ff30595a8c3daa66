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

/** Where the public keys of somebody else are. */
export interface KeySetSettings {
  readonly jwksUrl?: string | undefined;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** Asymmetric only: with a symmetric algorithm, a public key would do for a secret (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** Checks signature and claims of a token of somebody else. @throws the errors of jose */
export type VerifyForeign = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

/**
 * A verifier with the keys of somebody else. A remote set is fetched when it is first needed, kept for ten minutes, and
 * fetched again for an unknown `kid`, with a pause of 30 seconds between two fetches. A token without `kid` is tried with
 * each key that could have signed it: some tools send none.
 *
 * @example const verify = createForeignVerifier({ jwksUrl: 'https://tool.example/jwks.json' }, fetchKeys)
 */
export function createForeignVerifier(
  settings: KeySetSettings,
  fetchKeys: (url: string) => Promise<Response>,
): VerifyForeign {
  const find = keysIn(settings, fetchKeys);
  return async (token, wanted) => {
    const options = { ...wanted, algorithms: ALGORITHMS };
    try {
      return (await jwtVerify(token, find, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return tryEach(token, error, options);
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
  const remote = createRemoteJWKSet(new URL(jwksUrl), { [customFetch]: withPause(fetchKeys) });
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

async function tryEach(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for await (const key of candidates) {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
