import { createMemory } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import { SCOPES, type Scope, scopeUrl } from '../core/operation.ts';
import { type AssertionParts, AssertionRefused, checkAssertion } from './assertion.ts';
import { BAD_TOKENS, type FailureBudget, fingerprint, type Verdict, verdictOn } from './failures.ts';
import type { Keyring } from './keyring.ts';
import { grantedScopes } from './scopes.ts';

/** The errors of RFC 6749 §5.2 that this endpoint has. */
type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope';
/** The RFC has none for 429; this one is its word for a server that is too busy (§4.1.2.1). */
const TOO_MANY = 'temporarily_unavailable';

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
  /** For the log: why a request was refused. */
  readonly reason?: string;
  readonly clientId?: string;
}

export interface TokenEndpointParts {
  readonly assertions: AssertionParts;
  readonly keyring: Keyring;
  readonly failures: FailureBudget;
  /** By clientId. */
  readonly scopes: ReadonlyMap<string, readonly Scope[]>;
  /** The clientIds of those who get no token. */
  readonly disabled: ReadonlySet<string>;
  /** `iss` and `aud` of the tokens. */
  readonly issuer: string;
  /** Seconds. */
  readonly lifetime: number;
  readonly newId: () => string;
}

/** RFC 6749 §5.1: no answer with a token may be kept. */
const NO_STORE = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  pragma: 'no-cache',
} as const;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Reads the form of a token request; undefined when the body is of another type.
 *
 * @throws GradebridgeError BODY_TOO_LARGE
 */
export type ReadForm = () => Promise<URLSearchParams | undefined>;

/**
 * Answers a token request from an address. The form is not read while the address has used up its failures.
 *
 * @throws GradebridgeError when the body does not arrive
 */
export type TokenEndpoint = (read: ReadForm, address: string) => Promise<TokenAnswer>;

/**
 * The token endpoint of AGS (1EdTech Security Framework 1.0 §4.1): client credentials with a signed JWT. A token holds the
 * part of the asked scopes that the tool may have, and is good in all contexts of the tool.
 */
export function createTokenEndpoint(parts: TokenEndpointParts): TokenEndpoint {
  const check = createAssertionCheck(parts);
  return async (read, address) => {
    const wait = parts.failures.wait(address);
    if (wait > 0) return tooMany(wait);
    const form = await formIn(read);
    if (!(form instanceof URLSearchParams)) {
      // Nobody is known yet: a form that no client sends is a failure of its address.
      parts.failures.charge(address);
      return form;
    }
    try {
      const clientId = await check(form.get('client_assertion') ?? '', address);
      const named = form.get('client_id');
      if (named !== null && named !== clientId)
        return refuse('invalid_client', 'client_id is not that of the assertion.');
      if (parts.disabled.has(clientId)) return { ...refuse(...DISABLED), clientId };
      return await grant(clientId, form.get('scope') ?? '', parts);
    } catch (error) {
      if (!(error instanceof AssertionRefused)) throw error;
      const { clientId } = error;
      return { ...refuse('invalid_client', error.description, error.message), ...(clientId && { clientId }) };
    }
  };
}

/** The form of a request for client credentials, or the answer to one that is none. */
async function formIn(read: ReadForm): Promise<URLSearchParams | TokenAnswer> {
  let form: URLSearchParams | undefined;
  try {
    form = await read();
  } catch (error) {
    if (!(error instanceof GradebridgeError) || error.code !== 'BODY_TOO_LARGE') throw error;
    return { ...refuse('invalid_request', TOO_LARGE), status: error.row.status };
  }
  if (form === undefined) return refuse(...NO_FORM);
  for (const check of CHECKS) {
    const wrong = check(form);
    if (wrong !== undefined) return refuse(...wrong);
  }
  return form;
}

/** Checks an assertion, charges what fails to its address, and does not check again what will fail again. */
function createAssertionCheck({
  assertions,
  failures,
}: TokenEndpointParts): (assertion: string, address: string) => Promise<string> {
  const bad = createMemory<Bad>(BAD_TOKENS);
  const find = async (assertion: string): Promise<string | Bad> => {
    const print = fingerprint(assertion);
    const before = bad.get(print);
    if (before !== undefined) return before;
    try {
      return await checkAssertion(assertion, assertions);
    } catch (error) {
      if (!(error instanceof AssertionRefused)) throw error;
      const verdict = error.cause === undefined ? OWN_CHECK : verdictOn(error.cause);
      if (verdict.isLasting) bad.set(print, { error, verdict });
      return { error, verdict };
    }
  };
  return async (assertion, address) => {
    const found = await find(assertion);
    if (typeof found === 'string') return found;
    if (found.verdict.isCharged) failures.charge(address);
    throw found.error;
  };
}

