import { createCache, type Loaded } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';

/** Our client at an upstream's token endpoint. */
export interface OutgoingSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly method: 'form' | 'basic';
  readonly scope?: string | undefined;
}

/** The value of an Authorization header. */
export interface OutgoingToken {
  readonly header: string;
}

interface TokenAnswer {
  readonly status: number;
  readonly text: string;
  /** Milliseconds that the token endpoint asks to wait. */
  readonly wait?: number | undefined;
}

/** Sends the token request. @throws GradebridgeError UPSTREAM_… when there is no answer */
export type SendTokenRequest = (request: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}) => Promise<TokenAnswer>;

export interface OutgoingCredentials {
  /** @param deadline milliseconds since 1970 */
  token(deadline: number): Promise<OutgoingToken>;
  drop(token: OutgoingToken): void;
  /** For how long the token that is held is still used, in milliseconds; undefined when none is. */
  lasts(): number | undefined;
}

/** Tokens are renewed this long before they end, or at nine tenths of a short life. Milliseconds. */
const MARGIN = 60_000;
const LIFETIME_WHEN_UNSAID = 300_000;
/** A day: what an endpoint says beyond that is a mistake, and timers have an end. */
const LONGEST_LIFE = 86_400_000;
/** Visible characters (RFC 6749 §A.12, without the blank that ends a token in a header), in a header of a usual size. */
const SENDABLE = /^[\x21-\x7e]{1,8192}$/;
/** RFC 6749 §5.2 and §4.1.2.1; RFC 8707 §2; RFC 9449 §5. */
const OAUTH_ERRORS: ReadonlySet<unknown> = new Set([
  'access_denied',
  'invalid_client',
  'invalid_dpop_proof',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/**
 * Access tokens by OAuth 2.0 client credentials (RFC 6749 §4.4), kept until shortly before they end. However many ask at
 * once, one request is under way.
 */
export function createOutgoing(settings: OutgoingSettings, send: SendTokenRequest): OutgoingCredentials {
  const request = tokenRequest(settings);
  const load = async (_key: string, deadline: number): Promise<Loaded<OutgoingToken>> =>
    readToken(await send({ ...request, deadline }));
  const cache = createCache<OutgoingToken, number>({ max: 1, ttl: LIFETIME_WHEN_UNSAID, load });
  return {
    token: (deadline) => cache.get('token', deadline),
    drop: (token) => cache.drop('token', token),
    lasts: () => cache.remaining('token'),
  };
}

function tokenRequest({
  tokenUrl,
  clientId,
  clientSecret,
  method,
  scope,
}: OutgoingSettings): Omit<Parameters<SendTokenRequest>[0], 'deadline'> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== undefined) form.set('scope', scope);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (method === 'basic') {
    // RFC 6749 §2.3.1: id and secret are form-encoded before they are joined.
    const pair = [clientId, clientSecret]
      .map((part) => new URLSearchParams([['', part]]).toString().slice(1))
      .join(':');
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    return { url: tokenUrl, headers: { ...headers, authorization }, body: form.toString() };
  }
  form.set('client_id', clientId);
  form.set('client_secret', clientSecret);
  return { url: tokenUrl, headers, body: form.toString() };
}

function readToken({ status, text, wait }: TokenAnswer): Loaded<OutgoingToken> {
  const body = parse(text);
  if (status >= 500 || status === 429) {
    throw new GradebridgeError(status === 429 ? 'UPSTREAM_BUSY' : 'UPSTREAM_FAILED', {
      detail: `token endpoint answered ${status}`,
      ...(wait !== undefined && { retryAfter: Math.ceil(wait / 1000) }),
    });
  }
  if (status < 200 || status > 299) {
    // Whatever else stands there may be an echo of what was sent, which holds the client secret.
    const code = OAUTH_ERRORS.has(body?.['error']) ? body?.['error'] : 'without a known error code';
    throw new GradebridgeError('UPSTREAM_REFUSED', { detail: `token endpoint answered ${status} ${code}` });
  }
  const { access_token: token, expires_in: seconds } = body ?? {};
  if (typeof token !== 'string' || token === '') {
    throw new GradebridgeError('UPSTREAM_BAD_ANSWER', {
      detail: 'token endpoint answered without an access token',
    });
  }
  if (!SENDABLE.test(token)) {
    throw new GradebridgeError('UPSTREAM_BAD_ANSWER', {
      detail: 'token endpoint answered with an access token that no header can carry',
    });
  }
  const said = Number(seconds) > 0 ? Number(seconds) * 1000 : LIFETIME_WHEN_UNSAID;
  const life = Math.min(said, LONGEST_LIFE);
  return { value: { header: `Bearer ${token}` }, ttl: Math.max(1, life - Math.min(MARGIN, life / 10)) };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
