import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { type OpenedStore, SERVING } from './store.ts';

/** What a store holds, and what people call it. Everything but leases, which are of the moment. */
export const HOLDINGS = {
  deliveries: 'deliveries and receipts',
  settings: 'settings, which are the keys',
  used_once: 'used assertions',
  repeatables: 'answers under an Idempotency-Key',
  traits: 'collections that drop metadata',
  stashes: 'metadata of objects',
  admin_sessions: 'sessions at the console',
  admin_jobs: 'plans and jobs of the console',
  left_findings: 'findings that are left as they are',
  audit: 'entries of the audit',
  mapping_versions: 'versions of mappings',
  mapping_changes: 'activations of mappings',
  mapping_rows: 'mappings that were in force',
  registry_changes: 'changes of tools and contexts',
} as const satisfies Record<keyof Schema, string>;

type Table = keyof typeof HOLDINGS;

/** Rows by table. */
export type Counts = Readonly<Record<Table, number>>;

export type Copied =
  | { readonly kind: 'copied'; readonly counts: Counts }
  /** There is something in the target, which is left as it is. */
  | { readonly kind: 'notEmpty'; readonly counts: Counts };

/** Rows of one statement: PostgreSQL takes 65,535 values, SQLite 32,766. */
const AT_ONCE = 1_000;

/**
 * Copies everything from a SQLite store into an empty one, all or nothing. What was sent and not settled keeps its lease: its
 * write may still arrive. Whoever calls this sees to it that nobody serves from the source.
 *
 * @throws Error of the databases; the target is empty then
 * @example const copied = await copyStore(sqlite, postgres); if (copied.kind === 'copied') copied.counts.deliveries // 3
 */
export async function copyStore(from: OpenedStore, to: OpenedStore): Promise<Copied> {
  return to.db.transaction().execute(async (target) => {
    const found = await counted(target);
    if (Object.values(found).some((count) => count > 0)) return { kind: 'notEmpty', counts: found };
    return from.db.transaction().execute(async (source) => {
      for (const table of Object.keys(HOLDINGS) as Table[]) await copyTable(table, source, target);
      return { kind: 'copied', counts: await counted(target) };
    });
  });
}

async function copyTable(table: Table, source: Kysely<Schema>, target: Kysely<Schema>): Promise<void> {
  for (let last = 0; ; ) {
    const { rows } = await sql<{ readonly rowid_: number; readonly name?: string }>`
      select rowid as rowid_, * from ${sql.table(table)} where rowid > ${last} order by rowid limit ${AT_ONCE}`.execute(
      source,
    );
    const [newest] = rows.slice(-1);
    if (newest === undefined) return;
    last = newest.rowid_;
    // Nobody serves from a store that has just been filled.
    const kept = rows.filter(({ name }) => table !== 'settings' || name !== SERVING);
    const values = kept.map(({ rowid_: _, ...row }) => row) as never[];
    if (values.length > 0) await target.insertInto(table).values(values).execute();
  }
}

async function counted(db: Kysely<Schema>): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const table of Object.keys(HOLDINGS) as Table[]) {
    const row = await db
      .selectFrom(table)
      .select((is) => is.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(row.count);
  }
  return counts as Counts;
}
