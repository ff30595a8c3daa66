#!/usr/bin/env node
// Makes a fresh clone ready, then runs what was asked for: installs when node_modules is not what package-lock.json says,
// compiles when a source is not what was compiled last. Plain JavaScript, because it runs before anything is built.
//
//   node src/prepare.mjs build | run COMMAND [ARG…] | test [NAME…] | bench | soak | chaos | fuzz | screenshots [NAME…]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALLED = join(ROOT, 'node_modules', '.gradebridge-installed');
const BUILT = join(ROOT, 'dist', '.gradebridge-built');
const WINDOWS = process.platform === 'win32';

/** @param {string[]} files */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}

/** @param {string} folder */
function sources(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => /\.(tsx?|mjs|css|html|svg)$/.test(name) || name.endsWith('tsconfig.json'))
    .sort();
}

/** @param {string} stamp @param {string} print */
function isCurrent(stamp, print) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
}

/** @param {string} command @param {string[]} args */
function mustRun(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: WINDOWS,
  });
  if (status === 0) return;
  console.error(
    `\n${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}. Nothing was started.`,
  );
  process.exit(1);
}

function install() {
  const print = fingerprint(['package-lock.json']);
  if (isCurrent(INSTALLED, print)) return;
  console.error('Installing the packages that package-lock.json names (npm ci) …');
  mustRun('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(INSTALLED, print);
}

async function build() {
  const print = fingerprint(['package-lock.json', 'tsconfig.json', ...sources('src'), ...sources('test')]);
  if (isCurrent(BUILT, print)) return;
  console.error('Compiling the TypeScript sources and bundling the console …');
  // A source that was deleted must not live on as a compiled file.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  mustRun(tsc, ['-p', '.']);
  mustRun(tsc, ['-p', 'src/console/app']);
  // esbuild is there only when the packages are.
  const { bundle } = await import('./console/bundle.mjs');
  await bundle(ROOT);
  // npm makes the command executable when it links it, which was before this build.
  chmodSync(join(ROOT, 'dist', 'src', 'main.js'), 0o755);
  mkdirSync(dirname(BUILT), { recursive: true });
  writeFileSync(BUILT, print);
}

const [, , what = 'build', ...rest] = process.argv;
const NODE_ARGS = {
  build: [],
  run: [join(ROOT, 'dist', 'src', 'main.js'), ...rest],
  test: [join(ROOT, 'dist', 'test', 'run.js'), ...rest],
  bench: ['--expose-gc', join(ROOT, 'dist', 'test', 'bench', 'run.js'), ...rest],
  soak: [join(ROOT, 'dist', 'test', 'soak', 'run.js'), ...rest],
  chaos: [join(ROOT, 'dist', 'test', 'chaos', 'run.js'), ...rest],
  fuzz: [join(ROOT, 'dist', 'test', 'fuzz', 'run.js'), ...rest],
  screenshots: [join(ROOT, 'dist', 'test', 'console', 'screenshots.js'), ...rest],
};
if (!Object.hasOwn(NODE_ARGS, what)) {
  console.error(
    'usage: node src/prepare.mjs build | run COMMAND [ARG…] | test [NAME…] | bench | soak | chaos | fuzz | screenshots [NAME…]',
  );
  process.exit(2);
}
install();
await build();
const args = NODE_ARGS[what];
if (args.length > 0) await replaceWith(args);

/**
 * Hands signals and the exit code through, so that they reach the program and npm sees how it ended. What a terminal sends (Ctrl-C, and that
 * it is closed) is not handed through: it sends it to the program as well, which takes a second one for impatience.
 * @param {string[]} args
 */
async function replaceWith(args) {
  const { spawn } = await import('node:child_process');
  // Asked now: a terminal that is gone is none any more.
  const isAtTerminal = isatty(0);
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !isAtTerminal) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
