import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Reads the gateway's secret keys, or makes them when there are none yet. Two processes that start at once (a server and
 * `keys issue`) end with the same keys: the file is linked into place whole, and the first one wins.
 *
 * @param make gives the text of a new file
 * @throws Error when the folder or the file cannot be read or written
 */
export async function readOrMakeKeyFile(file: string, make: () => Promise<string>): Promise<string> {
  const there = readIfThere(file);
  if (there !== undefined) return there;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, await make(), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/**
 * Puts another text in the place of the gateway's secret keys, whole or not at all.
 *
 * @throws Error when the folder or the file cannot be read or written
 */
export async function replaceKeyFile(file: string, make: (text: string) => Promise<string>): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, await make(readFileSync(file, 'utf8')), { mode: 0o600 });
  renameSync(draft, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
