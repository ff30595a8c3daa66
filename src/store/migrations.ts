import { DEFAULT_MIGRATION_TABLE, type Kysely, type Migration, Migrator, sql } from 'kysely';
import { GIVE_WAY, QUEUES } from './delivery-queues.ts';
import { LEASES_TABLE } from './leases.ts';
import { patiently } from './patience.ts';
import { isPostgres } from './planning.ts';
import type { Schema } from './schema.ts';

/**
 * The versions of the schema, in order. A version that was released is never changed: what is to be otherwise is another one.
 * The names of those that have run stand in the database itself.
 */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-first': {
    up: async (db) => {
      await table(db, 'settings', { name: 'text', value: 'text' }, ['name']);
      await table(db, 'used_once', { key: 'text', until: 'bigint' }, ['key']);
      await table(
        db,
        'repeatables',
        {
          key: 'text',
          said: 'text',
          holder: 'text',
          lease_until: 'bigint',
          first_at: 'bigint',
          outcome: 'text?',
          until: 'bigint',
        },
        ['key'],
      );
      await table(db, 'deliveries', DELIVERIES, ['id']);
      await table(db, 'traits', { upstream: 'text', collection: 'text', drops_metadata: 'integer' }, [
        'upstream',
        'collection',
      ]);
      await table(
        db,
        'stashes',
        { upstream: 'text', collection: 'text', sourced_id: 'text', metadata: 'text' },
        ['upstream', 'collection', 'sourced_id'],
      );
      for (const statement of INDEXES) await sql.raw(statement).execute(db);
    },
  },
  '003-admin': {
    up: async (db) => {
      await table(
        db,
        'admin_sessions',
        { digest: 'text', name: 'text', role: 'text', credential: 'text', until: 'bigint' },
        ['digest'],
      );
      await table(db, 'audit', AUDIT, ['id']);
      await table(db, 'admin_jobs', JOBS, ['id']);
      await sql.raw('create index audit_at on audit (at, id)').execute(db);
    },
  },
  '004-mappings': {
    up: async (db) => {
      const said = { who: 'text', at: 'bigint', why: 'text' } as const;
      const version = { name: 'text', version: 'integer', text: 'text', ...said } as const;
      await table(db, 'mapping_versions', version, ['name', 'version']);
      const change = {
        revision: 'integer',
        name: 'text',
        verb: 'text',
        version: 'integer',
        ...said,
      } as const;
      await table(db, 'mapping_changes', change, ['revision']);
    },
  },
  '005-registry': {
    up: async (db) => {
      await table(db, 'registry_changes', REGISTRY, ['revision']);
      await sql.raw('create index registry_names on registry_changes (kind, name, revision)').execute(db);
    },
  },
  '006-reconciling': {
    up: async (db) => {
      await table(db, 'left_findings', { id: 'text', state: 'text', at: 'bigint' }, ['id']);
      await db.schema.alterTable('admin_jobs').addColumn('lease_until', 'bigint').execute();
    },
  },
  '007-backlog': {
    up: async (db) => {
      await sql.raw(GIVE_WAY).execute(db);
      for (const name of ['deliveries_due', 'deliveries_settled']) await db.schema.dropIndex(name).execute();
      for (const statement of [...QUEUES, ...AGES]) await sql.raw(statement).execute(db);
      if (isPostgres(db)) await sql.raw(SWEPT).execute(db);
    },
  },
  '008-mapping-rows': {
    up: async (db) => {
      await table(db, 'mapping_rows', { digest: 'text', text: 'text', at: 'bigint' }, ['digest']);
    },
  },
};

/**
 * What was taken leaves a dead entry at the head of its queue, which each take steps over until it is swept away: after some
 * thousands, and not after a fifth of a table that is large.
 */
const SWEPT = `alter table deliveries set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000)`;

/** What housekeeping asks for. */
const AGES = [
  'create index admin_sessions_until on admin_sessions (until)',
  'create index admin_jobs_until on admin_jobs (until)',
  'create index left_findings_at on left_findings (at)',
];

