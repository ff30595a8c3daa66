import { randomUUID } from 'node:crypto';
import {
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { type Answer, type Document, PUBLIC_URL, type World } from '../exchange/world.ts';

export const TOKEN_URL = `${PUBLIC_URL}/lti/token`;
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The URLs of scopes by their last parts: `scopes('score lineitem')`. */
export function scopes(names: string): string {
  return names
    .split(' ')
    .map((name) => `https://purl.imsglobal.org/spec/lti-ags/scope/${name}`)
    .join(' ');
}

export const ALL_SCOPES = scopes('lineitem lineitem.readonly score result.readonly');

/** A key pair of a tool, and its public half as a tool publishes it. */
export interface ToolKey {
  readonly alg: string;
  readonly kid: string;
  readonly pair: GenerateKeyPairResult;
  readonly open: JsonObject;
}

/** @example const key = await makeKey('RS256') */
export async function makeKey(alg = 'ES256', kid: string = randomUUID()): Promise<ToolKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = await exportJWK(pair.publicKey);
  return { alg, kid, pair, open: { ...(jwk as JsonObject), kid, alg, use: 'sig' } };
}

const SHARED = new Map<string, Promise<ToolKey>>();

/** The key pair of one algorithm that the tests of a file share: a configuration that is the same is checked once. */
export function sharedKey(alg = 'ES256'): Promise<ToolKey> {
  const key = SHARED.get(alg) ?? makeKey(alg);
  SHARED.set(alg, key);
  return key;
}

/** The part of the configuration that gives the tool `quizzer` these keys. */
export function inline(...keys: readonly ToolKey[]): JsonObject {
  return { tools: { quizzer: { jwks: { keys: keys.map(({ open }) => open) } } } };
}

export interface Signing {
  /** Laid over the right claims; undefined takes one away. */
  readonly claims?: Readonly<Record<string, Json | undefined>>;
  readonly header?: Readonly<Record<string, Json | undefined>>;
}

/** An assertion as a tool signs it: everything right, except what is changed. */
export function assertion(
  world: World,
  key: ToolKey,
  { claims = {}, header = {} }: Signing = {},
): Promise<string> {
  const now = Math.floor(world.now() / 1000);
  const right = {
    iss: 'quizzer',
    sub: 'quizzer',
    aud: TOKEN_URL,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
  };
  const payload = defined({ ...right, ...claims }) as JWTPayload;
  const protectedHeader = defined({ alg: key.alg, typ: 'JWT', kid: key.kid, ...header });
  return new SignJWT(payload)
    .setProtectedHeader(protectedHeader as { alg: string })
    .sign(key.pair.privateKey);
}

function defined(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((pair): pair is [string, Json] => pair[1] !== undefined),
  );
}

/** The parameters of a token request. */
export function formOf(client_assertion: string, scope: string = ALL_SCOPES): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion,
    scope,
  };
}

/** Sends a token request. */
export function requestToken(
  world: World,
  form: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return world.with(undefined).call('POST', '/lti/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
}

/** What the gateway has logged of token requests. */
export function tokenLog({ log }: World): readonly Document[] {
  return log.map((line) => JSON.parse(line) as Document).filter(({ event }) => event === 'token');
}
