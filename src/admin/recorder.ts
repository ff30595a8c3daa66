import { RECORDING_ROOM } from '../core/recording.ts';
import type { Exchange } from './ports.ts';

/** An exchange, and its number among all. */
export interface Recorded {
  readonly number: number;
  readonly exchange: Exchange;
}

/** The last requests of tools: references, out of which something is made only when somebody asks. */
export interface Recorder {
  keep(exchange: Exchange): void;
  /** The newest first, from those before a number on. */
  newest(before?: number): Iterable<Recorded>;
  /** The newest one of a request id, which a client may choose. */
  find(requestId: string): Recorded | undefined;
  /** @returns ends the subscription; undefined when there are too many */
  subscribe(subscriber: Subscriber): (() => void) | undefined;
  /** Ends every subscription: the gateway stops. */
  end(): void;
}

export interface Subscriber {
  readonly recorded: (recorded: Recorded) => void;
  readonly ended: () => void;
}

export interface RecorderLimits {
  /** Requests. */
  readonly most: number;
  /** Characters of all bodies together. */
  readonly characters: number;
  readonly subscribers: number;
}

/** 32 MB of bodies at most, 64 MB where they are not Latin. */
export const RECORDER_LIMITS = { characters: 32 * 1024 * 1024, subscribers: 50 } as const;

interface Place extends Recorded {
  readonly size: number;
}

/**
 * A ring: the newest takes the place of the oldest, and more of the oldest go when the bodies are too large in all.
 *
 * @example const recorder = createRecorder({ most: 500, ...RECORDER_LIMITS })
 */
export function createRecorder({ most, characters, subscribers: mostSubscribers }: RecorderLimits): Recorder {
  const ring: (Place | undefined)[] = Array<undefined>(most).fill(undefined);
  const subscribers = new Set<Subscriber>();
  let [next, oldest, kept] = [0, 0, 0];
  const drop = (): void => {
    kept -= ring[oldest % most]?.size ?? 0;
    ring[oldest % most] = undefined;
    oldest++;
  };
  function* newest(before = next): Generator<Recorded> {
    for (let number = Math.min(before, next) - 1; number >= oldest; number--) {
      const place = ring[number % most];
      if (place !== undefined) yield place;
    }
  }
  return {
    keep: (exchange) => {
      if (next - oldest === most) drop();
      const size = RECORDING_ROOM - (exchange.recording?.room ?? RECORDING_ROOM);
      const place = { number: next, exchange, size };
      ring[next % most] = place;
      next++;
      kept += size;
      while (kept > characters && next - oldest > 1) drop();
      for (const { recorded } of subscribers) recorded(place);
    },
    newest,
    find: (requestId) => {
      for (const recorded of newest()) if (recorded.exchange.requestId === requestId) return recorded;
      return undefined;
    },
    subscribe: (subscriber) => {
      if (subscribers.size >= mostSubscribers) return undefined;
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
    end: () => {
      for (const { ended } of subscribers) ended();
      subscribers.clear();
    },
  };
}
