/** Pure decisions about trying again: no clock, no timers. Times are milliseconds. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly firstDelay: number;
  readonly longestDelay: number;
}

export interface RetryQuestion {
  /** How many tries have been made. */
  readonly attempt: number;
  readonly now: number;
  readonly deadline: number;
  /** What the upstream asked for, when it did. */
  readonly retryAfter?: number | undefined;
  /** Between 0 and 1. */
  readonly random: number;
}

/**
 * How long to wait before the next try.
 *
 * The delay doubles, with full jitter, so that the callers that failed together do not come back together. A Retry-After is
 * a floor. A wait that would not leave time for an answer is no wait.
 *
 * @returns undefined when there is to be no further try
 * @example nextDelay(policy, { attempt: 1, now: 0, deadline: 1000, random: 0.5 })
 */
export function nextDelay(policy: RetryPolicy, question: RetryQuestion): number | undefined {
  const { attempt, now, deadline, retryAfter = 0, random } = question;
  if (attempt >= policy.attempts) return undefined;
  const ceiling = Math.min(policy.firstDelay * 2 ** (attempt - 1), policy.longestDelay);
  const delay = Math.max(ceiling / 2 + (ceiling / 2) * random, retryAfter);
  return now + delay < deadline ? delay : undefined;
}

/** Milliseconds. An upstream that asks for more is asked again after this: it may have been mended, or mistaken. */
const LONGEST_WAIT = 3_600_000;

/**
 * The wait that a Retry-After field asks for (RFC 9110 §10.2.3): seconds, or an HTTP date; an hour at most.
 *
 * @returns undefined when the field is absent or says nothing usable
 * @example parseRetryAfter('2', 0) // 2000
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Math.min(LONGEST_WAIT, Number(value) * 1000);
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(LONGEST_WAIT, Math.max(0, at - now));
}
