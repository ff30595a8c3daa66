import { setTimeout as sleep } from 'node:timers/promises';

/** Whether somebody wants the command to end. */
export interface Interruption {
  readonly isInterrupted: () => boolean;
  /** Resolves after so many milliseconds, or when somebody wants the command to end. */
  pause(milliseconds: number): Promise<void>;
  /** Stops listening. */
  end(): void;
}

/**
 * Takes the first SIGINT or SIGTERM as the wish to end well; a second one ends the process as usual.
 *
 * @param hangup whether SIGHUP is one as well: a terminal that is closed says so several times, and then ends nothing at once
 * @param told is called with the first
 */
export function watchInterruption(hangup: boolean, told: (signal: NodeJS.Signals) => void): Interruption {
  const abort = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const listener = (signal: NodeJS.Signals): void => {
    end();
    abort.abort();
    told(signal);
  };
  const end = (): void => {
    for (const signal of signals) process.removeListener(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  let isHungUp = false;
  const onHangup = (): void => {
    if (!isHungUp) listener('SIGHUP');
    isHungUp = true;
  };
  if (hangup) process.on('SIGHUP', onHangup);
  return {
    isInterrupted: () => abort.signal.aborted,
    pause: (milliseconds) => sleep(milliseconds, undefined, { signal: abort.signal }).catch(() => {}),
    end,
  };
}