/** What only several replicas need; SQLite has one process. */
const SHARED: Readonly<Record<string, Migration>> = {
  '002-leases': { up: async (db) => void (await sql.raw(LEASES_TABLE).execute(db)) },
};

const DELIVERIES = {
  id: 'text',
  target: 'text',
  position: 'text',
  fingerprint: 'text',
  upstream: 'text',
  tool: 'text',
  context: 'text',
  line: 'text',
  timestamp: 'text',
  operation: 'text?',
  state: 'text',
  attempts: 'integer',
  due: 'bigint',
  holder: 'text?',
  lease_until: 'bigint?',
  accepted_at: 'bigint',
  sent_at: 'bigint?',
  acknowledged_at: 'bigint?',
  verified_at: 'bigint?',
  settled_at: 'bigint?',
  error_code: 'text?',
  superseded_by: 'text?',
  reason: 'text?',
  decided: 'integer',
} as const;

const AUDIT = {
  id: 'text',
  at: 'bigint',
  who: 'text',
  what: 'text',
  subject: 'text',
  before: 'text?',
  after: 'text?',
  why: 'text?',
} as const;

const JOBS = {
  id: 'text',
  state: 'text',
  verb: 'text',
  reason: 'text?',
  ids: 'text',
  total: 'integer',
  done: 'integer',
  failed: 'integer',
  until: 'bigint',
} as const;

const REGISTRY = {
  revision: 'integer',
  kind: 'text',
  name: 'text',
  verb: 'text',
  document: 'text?',
  who: 'text',
  at: 'bigint',
  why: 'text',
} as const;

const INDEXES = [
  // One write at one place of a target, however many processes accept it at the same moment.
  'create unique index deliveries_once on deliveries (target, position)',
  // And one attempt at a time for each target, whoever makes it.
  "create unique index deliveries_one_sent on deliveries (target) where state = 'sent'",
  'create index deliveries_due on deliveries (state, upstream, due)',
  'create index deliveries_settled on deliveries (settled_at)',
  'create index used_once_until on used_once (until)',
  'create index repeatables_until on repeatables (until)',
];

type ColumnType = 'text' | 'text?' | 'integer' | 'bigint' | 'bigint?';

/** A table of columns, not null unless their type ends in a question mark, and its primary key. */
async function table(
  db: Kysely<unknown>,
  name: string,
  columns: Readonly<Record<string, ColumnType>>,
  key: readonly string[],
): Promise<void> {
  let builder = db.schema.createTable(name);
  for (const [column, type] of Object.entries(columns)) {
    const isNullable = type.endsWith('?');
    const plain = type.replace('?', '') as 'text' | 'integer' | 'bigint';
    builder = builder.addColumn(column, plain, (at) => (isNullable ? at : at.notNull()));
  }
  await builder.addPrimaryKeyConstraint(`${name}_key`, [...key] as never[]).execute();
}

/**
 * Brings a database to the newest version. Several processes may do so at once: one does it, the others wait.
 *
 * @throws Error when a migration fails, or the database has one that this version does not know
 */
export async function migrate(db: Kysely<Schema>, isShared: boolean): Promise<void> {
  // An ordinary start takes no lock: it is one of the session, which a pooler of transactions would lose.
  if ((await versionOf(db)) === newestVersion(isShared)) return;
  const migrations = isShared ? { ...MIGRATIONS, ...SHARED } : MIGRATIONS;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  await patiently(async () => {
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  });
}

/** The newest version that a database has; undefined when it has none. */
export async function versionOf(db: Kysely<Schema>): Promise<string | undefined> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return undefined;
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name desc limit 1`.execute(db);
  return rows[0]?.name;
}

/** The version that this program brings a store to. */
export function newestVersion(isShared: boolean): string {
  return String(
    Object.keys(isShared ? { ...MIGRATIONS, ...SHARED } : MIGRATIONS)
      .sort()
      .at(-1),
  );
}
