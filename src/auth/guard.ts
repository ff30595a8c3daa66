import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { createCache } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Caller, Scope } from '../core/operation.ts';
import { makeCaller } from './caller.ts';
import type { ForeignToken } from './issuers.ts';
import type { Keyring, TokenType } from './keyring.ts';
import { grantedScopes } from './scopes.ts';

/** A registered tool, as far as a guard needs to know it. */
export interface ToolSettings {
  readonly clientId: string;
  readonly apiKey?: string;
  readonly contexts: readonly string[];
  readonly scopes: readonly Scope[];
}

/** What a guard looks at. */
export interface Credentials {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The context that the request itself names, for tokens that carry none. */
  readonly context: string | undefined;
}

/** Establishes who is calling. @throws GradebridgeError when nobody can be made out, or somebody who may not */
export type Guard = (credentials: Credentials) => Promise<Caller>;

/** The errors of a face, where the faces differ. */
export interface GuardErrors {
  readonly unauthorised: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER' | 'INVALID_TOKEN';
  readonly foreignContext: 'CONTEXT_NOT_ALLOWED' | 'CONTEXT_NOT_FOUND';
}

export interface GuardParts {
  readonly schemes: readonly ('service-auth-v1' | 'ltik-auth-v2' | 'bearer')[];
  readonly errors: GuardErrors;
  readonly tools: Readonly<Record<string, ToolSettings>>;
  readonly keyring: Keyring;
  readonly foreignToken: (token: string, now: Date) => Promise<ForeignToken | undefined>;
  readonly clock: () => number;
}

/** A token whose signature has been checked; only its end is checked again on each use. */
interface VerifiedToken {
  readonly claims: JWTPayload;
  /** Set for tokens of other issuers. */
  readonly clientId?: string | undefined;
}

const VERIFIED_TOKENS = 10_000;
const VERIFIED_FOR = 300_000;

type Scheme = (secret: string, credentials: Credentials) => Promise<Caller>;

/**
 * A guard of a face. The scheme of the Authorization header chooses the row:
 *
 * - `SERVICE-AUTH-V1 <apiKey>:<serviceKey>` and `LTIK-AUTH-V2 <apiKey>:<ltik>`: the context is in the signed key
 * - `Bearer <token>`: an access token of ours or of a configured issuer
 */
export function createGuard(parts: GuardParts): Guard {
  const toolByApiKey = new Map(
    Object.entries(parts.tools).flatMap(([name, { apiKey }]) =>
      apiKey === undefined ? [] : [[digest(apiKey), name]],
    ),
  );
  const verify = createVerifier(parts);
  const keyed =
    (type: TokenType): Scheme =>
    async (secret) => {
      const colon = secret.indexOf(':');
      const tool = colon < 0 ? undefined : toolByApiKey.get(digest(secret.slice(0, colon)));
      if (tool === undefined) throw new Unauthorised('Invalid API key.');
      const { claims } = await verify(type, secret.slice(colon + 1));
      if (claims['tool'] !== tool) throw new Unauthorised(`The ${NAMES[type]} was made for another API key.`);
      return callerOf(parts, { tool, context: String(claims['context']), claims });
    };
  const schemes: Readonly<Record<GuardParts['schemes'][number], Scheme>> = {
    'service-auth-v1': keyed('serviceKey'),
    'ltik-auth-v2': keyed('ltik'),
    bearer: async (secret, { context }) => {
      const { claims, clientId = claims['client_id'] } = await verify('accessToken', secret);
      const tool = Object.entries(parts.tools).find(([, settings]) => settings.clientId === clientId)?.[0];
      if (tool === undefined) throw new Unauthorised('The token belongs to no registered tool.');
      return callerOf(parts, { tool, context: context ?? onlyContext(parts, tool), claims });
    },
  };
  return async (credentials) => {
    const match = /^([A-Za-z0-9-]+) +(\S+)$/.exec(credentials.authorization ?? '');
    const name = parts.schemes.find((one) => one === match?.[1]?.toLowerCase());
    try {
      if (match === null || name === undefined)
        throw new Unauthorised(sentenceFor(credentials.authorization));
      return await schemes[name](match[2] as string, credentials);
    } catch (error) {
      throw error instanceof Unauthorised ? challenge(error, parts, credentials) : error;
    }
  };
}

const NAMES: Readonly<Record<TokenType, string>> = {
  serviceKey: 'service key',
  ltik: 'ltik',
  accessToken: 'token',
};

function sentenceFor(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '') return 'There is no Authorization header.';
  return 'The Authorization header is not of a form that is known here.';
}

/** Signatures are checked once per token: a tool sends the same service key for weeks. */
function createVerifier({
  keyring,
  foreignToken,
  clock,
}: GuardParts): (type: TokenType, token: string) => Promise<VerifiedToken> {
  const verifyAny = async (type: TokenType, token: string): Promise<VerifiedToken> => {
    const now = new Date(clock());
    const foreign = type === 'accessToken' ? await foreignToken(token, now) : undefined;
    return foreign ?? { claims: await keyring.verify(type, token, now) };
  };
  const cache = createCache<VerifiedToken>({
    max: VERIFIED_TOKENS,
    ttl: VERIFIED_FOR,
    load: async (key) => {
      const at = key.indexOf(' ');
      return { value: await verifyAny(key.slice(0, at) as TokenType, key.slice(at + 1)) };
    },
  });
  return async (type, token) => {
    const verified = await cache.get(`${type} ${token}`, undefined).catch((cause: unknown) => {
      throw new Unauthorised(`Invalid or expired ${NAMES[type]}.`, cause);
    });
    const { exp } = verified.claims;
    if (exp !== undefined && exp * 1000 <= clock())
      throw new Unauthorised(`Invalid or expired ${NAMES[type]}.`);
    return verified;
  };
}

interface Identified {
  readonly tool: string;
  readonly context: string;
  readonly claims: JWTPayload;
}

function callerOf({ tools, errors }: GuardParts, { tool, context, claims }: Identified): Caller {
  const settings = tools[tool] as ToolSettings;
  if (!settings.contexts.includes(context)) throw new GradebridgeError(errors.foreignContext);
  const link = claims['resourceLinkId'];
  const scopes =
    claims['scope'] === undefined ? settings.scopes : grantedScopes(claims['scope'], settings.scopes);
  return makeCaller({
    tool,
    context,
    scopes: new Set(scopes),
    ...(typeof link === 'string' && { resourceLinkId: link }),
  });
}

function onlyContext({ tools }: GuardParts, tool: string): string {
  const [first, ...others] = tools[tool]?.contexts ?? [];
  if (first === undefined || others.length > 0) throw new GradebridgeError('CONTEXT_REQUIRED');
  return first;
}

/** Comparing digests takes no longer for a key that is nearly right. */
function digest(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('base64');
}

/** Why nobody was made out; the face says it with a code of its own. */
class Unauthorised extends Error {
  constructor(description: string, cause?: unknown) {
    super(description, { cause });
    this.name = 'Unauthorised';
  }
}

/** RFC 6750 §3.1: a request that does not come with a bearer token at all gets no error code. */
function challenge(
  { message, cause }: Unauthorised,
  { errors }: GuardParts,
  { authorization }: Credentials,
): GradebridgeError {
  const value = /^bearer +\S/i.test(authorization ?? '') ? 'Bearer error="invalid_token"' : 'Bearer';
  return new GradebridgeError(errors.unauthorised, {
    description: message,
    cause,
    headers: { 'www-authenticate': value },
  });
}
