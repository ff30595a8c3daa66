import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresDialect,
  SqliteDialect,
} from 'kysely';
import Libsql from 'libsql';
import pg from 'pg';
import type { Schema } from '../../src/store/schema.ts';
import type { StorePlace } from '../../src/store/store.ts';

/** A statement as it was planned where it was run. */
export interface Explained {
  readonly statement: string;
  /** Tables that are read from their beginning to their end. */
  readonly scanned: readonly string[];
  /** Sorts of more than a few rows (PostgreSQL), or sorts at all (SQLite). */
  readonly sorts: number;
  /** Rows that were looked at, also those that were not wanted; PostgreSQL says so, SQLite does not. */
  readonly rows: number;
  readonly plan: string;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Not what fills the table by a statement. */
const PLANNED = /^\s*(select(?! set_config)|insert(?!.*select)|update|delete|with)\b/s;

/** Opens a database that tells the plan of every statement, in the transaction that it belongs to, before it runs it. */
export function openExplained(place: StorePlace): { db: Kysely<Schema>; explained: Explained[] } {
  const explained: Explained[] = [];
  const isPostgres = 'postgres' in place;
  const types = { getTypeParser: (oid: number) => (oid === 20 ? Number : pg.types.getTypeParser(oid)) };
  const dialect = isPostgres
    ? new PostgresDialect({ pool: new pg.Pool({ connectionString: place.postgres, types: types as never }) })
    : new SqliteDialect({ database: new Libsql(place.sqlite) });
  // A connection of SQLite that has explained something cannot commit.
  const aside = isPostgres ? undefined : new Libsql(place.sqlite);
  const explain = (connection: DatabaseConnection, query: CompiledQuery) =>
    aside === undefined ? explainPostgres(connection, query) : explainSqlite(aside, query);
  const before = async (connection: DatabaseConnection, query: CompiledQuery): Promise<void> => {
    if (PLANNED.test(query.sql)) explained.push(await explain(connection, query));
  };
  return { db: new Kysely<Schema>({ dialect: watched(dialect, before) }), explained };
}

type Before = (connection: DatabaseConnection, query: CompiledQuery) => Promise<void>;

function watched(dialect: Dialect, before: Before): Dialect {
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (outer: DatabaseConnection): DatabaseConnection => connections.get(outer) ?? outer;
  const watch = (inner: DatabaseConnection): DatabaseConnection => {
    const outer: DatabaseConnection = {
      executeQuery: async (query) => {
        await before(inner, query);
        return inner.executeQuery(query);
      },
      streamQuery: (query, size) => inner.streamQuery(query, size),
    };
    connections.set(outer, inner);
    return outer;
  };
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: (): Driver => {
      const driver = dialect.createDriver();
      return {
        init: () => driver.init(),
        acquireConnection: async () => watch(await driver.acquireConnection()),
        beginTransaction: (outer, settings) => driver.beginTransaction(innerOf(outer), settings),
        commitTransaction: (outer) => driver.commitTransaction(innerOf(outer)),
        rollbackTransaction: (outer) => driver.rollbackTransaction(innerOf(outer)),
        releaseConnection: (outer) => driver.releaseConnection(innerOf(outer)),
        destroy: () => driver.destroy(),
      };
    },
  };
}

function explainSqlite(aside: Libsql.Database, { sql, parameters }: CompiledQuery): Explained {
  const rows = aside.prepare(`explain query plan ${sql}`).all(...parameters) as { readonly detail: string }[];
  const details = rows.map(({ detail }) => detail);
  // What a part of a union has found, bounded by itself, is put in order once more.
  const sorts = details.filter(
    (detail, at) => /TEMP B-TREE FOR (LAST .*)?ORDER BY/.test(detail) && details[at - 1] !== 'SCAN some',
  );
  // An insert of many rows, and what a statement has gathered by itself, are no tables.
  const scans = details.filter((detail) => /^SCAN (?!CONSTANT|\d|\(|some\b|done\b)/.test(detail));
  return {
    statement: sql,
    scanned: scans.filter((detail) => !/USING (COVERING )?INDEX/.test(detail)),
    sorts: sorts.length,
    rows: 0,
    plan: details.join('\n'),
  };
}

async function explainPostgres(connection: DatabaseConnection, query: CompiledQuery): Promise<Explained> {
  const run = (text: string, values: readonly unknown[] = []) =>
    connection.executeQuery<{ readonly 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
      CompiledQuery.raw(text, [...values]),
    );
  const [{ txid } = { txid: false }] = (
    await connection.executeQuery<{ txid: boolean }>(
      CompiledQuery.raw('select now() <> statement_timestamp() as txid'),
    )
  ).rows;
  const [begin, end] = txid
    ? ['savepoint explaining', 'rollback to savepoint explaining']
    : ['begin', 'rollback'];
  await run(begin);
  const { rows } = await run(`explain (analyze, format json) ${query.sql}`, query.parameters).catch(() => ({
    rows: [],
  }));
  await run(end);
  const root = rows[0]?.['QUERY PLAN'][0]?.Plan;
  const nodes = root === undefined ? [] : flat(root);
  return {
    statement: query.sql,
    scanned: nodes.flatMap((node) =>
      node['Node Type'] === 'Seq Scan' ? [String(node['Relation Name'])] : [],
    ),
    sorts: nodes.filter((node) => node['Node Type'].includes('Sort') && node['Actual Rows'] > 1000).length,
    rows: nodes
      .filter((node) => node['Node Type'].includes('Scan'))
      .reduce((sum, node) => sum + read(node), 0),
    plan: nodes.map(lineOf).join('\n'),
  };
}

function flat(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}

function read(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}

function lineOf(node: PlanNode): string {
  const { 'Node Type': type, 'Index Name': index, 'Relation Name': table = '' } = node;
  return `${type} ${index ?? table}: ${read(node)} rows`;
}
