import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { OPEN_STATES } from '../../src/core/delivery.ts';
import { createAudit } from '../../src/store/audit.ts';
import { createDeliveries, type Deliveries } from '../../src/store/deliveries.ts';
import { createGroup } from '../../src/store/group.ts';
import { createRepeatables } from '../../src/store/repeatables.ts';
import type { Schema } from '../../src/store/schema.ts';
import { type OpenedStore, openStore } from '../../src/store/store.ts';
import { createUsedOnce } from '../../src/store/used-once.ts';
import { KINDS } from './databases.ts';
import { type Explained, openExplained } from './explained.ts';
import { type Heap, heapUp } from './heap.ts';
import { FAILED, NOW, PASSING, promise, VERIFIED } from './promises.ts';

/** A week of receipts, also of a target that was written to all the time, and a little that waits. */
const WEEK: readonly Heap[] = [
  { rows: 40_000, state: 'verified', upstream: 'sis' },
  { rows: 20_000, state: 'superseded', upstream: 'sis', target: 'hot' },
  { rows: 1_000, state: 'failed', upstream: 'sis', tool: 'other' },
  { rows: 1_000, state: 'accepted', upstream: 'sis' },
  { rows: 5, state: 'sent', upstream: 'sis' },
];

/** And then an outage: 100,000 rows together. */
const OUTAGE: readonly Heap[] = [
  { rows: 33_000, state: 'accepted', upstream: 'sis' },
  { rows: 5_000, state: 'accepted', upstream: 'sis', due: NOW + 3_600_000 },
  { rows: 5, state: 'sent', upstream: 'sis' },
];

interface Age {
  readonly what: string;
  readonly heaps: readonly Heap[];
  readonly before?: ReturnType<typeof sql>;
  readonly after: readonly ReturnType<typeof sql>[];
}

/** Statistics as a database may have them; each age is made from the one before, which leaves dead rows behind. */
const AGES: readonly Age[] = [
  { what: 'never analysed', heaps: WEEK, after: [] },
  {
    what: 'analysed when nothing waited',
    before: sql`update deliveries set state = 'gone' where state = 'accepted'`,
    heaps: OUTAGE,
    after: [sql`update deliveries set state = 'accepted' where state = 'gone'`],
  },
  { what: 'analysed', heaps: [], after: [sql`analyze`] },
];

interface Parts {
  readonly deliveries: Deliveries;
  readonly usedOnce: OpenedStore['usedOnce'];
  readonly repeatables: OpenedStore['repeatables'];
  readonly audit: OpenedStore['audit'];
}

interface Loop {
  readonly what: string;
  readonly run: (parts: Parts) => Promise<unknown>;
  /** The most rows that one of its statements may look at. */
  readonly rows: number;
}

const takeTen = ({ deliveries }: Parts, now = NOW) =>
  deliveries.take({ upstream: 'sis', holder: `h${now}`, now, leaseUntil: NOW + 9_000, most: 10 });
const newest = { acceptedAt: NOW + 99_000, id: 'x' };
const CLAIM = { key: 'k', said: 's', holder: 'h', now: NOW, leaseUntil: NOW + 9, until: NOW + 99 };

