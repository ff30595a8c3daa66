import type { Kysely } from 'kysely';
import type { AuditEntry } from '../core/admin.ts';
import type { Json } from '../core/json.ts';
import { forgetOld } from './forget.ts';
import { type Group, readStore } from './group.ts';
import type { AuditRow, Schema } from './schema.ts';

/** The place of an entry among all: entries of one moment are told apart by their ids. */
export type AuditPlace = Pick<AuditEntry, 'at' | 'id'>;

/** What people have changed: entries are added, never changed, and taken away only when they are old. */
export interface Audit {
  /** @throws GradebridgeError STORE_UNAVAILABLE, and then nothing may be changed */
  write(entry: AuditEntry): Promise<void>;
  /** The newest first, from a place on. */
  list(most: number, after?: AuditPlace): Promise<readonly AuditEntry[]>;
  /** Forgets what was written before a time. */
  forget(before: number): Promise<void>;
}

/** @example const audit = createAudit(db, group) */
export function createAudit(db: Kysely<Schema>, group: Group): Audit {
  return {
    write: async (entry) => {
      await group.write((transaction) => transaction.insertInto('audit').values(rowOf(entry)).execute());
    },
    list: (most, after) =>
      readStore(async () => {
        let query = db
          .selectFrom('audit')
          .selectAll()
          .orderBy('at', 'desc')
          .orderBy('id', 'desc')
          .limit(most);
        if (after !== undefined) {
          const { at, id } = after;
          query = query.where((is) =>
            is.or([is('at', '<', at), is.and([is('at', '=', at), is('id', '<', id)])]),
          );
        }
        return (await query.execute()).map(entryOf);
      }),
    forget: (before) => forgetOld(group, { table: 'audit', key: 'id', column: 'at', before }),
  };
}

function rowOf({ before, after, why, ...entry }: AuditEntry): AuditRow {
  const textOf = (value: Json | undefined): string | null =>
    value === undefined ? null : JSON.stringify(value);
  return { ...entry, before: textOf(before), after: textOf(after), why: why ?? null };
}

function entryOf({ before, after, why, at, ...row }: AuditRow): AuditEntry {
  return {
    ...row,
    at: Number(at),
    ...(before !== null && { before: JSON.parse(before) as Json }),
    ...(after !== null && { after: JSON.parse(after) as Json }),
    ...(why !== null && { why }),
  };
}
