import type { Kysely } from 'kysely';
import { forgetOld } from './forget.ts';
import { type Group, readStore } from './group.ts';
import type { AdminSessionRow, Schema } from './schema.ts';

/** Sessions at the console, for every replica. */
export interface AdminSessions {
  open(session: AdminSessionRow): Promise<void>;
  /** @returns undefined when there is none, or its time is over */
  find(digest: string, now: number): Promise<AdminSessionRow | undefined>;
  close(digest: string): Promise<void>;
  forget(now: number): Promise<void>;
}

/** @example const sessions = createAdminSessions(db, group) */
export function createAdminSessions(db: Kysely<Schema>, group: Group): AdminSessions {
  return {
    open: async (session) => {
      await group.write((transaction) => transaction.insertInto('admin_sessions').values(session).execute());
    },
    find: (digest, now) =>
      readStore(() =>
        db
          .selectFrom('admin_sessions')
          .selectAll()
          .where('digest', '=', digest)
          .where('until', '>', now)
          .executeTakeFirst(),
      ),
    close: async (digest) => {
      await group.write((transaction) =>
        transaction.deleteFrom('admin_sessions').where('digest', '=', digest).execute(),
      );
    },
    forget: (now) =>
      forgetOld(group, { table: 'admin_sessions', key: 'digest', column: 'until', before: now + 1 }),
  };
}