/** Each look at a row counts: in the index, in the table, and once more by the update. */
const LOOPS: readonly Loop[] = [
  { what: 'accept one', rows: 10, run: ({ deliveries }) => deliveries.accept(promise(1)) },
  {
    what: 'accept many',
    rows: 200,
    run: ({ deliveries }) => Promise.all(Array.from({ length: 64 }, () => deliveries.accept(promise(1)))),
  },
  {
    what: 'accept for a target with receipts',
    rows: 10,
    run: async ({ deliveries }) => {
      for (const second of [1, 2])
        await deliveries.accept(promise(second, { target: 'hot', upstream: 'sis' }));
    },
  },
  { what: 'take', rows: 60, run: takeTen },
  { what: 'take what a dead holder has left', rows: 60, run: (parts) => takeTen(parts, NOW + 5_000) },
  { what: 'when the next is due', rows: 10, run: ({ deliveries }) => deliveries.nextDue('sis') },
  { what: 'nothing is due', rows: 10, run: (parts) => takeTen(parts, 5) },
  ...[VERIFIED, FAILED, PASSING].map(
    (settlement): Loop => ({
      what: `settle as ${settlement.state}`,
      rows: 40,
      run: async (parts) => {
        const [one, ...others] = await takeTen(parts);
        assert.ok(one);
        await parts.deliveries.settle(one, settlement, NOW);
        await Promise.all(others.map((other) => parts.deliveries.settle(other, settlement, NOW)));
      },
    }),
  ),
  {
    what: 'try again, give up, and look at a receipt',
    rows: 10,
    run: async ({ deliveries }) => {
      const [one, other] = await deliveries.list({ state: 'failed' }, 2);
      assert.ok(one && other);
      assert.equal(await deliveries.retry(one.id, NOW), true);
      assert.equal(await deliveries.discard(other.id, 'no', NOW), true);
      assert.ok(await deliveries.find(one.id));
    },
  },
  ...[
    {},
    ...[{ state: 'accepted' as const }, { state: 'held' as const }, { state: 'superseded' as const }],
    ...[{ tool: 'quizzer' }, { tool: 'nobody' }, { context: 'math-101' }, { context: 'nowhere' }],
    ...[{ upstream: 'sis' }, { upstream: 'nowhere' }, { tool: 'other', state: 'failed' as const }],
  ].flatMap((filter) =>
    [undefined, newest].map(
      (after): Loop => ({
        what: `list ${JSON.stringify(filter)}${after ? ' from a place on' : ''}`,
        rows: 51 * 8 * 3,
        run: ({ deliveries }) => deliveries.list(filter, 51, after),
      }),
    ),
  ),
  // As many as wait, and never a receipt: what the metrics ask for.
  { what: 'count what waits', rows: 45_000, run: ({ deliveries }) => deliveries.count(OPEN_STATES) },
  { what: 'forget receipts', rows: 4_100, run: ({ deliveries }) => deliveries.forget(NOW + 1_500) },
  {
    what: 'identifiers that may be used once',
    rows: 4_100,
    run: async ({ usedOnce }) => {
      await usedOnce.claim('jti', NOW);
      await usedOnce.forget(NOW + 500);
    },
  },
  {
    what: 'idempotency keys',
    rows: 4_100,
    run: async ({ repeatables }) => {
      await repeatables.claim(CLAIM);
      await repeatables.claim(CLAIM);
      await repeatables.finish('k', 'h', '{}');
      await repeatables.release('k', 'h');
      await repeatables.forget(NOW + 500);
    },
  },
  {
    what: 'audit',
    rows: 4_100,
    run: async ({ audit }) => {
      await audit.list(50);
      await audit.list(50, { at: NOW + 50_000, id: 'x' });
      await audit.forget(NOW + 500);
    },
  },
];

function assertBounded(explained: readonly Explained[], { what, rows }: Loop, around: string): void {
  for (const { statement, scanned, sorts, rows: read, plan } of explained) {
    const where = `${around}: ${what}\n${statement}\n${plan}`;
    assert.deepEqual(scanned, [], `no table is read whole, ${where}`);
    assert.equal(sorts, 0, `nothing is sorted, ${where}`);
    assert.ok(read <= rows, `${read} rows are looked at, ${where}`);
  }
}

for (const { name, skip, newPlace } of KINDS) {
  test(`${name}: what runs in a loop reads as much as it is asked for, of 100,000 rows`, {
    skip,
  }, async (t) => {
    const place = await newPlace();
    const isPostgres = 'postgres' in place;
    await (await openStore(place, { clock: () => NOW })).close();
    const { db, explained } = openExplained(place);
    t.after(() => db.destroy());
    if (isPostgres) await sql`alter table deliveries set (autovacuum_enabled = off)`.execute(db);
    for (const table of ['used_once', 'repeatables', 'audit'] as const)
      await heapUpOthers(db, isPostgres, table);
    const group = createGroup(db);
    const parts: Parts = {
      deliveries: createDeliveries(db, { group, clock: () => NOW }),
      usedOnce: createUsedOnce(group, () => NOW),
      repeatables: createRepeatables(group),
      audit: createAudit(db, group),
    };
    let first = 1;
    for (const { what, before, heaps, after } of AGES) {
      if (before !== undefined) for (const one of [before, sql`analyze`]) await one.execute(db);
      for (const heap of heaps) {
        await heapUp(db, isPostgres, { ...heap, first });
        first += heap.rows;
      }
      for (const one of after) await one.execute(db);
      for (const loop of LOOPS) {
        explained.length = 0;
        await loop.run(parts);
        assert.ok(explained.length > 0);
        assertBounded(explained, loop, what);
      }
    }
  });
}

async function heapUpOthers(
  db: Kysely<Schema>,
  isPostgres: boolean,
  table: 'used_once' | 'repeatables' | 'audit',
): Promise<void> {
  const numbers = isPostgres
    ? sql`generate_series(1, 20000) as numbers(n)`
    : sql`(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20000) select n from numbers) as numbers`;
  const at = isPostgres ? sql`${NOW}::bigint + n` : sql`${NOW} + n`;
  const columns = {
    used_once: sql`(key, until) select 'k' || n, ${at}`,
    repeatables: sql`(key, said, holder, lease_until, first_at, outcome, until) select 'k' || n, 's', 'h', 0, 0, null, ${at}`,
    audit: sql`(id, at, who, what, subject) select 'k' || n, ${at}, 'who', 'what', 'subject'`,
  };
  await sql`insert into ${sql.table(table)} ${columns[table]} from ${numbers}`.execute(db);
}
