import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../src/config/files.ts';

/** What a reader's commands need of a clone, once it is built. */
const OF_A_CLONE = ['dist', 'mappings', 'node_modules'];
/** Stands between what two blocks print. */
const MARK = '--- next block ---';

export const exec = promisify(execFile);

/** A folder that looks like a clone which has been built, and is gone after the test. */
export function clone(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of OF_A_CLONE) symlinkSync(join(PACKAGE_ROOT, name), join(folder, name));
  return folder;
}

/**
 * Runs the blocks of a page as one shell would, which keeps their variables; the first command that fails ends it.
 *
 * @returns what each block has printed, on either stream
 */
export async function shell(blocks: readonly string[], cwd: string): Promise<readonly string[]> {
  const script = `exec 2>&1\n${blocks.join(`\necho '${MARK}'\n`)}`;
  const options = ['-e', '-o', 'pipefail', '-c', script];
  const env = { PATH: process.env['PATH'], HOME: cwd };
  const { stdout } = await exec('bash', options, { cwd, env, timeout: 50_000 }).catch(({ stdout }) =>
    assert.fail(stdout),
  );
  return stdout.split(`${MARK}\n`);
}

/** Holds whole lines, in which `…` stands for anything, against what was printed. */
export function assertPrinted(printed: string, said: string): void {
  const lines = said.trimEnd().split('\n');
  const pattern = lines.map((line) => line.split('…').map(escaped).join('[^\\n]*')).join('\\n');
  assert.match(printed, new RegExp(`^${pattern}$`, 'm'));
}

/** As `RegExp.escape`, which Node 20 does not have. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
