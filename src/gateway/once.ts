import { createCache } from '../cache.ts';
import { GradebridgeError } from '../core/errors.ts';
import { canonical } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import type { Caller, Operation, Outcome } from '../core/operation.ts';

type Repeatable = Extract<Operation, { readonly idempotencyKey?: string }>;

/** Runs the work of an operation, once per Idempotency-Key. */
export type Once = (operation: Repeatable, caller: Caller, work: () => Promise<Outcome>) => Promise<Outcome>;

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
  return async (operation, { tool, context }, work) => {
    const { idempotencyKey, ...rest } = operation;
    if (idempotencyKey === undefined) return work();
    if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) throw new GradebridgeError('INVALID_IDEMPOTENCY_KEY');
    const said = canonical(rest as unknown as JsonObject);
    const key = JSON.stringify([tool, context, operation.kind, idempotencyKey]);
    const done = await cache.get(key, { said, work });
    if (done.said !== said) throw new GradebridgeError('IDEMPOTENCY_KEY_REUSED');
    return done.outcome;
  };
}
