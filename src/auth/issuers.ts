import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';

/** An authorization server besides our own whose access tokens are accepted. */
export interface IssuerSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly toolClaim: string;
}

/** What an access token of another issuer says. */
export interface ForeignToken {
  readonly claims: JWTPayload;
  /** The clientId of the tool, as the configured claim has it. */
  readonly clientId: string | undefined;
}

/** Asymmetric only: with a symmetric algorithm, a public key would do for a secret (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/**
 * A verifier for the tokens of configured issuers. A remote key set is fetched when it is first needed, kept, and fetched
 * again for an unknown kid, with a pause between two fetches.
 *
 * @returns undefined when the token names none of the issuers
 * @throws the errors of jose when it names one and does not verify
 */
export function createIssuerVerifier(
  issuers: readonly IssuerSettings[],
): (token: string, now: Date) => Promise<ForeignToken | undefined> {
  const rows = issuers.map((settings) => ({ settings, find: keysOf(settings) }));
  return async (token, now) => {
    const named = decodeJwt(token).iss;
    const row = rows.find(({ settings }) => settings.issuer === named);
    if (row === undefined) return undefined;
    const { issuer, audience, toolClaim } = row.settings;
    const options = { algorithms: ALGORITHMS, issuer, audience, currentDate: now, requiredClaims: ['exp'] };
    const { payload } = await jwtVerify(token, row.find, options);
    const clientId = payload[toolClaim];
    return { claims: payload, clientId: typeof clientId === 'string' ? clientId : undefined };
  };
}

function keysOf({ jwks, jwksUrl }: IssuerSettings): ReturnType<typeof createRemoteJWKSet> {
  return jwks === undefined
    ? createRemoteJWKSet(new URL(jwksUrl as string))
    : (createLocalJWKSet(jwks as unknown as JSONWebKeySet) as ReturnType<typeof createRemoteJWKSet>);
}
