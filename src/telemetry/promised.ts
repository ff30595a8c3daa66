import { createMemory } from '../cache.ts';
import type { TraceParent } from '../core/trace.ts';

/** The places of requests that have promised something, by the ids of the deliveries. */
export interface Promised {
  remember(id: string, place: TraceParent): void;
  traceOf(id: string): TraceParent | undefined;
}

/** A trace is looked at soon or never, and the store need not know of it: only this process remembers, and only so many. */
const MOST = 10_000;

/** @example const promised = createPromised(); promised.remember(receipt.id, place) */
export function createPromised(): Promised {
  const places = createMemory<TraceParent>({ max: MOST });
  return { remember: places.set, traceOf: places.get };
}
