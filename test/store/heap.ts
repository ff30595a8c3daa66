import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../src/store/schema.ts';
import { NOW } from './promises.ts';

/** Rows that are put into a table at once: the state of each, and where they belong. */
export interface Heap {
  readonly rows: number;
  /** The number of the first, from which its id and its target are made. */
  readonly first?: number;
  readonly state: string;
  readonly upstream: string;
  /** One target for all of them; without it, each has its own. */
  readonly target?: string;
  readonly due?: number;
  readonly tool?: string;
}

const COLUMNS = `id, target, position, fingerprint, upstream, tool, context, line, timestamp, operation, state, attempts, due, holder,
  lease_until, accepted_at, sent_at, acknowledged_at, verified_at, settled_at, error_code, superseded_by, reason, decided`;

/** Fills the table of deliveries by one statement, which is quick: `await heapUp(db, { rows: 100_000, … })`. */
export async function heapUp(db: Kysely<Schema>, isPostgres: boolean, heap: Heap): Promise<void> {
  const { rows, first = 1, state, upstream, target, due = NOW - 1_000_000, tool = 'quizzer' } = heap;
  const name = `${upstream}-${state}-${target ?? ''}`;
  const numbers = isPostgres
    ? sql`generate_series(${first}::int, ${first + rows - 1}::int) as numbers(n)`
    : sql`(with recursive numbers(n) as (select ${first} union all select n + 1 from numbers where n < ${first + rows - 1})
        select n from numbers) as numbers`;
  // In no order, as ids are.
  const mixed = isPostgres
    ? sql`md5(n::text)`
    : sql`printf('%016x', abs(n * 2654435761) % 4294967296 * 1048576 + n)`;
  const isOpen = state === 'accepted' || state === 'sent' || state === 'held';
  const text = (value: string) => (isPostgres ? sql`${value}::text` : sql`${value}`);
  const big = (value: number | null) => (isPostgres ? sql`${value}::bigint` : sql`${value}`);
  await sql`insert into deliveries (${sql.raw(COLUMNS)})
    select ${text(`${name}-`)} || ${mixed}, ${target === undefined ? sql`${text('target-')} || ${mixed}` : text(target)},
      ${isPostgres ? sql`lpad(n::text, 15, '0')` : sql`printf('%015d', n)`}, 'print', ${text(upstream)}, ${text(tool)}, 'math-101', '{"sourcedId":"line-1"}',
      '2026-03-06T00:00:00Z', ${isOpen ? text('{"kind":"postScore"}') : sql`null`}, ${text(state)}, 1, ${big(due)} + n,
      ${state === 'sent' ? text('dead') : sql`null`}, ${state === 'sent' ? big(NOW + 1_000) : sql`null`}, ${big(NOW)} + n, null, null, null,
      ${isOpen ? sql`null` : sql`${big(NOW)} + n`}, null, null, null, 0
    from ${numbers}`.execute(db);
}
