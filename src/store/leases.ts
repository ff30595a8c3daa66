import { type Kysely, sql } from 'kysely';
import { readStore } from './group.ts';
import type { Schema } from './schema.ts';

/** What came of asking for a lease. */
export type Acquired =
  | { readonly kind: 'mine' }
  /** Somebody has it, for so many milliseconds at most. */
  | { readonly kind: 'busy'; readonly holder: string; readonly left: number }
  /** Whom one has waited for has given it back, and left a word. */
  | { readonly kind: 'said'; readonly said: string };

export interface LeaseQuestion {
  readonly key: string;
  /** Another one for each time that a lease is asked for. */
  readonly holder: string;
  /** Milliseconds that the lease is good for. */
  readonly milliseconds: number;
  /** Whom the caller has found with the lease before, and waits for. */
  readonly waitedFor?: string | undefined;
}

/** How a lease is given back. */
export interface Release {
  /** Milliseconds after which it may be taken; 0 is at once. */
  readonly in: number;
  /** A word for whoever has waited for it. */
  readonly said?: string;
}

/**
 * Leases that replicas share: one writer at a time for each object. The table is one that PostgreSQL does not log, so that
 * taking a lease waits for no disk; after a crash of the database it is empty. A lease whose holder has died ends by itself,
 * and not at once, because a write of the dead may still be on its way to OneRoster. Times are by the clock of the database,
 * which is the same for all.
 */
export interface Leases {
  acquire(question: LeaseQuestion): Promise<Acquired>;
  release(key: string, holder: string, how: Release): Promise<void>;
  /** Clears what has ended a while ago. */
  forget(): Promise<void>;
}

/** A word is there for those who have waited; they ask again within a fraction of this. Milliseconds. */
const KEPT_FOR = 60_000;

const NOW = sql<number>`extract(epoch from clock_timestamp()) * 1000`;

export const LEASES_TABLE =
  'create unlogged table leases (key text primary key, holder text not null, until double precision not null, said text)';

interface LeaseRow {
  readonly holder: string;
  readonly remaining: number;
  readonly said: string | null;
}

/** @example const leases = createLeases(db); await leases.acquire({ key: 'results/r-1', holder, milliseconds: 30_000 }) */
export function createLeases(db: Kysely<Schema>): Leases {
  return {
    acquire: ({ key, holder, milliseconds, waitedFor = '' }) =>
      readStore(async (): Promise<Acquired> => {
        const taken = await sql`
          insert into leases (key, holder, until) values (${key}, ${holder}, ${NOW} + ${milliseconds}::double precision)
          on conflict (key) do update set holder = excluded.holder, until = excluded.until, said = null
          where leases.until <= ${NOW} and not (leases.holder = ${waitedFor} and leases.said is not null)
          returning key`.execute(db);
        if (taken.rows.length > 0) return { kind: 'mine' };
        const { rows } = await sql<LeaseRow>`
          select holder, until - ${NOW} as remaining, said from leases where key = ${key}`.execute(db);
        const [row] = rows;
        if (row === undefined) return { kind: 'busy', holder: '', left: 0 };
        if (row.said !== null && row.holder === waitedFor) return { kind: 'said', said: row.said };
        return { kind: 'busy', holder: row.holder, left: Math.max(0, row.remaining) };
      }),
    release: async (key, holder, { in: later, said }) => {
      await readStore(() =>
        later === 0 && said === undefined
          ? sql`delete from leases where key = ${key} and holder = ${holder}`.execute(db)
          : sql`update leases set until = ${NOW} + ${later}::double precision, said = ${said ?? null}
                where key = ${key} and holder = ${holder}`.execute(db),
      );
    },
    forget: async () => {
      await readStore(() => sql`delete from leases where until < ${NOW} - ${KEPT_FOR}`.execute(db));
    },
  };
}
