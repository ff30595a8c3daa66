import { type Bucket, createBucket } from '../core/bucket.ts';
import { GradebridgeError } from '../core/errors.ts';

/** What one holder has of what all share. */
export interface Share {
  /** Requests that have taken their place and not given it back. */
  underWay: number;
  readonly rate: Bucket | undefined;
}

export interface ShareLimits {
  /** Requests under way at once. */
  readonly most: number;
  /** Requests in a second, and at once; without it, any number. */
  readonly perSecond?: number | undefined;
}

/** Holders that are remembered before those that hold nothing are forgotten. */
const HOLDERS = 10_000;

/**
 * A limit for each holder, so that none takes everything.
 *
 * @returns takes a place for a holder, to be given back by `underWay--`; throws GradebridgeError TOO_MANY_REQUESTS
 * @example const take = createShares({ most: 900 }); const share = take('quizzer', clock()); …; share.underWay--
 */
export function createShares({ most, perSecond }: ShareLimits): (holder: string, now: number) => Share {
  const shares = new Map<string, Share>();
  const newShare = (holder: string, now: number): Share => {
    if (shares.size >= HOLDERS) {
      for (const [idle, { underWay }] of shares) if (underWay === 0) shares.delete(idle);
    }
    const rate = perSecond === undefined ? undefined : createBucket({ size: perSecond, perSecond }, now);
    const share = { underWay: 0, rate };
    shares.set(holder, share);
    return share;
  };
  return (holder, now) => {
    const share = shares.get(holder) ?? newShare(holder, now);
    if (share.underWay >= most) throw tooMany(1);
    const wait = share.rate?.wait(now) ?? 0;
    if (wait > 0) throw tooMany(wait);
    share.rate?.take(now);
    share.underWay++;
    return share;
  };
}

function tooMany(retryAfter: number): GradebridgeError {
  return new GradebridgeError('TOO_MANY_REQUESTS', { retryAfter });
}
