import type { Config, Finding } from '../config/config.ts';
import {
  completeConfig,
  findConfigFile,
  type LoadResult,
  type ReadResult,
  readConfigFile,
} from '../config/load.ts';
import { type ActiveMapping, NONE_ACTIVE } from '../config/mappings.ts';
import { peekMappings } from '../store/peek.ts';
import { activeMappings } from '../workbench/active.ts';
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

/** The same with its mappings, as they lie in files. */
export function loadConfigured(
  args: Arguments,
  io: Io,
): { readonly file: string | undefined; readonly loaded: LoadResult } {
  const { file, read } = readConfigured(args, io);
  return { file, loaded: 'config' in read ? completeConfig(read) : read };
}

export interface WithStore {
  /**
   * Reads what is active; a process that has the store open must say how, because closing a SQLite file that is open elsewhere
   * in the process takes its locks away.
   */
  readonly active?: (config: Config) => Promise<ActiveMapping>;
  readonly adminToken?: string;
}

/** The same with its mappings as a gateway uses them: what is active in the store goes before files. */
export async function loadWithStore(
  args: Arguments,
  io: Io,
  { active = activeIn, adminToken }: WithStore = {},
): Promise<{ readonly file: string | undefined; readonly loaded: LoadResult }> {
  const { file, read } = readConfigured(args, io, adminToken);
  if ('findings' in read) return { file, loaded: read };
  try {
    return { file, loaded: completeConfig(read, await active(read.config)) };
  } catch (error) {
    return { file, loaded: { findings: [unreadable(read.file, error)] } };
  }
}

function unreadable(file: string, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error);
  return {
    file,
    place: '/store',
    message: `the store cannot be read, where versions of mappings may be active: ${why}`,
    remedy: 'check that the database runs, and that this user may read and write it',
  };
}

/**
 * The versions of mappings that are active in the store of a configuration, which is only read.
 *
 * @throws Error when the store cannot be read
 */
export async function activeIn({ store }: Pick<Config, 'store'>): Promise<ActiveMapping> {
  return (await peekMappings(store, (mappings) => activeMappings({ mappings }))) ?? NONE_ACTIVE;
}
