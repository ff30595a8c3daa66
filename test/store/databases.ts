import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import pg from 'pg';
import { type OpenedStore, openStore, type StorePlace } from '../../src/store/store.ts';

/** Names a server whose user may make databases. One that is named must answer; the usual one may be missing. */
const NAMED = process.env['GRADEBRIDGE_TEST_POSTGRES'];
const SERVER = NAMED ?? 'postgres://postgres@127.0.0.1:5432/postgres';

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function findServer(): Promise<string | false> {
  try {
    await onServer((client) => client.query('select 1'));
    return false;
  } catch (error) {
    if (NAMED !== undefined)
      throw new Error('GRADEBRIDGE_TEST_POSTGRES names a server that does not answer.', { cause: error });
    // The run says at its end that something was left out.
    const note = process.env['GRADEBRIDGE_TEST_LEFT_OUT'];
    if (note !== undefined) appendFileSync(note, 'PostgreSQL\n');
    return 'there is no PostgreSQL on 127.0.0.1:5432';
  }
}

/** Why what needs PostgreSQL is skipped, or false: `test('…', { skip: noPostgres }, …)`. */
export const noPostgres = await findServer();

/** What is to be removed when all tests of this file are over, also what one of them has asked for first. */
const leftovers: (() => Promise<unknown>)[] = [];
after(async () => void (await Promise.all(leftovers.map((remove) => remove()))));

/** A database of this file's own, which is dropped when its tests are over. @returns its URL */
export async function newDatabase(): Promise<string> {
  const name = `gradebridge_test_${randomUUID().replaceAll('-', '')}`;
  await onServer((client) => client.query(`create database ${name}`));
  leftovers.push(() => onServer((client) => client.query(`drop database ${name} with (force)`)));
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

/** A folder of this file's own, which is removed when its tests are over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-store-'));
  leftovers.push(() => rm(folder, { recursive: true }));
  return folder;
}

/** One of the two kinds of store. */
export interface Kind {
  readonly name: string;
  readonly skip: string | false;
  /** Opens the store of this file once more; it is closed with the test. */
  open(t: TestContext, options?: { readonly clock?: () => number }): Promise<OpenedStore>;
  /** A place where there is nothing yet. */
  newPlace(): Promise<StorePlace>;
}

function kind(name: string, skip: string | false, newPlace: () => Promise<StorePlace>): Kind {
  let place: Promise<StorePlace> | undefined;
  const open: Kind['open'] = async (t, { clock = Date.now } = {}) => {
    place ??= newPlace();
    return opened(t, await place, clock);
  };
  return { name, skip, open, newPlace };
}

/** Opens a store, which is closed with the test. */
export async function opened(t: TestContext, place: StorePlace, clock = Date.now): Promise<OpenedStore> {
  const store = await openStore(place, { clock });
  t.after(() => store.close());
  return store;
}

/** Both kinds of store: what is said of one must hold for the other. */
export const KINDS: readonly Kind[] = [
  kind('SQLite', false, async () => ({ sqlite: join(await newFolder(), 'data', 'gradebridge.db') })),
  kind('PostgreSQL', noPostgres, async () => ({ postgres: await newDatabase() })),
];

/** Asserts that work fails with a code of the catalogue. */
export async function assertCode(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error: { readonly code?: string }) => {
    assert.equal(error.code, code);
    return true;
  });
}
