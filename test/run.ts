/** Runs every test file, or those whose path contains one of the words given: `npm test -- lens config`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort()
  .map((name) => join(here, name));

if (files.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`);
  process.exit(2);
}
const args = [
  '--enable-source-maps',
  '--test',
  '--test-concurrency=2',
  '--test-timeout=60000',
  '--test-reporter=spec',
  ...files,
];
/** Test files that cannot run everything write their names here. */
const folder = mkdtempSync(join(tmpdir(), 'gradebridge-run-'));
const leftOut = join(folder, 'left-out');
const env = { ...process.env, GRADEBRIDGE_TEST_LEFT_OUT: leftOut };
const child = spawn(process.execPath, args, { stdio: 'inherit', env });
child.on('exit', (code) => {
  sayWhatIsMissing();
  rmSync(folder, { recursive: true });
  process.exit(code ?? 1);
});

function sayWhatIsMissing(): void {
  if (!existsSync(leftOut)) return;
  const names = readFileSync(leftOut, 'utf8').trim().split('\n');
  console.error(`
LEFT OUT: what needs PostgreSQL, in ${names.map((name) => basename(name, '.js')).join(', ')}.
Nothing answers on 127.0.0.1:5432. To run it all, have PostgreSQL 13 or later there, with a user "postgres" that needs no
password, or name a server of which your user may make databases:
  GRADEBRIDGE_TEST_POSTGRES=postgres://USER:PASSWORD@HOST:5432/postgres npm test`);
}
