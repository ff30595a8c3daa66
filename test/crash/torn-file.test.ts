import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../src/store/store.ts';
import { promise } from '../store/promises.ts';

const PROMISES = 40;
/** A frame of the log is a page of 4096 bytes and 24 more (SQLite file format §4.1). */
const FRAME = 4096 + 24;

test('a log whose end was torn off holds what was committed before, in order', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-torn-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gradebridge.db');
  const store = await openStore({ sqlite: file }, { clock: Date.now });
  t.after(() => store.close());
  const sizes: number[] = [];
  const ids: string[] = [];
  for (let index = 0; index < PROMISES; index++) {
    const delivery = promise(index);
    await store.deliveries.accept(delivery);
    ids.push(delivery.id);
    sizes.push(statSync(`${file}-wal`).size);
  }
  const whole = sizes.at(-1) as number;
  const cuts = [0, 1, 24, 100, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 17, Math.floor(whole / 2)];
  for (const cut of cuts) {
    const copy = join(folder, `cut-${cut}.db`);
    // As the disk would have it after a power cut: the file and its log, and no memory that goes with them.
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    truncateSync(`${copy}-wal`, whole - cut);
    const found = await openStore({ sqlite: copy }, { clock: Date.now });
    const held = (await found.deliveries.list({}, PROMISES)).map(({ id }) => id);
    const committed = sizes.filter((size) => size <= whole - cut).length;
    assert.deepEqual(new Set(held), new Set(ids.slice(0, committed)), `${cut} bytes torn off`);
    assert.equal((await found.deliveries.accept(promise(99))).kind, 'accepted', 'and goes on');
    await found.close();
  }
});
