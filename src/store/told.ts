import type { Kysely } from 'kysely';
import type { DeliveryLine } from '../core/delivery.ts';
import type { Receipts, ToldScore } from '../core/told.ts';
import { readStore } from './group.ts';
import type { Schema } from './schema.ts';

/** SQLite takes 32,766 values in a statement. */
const AT_ONCE = 1_000;

/** @example const told = createTold(db); await told.lines('math-101') */
export function createTold(db: Kysely<Schema>): Receipts {
  return {
    lines: (context) =>
      readStore(async () => {
        const rows = await db
          .selectFrom('deliveries')
          .select(['line', 'tool', 'state', (is) => is.fn.countAll().as('count')])
          .where('context', '=', context)
          .groupBy(['line', 'tool', 'state'])
          .execute();
        return rows.filter(isOfLine).map(({ line, tool, state, count }) => ({
          ...{ key: line, lineItem: lineItemIn(line), tool, state, count: Number(count) },
        }));
      }),
    newest: (context, keys) =>
      readStore(async () => {
        const found: ToldScore[] = [];
        for (let at = 0; at < keys.length; at += AT_ONCE)
          found.push(...(await newest(db, context, keys.slice(at, at + AT_ONCE))));
        return found;
      }),
  };
}

async function newest(
  db: Kysely<Schema>,
  context: string,
  keys: readonly string[],
): Promise<readonly ToldScore[]> {
  const rows = await db
    .selectFrom('deliveries as one')
    .select(['one.id', 'one.target', 'one.line', 'one.tool', 'one.timestamp', 'one.fingerprint'])
    .where('one.context', '=', context)
    .where('one.line', 'in', keys)
    .where('one.state', 'in', ['acknowledged', 'verified'])
    // What was superseded, was so by what stands; what was given up says nothing.
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('deliveries as other')
            .select('other.id')
            .whereRef('other.target', '=', 'one.target')
            .whereRef('other.position', '>', 'one.position')
            .where('other.state', 'not in', ['superseded', 'discarded']),
        ),
      ),
    )
    .execute();
  return rows.map(({ line, ...row }) => ({ ...row, lineItem: lineItemIn(line) }));
}

function lineItemIn(line: string): string {
  return (JSON.parse(line) as DeliveryLine).sourcedId;
}

/** Work on results is no word of a tool, and what was promised for a deleted line item says nothing of the one with its id. */
function isOfLine({ line }: { readonly line: string }): boolean {
  return (JSON.parse(line) as DeliveryLine).about === undefined;
}
