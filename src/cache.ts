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
  /** What is held, if it is; nothing is loaded. */
  held(key: string): Value | undefined;
  /** For how long what is held is still good, in milliseconds; undefined when nothing is held. */
  remaining(key: string): number | undefined;
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
  const made = onceAsked(
    () =>
      new LRUCache<string, Value, { readonly question: Question }>({
        max,
        ttl,
        // Whoever waits for a value that is forgotten meanwhile still gets it; it is only not kept.
        ignoreFetchAbort: true,
        fetchMethod: async (key, _stale, { options, context }) => {
          const loaded = await load(key, context.question);
          if (loaded.ttl !== undefined) options.ttl = loaded.ttl;
          return loaded.value;
        },
      }),
  );
  return {
    get: async (key, question) => {
      const cache = made();
      return cache.get(key) ?? cache.forceFetch(key, { context: { question } });
    },
    held: (key) => made().get(key),
    remaining: (key) => (made().has(key) ? made().getRemainingTTL(key) : undefined),
    drop: (key, value) => {
      if (made().peek(key) === value) made().delete(key);
    },
    forget: (key) => void made().delete(key),
  };
}

/** An LRU cache takes the room for all that it may ever hold when it is made: one that nobody uses takes none. */
function onceAsked<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A bounded memory that loads nothing: what has not been used for the longest time is forgotten first. */
export interface Memory<Value extends object> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * @param ttl milliseconds; without it only the size counts
 * @example const refused = createMemory<Refusal>({ max: 10_000, ttl: 60_000 })
 */
export function createMemory<Value extends object>(size: {
  readonly max: number;
  readonly ttl?: number;
}): Memory<Value> {
  const memory = onceAsked(() => new LRUCache<string, Value>(size));
  return {
    get: (key) => memory().get(key),
    set: (key, value) => void memory().set(key, value),
    delete: (key) => void memory().delete(key),
  };
}
