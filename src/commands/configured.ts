import type { Config, Finding } from '../config/config.ts';
import {
  completeConfig,
  findConfigFile,
  type LoadResult,
  type ReadResult,
  readConfigFile,
} from '../config/load.ts';
import type { ActiveMapping } from '../config/mappings.ts';
import { NOTHING_STORED, type Stored } from '../config/registered.ts';
import { storedOf } from '../keep.ts';
import { type Known, readKnown } from '../known.ts';
import { peekConfig } from '../store/peek.ts';
import { type Arguments, type Io, textOption } from './command.ts';
import { readDemoConfig, usualAddresses } from './demo-config.ts';

/**
 * The configuration that a command is to use, without its mappings; without a file it is the built-in one, for the sandbox.
 *
 * @param adminToken lets one sign in at the console of the built-in one
 */
export function readConfigured(
  args: Arguments,
  { environment, folder }: Io,
  adminToken?: string,
): { readonly file: string | undefined; readonly read: ReadResult } {
  const file = findConfigFile({ named: textOption(args, 'config'), environment, folder });
  const read =
    file === undefined
      ? readDemoConfig({ ...usualAddresses(), adminToken }, folder)
      : readConfigFile(file, environment);
  return { file, read };
}

export interface WithStore {
  /**
   * Reads what the store has to say; a process that has the store open must say how, because closing a SQLite file that is open
   * elsewhere in the process takes its locks away.
   */
  readonly stored?: (config: Config) => Promise<Stored>;
  readonly adminToken?: string;
}

/** The same as a gateway uses it: active versions of mappings, tools and contexts of the store go before those in files. */
export async function loadWithStore(
  args: Arguments,
  io: Io,
  { stored = storedIn, adminToken }: WithStore = {},
): Promise<{ readonly file: string | undefined; readonly loaded: LoadResult }> {
  const { file, read } = readConfigured(args, io, adminToken);
  if ('findings' in read) return { file, loaded: read };
  try {
    return { file, loaded: completeConfig(read, await stored(read.config)) };
  } catch (error) {
    return { file, loaded: { findings: [unreadable(read.file, error)] } };
  }
}

function unreadable(file: string, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error);
  return {
    file,
    place: '/store',
    message: `the store cannot be read, where mappings, tools and contexts may be: ${why}`,
    remedy: 'check that the database runs, and that this user may read and write it',
  };
}

/**
 * What the store of a configuration has to say to it; the store is only read.
 *
 * @throws Error when the store cannot be read
 */
export async function storedIn({ store }: Pick<Config, 'store'>): Promise<Stored> {
  return (await peekConfig(store, storedOf)) ?? NOTHING_STORED;
}

/** What a gateway on the store was called when it served last; undefined where none did, or the store cannot be read. */
export async function knownIn({ store }: Pick<Config, 'store'>): Promise<Known | undefined> {
  try {
    return await peekConfig(store, async ({ settings }) => settings && (await readKnown(settings)));
  } catch {
    return undefined;
  }
}

/** The versions of mappings that are active there. */
export async function activeIn(config: Pick<Config, 'store'>): Promise<ActiveMapping> {
  return (await storedIn(config)).active;
}
