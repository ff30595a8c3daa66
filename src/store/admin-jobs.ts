import type { Kysely } from 'kysely';
import { forgetOld } from './forget.ts';
import { type Group, readStore } from './group.ts';
import type { AdminJobRow, Schema } from './schema.ts';

/** A change of many deliveries: it is planned, run once, and can be cancelled while it runs. */
export interface AdminJob extends Omit<AdminJobRow, 'ids' | 'reason' | 'state' | 'lease_until'> {
  /** `stopped` is one of which nothing was heard for too long: whoever worked on it has ended. */
  readonly state: AdminJobRow['state'] | 'stopped';
  readonly ids: readonly string[];
  readonly reason: string | undefined;
}

/** How far a job is, and until when the next word of it is to be expected. */
export interface AdminJobProgress {
  readonly done: number;
  readonly failed: number;
  readonly leaseUntil: number;
}

/** Plans and jobs, for every replica: the one that is asked for the progress need not be the one that works. */
export interface AdminJobs {
  plan(job: Pick<AdminJob, 'id' | 'verb' | 'reason' | 'ids' | 'until'>): Promise<void>;
  find(id: string, now: number): Promise<AdminJob | undefined>;
  /** @returns false when it is no plan, or no longer one: of two who run it, one does */
  begin(id: string, times: { readonly until: number; readonly leaseUntil: number }): Promise<boolean>;
  /** Notes how far it is. @returns false when it was cancelled */
  progress(id: string, how: AdminJobProgress): Promise<boolean>;
  finish(id: string): Promise<void>;
  /** @returns false when it was not planned or running */
  cancel(id: string): Promise<boolean>;
  forget(now: number): Promise<void>;
}

/** @example const jobs = createAdminJobs(db, group) */
export function createAdminJobs(db: Kysely<Schema>, group: Group): AdminJobs {
  type Change = Partial<Pick<AdminJobRow, 'state' | 'until' | 'done' | 'failed' | 'lease_until'>>;
  const change = (id: string, from: readonly AdminJobRow['state'][], set: Change): Promise<boolean> =>
    group.write(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('admin_jobs')
        .set(set)
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  return {
    plan: async ({ ids, reason, ...job }) => {
      const state = { state: 'planned', total: ids.length, done: 0, failed: 0, lease_until: null } as const;
      const row: AdminJobRow = { ...job, ...state, ids: JSON.stringify(ids), reason: reason ?? null };
      await group.write((transaction) => transaction.insertInto('admin_jobs').values(row).execute());
    },
    find: (id, now) =>
      readStore(async () => {
        const row = await db
          .selectFrom('admin_jobs')
          .selectAll()
          .where('id', '=', id)
          .where('until', '>', now)
          .executeTakeFirst();
        return row && jobOf(row, now);
      }),
    begin: (id, { until, leaseUntil }) =>
      change(id, ['planned'], { state: 'running', until, lease_until: leaseUntil }),
    progress: (id, { leaseUntil, ...how }) => change(id, ['running'], { ...how, lease_until: leaseUntil }),
    finish: async (id) => void (await change(id, ['running'], { state: 'done' })),
    cancel: (id) => change(id, ['planned', 'running'], { state: 'cancelled' }),
    forget: (now) => forgetOld(group, { table: 'admin_jobs', key: 'id', column: 'until', before: now + 1 }),
  };
}

function jobOf({ lease_until: leaseUntil, ...row }: AdminJobRow, now: number): AdminJob {
  // One that was begun by an older version has no lease.
  const isSilent = row.state === 'running' && leaseUntil !== null && Number(leaseUntil) < now;
  return {
    ...row,
    state: isSilent ? 'stopped' : row.state,
    ids: JSON.parse(row.ids) as string[],
    reason: row.reason ?? undefined,
  };
}
