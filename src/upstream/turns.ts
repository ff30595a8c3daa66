/** Work that must not run at the same time as other work of the same key, and work that only so much may run of at once. */

export interface Turns {
  /** Runs the work when all earlier work of the key is over, whatever came of it. */
  alone<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** @example const turns = createTurns(); await turns.alone('line-item-7', write) */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    alone: async (key, work) => {
      const before = last.get(key);
      const turn = before === undefined ? work() : before.then(work, work);
      last.set(key, turn);
      try {
        return await turn;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}

export interface Slots {
  /** Waits for a free slot until the deadline; false when there was none in time. A slot that was taken must be freed. */
  take(waitFor: number): Promise<boolean>;
  free(): void;
}

/** @example const slots = createSlots(32) */
export function createSlots(count: number): Slots {
  let left = count;
  const waiting = new Set<(taken: boolean) => void>();
  return {
    take: (waitFor) => {
      if (left > 0) {
        left--;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const answer = (taken: boolean): void => {
          clearTimeout(timer);
          waiting.delete(answer);
          resolve(taken);
        };
        const timer = setTimeout(answer, waitFor, false);
        waiting.add(answer);
      });
    },
    free: () => {
      const [next] = waiting;
      if (next === undefined) left++;
      else next(true);
    },
  };
}
