import { randomUUID } from 'node:crypto';
import { GradebridgeError } from '../core/errors.ts';
import type { Upstream } from './upstream.ts';

/** What is known of an upstream without asking anything for a tool. */
export interface Reachability {
  readonly reachable: boolean;
  /** The code of the error, when it is not. */
  readonly code?: string;
}

export interface Probed {
  readonly upstream: Upstream;
  /** One small read. */
  readonly probeUrl: string;
}

/** Milliseconds. An answer is kept, so that probing costs the upstream next to nothing. */
const PROBE_TIMEOUT = 3_000;
const PROBE_KEPT = 2_000;

/** @example const readiness = createReadiness(upstreams, Date.now); (await readiness()).timeback.reachable */
export function createReadiness(
  upstreams: ReadonlyMap<string, Probed>,
  clock: () => number,
): () => Promise<Readonly<Record<string, Reachability>>> {
  let kept: { readonly until: number; readonly result: Promise<Record<string, Reachability>> } | undefined;
  const probeAll = async (): Promise<Record<string, Reachability>> => {
    const answers = [...upstreams].map(async ([name, probed]) => [name, await probe(probed, clock)] as const);
    return Object.fromEntries(await Promise.all(answers));
  };
  return () => {
    if (kept === undefined || kept.until < clock())
      kept = { until: clock() + PROBE_KEPT, result: probeAll() };
    return kept.result;
  };
}

async function probe({ upstream, probeUrl }: Probed, clock: () => number): Promise<Reachability> {
  try {
    await upstream.call({
      method: 'GET',
      url: probeUrl,
      deadline: clock() + PROBE_TIMEOUT,
      requestId: randomUUID(),
    });
    return { reachable: true };
  } catch (error) {
    return { reachable: false, code: error instanceof GradebridgeError ? error.code : 'INTERNAL' };
  }
}
