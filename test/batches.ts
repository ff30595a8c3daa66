import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Test files that need a process of their own: they kill others, fill the heap, watch the whole process, or take a core for
 * themselves. Those that take longest begin first, so that the end of a run does not wait for one of them.
 */
const ALONE = [
  'metadata/unsettled',
  'crash/kill',
  'console/pages',
  'console/workbench',
  'console/journey-mapping',
  'chaos/postgres',
  'chaos/sqlite',
  'matrix/waiting',
  'overload/signals',
  'overload/shedding',
  'soak/soak',
  'fuzz/fuzz',
  'telemetry/off',
] as const;

/** Of these folders, each file has a store of its own, and keeps it for as long as its process lasts. */
const APART = ['store'] as const;

/** Files of one process: more would be slow to say what went wrong, fewer would load the gateway's code more often. */
const MOST = 7;

/** What one process runs, in this order. */
export interface Batch {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Test files in batches: to load and warm up the code of a gateway costs as much as the tests of most files do, so that files of one
 * folder share a process.
 *
 * @param files paths below the folder of the tests
 * @example batchesOf(['core/lens.test.js', 'core/stash.test.js']) // [{ name: 'core-1', files: […] }]
 */
export function batchesOf(files: readonly string[]): readonly Batch[] {
  const names = files.map((file) => ({ file, name: file.split(sep).join('/').replace('.test.js', '') }));
  const alone = ALONE.flatMap((wanted) => names.filter(({ name }) => name === wanted));
  const together = names.filter((one) => !alone.includes(one));
  const folders = [...new Set(together.map(({ file }) => dirname(file)))];
  const shared = folders.flatMap((folder) => {
    const own = together.filter(({ file }) => dirname(file) === folder);
    const count = APART.some((apart) => apart === folder) ? own.length : Math.ceil(own.length / MOST);
    return Array.from({ length: count }, (_, part) => ({
      name: `${folder.split(sep).join('-')}-${part + 1}`,
      files: own.filter((_one, index) => index % count === part).map(({ file }) => file),
    }));
  });
  return [...alone.map(({ file, name }) => ({ name: name.replace('/', '-'), files: [file] })), ...shared];
}

/**
 * Writes a module for each batch, which loads its files one after the other.
 *
 * @param tests the folder of the tests
 * @param folder where the modules go; what was there is gone
 * @returns the modules, by whose names the test runner sorts them
 */
export function writeBatches(batches: readonly Batch[], tests: string, folder: string): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return batches.map(({ name, files }, index) => {
    const module = join(folder, `${String(index + 1).padStart(2, '0')}-${name}.mjs`);
    const lines = files.map((file) => {
      const path = relative(folder, join(tests, file)).split(sep).join('/');
      return `await import(${JSON.stringify(path)});\n`;
    });
    writeFileSync(module, lines.join(''));
    return module;
  });
}
