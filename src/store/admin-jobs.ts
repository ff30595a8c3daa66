import type { Kysely } from 'kysely';
import { type Group, readStore } from './group.ts';
import type { AdminJobRow, Schema } from './schema.ts';

/** A change of many deliveries: it is planned, run once, and can be cancelled while it runs. */
export interface AdminJob extends Omit<AdminJobRow, 'ids' | 'reason'> {
  readonly ids: readonly string[];
  readonly reason: string | undefined;
}

/** Plans and jobs, for every replica: the one that is asked for the progress need not be the one that works. */
export interface AdminJobs {
  plan(job: Pick<AdminJob, 'id' | 'verb' | 'reason' | 'ids' | 'until'>): Promise<void>;
  find(id: string, now: number): Promise<AdminJob | undefined>;
  /** @returns false when it is no plan, or no longer one: of two who run it, one does */
  begin(id: string, until: number): Promise<boolean>;
  /** Notes how far it is. @returns false when it was cancelled */
  progress(id: string, how: { readonly done: number; readonly failed: number }): Promise<boolean>;
  finish(id: string): Promise<void>;
  /** @returns false when it was not planned or running */
  cancel(id: string): Promise<boolean>;
  forget(now: number): Promise<void>;
}

/** @example const jobs = createAdminJobs(db, group) */
export function createAdminJobs(db: Kysely<Schema>, group: Group): AdminJobs {
  type Change = Partial<Pick<AdminJobRow, 'state' | 'until' | 'done' | 'failed'>>;
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
      const state = { state: 'planned', total: ids.length, done: 0, failed: 0 } as const;
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
        return row && { ...row, ids: JSON.parse(row.ids) as string[], reason: row.reason ?? undefined };
      }),
    begin: (id, until) => change(id, ['planned'], { state: 'running', until }),
    progress: (id, how) => change(id, ['running'], how),
    finish: async (id) => void (await change(id, ['running'], { state: 'done' })),
    cancel: (id) => change(id, ['planned', 'running'], { state: 'cancelled' }),
    forget: async (now) => {
      await group.write((transaction) =>
        transaction.deleteFrom('admin_jobs').where('until', '<=', now).execute(),
      );
    },
  };
}
