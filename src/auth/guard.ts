import type { JWTPayload } from 'jose';
import { type ApiKeys, digestsOf, isGoodAt, keyDigest } from '../core/api-key.ts';
import { GradebridgeError } from '../core/errors.ts';
import { formerOf, type Names } from '../core/names.ts';
import type { Caller, Scope } from '../core/operation.ts';
import { makeCaller } from './caller.ts';
import type { TokenType } from './keyring.ts';
import { grantedScopes } from './scopes.ts';
import { createVerifier, NAMES, Unauthorised, type VerifierParts } from './verified-tokens.ts';

/** A registered tool, as far as a guard needs to know it. */
export interface ToolSettings extends ApiKeys {
  readonly clientId: string;
  readonly disabled: boolean;
  /** ISO 8601: service keys and ltiks that were issued before are refused. */
  readonly keysSince?: string;
  readonly contexts: readonly string[];
  readonly scopes: readonly Scope[];
}

/** The names of tools and contexts, former ones included. */
export interface GuardNames {
  readonly tools: Names;
  readonly contexts: Names;
}

/** What a guard looks at. */
export interface Credentials {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The context that the request itself names, for tokens that carry none. */
  readonly context: string | undefined;
  /** Where the request comes from. */
  readonly address: string;
}

/** Establishes who is calling. @throws GradebridgeError when nobody can be made out, or somebody who may not */
export type Guard = (credentials: Credentials) => Promise<Caller>;

/** The errors of a face, where the faces differ. */
export interface GuardErrors {
  readonly unauthorised: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER' | 'INVALID_TOKEN';
  readonly foreignContext: 'CONTEXT_NOT_ALLOWED' | 'CONTEXT_NOT_FOUND';
}

export interface GuardParts extends VerifierParts {
  readonly schemes: readonly ('service-auth-v1' | 'ltik-auth-v2' | 'bearer')[];
  readonly errors: GuardErrors;
  readonly tools: Readonly<Record<string, ToolSettings>>;
  readonly names: GuardNames;
  /** The contexts in which every tool is refused. */
  readonly disabledContexts: ReadonlySet<string>;
}

type Scheme = (secret: string, credentials: Credentials) => Promise<Caller>;

/**
 * A guard of a face. The scheme of the Authorization header chooses the row:
 *
 * - `SERVICE-AUTH-V1 <apiKey>:<serviceKey>` and `LTIK-AUTH-V2 <apiKey>:<ltik>`: the context is in the signed key
 * - `Bearer <token>`: an access token of ours or of a configured issuer
 */
export function createGuard(parts: GuardParts): Guard {
  const toolByApiKey = new Map(
    Object.entries(parts.tools).flatMap(([name, settings]) =>
      digestsOf(settings).map((key) => [key.sha256, { name, key }] as const),
    ),
  );
  const toolOf = (apiKey: string): string | undefined => {
    const found = toolByApiKey.get(keyDigest(apiKey));
    return found && isGoodAt(found.key, parts.clock()) ? found.name : undefined;
  };
  const verify = createVerifier(parts);
  const keyed =
    (type: TokenType): Scheme =>
    async (secret, { address }) => {
      const colon = secret.indexOf(':');
      const tool = colon < 0 ? undefined : toolOf(secret.slice(0, colon));
      if (tool === undefined) throw new Unauthorised('Invalid API key.');
      const { claims } = await verify(type, secret.slice(colon + 1), address);
      if (parts.names.tools.current(String(claims['tool'])) !== tool)
        throw new Unauthorised(`The ${NAMES[type]} was made for another API key.`);
      if (isEnded(claims, parts.tools[tool])) throw new Unauthorised(`The ${NAMES[type]} was ended.`);
      return callerOf(parts, { tool, context: String(claims['context']), claims });
    };
  const schemes: Readonly<Record<GuardParts['schemes'][number], Scheme>> = {
    'service-auth-v1': keyed('serviceKey'),
    'ltik-auth-v2': keyed('ltik'),
    bearer: async (secret, { context, address }) => {
      const { claims, clientId = claims['client_id'] } = await verify('accessToken', secret, address);
      const tool = Object.entries(parts.tools).find(([, settings]) => settings.clientId === clientId)?.[0];
      if (tool === undefined) throw new Unauthorised('The token belongs to no registered tool.');
      return callerOf(parts, { tool, context, claims });
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
      throw error instanceof Unauthorised ? refusal(error, parts, credentials) : error;
    }
  };
}

function sentenceFor(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '') return 'There is no Authorization header.';
  return 'The Authorization header is not of a form that is known here.';
}

interface Identified {
  readonly tool: string;
  /** As the key or the request names it. */
  readonly context: string | undefined;
  readonly claims: JWTPayload;
}

/** Whether all keys of a tool that are as old as this one have been ended. */
function isEnded({ iat = 0 }: JWTPayload, settings: ToolSettings | undefined): boolean {
  if (settings?.keysSince === undefined) return false;
  // A leap second is a date-time to a schema and none to Date: then nothing is new enough.
  return !(iat * 1000 >= Date.parse(settings.keysSince));
}

/** Who has shown good credentials is told why they do not help. */
function callerOf(parts: GuardParts, { tool, context: named, claims }: Identified): Caller {
  const { tools, errors, disabledContexts, names } = parts;
  const settings = tools[tool] as ToolSettings;
  if (settings.disabled) throw new GradebridgeError('TOOL_DISABLED');
  const context = named === undefined ? onlyContext(parts, tool) : names.contexts.current(named);
  if (!settings.contexts.includes(context)) throw new GradebridgeError(errors.foreignContext);
  if (disabledContexts.has(context)) throw new GradebridgeError('CONTEXT_DISABLED');
  const link = claims['resourceLinkId'];
  const scopes =
    claims['scope'] === undefined ? settings.scopes : grantedScopes(claims['scope'], settings.scopes);
  return makeCaller({
    tool,
    context,
    scopes: new Set(scopes),
    former: formerOf({ tool, context }, names),
    ...(typeof link === 'string' && { resourceLinkId: link }),
  });
}

function onlyContext({ tools }: GuardParts, tool: string): string {
  const [first, ...others] = tools[tool]?.contexts ?? [];
  if (first === undefined || others.length > 0) throw new GradebridgeError('CONTEXT_REQUIRED');
  return first;
}

/** What failed is charged to its address; from one that has nothing left, it is not even told why it failed. */
function refusal(error: Unauthorised, parts: GuardParts, credentials: Credentials): GradebridgeError {
  const { address } = credentials;
  if (error.isCharged) {
    const wait = parts.failures.wait(address);
    if (wait > 0) return new GradebridgeError('TOO_MANY_FAILURES', { retryAfter: wait, cause: error.cause });
    parts.failures.charge(address);
  }
  return challenge(error, parts, credentials);
}

/** RFC 6750 §3.1: a request that does not come with a bearer token at all gets no error code. */
function challenge(
  { message, cause }: Unauthorised,
  { errors }: Pick<GuardParts, 'errors'>,
  { authorization }: Credentials,
): GradebridgeError {
  const value = /^bearer +\S/i.test(authorization ?? '') ? 'Bearer error="invalid_token"' : 'Bearer';
  return new GradebridgeError(errors.unauthorised, {
    description: message,
    cause,
    headers: { 'www-authenticate': value },
  });
}
