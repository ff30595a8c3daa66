import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { tellingFirst } from './first-cause.ts';
import type { Schema } from './schema.ts';

/** Connections of one process. Writes are grouped and leases are short, so that few suffice. */
const CONNECTIONS = 8;
/** Milliseconds. */
const CONNECT_TIMEOUT = 3_000;
const QUERY_TIMEOUT = 10_000;
/** A process that froze in the middle of a transaction must not keep its locks from the others. */
const IDLE_TIMEOUT = 10_000;
/** The server says itself that it takes too long; only where it is gone altogether is this one met. */
const SILENCE_TIMEOUT = QUERY_TIMEOUT + 2_000;

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
    query_timeout: SILENCE_TIMEOUT,
    statement_timeout: QUERY_TIMEOUT,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT,
    keepAlive: true,
    application_name: 'gradebridge',
    types,
  });
  pool.on('error', lost);
  // One that breaks while it is used tells so by its query; the event that comes with it would end the process, unheard.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return new Kysely<Schema>({ dialect: tellingFirst(new PostgresDialect({ pool: soundOnly(pool) })) });
}

/** SQLSTATE too_many_connections of the server, the database or the role; PgBouncer says the same in words, with the code of a protocol violation. */
function isForMany(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === '53300' || /no more connections allowed/.test(String(message));
}

/** Milliseconds between two tries. */
const AGAIN = 50;

/** Connects, or waits for one of the pool's own connections where the server gives no further one: fewer than the pool may have do as well. */
async function connectPatiently(pool: pg.Pool): Promise<pg.PoolClient> {
  const until = performance.now() + CONNECT_TIMEOUT;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isForMany(error) || performance.now() > until) throw error;
      await sleep(AGAIN);
    }
  }
}

/**
 * The pool, which drops a connection whose query was not answered by the server: what is asked over it next would wait behind
 * that query, and meet the next one who gets this connection.
 */
function soundOnly(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => {
      const client = await connectPatiently(pool);
      let broken: unknown;
      const query = async (text: string, values: unknown[]): Promise<unknown> => {
        if (broken !== undefined) throw broken;
        try {
          return await client.query(text, values);
        } catch (error) {
          if (!(error instanceof pg.DatabaseError)) broken = error;
          throw error;
        }
      };
      const release = (destroy?: boolean): void => client.release(destroy === true || broken !== undefined);
      return { query, release } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}
