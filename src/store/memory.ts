/** What one process must remember of what has been used, until a time. Bounded by those times, not by a size. */
export interface UsedOnce {
  /** Takes a key until a time in milliseconds; false when it is taken. */
  claim(key: string, until: number): Promise<boolean>;
}

/** How many claims pass between two clean-ups. */
const CLEAN_EVERY = 1_000;

/** @example const jtis = createUsedOnce(Date.now); await jtis.claim('jti-1', Date.now() + 60_000) */
export function createUsedOnce(clock: () => number): UsedOnce {
  const taken = new Map<string, number>();
  let claims = 0;
  return {
    claim: async (key, until) => {
      const now = clock();
      claims++;
      if (claims % CLEAN_EVERY === 0) {
        for (const [old, end] of taken) if (end <= now) taken.delete(old);
      }
      const end = taken.get(key);
      if (end !== undefined && end > now) return false;
      taken.set(key, until);
      return true;
    },
  };
}
