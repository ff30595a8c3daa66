import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/** Connections of one process. Writes are grouped and leases are short, so that few suffice. */
const CONNECTIONS = 8;
/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const QUERY_TIMEOUT = 10_000;

const BIGINT = 20;

/** Times are bigint in the tables, and far below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/**
 * Connects to PostgreSQL; nothing is asked yet.
 *
 * @param lost is told when a connection that nobody was using breaks, which is no reason to end
 */
export function openPostgres(url: string, lost: (error: Error) => void): Kysely<Schema> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    statement_timeout: QUERY_TIMEOUT,
    application_name: 'gradebridge',
    types,
  });
  pool.on('error', lost);
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}
