import { findConfigFile, type LoadResult, loadConfigFile } from '../config/load.ts';
import { type Arguments, type Io, textOption } from './command.ts';
import { loadDemoConfig, usualAddresses } from './demo-config.ts';

/**
 * The configuration that a command is to use, and its file; without a file it is the built-in one, for the sandbox.
 *
 * @param adminToken lets one sign in at the console of the built-in one
 */
export function loadConfigured(
  args: Arguments,
  { environment, folder }: Io,
  adminToken?: string,
): { readonly file: string | undefined; readonly loaded: LoadResult } {
  const file = findConfigFile({ named: textOption(args, 'config'), environment, folder });
  const loaded =
    file === undefined
      ? loadDemoConfig({ ...usualAddresses(), adminToken }, folder)
      : loadConfigFile(file, environment);
  return { file, loaded };
}
