import {
  type Attempt,
  backOff,
  type Delivery,
  type DeliveryPolicy,
  deliveryKind,
  settle,
} from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { DeliveryStore } from './ports.ts';

export interface LaneParts {
  /** The upstream's name in the configuration. */
  readonly upstream: string;
  readonly store: Pick<DeliveryStore, 'take' | 'settle' | 'nextDue'>;
  /** Makes one attempt. Never throws. */
  readonly attempt: (delivery: Delivery, deadline: number) => Promise<Attempt>;
  /** Whether the upstream has failed so often that calls to it are held back. */
  readonly isOutage: () => boolean;
  /** Attempts under way at once. */
  readonly atOnce: number;
  readonly policy: DeliveryPolicy;
  /** Milliseconds of one attempt, and for which a delivery is kept from others should this process die. */
  readonly attemptTimeout: number;
  readonly lease: number;
  /** Milliseconds after which it looks for what others have left, or a person has sent again. */
  readonly lookAgain: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  readonly settled: (delivery: Delivery, attempt: Attempt) => void;
  /** Is told of what nobody waits for: the store cannot be used. */
  readonly failed: (error: unknown) => void;
}

/** The deliveries of one upstream, at the pace that it allows. */
export interface Lane {
  /** There may be something to do. */
  wake(): void;
  /** Begins nothing more, and waits for the attempts that are under way. */
  stop(): Promise<void>;
}

/** Errors after which the whole lane waits, because the next delivery would meet the same. */
const OF_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_DOWN',
  'UPSTREAM_REFUSED',
  'STORE_UNAVAILABLE',
]);

/** A timer of Node that is longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Takes what is due, makes its attempts and settles them. While the upstream is down, one delivery at a time is tried, with
 * pauses that grow; what the upstream asks to wait, everything waits.
 */
export function createLane(parts: LaneParts): Lane {
  const { upstream, store, policy, clock, random } = parts;
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  let isTaking = false;
  let taking = Promise.resolve();
  let isAsked = false;
  let failures = 0;
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  const wakeAt = (time: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(wake, Math.min(Math.max(0, time - clock()), LONGEST_TIMER));
  };

  const room = (): number => (parts.isOutage() ? 1 : parts.atOnce) - underWay.size;

  const pause = (attempt: Extract<Attempt, { kind: 'passing' }>): void => {
    if (!OF_ALL.has(attempt.code) && !parts.isOutage()) return;
    const now = clock();
    // Attempts that were under way together meet the same trouble, which counts once.
    if (now >= pausedUntil) failures++;
    const wait = Math.max(backOff({ policy, attempts: failures, random: random() }), attempt.retryAfter ?? 0);
    pausedUntil = Math.max(pausedUntil, now + wait);
  };

  const deliver = async (delivery: Delivery): Promise<void> => {
    const attempt = await parts.attempt(delivery, clock() + parts.attemptTimeout);
    if (attempt.kind === 'passing') pause(attempt);
    else [failures, pausedUntil] = [0, 0];
    const question = { policy, attempts: delivery.attempts, now: clock(), random: random() };
    const isLasting = deliveryKind(delivery) === 'alignResults';
    const settlement = settle(attempt, { ...question, isOutage: parts.isOutage(), isLasting });
    const isOurs = await store.settle(delivery, settlement, clock());
    if (isOurs) parts.settled({ ...delivery, ...settlement }, attempt);
  };

  const takeSome = async (): Promise<void> => {
    const now = clock();
    if (now < pausedUntil) return wakeAt(pausedUntil);
    const most = room();
    if (most <= 0) return;
    const taken = await store.take({
      upstream,
      holder: parts.newId(),
      now,
      leaseUntil: now + parts.lease,
      most,
    });
    for (const delivery of taken) {
      const attempt = deliver(delivery).catch(parts.failed);
      underWay.add(attempt);
      void attempt.finally(() => {
        underWay.delete(attempt);
        wake();
      });
    }
    if (taken.length === 0) await sleepUntilDue(now);
  };

  /** What is due and was not taken waits for another delivery of its target, whose end wakes the lane. */
  const sleepUntilDue = async (now: number): Promise<void> => {
    const due = await store.nextDue(upstream);
    const soonest = now + policy.firstDelay;
    const looked = now + parts.lookAgain;
    wakeAt(due === undefined ? looked : Math.min(Math.max(due, soonest), looked));
  };

  function wake(): void {
    isAsked = true;
    if (isTaking || isStopped) return;
    isTaking = true;
    taking = takeWhileAsked();
  }

  const takeWhileAsked = async (): Promise<void> => {
    try {
      while (isAsked && !isStopped) {
        isAsked = false;
        await takeSome();
      }
    } catch (error) {
      parts.failed(error);
      wakeAt(clock() + policy.longestDelay);
    } finally {
      // In the same turn as the last look at isAsked, so that no call is missed in between.
      isTaking = false;
    }
  };

  return {
    wake,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      // What is just being taken is tried as well: nobody else would, before its lease ends.
      await taking;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
