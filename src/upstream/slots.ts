/** Work that only so much may run of at once. */
export interface Slots {
  /** Waits for a free slot until the deadline; false when there was none in time. A slot that was taken must be freed. */
  take(waitFor: number): Promise<boolean>;
  free(): void;
  readonly count: number;
  readonly inUse: number;
  /** How many wait for one. */
  readonly wanted: number;
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
    count,
    get inUse() {
      return count - left;
    },
    get wanted() {
      return waiting.size;
    },
  };
}
