import { decodeJwt, type JWTPayload } from 'jose';
import { createForeignVerifier, type KeySetSettings } from './key-sets.ts';

/** An authorization server besides our own whose access tokens are accepted. */
export interface IssuerSettings extends KeySetSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly toolClaim: string;
}

/** What an access token of another issuer says. */
export interface ForeignToken {
  readonly claims: JWTPayload;
  /** The clientId of the tool, as the configured claim has it. */
  readonly clientId: string | undefined;
}

/** @returns undefined when the token names none of the issuers @throws the errors of jose when it does and is not good */
export type ReadForeignToken = (token: string, now: Date) => Promise<ForeignToken | undefined>;

/** @example const read = createIssuers(Object.values(config.issuers), fetchKeys) */
export function createIssuers(
  issuers: readonly IssuerSettings[],
  fetchKeys: (url: string) => Promise<Response>,
): ReadForeignToken {
  const rows = new Map(
    issuers.map((settings) => [
      settings.issuer,
      { settings, verify: createForeignVerifier(settings, fetchKeys) },
    ]),
  );
  return async (token, now) => {
    const row = rows.get(decodeJwt(token).iss ?? '');
    if (row === undefined) return undefined;
    const { issuer, audience, toolClaim } = row.settings;
    const claims = await row.verify(token, { issuer, audience, currentDate: now, requiredClaims: ['exp'] });
    const clientId = claims[toolClaim];
    return { claims, clientId: typeof clientId === 'string' ? clientId : undefined };
  };
}
