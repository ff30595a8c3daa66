import { createHash } from 'node:crypto';
import { errors } from 'jose';
import { createMemory } from '../cache.ts';
import { type Bucket, createBucket } from '../core/bucket.ts';
import { isKeySetTrouble } from './key-sets.ts';

/** How many requests with bad credentials an address may still send; what it sends besides costs it nothing. */
export interface FailureBudget {
  /** Seconds until another request from there may fail; 0 when it may now. */
  wait(address: string): number;
  /** One has failed. */
  charge(address: string): void;
}

/** Addresses that are remembered; only those that have failed are. */
const ADDRESSES = 50_000;

/**
 * @param perMinute how many may fail in a minute, and at once
 * @example const failures = createFailureBudget(300, Date.now); if (failures.wait('203.0.113.7') > 0) refuse()
 */
export function createFailureBudget(perMinute: number, clock: () => number): FailureBudget {
  const buckets = createMemory<Bucket>({ max: ADDRESSES });
  return {
    wait: (address) => buckets.get(address)?.wait(clock()) ?? 0,
    charge: (address) => {
      const now = clock();
      const bucket =
        buckets.get(address) ?? createBucket({ size: perMinute, perSecond: perMinute / 60 }, now);
      bucket.take(now);
      buckets.set(address, bucket);
    },
  };
}

/** What a failed check says of the token and of who sent it. */
export interface Verdict {
  /** Whether it counts against the address. */
  readonly isCharged: boolean;
  /** Whether the same token will fail again, so that it need not be checked again. */
  readonly isLasting: boolean;
}

const BAD: Verdict = { isCharged: true, isLasting: true };
/** A key may be added: it is looked for again, which costs no signature. */
const NO_KEY: Verdict = { isCharged: true, isLasting: false };
/** It was signed by whom it should be: no guess, but a tool that is late. */
const OVER: Verdict = { isCharged: false, isLasting: true };
const NOT_YET: Verdict = { isCharged: false, isLasting: false };
const NO_KEY_SET: Verdict = { isCharged: false, isLasting: false };

/** jose looks at the claims when the signature has been found to be good, and never before. */
export function verdictOn(cause: unknown): Verdict {
  if (isKeySetTrouble(cause)) return NO_KEY_SET;
  if (cause instanceof errors.JWTExpired) return OVER;
  if (cause instanceof errors.JWKSNoMatchingKey) return NO_KEY;
  if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === 'nbf') return NOT_YET;
  return BAD;
}

/** Stands for a token in a memory of bad ones, whose length the sender chooses. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** Bad tokens are remembered for this long; it is a bound for what cannot be foreseen, not a rule. */
export const BAD_TOKENS = { max: 10_000, ttl: 60_000 } as const;