interface Bad {
  readonly error: AssertionRefused;
  readonly verdict: Verdict;
}

/** What jose has no word for, such as an assertion that was used before: it fails again. */
const OWN_CHECK: Verdict = { isCharged: true, isLasting: true };

async function grant(clientId: string, scope: string, parts: TokenEndpointParts): Promise<TokenAnswer> {
  const granted = grantedScopes(scope, parts.scopes.get(clientId) ?? []);
  if (granted.length === 0) {
    const supported = SCOPES.map(scopeUrl).join(' ');
    return refuse(
      'invalid_scope',
      `None of the scopes can be granted to this client. There are: ${supported}`,
    );
  }
  const { token, scope: words } = await signAccessToken(clientId, granted, parts);
  const body = { access_token: token, token_type: 'Bearer', expires_in: parts.lifetime, scope: words };
  return { status: 200, headers: NO_STORE, body, clientId };
}

/** What makes an access token. */
export type AccessTokenParts = Pick<TokenEndpointParts, 'issuer' | 'lifetime' | 'keyring' | 'newId'>;

/**
 * An access token of a client (RFC 9068 §2.2), for whoever has made out that it is theirs.
 *
 * @returns the token, and its scopes as AGS has them
 * @example await signAccessToken('quizzer', ['score'], { issuer, lifetime: 3600, keyring, newId: randomUUID })
 */
export async function signAccessToken(
  clientId: string,
  scopes: readonly Scope[],
  { issuer, lifetime, keyring, newId }: AccessTokenParts,
): Promise<{ readonly token: string; readonly scope: string }> {
  const scope = scopes.map(scopeUrl).join(' ');
  const claims = { iss: issuer, aud: issuer, sub: clientId, client_id: clientId, scope, jti: newId() };
  return { token: await keyring.sign('accessToken', claims, lifetime), scope };
}

/** Said to those alone who have signed an assertion. */
const DISABLED = [
  'unauthorized_client',
  'The tool is disabled at this gateway: ask its administrator to enable it.',
] as const;
const NO_FORM = ['invalid_request', 'The body must be application/x-www-form-urlencoded.'] as const;
const NEEDED = ['grant_type', 'client_assertion_type', 'client_assertion', 'scope'];

/** A token request has six parameters at most, and clients add few of their own. */
const MOST_PARAMETERS = 32;
const TOO_LARGE = 'The form is too large: it needs an assertion and four short parameters.';

type Check = (form: URLSearchParams) => readonly [TokenErrorCode, string] | undefined;

/** Conditions on the form that come before the assertion; the first that fails is the answer. */
const CHECKS: readonly Check[] = [
  (form) =>
    form.size > MOST_PARAMETERS
      ? ['invalid_request', `There are more than ${MOST_PARAMETERS} parameters.`]
      : undefined,
  // RFC 6749 §3.2: parameters must not be repeated.
  (form) => {
    const names = [...form.keys()];
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    return repeated === undefined
      ? undefined
      : ['invalid_request', `${repeated.slice(0, 40)} is there more than once.`];
  },
  (form) => {
    const grant = form.get('grant_type');
    if (!grant || grant === 'client_credentials') return undefined;
    return ['unsupported_grant_type', 'grant_type must be client_credentials.'];
  },
  (form) => {
    const absent = NEEDED.find((name) => !form.get(name));
    return absent === undefined ? undefined : ['invalid_request', `${absent} is missing.`];
  },
  (form) => {
    if (form.get('client_assertion_type') === ASSERTION_TYPE) return undefined;
    return ['invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}.`];
  },
];

/** 400 for all of them: the client does not authenticate with an Authorization header (RFC 6749 §5.2). */
function refuse(error: TokenErrorCode, description: string, reason = description): TokenAnswer {
  return { status: 400, headers: NO_STORE, body: { error, error_description: description }, reason };
}

function tooMany(wait: number): TokenAnswer {
  const description = 'Too many requests from this address were not valid. Wait as Retry-After says.';
  return {
    status: 429,
    headers: { ...NO_STORE, 'retry-after': String(wait) },
    body: { error: TOO_MANY, error_description: description },
    reason: 'the address has failed too often',
  };
}
