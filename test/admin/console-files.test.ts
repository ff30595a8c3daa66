import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorld } from '../exchange/world.ts';
import { ADMIN, assertCode } from './desk.ts';

test('the console’s files are served with a strict policy, and nothing else of the disk is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'console', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await writeFile(join(folder, 'console', 'index.html'), '<!doctype html><title>Console</title>');
  await writeFile(join(folder, 'console', 'assets', 'app-5XKQ2TZA.js'), 'export {};');
  await writeFile(join(folder, 'console', 'notes.key'), 'no type');
  const world = await openWorld(t, { config: { admin: ADMIN }, console: join(folder, 'console') });
  const get = (path: string, headers = {}) => world.with(undefined).call('GET', path, { headers });
  const page = await get('/console/');
  assert.equal(page.status, 200);
  assert.equal(
    page.headers['content-security-policy'],
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data:;frame-ancestors 'none';base-uri 'none';form-action 'self'",
  );
  assert.equal(page.headers['x-frame-options'], 'DENY');
  assert.equal(page.headers['cache-control'], 'no-cache');
  const again = await get('/console/', { 'if-none-match': String(page.headers['etag']) });
  assert.deepEqual([again.status, again.text], [304, '']);
  const script = await get('/console/assets/app-5XKQ2TZA.js');
  assert.match(String(script.headers['content-type']), /javascript/);
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
  const bare = await get('/console?next=https://evil.example');
  assert.deepEqual([bare.status, bare.headers['location']], [308, 'console/']);
  assert.match(String(bare.headers['x-request-id']), /^[\w.-]{8,}$/);
  // Whatever is no file is the page; none of these is what lies outside.
  for (const path of [
    'deliveries',
    'traffic/x?y=z',
    '../secret.txt',
    '..%2fsecret.txt',
    '%2e%2e/secret.txt',
    'notes.key',
    'assets',
  ])
    assert.match((await get(`/console/${path}`)).text, /<title>Console|ROUTE_NOT_FOUND/, path);
  assert.equal((await world.with(undefined).call('POST', '/console/')).status, 404);
  for (const path of ['/console', '/console?x=y', '/admin?x=y'])
    assertCode(await world.with(undefined).call('PATCH', path), 404, 'ROUTE_NOT_FOUND');
});

test('where the console has not been built, that is said', async (t) => {
  const world = await openWorld(t, { config: { admin: ADMIN }, console: join(tmpdir(), 'no-such-folder') });
  const answer = await world.with(undefined).call('GET', '/console/');
  assertCode(answer, 404, 'ROUTE_NOT_FOUND');
  assert.match(answer.text, /has not been built/);
});
