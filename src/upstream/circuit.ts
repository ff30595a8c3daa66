/**
 * A circuit per upstream. After several failures in a row it is open: one call at a time is let through as a trial and all
 * others fail at once, so that an outage costs nobody a time-out and the upstream meets one caller when it returns. There
 * is no waiting period: the first call after the upstream's return is a trial, succeeds, and closes the circuit.
 */
export interface Circuit {
  /** Whether a call may go; a call that may must be settled. */
  admit(): boolean;
  settle(succeeded: boolean): void;
  readonly isOpen: boolean;
}

/** @example const circuit = createCircuit(5) */
export function createCircuit(failuresToOpen: number): Circuit {
  let failures = 0;
  let underWay = 0;
  const isOpen = (): boolean => failures >= failuresToOpen;
  return {
    admit: () => {
      if (isOpen() && underWay > 0) return false;
      underWay++;
      return true;
    },
    settle: (succeeded) => {
      underWay--;
      failures = succeeded ? 0 : failures + 1;
    },
    get isOpen() {
      return isOpen();
    },
  };
}
