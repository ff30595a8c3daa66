import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { usesOf } from './cross-check.ts';
import { foldersOf } from './mappings.ts';

/** The files that a configuration was made of, looked at without reading them. */
export interface OnDisk {
  readonly files: string;
  /** Changes when a file is written, replaced, made or removed. Costs one look at each. */
  stamp(): Promise<string>;
  /** Changes when a file says something else. Reads them, off the main thread. */
  print(): Promise<string>;
}

/**
 * The files of a configuration: its own, and of each mapping that it uses those that could hold it.
 *
 * @example const before = await onDisk(file, config).stamp()
 */
export function onDisk(file: string, config: Config): OnDisk {
  const names = new Set(usesOf(config).map(({ name }) => name));
  const mappings = foldersOf(config).flatMap((folder) =>
    [...names].map((name) => join(folder, `${name}.json`)),
  );
  const files = [file, ...mappings];
  const joined = async (look: (path: string) => Promise<string>): Promise<string> =>
    (await Promise.all(files.map((path) => look(path).catch(() => 'none')))).join('\n');
  return {
    files: files.join('\n'),
    stamp: () =>
      joined(async (path) => {
        const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
        return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
      }),
    print: () =>
      joined(async (path) =>
        createHash('sha256')
          .update(await readFile(path))
          .digest('base64'),
      ),
  };
}
