import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import type { StorePlace } from '../../src/store/store.ts';

/** A store of a run's own, and how it is removed. */
export interface Place {
  readonly store: StorePlace;
  remove(): Promise<void>;
}

/** A server whose user may make databases. */
const SERVER = process.env['GRADEBRIDGE_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** @param folder where the file is, for SQLite */
export async function newPlace(kind: 'sqlite' | 'postgres', folder: string): Promise<Place> {
  if (kind === 'sqlite')
    return { store: { sqlite: join(folder, 'data', 'gradebridge.db') }, remove: async () => {} };
  const name = `gradebridge_chaos_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { store: { postgres: url.href }, remove: () => onServer(`drop database ${name} with (force)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}
