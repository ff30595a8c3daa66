import type { DeliveryState } from '../../src/core/delivery.ts';

/** What a gateway process holds at one moment, after a garbage collection. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Requests that were answered until then. */
  readonly requests: number;
  /** Bytes. */
  readonly rss: number;
  readonly heap: number;
  /** Buffers outside of the heap. */
  readonly external: number;
  readonly sockets: number;
  readonly timers: number;
  /** Milliseconds that the event loop was late since the sample before: in the median, and the slowest hundredth. */
  readonly lateMedian: number;
  readonly lateSlow: number;
}

/** How many deliveries the store has in each state. */
export type Deliveries = Readonly<Partial<Record<DeliveryState, number>>>;

export type Figure = 'rss' | 'heap' | 'external' | 'sockets' | 'timers';

interface Bound {
  readonly figure: Figure;
  /** What may come once: code that is compiled late, caches that fill, connections that a fault has left to a time-out. */
  readonly once: number;
  /** What may come with each request. */
  readonly perRequest: number;
}

const MB = 1_000_000;

/**
 * What counts as flat. The least that a leak keeps of a request is an object with a text or two, some 200 bytes, and of a
 * socket a socket; half of that for each request is no leak of any of them, and is found in a run of ten minutes. What comes
 * once is as much as short runs show between their beginning and their end. RSS moves with the allocator, which gives
 * little back, and has more room.
 */
export const BOUNDS: readonly Bound[] = [
  { figure: 'heap', once: 4 * MB, perRequest: 100 },
  { figure: 'external', once: 4 * MB, perRequest: 100 },
  { figure: 'rss', once: 32 * MB, perRequest: 200 },
  { figure: 'sockets', once: 10, perRequest: 0.0002 },
  { figure: 'timers', once: 40, perRequest: 0.0005 },
];

export interface Verdict {
  readonly figure: Figure;
  readonly grown: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/**
 * Whether each figure is flat: how much the median of the last third of the samples is above that of the third before. The
 * first third is for what comes once.
 *
 * @example judge(samples).every(({ isFlat }) => isFlat)
 */
export function judge(samples: readonly Sample[]): readonly Verdict[] {
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const requests = typical(last, 'requests') - typical(middle, 'requests');
  return BOUNDS.map(({ figure, once, perRequest }) => {
    const grown = typical(last, figure) - typical(middle, figure);
    const allowed = once + perRequest * requests;
    return { figure, grown, allowed, isFlat: grown <= allowed };
  });
}

function typical(samples: readonly Sample[], figure: Figure | 'requests'): number {
  const sorted = samples.map((sample) => sample[figure]).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
