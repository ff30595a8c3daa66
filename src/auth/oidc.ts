import { createHash } from 'node:crypto';
import { errors, type JWTPayload } from 'jose';
import { createCache } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, own } from '../core/json.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { createForeignVerifier, isKeySetTrouble, type VerifyForeign } from './key-sets.ts';

/** Our client at an identity provider. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim of the id token that holds roles: a text, or a list of them. */
  readonly roleClaim: string;
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
}

/** What an identity provider has said of somebody. */
export interface OidcPerson {
  readonly name: string;
  readonly roles: readonly string[];
}

export interface OidcProvider {
  /** @throws GradebridgeError SIGN_IN_UNAVAILABLE */
  authorizationUrl(secrets: {
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
  }): Promise<string>;
  /** @throws GradebridgeError SIGN_IN_REFUSED, SIGN_IN_UNAVAILABLE */
  redeem(code: string, secrets: { readonly nonce: string; readonly verifier: string }): Promise<OidcPerson>;
}

/** What is used of a provider's discovery document (OpenID Connect Discovery 1.0 §3). */
interface Discovered {
  readonly authorization: string;
  readonly token: string;
  readonly isBasic: boolean;
  readonly verify: VerifyForeign;
}

/** Milliseconds: endpoints move seldom. */
const KEPT = 600_000;
const CLOCK_TOLERANCE = 30;

/**
 * The authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636). All that is fetched passes the guarded fetch, and
 * what it finds must be of the issuer that is configured.
 *
 * @example const provider = createOidcProvider(settings, createGuardedFetch(config.keySets), Date.now)
 */
export function createOidcProvider(
  settings: OidcSettings,
  fetchJson: GuardedFetch,
  clock: () => number,
): OidcProvider {
  const found = createCache<Discovered>({
    max: 1,
    ttl: KEPT,
    load: async () => ({ value: await discover(settings, fetchJson) }),
  });
  return {
    authorizationUrl: async ({ state, nonce, verifier }) => {
      const { authorization } = await found.get('', undefined);
      const url = new URL(authorization);
      const parameters = {
        ...{ response_type: 'code', client_id: settings.clientId, redirect_uri: settings.redirectUri },
        ...{ scope: 'openid profile email', state, nonce, code_challenge_method: 'S256' },
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },
    redeem: async (code, { nonce, verifier }) => {
      const discovered = await found.get('', undefined);
      const idToken = await exchangeCode({ code, verifier, discovered }, settings, fetchJson);
      return personIn(await verified(idToken, nonce, { discovered, settings, clock }), settings.roleClaim);
    },
  };
}

async function discover({ issuer }: OidcSettings, fetchJson: GuardedFetch): Promise<Discovered> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document: unknown = await fetchJson(url)
    .then((answer) => answer.json())
    .catch((cause: unknown) => {
      throw unavailable('the discovery document cannot be had', cause);
    });
  // OpenID Connect Discovery 1.0 §4.3: it must be exactly the issuer that was asked for.
  if (!isObject(document) || own(document, 'issuer') !== issuer)
    throw unavailable('the discovery document is not of that issuer');
  const endpoint = (name: string): string => {
    const value = own(document, name);
    const isSafe = typeof value === 'string' && URL.canParse(value) && isAsSafeAs(issuer, value);
    if (!isSafe) throw unavailable(`the discovery document has no ${name} that can be used`);
    return value;
  };
  const methods = own(document, 'token_endpoint_auth_methods_supported');
  return {
    authorization: endpoint('authorization_endpoint'),
    token: endpoint('token_endpoint'),
    // OpenID Connect Discovery 1.0 §3: without the member, it is client_secret_basic.
    isBasic: !Array.isArray(methods) || methods.includes('client_secret_basic'),
    verify: createForeignVerifier({ jwksUrl: endpoint('jwks_uri') }, fetchJson),
  };
}

/** An issuer that is reached over TLS has nothing to do with plain HTTP. */
function isAsSafeAs(issuer: string, url: string): boolean {
  const { protocol } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

interface Exchange {
  readonly code: string;
  readonly verifier: string;
  readonly discovered: Discovered;
}

async function exchangeCode(
  { code, verifier, discovered }: Exchange,
  { clientId, clientSecret, redirectUri }: OidcSettings,
  fetchJson: GuardedFetch,
): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
  form.set('code_verifier', verifier);
  // RFC 6749 §2.3.1: id and secret are form-encoded before they are joined.
  const [id, secret] = [clientId, clientSecret].map((part) =>
    new URLSearchParams([['', part]]).toString().slice(1),
  );
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  if (!discovered.isBasic) {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
  }
  const headers = discovered.isBasic ? { authorization: basic } : {};
  let answer: unknown;
  try {
    answer = await (await fetchJson(discovered.token, { form, headers })).json();
  } catch (error) {
    // What JSON.parse throws quotes the answer, in which the secret may stand that was sent.
    const cause = error instanceof SyntaxError ? new Error('the answer is not JSON') : error;
    throw new GradebridgeError('SIGN_IN_REFUSED', { detail: 'the code was not taken', cause });
  }
  const token = isObject(answer) ? own(answer, 'id_token') : undefined;
  if (typeof token === 'string') return token;
  throw new GradebridgeError('SIGN_IN_REFUSED', { detail: 'there is no id_token in the answer' });
}

interface Verification {
  readonly discovered: Discovered;
  readonly settings: OidcSettings;
  readonly clock: () => number;
}

/** OpenID Connect Core 1.0 §3.1.3.7. */
async function verified(
  token: string,
  nonce: string,
  { discovered, settings, clock }: Verification,
): Promise<JWTPayload> {
  const { issuer, clientId: audience } = settings;
  let claims: JWTPayload;
  try {
    claims = await discovered.verify(token, {
      ...{ issuer, audience, clockTolerance: CLOCK_TOLERANCE, currentDate: new Date(clock()) },
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    });
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError) || isKeySetTrouble(cause))
      throw unavailable('the key set cannot be had', cause);
    throw new GradebridgeError('SIGN_IN_REFUSED', { detail: 'the id token is not valid', cause });
  }
  if (claims['nonce'] !== nonce)
    throw new GradebridgeError('SIGN_IN_REFUSED', { detail: 'the id token is of another sign-in' });
  const parties = claims['azp'] ?? (Array.isArray(claims.aud) && claims.aud.length > 1 ? '' : audience);
  if (parties !== audience)
    throw new GradebridgeError('SIGN_IN_REFUSED', { detail: 'the id token is for another client' });
  return claims;
}

const LONGEST_NAME = 200;

/** The subject is what stays the same; a name beside it is for people, who may have chosen it themselves. */
function personIn(claims: JWTPayload, roleClaim: string): OidcPerson {
  const given = [claims['preferred_username'], claims['email'], claims['name']].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  const name = `oidc:${claims.sub}${given === undefined ? '' : ` (${String(given)})`}`;
  const roles = [claims[roleClaim]].flat().filter((role): role is string => typeof role === 'string');
  return { name: name.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, LONGEST_NAME), roles };
}

function unavailable(detail: string, cause?: unknown): GradebridgeError {
  return new GradebridgeError('SIGN_IN_UNAVAILABLE', { detail, cause });
}
