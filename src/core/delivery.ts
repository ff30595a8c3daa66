import { instantOf } from './date-time.ts';
import type { ErrorCode } from './errors.ts';
import { type LineItemReference, nameBasedId } from './identity.ts';
import type { JsonObject } from './json.ts';

/**
 * A delivery is a write that has been promised to a tool and has not yet reached the upstream. What a tool may know of it is
 * its receipt.
 *
 * - accepted: written down; waits for its next attempt
 * - sent: an attempt is under way, by a holder whose lease ends by itself should the holder die
 * - acknowledged: OneRoster has taken it; verified: and it was read back
 * - superseded: a newer write of the same object stands, or waits
 * - held: a person must decide; failed: it cannot be delivered as things are; discarded: a person, or the policy of the context,
 *   has given it up
 */
export const DELIVERY_STATES = [
  'accepted',
  'sent',
  'acknowledged',
  'verified',
  'superseded',
  'held',
  'failed',
  'discarded',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** States in which a delivery is still to come; the others are ends, and `failed` is one that a person can take back. */
export const OPEN_STATES = ['accepted', 'sent', 'held'] as const satisfies readonly DeliveryState[];

/** The line item that a delivery is for. */
export type DeliveryLine = LineItemReference & {
  readonly sourcedId: string;
  /** Set for what is no write of a tool to the line item as it is: work on its results, or a write to a deleted one of the same id. */
  readonly about?: 'results' | 'earlier';
};

/** What a promise says, when it is made. Times are milliseconds since 1970. */
export interface NewDelivery {
  readonly id: string;
  /** What is written: the result of one user in one line item, or one line item. Of its deliveries the newest counts. */
  readonly target: string;
  /** The place among the deliveries of its target: texts that sort as time does. */
  readonly position: string;
  /** Of what is said: the same fingerprint at the same position is the same write. */
  readonly fingerprint: string;
  readonly upstream: string;
  readonly tool: string;
  readonly context: string;
  readonly line: DeliveryLine;
  /** The timestamp of the score. */
  readonly timestamp: string;
  /** The operation, with a student's data in it; it is cleared when the delivery has come to an end. */
  readonly operation: JsonObject;
  readonly state: 'accepted' | 'held';
  /** Why it was not done at once; undefined for work that is only ever done by the outbox. */
  readonly errorCode: ErrorCode | undefined;
  readonly due: number;
  readonly acceptedAt: number;
}

export interface Delivery extends Omit<NewDelivery, 'operation' | 'state' | 'errorCode'> {
  readonly operation: JsonObject | undefined;
  readonly state: DeliveryState;
  /** Attempts that were begun. */
  readonly attempts: number;
  readonly holder: string | undefined;
  readonly leaseUntil: number | undefined;
  readonly sentAt: number | undefined;
  readonly acknowledgedAt: number | undefined;
  readonly verifiedAt: number | undefined;
  readonly settledAt: number | undefined;
  /** Why the last attempt came to nothing. */
  readonly errorCode: ErrorCode | undefined;
  readonly supersededBy: string | undefined;
  /** What a person has said when discarding it. */
  readonly reason: string | undefined;
  /** Whether a person has decided that it goes ahead over what somebody changed in OneRoster. */
  readonly isDecided: boolean;
}

/** What became of one attempt. */
export type Attempt =
  | { readonly kind: 'acknowledged' | 'verified' | 'superseded' }
  /** It goes on at a time, in milliseconds since 1970: nothing has gone wrong, and there is more to do. */
  | { readonly kind: 'unfinished'; readonly due: number }
  | { readonly kind: 'held' | 'failed' | 'discarded'; readonly code: ErrorCode }
  | { readonly kind: 'passing'; readonly code: ErrorCode; readonly retryAfter?: number | undefined };

/** How attempts are spaced, and when they end. Milliseconds. */
export interface DeliveryPolicy {
  /** Attempts after which a delivery fails that fails again and again while others succeed. */
  readonly attempts: number;
  readonly firstDelay: number;
  readonly longestDelay: number;
}

export interface AttemptQuestion {
  readonly policy: DeliveryPolicy;
  /** How many attempts were begun, this one included. */
  readonly attempts: number;
  readonly now: number;
  /** Between 0 and 1. */
  readonly random: number;
  /** Whether it is the upstream that is down, and not this one delivery that it cannot take. */
  readonly isOutage: boolean;
  /** Whether it goes on until it is done, however often it is tried. */
  readonly isLasting?: boolean;
}

/** What an attempt makes of its delivery. */
export interface Settlement {
  readonly state: DeliveryState;
  readonly errorCode: ErrorCode | undefined;
  readonly due: number;
}

/** Errors that say nothing of the one delivery: it may wait for as long as they last. */
const OF_THE_WAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_DOWN',
  'UPSTREAM_REFUSED',
  'UPSTREAM_REQUEST_REJECTED',
  'OBJECT_BUSY',
  'OVERLOADED',
  'STORE_UNAVAILABLE',
]);

