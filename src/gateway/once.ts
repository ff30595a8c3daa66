import { createCache } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Caller, Outcome, Repeatable } from '../core/operation.ts';

/** Runs the work of an operation, once per Idempotency-Key. */
export type Once = (operation: Keyed, caller: Caller, work: () => Promise<Outcome>) => Promise<Outcome>;

interface Keyed {
  readonly kind: string;
  readonly once?: Repeatable;
}

interface Done {
  readonly said: string;
  readonly outcome: Outcome;
}

interface Question {
  readonly said: string;
  readonly work: () => Promise<Outcome>;
}

/** A client that repeats a request does so within a day. Milliseconds. */
const REMEMBERED_FOR = 86_400_000;
const MOST_KEYS = 20_000;

/**
 * Idempotency keys as clients of web APIs know them: the same key with the same body gets the same answer, however often and
 * however close together; with another body it is refused. What failed is not kept, so that it can be tried again.
 */
export function createOnce(): Once {
  const cache = createCache<Done, Question>({
    max: MOST_KEYS,
    ttl: REMEMBERED_FOR,
    load: async (_key, { said, work }) => ({ value: { said, outcome: await work() } }),
  });
  return async ({ kind, once }, { tool, context }, work) => {
    if (once === undefined) return work();
    if (!/^[\x21-\x7e]{1,255}$/.test(once.key)) throw new GradebridgeError('INVALID_IDEMPOTENCY_KEY');
    const done = await cache.get(JSON.stringify([tool, context, kind, once.key]), { said: once.said, work });
    if (done.said !== once.said) throw new GradebridgeError('IDEMPOTENCY_KEY_REUSED');
    return done.outcome;
  };
}
