/** Hangs in one of several ways after it was told to end: `node hanging.js loop|pipe|promise|nothing`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithin } from '../../src/commands/deadline.ts';

const WAYS: Readonly<Record<string, () => void>> = {
  loop: () => {
    for (;;);
  },
  // More than a pipe holds, and nobody reads it: a thread hangs in it, for which `process.exit` waits as well.
  pipe: () => {
    const path = join(mkdtempSync(join(tmpdir(), 'gradebridge-pipe-')), 'pipe');
    execFileSync('mkfifo', [path]);
    write(openSync(path, 'r+'), Buffer.alloc(1_000_000), () => {});
  },
  promise: () => void setInterval(() => {}, 1_000),
  nothing: () => {},
};

endWithin(300);
setImmediate(() => WAYS[process.argv[2] ?? '']?.());
