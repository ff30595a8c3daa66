/** Runs every test file, or those whose path contains one of the words given: `npm test -- lens config`. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { batchesOf, writeBatches } from './batches.ts';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();

if (files.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`);
  process.exit(2);
}
/** Bytes: more than all stores of a run together. */
const ROOM = 1024 ** 3;

const batches = writeBatches(batchesOf(files), here, join(here, '.batches'));
const args = [
  '--enable-source-maps',
  '--test',
  // Tests wait for promises, back-offs and browsers: one more than there are cores keeps these busy.
  `--test-concurrency=${availableParallelism() + 1}`,
  // Also of a batch as a whole. It ends what hangs, and must not end what is slow because the machine has other work.
  '--test-timeout=600000',
  '--test-reporter=spec',
  ...batches,
];
/** Test files that cannot run everything make this file. */
const folder = mkdtempSync(join(tmpdir(), 'gradebridge-run-'));
const leftOut = join(folder, 'left-out');
const env = { ...process.env, GRADEBRIDGE_TEST_LEFT_OUT: leftOut, TMPDIR: roomInMemory() ?? tmpdir() };
const child = spawn(process.execPath, args, { stdio: 'inherit', env });
child.on('exit', (code) => {
  sayWhatIsMissing();
  rmSync(folder, { recursive: true });
  process.exit(code ?? 1);
});

function sayWhatIsMissing(): void {
  if (!existsSync(leftOut)) return;
  console.error(`
LEFT OUT: what needs PostgreSQL; the tests say "skipped" beside their names.
Nothing answers on 127.0.0.1:5432. To run it all, have PostgreSQL 13 or later there, with a user "postgres" that needs no
password, or name a server of which your user may make databases:
  GRADEBRIDGE_TEST_POSTGRES=postgres://USER:PASSWORD@HOST:5432/postgres npm test`);
}

/**
 * A folder in memory, where there is one with room: hundreds of stores are made, and each waits for the disk several times. A
 * process that is killed loses nothing there, and no test takes the power away.
 */
function roomInMemory(): string | undefined {
  const folder = '/dev/shm';
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return process.env['TMPDIR'] === undefined && bavail * bsize > ROOM ? folder : undefined;
  } catch {
    return undefined;
  }
}
