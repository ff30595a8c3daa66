import type { Config } from '../config/config.ts';
import { openConfiguredStore } from '../keep.ts';
import type { OpenedStore } from '../store/store.ts';

/** Opens the store of a configuration for some work, beside a gateway that may be running, and closes it again. */
export async function withStore<Result>(
  config: Config,
  work: (store: OpenedStore) => Promise<Result>,
): Promise<Result> {
  const store = await openConfiguredStore(config, { clock: Date.now });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
