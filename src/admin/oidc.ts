import type { AdminRequest, AdminRole, AdminRoute } from '../core/admin.ts';
import { type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { goTo } from './answers.ts';
import type { Audited } from './auditor.ts';
import type { Gate } from './gate.ts';
import { cookie, cookieIn, derived, isSame } from './secrets.ts';

/** What an identity provider has said of somebody. */
export interface Person {
  /** A name for people to read, with the subject that stays the same. */
  readonly name: string;
  readonly roles: readonly string[];
}

/** Signing in at an identity provider (OpenID Connect Core 1.0 §3.1), apart from the browser. */
export interface IdentityProvider {
  /** @returns the address to which the browser is sent @throws GradebridgeError SIGN_IN_UNAVAILABLE */
  authorizationUrl(secrets: {
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
  }): Promise<string>;
  /** @throws GradebridgeError SIGN_IN_REFUSED, SIGN_IN_UNAVAILABLE */
  redeem(code: string, secrets: { readonly nonce: string; readonly verifier: string }): Promise<Person>;
}

export interface OidcParts {
  readonly provider: IdentityProvider;
  readonly issuer: string;
  readonly gate: Gate;
  readonly audited: Audited;
  /** Values of the claim that make somebody an operator, or a viewer. */
  readonly operator: readonly string[];
  readonly viewer: readonly string[];
  readonly publicUrl: string;
  readonly isSecure: boolean;
  readonly newSecret: () => string;
  readonly failures: { wait(address: string): number; charge(address: string): void };
  /** Is told why a sign-in came to nothing. */
  readonly refused: (requestId: string, error: GradebridgeError) => void;
}

const FLOW_COOKIE = 'gradebridge_oidc';
/** Seconds. */
const FLOW_LASTS = 600;

/**
 * The browser keeps one secret during the sign-in; state, nonce and the PKCE verifier are made of it, so that any replica can go
 * on, and nobody without that cookie can finish what another one has begun. It is `SameSite=Lax`, because the provider's
 * redirect comes from another site; the session's own cookie is `Strict`.
 */
export function oidcRoutes(parts: OidcParts): readonly AdminRoute[] {
  const { provider, publicUrl, isSecure, newSecret } = parts;
  // The path under which the browser sees it: a proxy may have put something before ours.
  const path = `${new URL(publicUrl).pathname.replace(/\/$/, '')}/admin/v1/oidc`;
  return [
    {
      method: 'GET',
      path: '/oidc/start',
      role: 'anyone',
      answer: (request) =>
        orBack(request, parts, async () => {
          const value = newSecret();
          const options = { value, path, sameSite: 'Lax', maxAge: FLOW_LASTS, isSecure } as const;
          return goTo(await provider.authorizationUrl(secretsOf(value)), cookie(FLOW_COOKIE, options));
        }),
    },
    {
      method: 'GET',
      path: '/oidc/callback',
      role: 'anyone',
      answer: (request) => orBack(request, parts, () => finish(request, parts)),
    },
  ];
}

function secretsOf(value: string) {
  return {
    state: derived('state', value),
    nonce: derived('nonce', value),
    verifier: derived('verifier', value),
  };
}

async function finish(request: AdminRequest, parts: OidcParts) {
  const { query, address, headers } = request;
  const { provider, gate, audited, failures, publicUrl } = parts;
  const wait = failures.wait(address);
  if (wait > 0) throw new GradebridgeError('TOO_MANY_FAILURES', { retryAfter: wait });
  const value = cookieIn(headers['cookie'], FLOW_COOKIE);
  const secrets = secretsOf(value ?? '');
  const code = query.get('code');
  if (value === undefined || code === null || !isSame(query.get('state') ?? '', secrets.state))
    throw new GradebridgeError('SIGN_IN_REFUSED', {
      detail: `no sign-in of this browser: ${errorIn(query)}`,
    });
  const { name, roles } = await provider.redeem(code, secrets);
  const signedIn = await gate.welcome({ name, role: roleOf(roles, parts) });
  await audited(signedIn.admin, { what: 'session.open', subject: 'oidc' }, async () => {});
  return goTo(`${publicUrl}/console/`, signedIn.headers);
}

/** What the provider says went wrong is one of its codes (RFC 6749 §4.1.2.1), or nothing that is read. */
function errorIn(query: URLSearchParams): string {
  return /^[a-z_]{1,40}$/.exec(query.get('error') ?? '')?.[0] ?? 'wrong state, or no code';
}

function roleOf(roles: readonly string[], { operator, viewer }: OidcParts): AdminRole {
  if (roles.some((role) => operator.includes(role))) return 'operator';
  if (roles.some((role) => viewer.includes(role))) return 'viewer';
  throw new GradebridgeError('ADMIN_FORBIDDEN');
}

/** A person is looking at it, so they go back to the console, which says what the code means. */
async function orBack<Answer>(
  { requestId, address }: AdminRequest,
  { publicUrl, refused, failures }: OidcParts,
  work: () => Promise<Answer>,
): Promise<Answer | ReturnType<typeof goTo>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
    if (error.code === 'SIGN_IN_REFUSED') failures.charge(address);
    refused(requestId, error);
    const code: ErrorCode = error.code;
    return goTo(`${publicUrl}/console/?refused=${code}`);
  }
}
