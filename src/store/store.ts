import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Receipts } from '../core/told.ts';
import { type AdminJobs, createAdminJobs } from './admin-jobs.ts';
import { type AdminSessions, createAdminSessions } from './admin-sessions.ts';
import { type Audit, createAudit } from './audit.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { NO_FILES, rememberFiles, watchFiles } from './file-identity.ts';
import { createGroup, type GroupOptions, readStore } from './group.ts';
import { createLeases, type Leases } from './leases.ts';
import { createLeft, type Left } from './left.ts';
import { createMappings, type Mappings } from './mappings.ts';
import { migrate, versionOf } from './migrations.ts';
import { openPostgres } from './postgres.ts';
import { createRegistryStore, type RegistryStore } from './registry.ts';
import { createRepeatables, type Repeatables } from './repeatables.ts';
import type { Schema } from './schema.ts';
import { createSettings, type Settings } from './settings.ts';
import { openSqlite } from './sqlite.ts';
import { createStashes, type Stashes } from './stashes.ts';
import { createTold } from './told.ts';
import { createUsedOnce, type UsedOnce } from './used-once.ts';

/** Where the store is: one file for one process, or a database for several. */
export type StorePlace = { readonly sqlite: string } | { readonly postgres: string };

/** Everything that must be known after a restart, or by another replica. */
export interface Store {
  readonly settings: Settings;
  readonly usedOnce: UsedOnce;
  readonly repeatables: Repeatables;
  readonly deliveries: Deliveries;
  readonly told: Receipts;
  readonly left: Left;
  readonly stashes: Stashes;
  readonly adminSessions: AdminSessions;
  readonly adminJobs: AdminJobs;
  readonly audit: Audit;
  readonly mappings: Mappings;
  readonly registry: RegistryStore;
  /** Where several replicas use the store; one process alone needs none. */
  readonly leases: Leases | undefined;
  /** The name of the newest version of the schema that it has; undefined when it is empty. */
  version(): Promise<string | undefined>;
  /** Reads. @throws GradebridgeError STORE_UNAVAILABLE, STORE_REPLACED */
  ping(): Promise<void>;
  /** Writes as much as a long score takes, and removes it. @throws GradebridgeError STORE_UNAVAILABLE, STORE_REPLACED */
  prove(): Promise<void>;
  /** Nothing is promised any more, either, when this file is deleted or replaced; a database that is shared has none. */
  alsoWatch(file: string): void;
  close(): Promise<void>;
}

export interface StoreOptions extends GroupOptions {
  readonly clock: () => number;
  /** Is told what went wrong where nobody waits for it. */
  readonly lost?: (error: Error) => void;
  /** Only looks: makes no store, and changes no schema. */
  readonly asItIs?: boolean;
}

/** A store, and the database behind it for those who move whole tables. */
export interface OpenedStore extends Store {
  readonly db: Kysely<Schema>;
}

/**
 * Opens the store and brings its schema to the newest version.
 *
 * @throws Error when it cannot be reached, made or brought up to date
 * @example const store = await openStore({ sqlite: './data/gradebridge.db' }, { clock: Date.now })
 */
export async function openStore(place: StorePlace, options: StoreOptions): Promise<OpenedStore> {
  const { clock, lost = () => {}, asItIs = false } = options;
  const isShared = 'postgres' in place;
  if (asItIs && !isShared && !existsSync(place.sqlite)) throw new Error(`there is no file ${place.sqlite}`);
  const db = isShared ? openPostgres(place.postgres, lost) : openSqlite(place.sqlite);
  try {
    if (asItIs) await sql`select 1`.execute(db);
    else await migrate(db, isShared);
    const files = isShared ? NO_FILES : rememberFiles(place.sqlite);
    const { check } = files;
    const group = createGroup(db, { ...options, check });
    const settings = createSettings(db, group);
    if (!asItIs && !isShared) await takeOverKeys(settings, place.sqlite);
    const unwatch = isShared ? () => {} : watchFiles(files, lost);
    return {
      db,
      settings,
      usedOnce: createUsedOnce(group, clock),
      repeatables: createRepeatables(group),
      deliveries: createDeliveries(db, { group, clock }),
      told: createTold(db),
      left: createLeft(db, group),
      stashes: createStashes(db, group),
      adminSessions: createAdminSessions(db, group),
      adminJobs: createAdminJobs(db, group),
      audit: createAudit(db, group),
      mappings: createMappings(db, group),
      registry: createRegistryStore(db, group),
      leases: isShared ? createLeases(db) : undefined,
      version: () => readStore(() => versionOf(db)),
      ping: () =>
        readStore(async () => {
          check();
          await ping(db, isShared);
        }),
      prove: () => prove(settings),
      alsoWatch: files.add,
      close: () => {
        unwatch();
        return db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** SQLSTATE read_only_sql_transaction. */
const READ_ONLY = '25006';

/** @throws Error when the database does not answer, or is PostgreSQL that takes no writes, as a standby does */
async function ping(db: Kysely<Schema>, isShared: boolean): Promise<void> {
  await db.selectFrom('settings').select('name').limit(1).execute();
  if (!isShared) return;
  const { rows } = await sql<{ it: string }>`select current_setting('transaction_read_only') as it`.execute(
    db,
  );
  if (rows[0]?.it !== 'off') throw Object.assign(new Error('the database is read-only'), { code: READ_ONLY });
}

/** The name of what is written to see that the store takes it. */
const PROOF = 'proof';
/** Bytes: with them the store takes a score with a long comment, or says that it is full. Random, because PostgreSQL compresses. */
const PROOF_SIZE = 6_000;

/** What was removed leaves room for the next one: a promise takes that room when there is no other, and the next proof says so. */
async function prove(settings: Settings): Promise<void> {
  await settings.write(PROOF, randomBytes(PROOF_SIZE).toString('base64'));
  await settings.remove(PROOF);
}

/** The name of the gateway's own keys among the settings. */
export const KEYS = 'keys';
/** The name of the note of who serves from a store that one process uses. */
export const SERVING = 'serving';

/** Keys of version 0.1 lay in a file beside the store: they are taken in, so that what they have signed stays good. */
async function takeOverKeys(settings: Settings, sqlite: string): Promise<void> {
  const file = join(dirname(sqlite), 'keys.json');
  if (!existsSync(file)) return;
  await settings.settle(KEYS, readFileSync(file, 'utf8'));
  renameSync(file, `${file}.taken-over`);
}
