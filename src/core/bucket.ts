/** How much a bucket holds, and how fast it fills. */
export interface Filling {
  /** Tokens. */
  readonly size: number;
  readonly perSecond: number;
}

/** A token bucket: as many at once as it holds, and in the long run as many as it fills. Times are milliseconds since 1970. */
export interface Bucket {
  /** Seconds until there is a token, whole as Retry-After has them (RFC 9110 §10.2.3); 0 when there is one. */
  wait(now: number): number;
  /** Takes a token, or what there is of one. */
  take(now: number): void;
}

/**
 * A full bucket.
 *
 * @example const bucket = createBucket({ size: 10, perSecond: 1 }, clock()); if (bucket.wait(clock()) === 0) bucket.take(clock())
 */
export function createBucket({ size, perSecond }: Filling, start: number): Bucket {
  let tokens = size;
  let at = start;
  const fill = (now: number): void => {
    // A clock that is set back takes nothing away.
    tokens = Math.min(size, tokens + (Math.max(0, now - at) / 1000) * perSecond);
    at = now;
  };
  return {
    wait: (now) => {
      fill(now);
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perSecond);
    },
    take: (now) => {
      fill(now);
      tokens = Math.max(0, tokens - 1);
    },
  };
}
