import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { endOf, MAIN, newPlace, shell } from './gateway.ts';

const noFull = existsSync('/dev/full') ? false : 'there is no /dev/full';

test('closed pipes as stdout and stderr: the gateway goes on without them, reloads, and SIGTERM ends it with 0', async (t) => {
  const place = await newPlace(t);
  const child = spawn(process.execPath, [MAIN, 'serve'], { cwd: place.folder, stdio: 'pipe' });
  t.after(() => void child.kill('SIGKILL'));
  await place.answers();
  child.stdout.destroy();
  child.stderr.destroy();
  for (let index = 0; index < 30; index++) assert.equal((await place.put(`quiz-${index}`)).status, 201);
  child.kill('SIGHUP');
  for (let index = 0; index < 30; index++) assert.equal((await place.put(`quiz-${index}`)).status, 201);
  child.kill('SIGTERM');
  assert.equal(await endOf(child), 0);
});

test('/dev/full as stdout and stderr: the same', { skip: noFull }, async (t) => {
  const place = await newPlace(t);
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: place.folder,
    stdio: ['ignore', full, full],
  });
  t.after(() => void child.kill('SIGKILL'));
  await place.answers();
  for (let index = 0; index < 30; index++) assert.equal((await place.put(`quiz-${index}`)).status, 201);
  child.kill('SIGHUP');
  for (let index = 0; index < 30; index++) assert.equal((await place.put(`quiz-${index}`)).status, 201);
  child.kill('SIGTERM');
  assert.equal(await endOf(child), 0);
});

test('a reader of the log that reads nothing any more neither holds the gateway up nor its end', async (t) => {
  const place = await newPlace(t, { limits: { drain: 500 } });
  const child = spawn(process.execPath, [MAIN, 'serve'], { cwd: place.folder, stdio: 'pipe' });
  t.after(() => void child.kill('SIGKILL'));
  await place.answers();
  child.stderr.pause();
  // Some 250 bytes of log each: more than a pipe and the buffers of this process hold.
  for (let round = 0; round < 120; round++) {
    const some = Array.from({ length: 20 }, () => fetch(`${place.url}/healthz`));
    for (const answer of await Promise.all(some)) await answer.arrayBuffer();
  }
  assert.equal((await place.put('quiz-1')).status, 201);
  child.kill('SIGTERM');
  await endOf(child);
});

test('a command says with its exit code that its data could not be written; a reader that has enough is no failure', {
  skip: noFull,
}, async (t) => {
  const { folder } = await newPlace(t);
  const endings = ['> /dev/full', '2> /dev/full', '| true'].map(async (rest) => [
    rest,
    await endOf(shell(t, `$GRADEBRIDGE store status --json ${rest}`, folder)),
  ]);
  assert.deepEqual(await Promise.all(endings), [
    ['> /dev/full', 1],
    ['2> /dev/full', 0],
    ['| true', 0],
  ]);
});
