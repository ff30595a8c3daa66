import { getHeapStatistics } from 'node:v8';

/** How full the heap of this process is, looked at from time to time. */
export interface HeapWatch {
  readonly isFull: () => boolean;
  close(): void;
}

/** Milliseconds between two looks: a look takes a microsecond, and filling a heap takes longer than this. */
const EVERY = 100;

/** The part of its heap limit that this process uses, from 0 to 1. */
export function heapShare(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return used_heap_size / heap_size_limit;
}

/**
 * Watches the heap, for a gateway that had better refuse than run out of memory.
 *
 * @param measure gives the part that is used, from 0 to 1
 * @param most from this part on, the heap is full
 * @example const heap = watchHeap(heapShare, 0.75); if (heap.isFull()) refuse()
 */
export function watchHeap(measure: () => number, most: number): HeapWatch {
  let isFull = measure() >= most;
  const timer = setInterval(() => {
    isFull = measure() >= most;
  }, EVERY).unref();
  return { isFull: () => isFull, close: () => clearInterval(timer) };
}
