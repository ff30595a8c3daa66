import type { DatabaseConnection, Dialect, Driver, TransactionSettings } from 'kysely';

/**
 * A dialect whose transactions fail with what went wrong first. SQLite ends a transaction by itself when the disk is full or an I/O error
 * comes (sqlite.org, lang_transaction.html, "Response To Errors Within A Transaction"), and a connection that is gone has none: to roll it back fails, and
 * Kysely would throw that ("cannot rollback - no transaction is active") in place of the reason.
 *
 * @example new Kysely({ dialect: tellingFirst(new SqliteDialect({ database })) })
 */
export function tellingFirst(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => driverOf(dialect.createDriver()),
  };
}

function driverOf(driver: Driver): Driver {
  return {
    init: () => driver.init(),
    acquireConnection: () => driver.acquireConnection(),
    beginTransaction: (connection: DatabaseConnection, settings: TransactionSettings) =>
      driver.beginTransaction(connection, settings),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: async (connection) => {
      await driver.rollbackTransaction(connection).catch(() => undefined);
    },
    releaseConnection: (connection) => driver.releaseConnection(connection),
    destroy: () => driver.destroy(),
  };
}

/** How a code of SQLite, PostgreSQL or the operating system looks: SQLITE_FULL, 53300, ECONNREFUSED. */
const CODE = /^[A-Z0-9_]{3,40}$/;

/**
 * The code that the database or the operating system gave to what went wrong first, behind the errors that were made of it.
 *
 * @example firstCode(error) // 'SQLITE_FULL'
 */
export function firstCode(error: unknown): string | undefined {
  let found: string | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && CODE.test(code)) found = code;
  }
  return found;
}
