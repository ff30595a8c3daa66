/** What is to be forgotten when its time has come. */
export type Chore = (now: number) => Promise<void>;

export interface Housekeeping {
  stop(): Promise<void>;
}

/** Milliseconds between two rounds. */
const EVERY = 60_000;

/**
 * Forgets what nobody needs any more, a round a minute: receipts of old, used identifiers, answers to requests that nobody
 * repeats.
 *
 * @param failed is told of a chore that could not be done; the next round tries it again
 */
export function startHousekeeping(
  chores: readonly Chore[],
  clock: () => number,
  failed: (error: unknown) => void,
): Housekeeping {
  let round = Promise.resolve();
  const run = async (): Promise<void> => {
    for (const chore of chores) await chore(clock()).catch(failed);
  };
  const timer = setInterval(() => {
    round = round.then(run);
  }, EVERY);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await round;
    },
  };
}
