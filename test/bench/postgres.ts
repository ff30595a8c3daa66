import pg from 'pg';

const SERVER = process.env['GRADEBRIDGE_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * Does work with a database of its own, which is dropped afterwards.
 *
 * @returns undefined when there is no PostgreSQL
 */
export async function withDatabase<Result>(
  work: (url: string) => Promise<Result>,
): Promise<Result | undefined> {
  const database = `gradebridge_bench_${process.pid}`;
  if (!(await onServer(`create database ${database}`))) return undefined;
  try {
    const url = new URL(SERVER);
    url.pathname = database;
    return await work(url.href);
  } finally {
    await onServer(`drop database ${database} with (force)`);
  }
}

/** @returns false when there is no PostgreSQL */
async function onServer(statement: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
  } catch {
    return false;
  }
  await client.query(statement).finally(() => client.end());
  return true;
}
