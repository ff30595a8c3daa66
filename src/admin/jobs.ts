import type { Admin } from '../core/admin.ts';
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Audited } from './auditor.ts';
import type { DeliveryDesk, DeliveryFilter, Job, JobStore } from './ports.ts';

/** The deliveries that somebody has ticked, or those that a filter finds. */
export type Wanted = DeliveryFilter | { readonly ids: readonly string[] };

/** What a person decides of a delivery. */
export interface Decision {
  readonly verb: 'retry' | 'discard';
  readonly reason: string | undefined;
}

export interface JobParts {
  readonly deliveries: DeliveryDesk;
  readonly store: JobStore;
  readonly audited: Audited;
  /** Is told that there is something to deliver. */
  readonly wake: (upstream: string) => void;
  readonly clock: () => number;
  readonly newId: () => string;
  /** Whether the gateway is about to end: then jobs stop, and leave what they have not come to. */
  readonly isStopping: () => boolean;
  /** Is told of what nobody waits for. */
  readonly failed: (error: unknown) => void;
}

export interface Jobs {
  /** Does one. @throws GradebridgeError NOT_FOUND, NOT_CHANGEABLE */
  decide(admin: Admin, id: string, decision: Decision): Promise<void>;
  /** Finds out what would be changed, and remembers it. */
  plan(
    wanted: Wanted,
    decision: Decision,
  ): Promise<{ readonly id: string; readonly found: readonly Delivery[] }>;
  /** Begins a plan. @throws GradebridgeError NOT_FOUND, NOT_CHANGEABLE */
  run(admin: Admin, id: string): Promise<void>;
  find(id: string): Promise<Job>;
  cancel(admin: Admin, id: string): Promise<void>;
  /** When nothing is under way here. */
  over(): Promise<void>;
}

/** Deliveries of one plan. */
export const MOST_PLANNED = 10_000;
/** How long a plan can be run, and a job be looked at. Milliseconds. */
const LASTS = 3_600_000;
/** How long a job may say nothing until it counts as stopped, because its process has ended. Milliseconds. */
const LEASE = 30_000;
/** Done at once: their writes share a transaction. */
const AT_ONCE = 25;

/** In these states a person may decide; what is accepted is tried anyway. */
const CHANGEABLE: Readonly<Record<Decision['verb'], ReadonlySet<DeliveryState>>> = {
  retry: new Set(['held', 'failed']),
  discard: new Set(['held', 'failed', 'accepted']),
};

/** @example const jobs = createJobs(parts); const { id } = await jobs.plan({ state: 'failed' }, { verb: 'retry' }) */
export function createJobs(parts: JobParts): Jobs {
  const { deliveries, store, clock, newId, audited } = parts;
  const underWay = new Set<Promise<void>>();
  const find = async (id: string): Promise<Job> => {
    const job = await store.find(id, clock());
    if (job === undefined) throw new GradebridgeError('NOT_FOUND');
    return job;
  };
  const work = async (admin: Admin, job: Job): Promise<void> => {
    let [done, failed] = [0, 0];
    for (let at = 0; at < job.ids.length; at += AT_ONCE) {
      if (parts.isStopping()) return void (await store.cancel(job.id));
      const some = job.ids.slice(at, at + AT_ONCE);
      const { verb, reason } = job;
      const outcomes = await Promise.allSettled(
        some.map((id) => decide(parts, admin, { id, verb, reason, job: job.id })),
      );
      failed += outcomes.filter(({ status }) => status === 'rejected').length;
      done += outcomes.filter(({ status }) => status === 'fulfilled').length;
      if (!(await store.progress(job.id, { done, failed, leaseUntil: clock() + LEASE }))) return;
    }
    await store.finish(job.id);
  };
  return {
    decide: (admin, id, decision) => decide(parts, admin, { id, ...decision }),
    plan: async (wanted, { verb, reason }) => {
      const found =
        'ids' in wanted
          ? await ticked(deliveries, wanted.ids, verb)
          : await changeable(deliveries, wanted, verb);
      const id = newId();
      await store.plan({ id, verb, reason, ids: found.map((one) => one.id), until: clock() + LASTS });
      return { id, found };
    },
    run: async (admin, id) => {
      const job = await find(id);
      const { verb, reason: why, total } = job;
      const change = { what: `deliveries.${verb}`, subject: id, after: { total }, why };
      await audited(admin, change, async () => {
        const now = clock();
        if (!(await store.begin(id, { until: now + LASTS, leaseUntil: now + LEASE })))
          throw new GradebridgeError('NOT_CHANGEABLE');
      });
      const running = work(admin, job).catch(parts.failed);
      underWay.add(running);
      void running.finally(() => underWay.delete(running));
    },
    find,
    cancel: async (admin, id) => {
      await find(id);
      await audited(admin, { what: 'deliveries.cancel', subject: id }, async () => {
        if (!(await store.cancel(id))) throw new GradebridgeError('NOT_CHANGEABLE');
      });
    },
    over: async () => {
      await Promise.all(underWay);
    },
  };
}

async function ticked(
  deliveries: DeliveryDesk,
  ids: readonly string[],
  verb: Decision['verb'],
): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  for (const id of new Set(ids)) {
    const delivery = await deliveries.find(id);
    if (delivery !== undefined && CHANGEABLE[verb].has(delivery.state)) found.push(delivery);
  }
  return found;
}

async function changeable(
  deliveries: DeliveryDesk,
  filter: DeliveryFilter,
  verb: Decision['verb'],
): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  // State by state, so that those that have come to an end are not read at all.
  for (const state of CHANGEABLE[verb]) {
    if (filter.state !== undefined && filter.state !== state) continue;
    found.push(...(await deliveries.list({ ...filter, state }, MOST_PLANNED - found.length)));
    if (found.length >= MOST_PLANNED) break;
  }
  return found;
}

interface One extends Decision {
  readonly id: string;
  /** The job that it is a part of. */
  readonly job?: string;
}

async function decide(parts: JobParts, admin: Admin, { id, verb, reason, job }: One): Promise<void> {
  const { deliveries, audited, clock, wake } = parts;
  const delivery = await deliveries.find(id);
  if (delivery === undefined) throw new GradebridgeError('NOT_FOUND');
  const { state, upstream } = delivery;
  if (!CHANGEABLE[verb].has(state)) throw new GradebridgeError('NOT_CHANGEABLE');
  const after = { state: verb === 'retry' ? 'accepted' : 'discarded', ...(job !== undefined && { job }) };
  await audited(
    admin,
    { what: `delivery.${verb}`, subject: id, before: { state }, after, why: reason },
    async () => {
      const isDone =
        verb === 'retry'
          ? await deliveries.retry(id, clock())
          : await deliveries.discard(id, reason ?? '', clock());
      if (!isDone) throw new GradebridgeError('NOT_CHANGEABLE');
    },
  );
  if (verb === 'retry') wake(upstream);
}