/**
 * The state after an attempt. The wait doubles with each attempt, with jitter; what the upstream asks for is a floor. An
 * outage, however long, kills nothing; a delivery that fails while the upstream takes others does fail after a number of
 * attempts, so that somebody looks at it.
 *
 * @example settle({ kind: 'passing', code: 'UPSTREAM_DOWN' }, question).state // 'accepted'
 */
export function settle(attempt: Attempt, question: AttemptQuestion): Settlement {
  const { policy, attempts, now, isOutage, isLasting = false } = question;
  if (attempt.kind === 'unfinished') return { state: 'accepted', errorCode: undefined, due: attempt.due };
  if (attempt.kind !== 'passing') {
    return { state: attempt.kind, errorCode: 'code' in attempt ? attempt.code : undefined, due: now };
  }
  const { code, retryAfter = 0 } = attempt;
  if (attempts >= policy.attempts && !isOutage && !isLasting && !OF_THE_WAY.has(code))
    return { state: 'failed', errorCode: code, due: now };
  return { state: 'accepted', errorCode: code, due: now + Math.max(backOff(question), retryAfter) };
}

/**
 * The wait after a number of attempts, in whole milliseconds: between half and the whole of a delay that doubles.
 *
 * @example backOff({ policy, attempts: 3, random: 1 }) // 4 × policy.firstDelay
 */
export function backOff({
  policy,
  attempts,
  random,
}: Pick<AttemptQuestion, 'policy' | 'attempts' | 'random'>): number {
  const ceiling = Math.min(policy.firstDelay * 2 ** Math.min(attempts - 1, 30), policy.longestDelay);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** An hour: nobody who asks to wait longer means it, and a grade would be kept from its student. */
const LONGEST_WAIT = 3_600_000;

/**
 * The wait that an upstream has asked for, in milliseconds.
 *
 * @param seconds of its Retry-After
 * @example waitAsked(2) // 2000
 */
export function waitAsked(seconds: number | undefined): number {
  return Math.min(Math.ceil((seconds ?? 0) * 1000), LONGEST_WAIT);
}

/** Milliseconds from the year 0 to 1970: the sum is never below 0. */
const SINCE_YEAR_0 = 62_167_219_200_000;

/**
 * A text that sorts as the timestamps of scores do, to the last digit that a tool gives.
 *
 * @example positionOf('2026-03-06T20:05:02.1234Z') < positionOf('2026-03-06T20:05:02.1235Z')
 */
export function positionOf(timestamp: string): string {
  const finer = (/[.,]\d{3}(\d+)/.exec(timestamp)?.[1] ?? '').slice(0, 15).padEnd(15, '0');
  const milliseconds = Math.floor(instantOf(timestamp) ?? 0) + SINCE_YEAR_0;
  return `${String(milliseconds).padStart(15, '0')}.${finer}`;
}

/**
 * The instant of a position, in milliseconds since 1970; what is finer is left out.
 *
 * @example instantAt(positionOf('2026-03-06T20:05:02.1234Z')) // 1772827502123
 */
export function instantAt(position: string): number {
  return Number(position.slice(0, 15)) - SINCE_YEAR_0;
}

/** What a tool, or an administrator, may know of a delivery: ids, times and codes. */
export interface Receipt {
  readonly id: string;
  readonly state: DeliveryState;
  readonly context: string;
  readonly line: DeliveryLine;
  readonly timestamp: string;
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly sentAt: number | undefined;
  readonly acknowledgedAt: number | undefined;
  readonly verifiedAt: number | undefined;
  /** When the next attempt is due; only while it waits. */
  readonly nextAttemptAt: number | undefined;
  readonly errorCode: ErrorCode | undefined;
  readonly supersededBy: string | undefined;
  readonly reason: string | undefined;
}

/** @example receiptOf(delivery).state // 'accepted' */
export function receiptOf(delivery: Delivery): Receipt {
  const { id, state, context, line, timestamp, attempts, acceptedAt, sentAt } = delivery;
  const { acknowledgedAt, verifiedAt, errorCode, supersededBy, reason } = delivery;
  const nextAttemptAt = state === 'accepted' ? delivery.due : undefined;
  const times = { acceptedAt, sentAt, acknowledgedAt, verifiedAt, nextAttemptAt };
  return { id, state, context, line, timestamp, attempts, ...times, errorCode, supersededBy, reason };
}

/** Which kind of work a delivery is, also when it is over and its operation is forgotten. */
export function deliveryKind({ target, upstream, line }: Pick<Delivery, 'target' | 'upstream' | 'line'>) {
  if (line.about === 'results') return 'alignResults' as const;
  return target === lineItemTarget(upstream, line.sourcedId) ? 'replaceLineItem' : 'postScore';
}

/** What a score is of: of the deliveries of one tool, user and line item, the newest counts. */
export function scoreTarget(place: {
  readonly upstream: string;
  readonly tool: string;
  readonly context: string;
  readonly lineItemId: string;
  readonly userId: string;
}): string {
  const { upstream, tool, context, lineItemId, userId } = place;
  return nameBasedId('delivery', upstream, tool, context, lineItemId, userId);
}

/** The same of a line item. */
export function lineItemTarget(upstream: string, lineItemId: string): string {
  return nameBasedId('delivery', upstream, 'lineItem', lineItemId);
}
