import { GradebridgeError } from './core/errors.ts';
import { causesOf, type Log } from './log.ts';
import { firstCode } from './store/first-cause.ts';
import type { Store } from './store/store.ts';

/** Whether the store can be used, and why not. */
export interface StoreReadiness {
  readonly reachable: boolean;
  /** The code of the error, and the code that the database or the operating system gave, when it cannot. */
  readonly code?: string;
  readonly cause?: string;
}

interface Parts {
  readonly store: Pick<Store, 'ping' | 'prove'>;
  readonly clock: () => number;
  readonly log: Log;
}

/** Milliseconds for which what a write has shown is good: whoever asks without end must not wear out the disk. */
const GOOD_FOR = 5_000;

/**
 * Says whether the store can be used. A read shows each time that it is there; a write, at most once in some seconds, that it takes
 * something: a full disk can still be read. Those who ask at the same time share one answer. The log says what is wrong once when it
 * begins, and once when it is over.
 *
 * @example const ready = createStoreReadiness({ store, clock: Date.now, log }); (await ready()).cause // 'SQLITE_FULL'
 */
export function createStoreReadiness({ store, clock, log }: Parts): () => Promise<StoreReadiness> {
  let asked: Promise<StoreReadiness> | undefined;
  let proven: { readonly until: number; readonly readiness: StoreReadiness } | undefined;
  let said = '';
  const tell = (readiness: StoreReadiness, error?: unknown): StoreReadiness => {
    const { reachable, code, cause = code } = readiness;
    if (!reachable && said !== cause) log('error', 'store', { code, cause: causesOf(error) });
    if (reachable && said !== '') log('info', 'store', { code: 'usable' });
    said = reachable ? '' : String(cause);
    return readiness;
  };
  const proof = (): Promise<StoreReadiness> =>
    store.prove().then(
      () => tell({ reachable: true }),
      (error: unknown) => tell(refusalOf(error), error),
    );
  const ask = async (): Promise<StoreReadiness> => {
    try {
      await store.ping();
    } catch (error) {
      return tell(refusalOf(error), error);
    }
    if (proven === undefined || clock() >= proven.until) {
      const readiness = await proof();
      proven = { until: clock() + GOOD_FOR, readiness };
    }
    return proven.readiness;
  };
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

function refusalOf(error: unknown): StoreReadiness {
  const code = error instanceof GradebridgeError ? error.code : 'STORE_UNAVAILABLE';
  const cause = firstCode(error);
  return { reachable: false, code, ...(cause !== undefined && cause !== code && { cause }) };
}
