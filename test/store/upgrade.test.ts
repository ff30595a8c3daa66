import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../../src/store/store.ts';
import { KINDS, opened } from './databases.ts';
import { NOW, place, promise, take, VERIFIED } from './promises.ts';

/** Makes of a store one that '007-backlog' has not seen. */
const BEFORE_007 = [
  ...[
    'one_accepted',
    'ready',
    'leased',
    'standing',
    'ended',
    'of_state',
    'of_upstream',
    'of_tool',
    'of_context',
  ].map((name) => `drop index deliveries_${name}`),
  ...['admin_sessions_until', 'admin_jobs_until', 'left_findings_at'].map((name) => `drop index ${name}`),
  'create index deliveries_due on deliveries (state, upstream, due)',
  'create index deliveries_settled on deliveries (settled_at)',
  'drop table mapping_rows',
  "delete from kysely_migration where name >= '007'",
];

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: of several that an earlier version let wait, the newest is delivered after the upgrade`, {
    skip,
  }, async (t) => {
    const at = await newPlace();
    const old = await openStore(at, { clock: () => NOW });
    const { target, upstream } = place();
    const seconds = [1, 2, 3];
    const ids: string[] = [];
    for (const second of seconds) {
      const one = promise(second, { upstream, target: `${target} ${second}`, acceptedAt: NOW + second });
      ids.push(one.id);
      await old.deliveries.accept(one);
    }
    for (const statement of BEFORE_007) await sql.raw(statement).execute(old.db);
    await old.db.updateTable('deliveries').set({ target }).where('upstream', '=', upstream).execute();
    await old.close();

    const store = await opened(t, at, () => NOW);
    const taken = await take(store, upstream);
    assert.deepEqual(
      taken.map(({ id }) => id),
      [ids[2]],
    );
    const [first, second] = await Promise.all(ids.map((id) => store.deliveries.find(id)));
    for (const one of [first, second])
      assert.deepEqual(
        [one?.state, one?.supersededBy, one?.operation, one?.settledAt],
        ['superseded', ids[2], undefined, NOW + 3],
      );
    const [one] = taken;
    assert.ok(one && (await store.deliveries.settle(one, VERIFIED, NOW)));
  });
}

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: an upgrade that ended half-way has changed nothing, and is made whole by the next start`, {
    skip,
  }, async (t) => {
    const at = await newPlace();
    const old = await opened(t, at, () => NOW);
    for (const statement of BEFORE_007) await sql.raw(statement).execute(old.db);
    // The last thing that the migration makes is there already.
    await sql.raw('create index left_findings_at on left_findings (at)').execute(old.db);
    await assert.rejects(openStore(at, { clock: () => NOW }), /left_findings_at/);
    await sql.raw('drop index left_findings_at').execute(old.db);
    const store = await opened(t, at, () => NOW);
    assert.equal((await store.deliveries.accept(promise(1, place()))).kind, 'accepted');
  });
}
