import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { eventually } from '../exchange/world.ts';
import { KINDS, noPostgres } from './databases.ts';

const [sqlite, postgres] = KINDS;

test('SQLite: one process needs no leases', async (t) => {
  assert.equal((await sqlite?.open(t))?.leases, undefined);
});

async function two(t: Parameters<NonNullable<typeof postgres>['open']>[0]) {
  const leases = [await postgres?.open(t), await postgres?.open(t)].map((store) => store?.leases);
  assert.ok(leases[0] && leases[1]);
  return [leases[0], leases[1]] as const;
}

test('PostgreSQL: of many who ask for a lease at once, one has it', { skip: noPostgres }, async (t) => {
  const [one, other] = await two(t);
  const key = randomUUID();
  const asks = Array.from({ length: 20 }, (_, index) =>
    (index % 2 ? one : other).acquire({ key, holder: String(index), milliseconds: 10_000 }),
  );
  const answers = await Promise.all(asks);
  const mine = answers.findIndex(({ kind }) => kind === 'mine');
  assert.equal(answers.filter(({ kind }) => kind === 'mine').length, 1);
  const busy = await one.acquire({ key, holder: 'late', milliseconds: 10 });
  assert.ok(busy.kind === 'busy' && busy.holder === String(mine) && busy.left > 5_000 && busy.left <= 10_000);
  await other.release(key, 'late', { in: 0 });
  assert.equal(
    (await one.acquire({ key, holder: 'late', milliseconds: 10 })).kind,
    'busy',
    'it is not theirs to give',
  );
  await one.release(key, String(mine), { in: 0 });
  assert.equal((await other.acquire({ key, holder: 'late', milliseconds: 10 })).kind, 'mine');
});

test('PostgreSQL: the lease of a dead holder ends by itself; one can be kept for a while', {
  skip: noPostgres,
}, async (t) => {
  const [one, other] = await two(t);
  const key = randomUUID();
  const begun = Date.now();
  assert.equal((await one.acquire({ key, holder: 'dead', milliseconds: 60 })).kind, 'mine');
  const isTaken = async (): Promise<boolean> =>
    (await other.acquire({ key, holder: 'next', milliseconds: 10_000 })).kind === 'mine';
  await eventually(isTaken);
  assert.ok(Date.now() - begun >= 50, 'not before its time');
  await other.release(key, 'next', { in: 60_000 });
  assert.equal(await isTaken(), false, 'a write that may still arrive keeps it');
  await other.release(key, 'next', { in: -1 });
  assert.equal(await isTaken(), true);
});

test('PostgreSQL: who has waited is told the word that was left, everybody else begins anew', {
  skip: noPostgres,
}, async (t) => {
  const [one, other] = await two(t);
  const key = randomUUID();
  await one.acquire({ key, holder: 'first', milliseconds: 10_000 });
  await one.release(key, 'first', { in: 0, said: 'done' });
  const waited = { key, holder: 'second', milliseconds: 10_000, waitedFor: 'first' };
  assert.deepEqual(await other.acquire(waited), { kind: 'said', said: 'done' });
  assert.deepEqual(await other.acquire(waited), { kind: 'said', said: 'done' });
  assert.equal((await other.acquire({ key, holder: 'third', milliseconds: 10_000 })).kind, 'mine');
  const busy = await other.acquire(waited);
  assert.ok(busy.kind === 'busy' && busy.holder === 'third');
});

test('PostgreSQL: leases that have ended a while ago are cleared, others are not', {
  skip: noPostgres,
}, async (t) => {
  const store = await postgres?.open(t);
  assert.ok(store?.leases);
  const [old, fresh] = [randomUUID(), randomUUID()];
  await store.leases.acquire({ key: old, holder: 'a', milliseconds: -60_001 });
  await store.leases.acquire({ key: fresh, holder: 'a', milliseconds: 1 });
  await store.leases.forget();
  const left = async (key: string) =>
    (await store.leases?.acquire({ key, holder: 'b', milliseconds: 1, waitedFor: 'a' }))?.kind;
  assert.equal(await left(old), 'mine');
  assert.ok(await left(fresh));
});
