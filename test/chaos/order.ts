import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { LINE_PREFIX, readComment } from './plan.ts';
import type { Violation } from './verdict.ts';

/** Watches OneRoster while it is written to. */
export interface Order {
  readonly stored: NonNullable<SandboxOptions['stored']>;
  /** Writes of an older score over a newer one. None may ever happen, not even when a newer write mends it. */
  readonly violations: readonly Violation[];
  /** Writes of results, and those that found the same score there already. */
  readonly written: number;
  readonly repeated: number;
}

/** Whether a reference is to a line item of the run: `probe`, which runs beside it, makes one of its own. */
function isLine(reference: unknown): boolean {
  const { sourcedId = '' } = (reference ?? {}) as { readonly sourcedId?: string };
  return sourcedId.startsWith(LINE_PREFIX);
}

/** @example const order = createOrder(); await startSandbox({ stored: order.stored }) */
export function createOrder(): Order {
  const last = new Map<string, number>();
  const violations: Violation[] = [];
  const counts = { written: 0, repeated: 0 };
  return {
    stored: (collection, { sourcedId, comment, lineItem }) => {
      if (collection !== 'results' || !isLine(lineItem)) return;
      // Not by its value: the maximum may just be another one.
      const { pair, index } = readComment(String(comment));
      const before = last.get(String(sourcedId)) ?? 0;
      counts.written++;
      if (index === before) counts.repeated++;
      if (index < before)
        violations.push({ kind: 'stale', pair, what: `${index} was written over ${before}` });
      last.set(String(sourcedId), index);
    },
    violations,
    get written() {
      return counts.written;
    },
    get repeated() {
      return counts.repeated;
    },
  };
}
