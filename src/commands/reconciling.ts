import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuditor } from '../admin/auditor.ts';
import { auditedBy } from '../admin/reconcile.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createConnections, type Served } from '../connect.ts';
import { contextsOf } from '../contexts.ts';
import type { Admin } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import { createPromises } from '../delivery/promises.ts';
import { type ComparisonParts, compare, walk } from '../reconcile/compare.ts';
import type { Finding, Repair } from '../reconcile/finding.ts';
import { mend } from '../reconcile/repair.ts';
import { comparisonOf } from '../reconciled.ts';
import type { OpenedStore } from '../store/store.ts';

/** Compares and mends, wherever the engine runs. */
export interface Reconciler {
  /**
   * Looks at a context, or at some of its line items.
   *
   * @throws GradebridgeError what stands in its way
   */
  look(wanted: Wanted, progress: (done: number, of: number) => void): Promise<readonly Finding[]>;
  /** @throws GradebridgeError NO_LONGER_SO, and what stands in its way */
  mend(task: MendTask): Promise<void>;
}

/** A repair, and whether a person has named its finding. */
export interface MendTask {
  readonly finding: Finding;
  readonly repair: Repair;
  readonly isOwnDecision: boolean;
  readonly why: string;
}

export interface Wanted {
  readonly context: string;
  /** All of them when they are not named. */
  readonly lineItems?: readonly string[];
}

export interface Here {
  readonly loaded: LoadedConfig;
  readonly store: OpenedStore;
  /** Whether an earlier process has ended in the middle of its work, which may still arrive. */
  readonly wasKilled: boolean;
  readonly who: string;
}

/** The engine in this process. @returns also what closes its connections, and whether nothing that it wrote may still arrive */
export function reconcilerHere({ loaded, store, wasKilled, who }: Here): Reconciler & {
  close(): Promise<{ readonly isQuiet: boolean }>;
} {
  const connections = createConnections({
    ...{ clock: Date.now, random: Math.random, log: () => {}, newId: randomUUID },
    ...{ stashes: store.stashes, shared: store.leases, wasKilled },
  });
  const partsOf = partsOn(connections.use(loaded.config.upstreams), { loaded, store });
  const admin: Admin = { name: who, role: 'operator' };
  const auditor = createAuditor({ store: store.audit, clock: Date.now, newId: randomUUID });
  const audited = auditedBy(admin, auditor);
  return {
    look: async ({ context, lineItems }, progress) => {
      const comparison = await compare(partsOf(context));
      const ids = lineItems ?? comparison.ids;
      const found: Finding[] = [];
      let done = 0;
      for await (const { findings } of walk(comparison, ids)) {
        found.push(...findings);
        done++;
        progress(done, ids.length);
      }
      return found;
    },
    mend: ({ finding, repair, isOwnDecision, why }) =>
      patiently(async () => {
        const { context, lineItem, id } = finding;
        const asked = { lineItem, finding: id, repair, isOwnDecision };
        await mend(asked, { ...partsOf(context), audited, why });
      }),
    close: async () => {
      const isQuiet = connections.areQuiet();
      await connections.close();
      return { isQuiet };
    },
  };
}

/** What the engine needs of a context, on connections of its own. */
function partsOn(
  upstreams: ReadonlyMap<string, Served>,
  { loaded, store }: Pick<Here, 'loaded' | 'store'>,
): (context: string) => ComparisonParts {
  const contexts = contextsOf(loaded, upstreams);
  const reconciled = {
    config: loaded.config,
    contextOf: (key: string) => contexts.get(key),
    rosterOf: (upstream: string) => upstreams.get(upstream)?.roster,
    ...{ told: store.told, left: store.left, promises: promisesOn(store), clock: Date.now },
  };
  return (context) => {
    const parts = comparisonOf(reconciled, context);
    if (parts === undefined) throw new GradebridgeError('CONTEXT_NOT_ALLOWED');
    return parts;
  };
}

/** What a repair leaves to the outbox is done by a gateway: by one that runs beside, or by the next one. */
function promisesOn({ deliveries }: OpenedStore) {
  return createPromises({ store: deliveries, clock: Date.now, newId: randomUUID, accepted: () => {} });
}

const MOST_TRIES = 5;

/** What somebody killed was writing may still arrive: a repair waits for that, as a tool's score would. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof GradebridgeError && error.code === 'OBJECT_BUSY';
      if (!isBusy || tries === MOST_TRIES) throw error;
      await sleep(Math.max(error.details.retryAfter ?? 0, 1) * 1000);
    }
  }
}
