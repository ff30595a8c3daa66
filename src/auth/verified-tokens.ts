import type { JWTPayload } from 'jose';
import { createCache, createMemory } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import { BAD_TOKENS, type FailureBudget, fingerprint, type Verdict, verdictOn } from './failures.ts';
import type { ForeignToken } from './issuers.ts';
import type { Keyring, TokenType } from './keyring.ts';

/** A token whose signature has been checked; only its end is checked again on each use. */
export interface VerifiedToken {
  readonly claims: JWTPayload;
  /** Set for tokens of other issuers. */
  readonly clientId?: string | undefined;
}

/** Why nobody was made out; the face says it with a code of its own. */
export class Unauthorised extends Error {
  /** Whether it counts against the address that it came from. */
  readonly isCharged: boolean;
  constructor(
    description: string,
    { cause, isCharged = true }: { cause?: unknown; isCharged?: boolean } = {},
  ) {
    super(description, { cause });
    this.name = 'Unauthorised';
    this.isCharged = isCharged;
  }
}

export interface VerifierParts {
  readonly keyring: Keyring;
  readonly foreignToken: (token: string, now: Date) => Promise<ForeignToken | undefined>;
  readonly failures: FailureBudget;
  readonly clock: () => number;
}

/** @throws Unauthorised, or GradebridgeError TOO_MANY_FAILURES without having looked at the token */
export type Verify = (type: TokenType, token: string, address: string) => Promise<VerifiedToken>;

const VERIFIED_TOKENS = 10_000;
/** Milliseconds: what a key has signed that was retired is good for this, and the time between two looks at the keys. */
const VERIFIED_FOR = 60_000;

export const NAMES: Readonly<Record<TokenType, string>> = {
  serviceKey: 'service key',
  ltik: 'ltik',
  accessToken: 'token',
};

/**
 * Signatures are checked once per token: a tool sends the same service key for weeks, and whoever sends a bad one again is
 * told what the first one was told. From an address whose failures are used up, only tokens are looked at that were good
 * before: they are no guesses.
 */
export function createVerifier({ failures, clock, ...keys }: VerifierParts): Verify {
  const bad = createMemory<Verdict>(BAD_TOKENS);
  const goodBefore = createMemory<object>({ max: VERIFIED_TOKENS });
  const cache = createCache<VerifiedToken>({
    max: VERIFIED_TOKENS,
    ttl: VERIFIED_FOR,
    load: async (key) => {
      const print = fingerprint(key);
      const before = bad.get(print);
      if (before !== undefined) throw refused(key, before);
      try {
        const value = await check(key, keys, new Date(clock()));
        goodBefore.set(key, KNOWN);
        return { value };
      } catch (cause) {
        goodBefore.delete(key);
        const verdict = verdictOn(cause);
        if (verdict.isLasting) bad.set(print, verdict);
        throw refused(key, verdict, cause);
      }
    },
  });
  return async (type, token, address) => {
    const key = `${type} ${token}`;
    let verified = cache.held(key);
    if (verified === undefined) {
      const wait = failures.wait(address);
      if (wait > 0 && goodBefore.get(key) === undefined)
        throw new GradebridgeError('TOO_MANY_FAILURES', { retryAfter: wait });
      verified = await cache.get(key, undefined);
    }
    const { exp } = verified.claims;
    if (exp !== undefined && exp * 1000 <= clock()) throw refused(key, { isCharged: false });
    return verified;
  };
}

const KNOWN = {};

async function check(
  key: string,
  { foreignToken, keyring }: Pick<VerifierParts, 'foreignToken' | 'keyring'>,
  now: Date,
): Promise<VerifiedToken> {
  const [type, token] = partsOf(key);
  const foreign = type === 'accessToken' ? await foreignToken(token, now) : undefined;
  return foreign ?? { claims: await keyring.verify(type, token, now) };
}

function partsOf(key: string): readonly [TokenType, string] {
  const at = key.indexOf(' ');
  return [key.slice(0, at) as TokenType, key.slice(at + 1)];
}

function refused(key: string, { isCharged }: Pick<Verdict, 'isCharged'>, cause?: unknown): Unauthorised {
  return new Unauthorised(`Invalid or expired ${NAMES[partsOf(key)[0]]}.`, { cause, isCharged });
}
