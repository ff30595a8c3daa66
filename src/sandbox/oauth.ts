import type { Answer } from './call.ts';
import { parseScopes } from './scopes.ts';

/** What a token lets its holder do: undefined scopes limit nothing. */
export interface Grant {
  readonly scopes: ReadonlySet<string> | undefined;
  readonly expiresAt: number;
}

export interface Tokens {
  issue(scopes: ReadonlySet<string> | undefined): string;
  /** The grant of a token that is known and has not expired. */
  check(token: string): Grant | undefined;
  revoke(token: string): void;
  revokeAll(): void;
}

export interface TokenSettings {
  clock: () => number;
  uuid: () => string;
  /** Seconds. */
  lifetime: number;
}

/** Access tokens in memory. @example createTokens({ clock: Date.now, uuid: randomUUID, lifetime: 3600 }).issue(undefined) */
export function createTokens({ clock, uuid, lifetime }: TokenSettings): Tokens {
  const grants = new Map<string, Grant>();
  const prune = () => {
    for (const [token, grant] of grants) if (grant.expiresAt <= clock()) grants.delete(token);
  };
  return {
    issue: (scopes) => {
      prune();
      const token = `sandbox-${uuid()}`;
      grants.set(token, { scopes, expiresAt: clock() + lifetime * 1000 });
      return token;
    },
    check: (token) => {
      const grant = grants.get(token);
      return grant && grant.expiresAt > clock() ? grant : undefined;
    },
    revoke: (token) => void grants.delete(token),
    revokeAll: () => grants.clear(),
  };
}

export interface TokenRequest {
  method: string;
  contentType: string;
  authorization: string | undefined;
  /** The raw form. */
  body: string;
}

export interface TokenEndpoint {
  tokens: Tokens;
  clientId: string;
  clientSecret: string;
  lifetime: number;
  scopes: 'ignored' | 'honoured';
}

/**
 * The token endpoint (RFC 6749 §4.4): client credentials as form fields or by HTTP Basic. Every refusal is a 400, as
 * Amazon Cognito, which stands before Timeback, answers `invalid_client` too.
 *
 * @example answerToken({ method: 'POST', contentType, authorization: undefined, body }, endpoint).status // 200
 */
export function answerToken(request: TokenRequest, endpoint: TokenEndpoint): Answer {
  if (request.method !== 'POST') {
    return { status: 405, headers: { Allow: 'POST' }, body: { error: 'invalid_request' } };
  }
  if (request.contentType !== 'application/x-www-form-urlencoded') return refusal('invalid_request');
  const form = new URLSearchParams(request.body);
  // RFC 6749 §3.2: parameters must not be included more than once.
  if (new Set(form.keys()).size !== [...form.keys()].length) return refusal('invalid_request');
  const client = readClient(request.authorization, form);
  if (client === 'twice') return refusal('invalid_request');
  if (client?.id !== endpoint.clientId || client.secret !== endpoint.clientSecret)
    return refusal('invalid_client');
  const grantType = form.get('grant_type');
  if (grantType === null) return refusal('invalid_request');
  if (grantType !== 'client_credentials') return refusal('unsupported_grant_type');
  return grant(form.get('scope'), endpoint);
}

function grant(scope: string | null, { tokens, lifetime, scopes: policy }: TokenEndpoint): Answer {
  const limited = policy === 'honoured' && scope ? scope : undefined;
  const scopes = limited === undefined ? undefined : parseScopes(limited);
  if (limited !== undefined && scopes === undefined) return refusal('invalid_scope');
  const body = {
    access_token: tokens.issue(scopes),
    expires_in: lifetime,
    token_type: 'Bearer',
    ...(scopes ? { scope: [...scopes].join(' ') } : {}),
  };
  return { status: 200, headers: noStore, body };
}

// RFC 6749 §5.1: answers with a token must not be cached.
const noStore = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

function refusal(error: string): Answer {
  return { status: 400, headers: noStore, body: { error } };
}

interface Client {
  id: string | null;
  secret: string | null;
}

function readClient(authorization: string | undefined, form: URLSearchParams): Client | 'twice' | undefined {
  const inForm = { id: form.get('client_id'), secret: form.get('client_secret') };
  if (authorization === undefined) return inForm;
  // RFC 6749 §2.3: not more than one authentication method in a request.
  if (inForm.secret !== null) return 'twice';
  return readBasic(authorization);
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function readBasic(authorization: string): Client | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
