import { randomBytes } from 'node:crypto';
import { type ApiKeyDigest, isGoodAt, keyDigest } from '../core/api-key.ts';

/** Hours for which an older API key stays good when nobody says otherwise, and at most. */
export const GRACE = { usual: 24, most: 24 * 90 } as const;

const HOUR = 3_600_000;

/**
 * The keys of a tool with a new one; those that were good end after the grace, and none later than it would have anyway.
 *
 * @param grace hours; 0 ends them at once
 * @example rotated([{ sha256 }], { apiKey: 'new', grace: 24, now: Date.now() }).length // 2
 */
export function rotated(
  keys: readonly ApiKeyDigest[],
  { apiKey, grace, now }: { readonly apiKey: string; readonly grace: number; readonly now: number },
): readonly ApiKeyDigest[] {
  const end = now + grace * HOUR;
  const older = grace === 0 ? [] : keys.filter((key) => isGoodAt(key, now));
  return [
    { sha256: keyDigest(apiKey) },
    ...older.map((key) => (isGoodAt(key, end) ? { ...key, until: new Date(end).toISOString() } : key)),
  ];
}

/**
 * The second from which on service keys and ltiks of a tool count, when all that were issued until now are to end. It is the next
 * one, because `iat` counts seconds (RFC 7519 §2).
 *
 * @example endOfKeys(Date.parse('2026-03-06T10:00:00.250Z')) // '2026-03-06T10:00:01.000Z'
 */
export function endOfKeys(now: number): string {
  return new Date((Math.floor(now / 1000) + 1) * 1000).toISOString();
}

/** The `iat` of a key that is issued now, in seconds: not before those that count. `issuedAt({}, 1_000) === 1` */
export function issuedAt({ keysSince }: { readonly keysSince?: string }, now: number): number {
  const since = keysSince === undefined ? 0 : Math.ceil(Date.parse(keysSince) / 1000);
  return Math.max(Math.floor(now / 1000), since);
}

/** A new API key: 256 random bits. */
export function newApiKey(): string {
  return randomBytes(32).toString('base64url');
}
