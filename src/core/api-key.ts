import { createHash } from 'node:crypto';

/** An API key as it is kept: its digest, and until when it is good. */
export interface ApiKeyDigest {
  readonly sha256: string;
  /** ISO 8601; absent, it does not end. */
  readonly until?: string;
}

/** The API keys of a tool, as a configuration has them. */
export interface ApiKeys {
  readonly apiKey?: string;
  readonly apiKeys?: readonly ApiKeyDigest[];
}

/**
 * Stands for an API key where it is kept or looked for: SHA-256 in base64url. Comparing digests takes no longer for a key that
 * is nearly right.
 *
 * @example keyDigest('quizzer-api-key').length // 43
 */
export function keyDigest(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('base64url');
}

/** All API keys of a tool by their digests, those that are over as well: `digestsOf({ apiKey: 'a-key' })[0].sha256`. */
export function digestsOf({ apiKey, apiKeys = [] }: ApiKeys): readonly ApiKeyDigest[] {
  return apiKey === undefined ? apiKeys : [{ sha256: keyDigest(apiKey) }, ...apiKeys];
}

/** Whether a key is good at a time, in milliseconds since 1970: `isGoodAt({ sha256 }, Date.now())`. */
export function isGoodAt({ until }: ApiKeyDigest, now: number): boolean {
  return until === undefined || now < Date.parse(until);
}
