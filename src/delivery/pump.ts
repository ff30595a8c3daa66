import { setTimeout as sleep } from 'node:timers/promises';
import { createLane, type Lane, type LaneParts } from './lane.ts';

/** Keeps the promises: a lane for each upstream. */
export interface Pump {
  start(): void;
  /** Something was promised for an upstream. */
  wake(upstream: string): void;
  /**
   * Begins nothing more, and waits for the attempts that are under way: what is not over then is tried again by whoever
   * comes next.
   *
   * @param patience milliseconds
   */
  stop(patience: number): Promise<void>;
}

export type PumpParts = Omit<LaneParts, 'upstream' | 'isOutage' | 'atOnce'> & {
  readonly upstreams: ReadonlyMap<string, Pick<LaneParts, 'isOutage' | 'atOnce'>>;
};

/** @example const pump = createPump(parts); pump.start() */
export function createPump({ upstreams, ...parts }: PumpParts): Pump {
  const lanes = new Map<string, Lane>(
    [...upstreams].map(([upstream, own]) => [upstream, createLane({ ...parts, ...own, upstream })]),
  );
  return {
    start: () => {
      for (const lane of lanes.values()) lane.wake();
    },
    wake: (upstream) => lanes.get(upstream)?.wake(),
    stop: async (patience) => {
      const enough = new AbortController();
      const ended = Promise.all([...lanes.values()].map((lane) => lane.stop()));
      await Promise.race([ended, sleep(patience, undefined, { signal: enough.signal, ref: false })]);
      enough.abort();
    },
  };
}
