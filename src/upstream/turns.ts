import { setTimeout as sleep } from 'node:timers/promises';
import { GradebridgeError } from '../core/errors.ts';

/** Work on one object that must not run at the same time as other work on it. */
export interface Turn {
  readonly key: string;
  /** Milliseconds since 1970 by which the work is over. */
  readonly deadline: number;
  /** Whether an earlier write that may still arrive keeps the turn, because what it would undo cannot be told again. */
  readonly isStrict: boolean;
}

export interface Turns {
  /**
   * Runs the work when all earlier work of the key is over, whatever came of it.
   *
   * @throws GradebridgeError OBJECT_BUSY when the turn does not come in time, STORE_UNAVAILABLE, and what `work` throws
   */
  alone<Result>(turn: Turn, work: () => Promise<Result>): Promise<Result>;
  /** A write that got no answer may still arrive: strict turns of its key wait until then. */
  linger(key: string): void;
  /** From now on, a write that got no answer may arrive for this long, in milliseconds. */
  expectFor(late: number): void;
  /** Whether nothing is being written, and nothing that was written may still arrive. */
  readonly isQuiet: boolean;
}

/** Turns that replicas share. */
export interface SharedTurns {
  acquire(question: {
    readonly key: string;
    readonly holder: string;
    readonly milliseconds: number;
  }): Promise<{ readonly kind: string; readonly left?: number }>;
  release(key: string, holder: string, how: { readonly in: number }): Promise<void>;
}

export interface TurnsParts {
  readonly clock: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** Milliseconds for which a write that got no answer may still arrive. */
  readonly late: number;
  /** Until when writes of an earlier process may still arrive, of which this one knows nothing. */
  readonly quietUntil?: number;
  readonly shared?: SharedTurns | undefined;
}

/**
 * One writer at a time for each object, in this process and, where replicas share a store, in all of them. A process that
 * dies with a write under way keeps its turn until that write could no longer arrive.
 *
 * @example const turns = createTurns(parts); await turns.alone({ key: 'line-item-7', deadline, isStrict: false }, write)
 */
export function createTurns(parts: TurnsParts): Turns {
  const { clock, quietUntil = 0, shared } = parts;
  let late = parts.late;
  const last = new Map<string, Promise<unknown>>();
  const lingering = createLingering(clock);
  const run = async <Result>(turn: Turn, work: () => Promise<Result>): Promise<Result> => {
    if (turn.isStrict) {
      const left = Math.max(quietUntil, lingering.until(turn.key)) - clock();
      if (left > 0) throw busy(left);
    }
    if (shared === undefined) return work();
    const holder = await acquire(shared, turn, { ...parts, late });
    try {
      return await work();
    } finally {
      const left = turn.isStrict ? Math.max(0, lingering.until(turn.key) - clock()) : 0;
      // A lease that cannot be given back ends by itself.
      await shared.release(turn.key, holder, { in: left }).catch(() => undefined);
    }
  };
  return {
    alone: async (turn, work) => {
      const { key } = turn;
      const before = last.get(key);
      const mine =
        before === undefined
          ? run(turn, work)
          : before.then(
              () => run(turn, work),
              () => run(turn, work),
            );
      last.set(key, mine);
      try {
        return await mine;
      } finally {
        if (last.get(key) === mine) last.delete(key);
      }
    },
    linger: (key) => lingering.add(key, clock() + late),
    expectFor: (milliseconds) => {
      late = milliseconds;
    },
    get isQuiet() {
      return last.size === 0 && quietUntil <= clock() && !lingering.isAny();
    },
  };
}

/** How often a turn that another replica has is asked for. Milliseconds, with jitter. */
const ASK_AGAIN = 40;

async function acquire(
  shared: SharedTurns,
  { key, deadline, isStrict }: Turn,
  { clock, random, newId, late }: TurnsParts,
): Promise<string> {
  const holder = newId();
  for (;;) {
    const milliseconds = Math.max(1, deadline - clock()) + (isStrict ? late : 0);
    const { kind, left = 0 } = await shared.acquire({ key, holder, milliseconds });
    if (kind === 'mine') return holder;
    // Half of the time is left for the work itself.
    const patience = (deadline - clock()) / 2;
    if (patience < ASK_AGAIN) throw busy(Math.max(left, 1));
    await sleep(Math.min(patience, ASK_AGAIN * (0.5 + random())));
  }
}

function busy(left: number): GradebridgeError {
  return new GradebridgeError('OBJECT_BUSY', { retryAfter: Math.ceil(left / 1000) });
}

interface Lingering {
  add(key: string, until: number): void;
  until(key: string): number;
  isAny(): boolean;
}

const MANY = 1_000;

/** Keys and their times; those that are over are forgotten when there are many. */
function createLingering(clock: () => number): Lingering {
  const times = new Map<string, number>();
  return {
    add: (key, until) => {
      times.set(key, until);
      if (times.size % MANY !== 0) return;
      for (const [old, end] of times) if (end <= clock()) times.delete(old);
    },
    until: (key) => times.get(key) ?? 0,
    isAny: () => [...times.values()].some((end) => end > clock()),
  };
}
