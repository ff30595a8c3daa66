import { randomUUID } from 'node:crypto';
import type { FailureBudget } from './auth/failures.ts';
import { createGuard, type GuardParts } from './auth/guard.ts';
import { createGuardedFetch } from './auth/guarded-fetch.ts';
import { createIssuers } from './auth/issuers.ts';
import { createForeignVerifier } from './auth/key-sets.ts';
import type { Keyring } from './auth/keyring.ts';
import { createTokenEndpoint, type TokenEndpoint } from './auth/token-endpoint.ts';
import type { Config } from './config/config.ts';
import { namesIn } from './core/names.ts';
import { createAgs } from './dialects/ags/dialect.ts';
import { createLtiaas } from './dialects/ltiaas/dialect.ts';
import type { Face } from './http/app.ts';

export interface Admitting {
  readonly keyring: Keyring;
  readonly failures: FailureBudget;
  /** The public URLs that the gateway had before. */
  readonly formerUrls: readonly string[];
  readonly clock: () => number;
}

interface Tokens extends Admitting {
  readonly claimOnce: (identifier: string, until: number) => Promise<boolean>;
}

/** The faces, and who may use each. */
export function facesOf(
  config: Config,
  { keyring, failures, formerUrls, clock }: Admitting,
): readonly Face[] {
  const { publicUrl, tools } = config;
  const foreignToken = createIssuers(Object.values(config.issuers), createGuardedFetch(config.keySets));
  const disabledContexts = new Set(
    Object.entries(config.contexts).flatMap(([key, { disabled }]) => (disabled ? [key] : [])),
  );
  const names = { tools: namesIn(tools), contexts: namesIn(config.contexts) };
  const urls = { publicUrl, formerUrls };
  const common = { tools, names, disabledContexts, keyring, foreignToken, failures, clock };
  const ltiaas: Pick<GuardParts, 'schemes' | 'errors'> = {
    schemes: ['service-auth-v1', 'ltik-auth-v2', 'bearer'],
    errors: { unauthorised: 'INVALID_LTIK_AUTH_AUTHORIZATION_HEADER', foreignContext: 'CONTEXT_NOT_ALLOWED' },
  };
  const ags: Pick<GuardParts, 'schemes' | 'errors'> = {
    schemes: ['bearer'],
    errors: { unauthorised: 'INVALID_TOKEN', foreignContext: 'CONTEXT_NOT_FOUND' },
  };
  return [
    { dialect: createLtiaas(urls), guard: createGuard({ ...common, ...ltiaas }) },
    { dialect: createAgs(urls), guard: createGuard({ ...common, ...ags }) },
  ];
}

/** The token endpoint, for the tools that have keys. */
export function tokenEndpoint(
  config: Config,
  { keyring, failures, formerUrls, clock, claimOnce }: Tokens,
): TokenEndpoint {
  const fetchKeys = createGuardedFetch(config.keySets);
  const tools = Object.values(config.tools);
  const asserting = tools.filter(({ jwks, jwksUrl }) => jwks !== undefined || jwksUrl !== undefined);
  const verifiers = asserting.map((tool) => {
    const { clientId, audiences } = tool;
    return [clientId, { clientId, audiences, verify: createForeignVerifier(tool, fetchKeys) }] as const;
  });
  return createTokenEndpoint({
    assertions: {
      tools: new Map(verifiers),
      audiences: [config.publicUrl, ...formerUrls].flatMap((url) => [`${url}/lti/token`, url]),
      claimOnce,
      clock,
    },
    keyring,
    failures,
    disabled: new Set(tools.flatMap(({ clientId, disabled }) => (disabled ? [clientId] : []))),
    scopes: new Map(tools.map(({ clientId, scopes }) => [clientId, scopes])),
    issuer: config.publicUrl,
    lifetime: config.tokens.lifetime,
    newId: randomUUID,
  });
}
