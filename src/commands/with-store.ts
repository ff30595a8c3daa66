import type { Config } from '../config/config.ts';
import { openConfiguredStore } from '../keep.ts';
import type { OpenedStore } from '../store/store.ts';

/** Opens the store of a configuration for some work, beside a gateway that may be running, and closes it again. */
export async function withStore<Result>(
  config: Pick<Config, 'store'>,
  work: (store: OpenedStore) => Promise<Result>,
  how: { readonly asItIs?: boolean } = {},
): Promise<Result> {
  const store = await openConfiguredStore(config, { clock: Date.now, ...how });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
