import { LRUCache } from 'lru-cache';

/** What a loader gives: a value, and for how long it is good. */
export interface Loaded<Value> {
  readonly value: Value;
  /** Milliseconds; absent means the cache's own. */
  readonly ttl?: number;
}

export interface CacheOptions<Value extends object, Question> {
  readonly max: number;
  /** Milliseconds. */
  readonly ttl: number;
  readonly load: (key: string, question: Question) => Promise<Loaded<Value>>;
}

/** A bounded cache that loads what it does not hold, once per key however many ask at the same time. */
export interface Cache<Value extends object, Question> {
  /** @param question what the loader needs to know besides the key, should it be called */
  get(key: string, question: Question): Promise<Value>;
  /** Forgets a value, unless another one has taken its place meanwhile. */
  drop(key: string, value: Value): void;
  /** Forgets whatever is there, and what is being loaded. */
  forget(key: string): void;
}

/**
 * A failed load is not kept: the next caller tries again.
 *
 * @example const tokens = createCache({ max: 10, ttl: 3_600_000, load: requestToken })
 */
export function createCache<Value extends object, Question = undefined>({
  max,
  ttl,
  load,
}: CacheOptions<Value, Question>): Cache<Value, Question> {
  const cache = new LRUCache<string, Value, { readonly question: Question }>({
    max,
    ttl,
    // Whoever waits for a value that is forgotten meanwhile still gets it; it is only not kept.
    ignoreFetchAbort: true,
    fetchMethod: async (key, _stale, { options, context }) => {
      const loaded = await load(key, context.question);
      if (loaded.ttl !== undefined) options.ttl = loaded.ttl;
      return loaded.value;
    },
  });
  return {
    get: async (key, question) => cache.get(key) ?? cache.forceFetch(key, { context: { question } }),
    drop: (key, value) => {
      if (cache.peek(key) === value) cache.delete(key);
    },
    forget: (key) => void cache.delete(key),
  };
}
