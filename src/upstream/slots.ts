/** Work that only so much may run of at once. */
export interface Slots {
  /**
   * Waits for a free slot until the deadline; false when there was none in time. A slot that was taken must be freed.
   *
   * @param waitFor milliseconds
   * @param who for whom: those who wait are served in turn, so that nobody who asks for much is in the way of the others
   */
  take(waitFor: number, who?: string): Promise<boolean>;
  free(): void;
  readonly count: number;
  readonly inUse: number;
  /** How many wait for one. */
  readonly wanted: number;
}

type Answer = (taken: boolean) => void;

/** @example const slots = createSlots(32); if (await slots.take(1000, 'quizzer')) slots.free() */
export function createSlots(count: number): Slots {
  let left = count;
  // Whoever is served goes to the end: a Map keeps the order in which its keys were put in.
  const queues = new Map<string, Set<Answer>>();
  let wanted = 0;
  const leave = (who: string, answer: Answer): void => {
    const queue = queues.get(who);
    if (!queue?.delete(answer)) return;
    wanted--;
    if (queue.size === 0) queues.delete(who);
  };
  return {
    take: (waitFor, who = '') => {
      if (left > 0) {
        left--;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const answer: Answer = (taken) => {
          clearTimeout(timer);
          leave(who, answer);
          resolve(taken);
        };
        const timer = setTimeout(answer, waitFor, false);
        const queue = queues.get(who) ?? new Set();
        queues.set(who, queue.add(answer));
        wanted++;
      });
    },
    free: () => {
      const [next] = queues;
      if (next === undefined) {
        left++;
        return;
      }
      const [who, queue] = next;
      const [first] = queue;
      queues.delete(who);
      queues.set(who, queue);
      first?.(true);
    },
    count,
    get inUse() {
      return count - left;
    },
    get wanted() {
      return wanted;
    },
  };
}
