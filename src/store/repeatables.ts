import { forgetOld } from './forget.ts';
import type { Group } from './group.ts';

/** A request under an Idempotency-Key. Times are milliseconds since 1970. */
export interface RepeatableClaim {
  readonly key: string;
  /** A digest of what the request says. */
  readonly said: string;
  readonly holder: string;
  readonly now: number;
  /** Until when the holder has time to answer. */
  readonly leaseUntil: number;
  /** Until when the answer is kept. */
  readonly until: number;
}

export type Claimed =
  /** The caller is to do the work; `firstAt` is when the request was said first. */
  | { readonly kind: 'mine'; readonly firstAt: number }
  | { readonly kind: 'done'; readonly outcome: string }
  /** Somebody is doing it just now. */
  | { readonly kind: 'busy' }
  /** The key stands for another request. */
  | { readonly kind: 'reused' };

/** What was asked for under Idempotency-Keys, and what was answered. */
export interface Repeatables {
  claim(claim: RepeatableClaim): Promise<Claimed>;
  /** Keeps the answer. */
  finish(key: string, holder: string, outcome: string): Promise<void>;
  /** The work failed: the key is free again, for the same or for something else. */
  release(key: string, holder: string): Promise<void>;
  forget(now: number): Promise<void>;
}

/** @example const repeatables = createRepeatables(group) */
export function createRepeatables(group: Group): Repeatables {
  return {
    claim: ({ key, said, holder, now, leaseUntil, until }) =>
      group.write(async (transaction): Promise<Claimed> => {
        const row = { key, said, holder, lease_until: leaseUntil, first_at: now, outcome: null, until };
        const made = await transaction
          .insertInto('repeatables')
          .values(row)
          .onConflict((conflict) =>
            conflict.column('key').doUpdateSet(row).where('repeatables.until', '<=', now),
          )
          .returning('key')
          .execute();
        if (made.length > 0) return { kind: 'mine', firstAt: now };
        const there = await transaction
          .selectFrom('repeatables')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirstOrThrow();
        if (there.said !== said) return { kind: 'reused' };
        if (there.outcome !== null) return { kind: 'done', outcome: there.outcome };
        // The claim was made before, and the connection broke when it was to be said.
        if (there.holder === holder) return { kind: 'mine', firstAt: there.first_at };
        const { numUpdatedRows } = await transaction
          .updateTable('repeatables')
          .set({ holder, lease_until: leaseUntil })
          .where('key', '=', key)
          .where('outcome', 'is', null)
          .where('lease_until', '<=', now)
          .executeTakeFirst();
        return numUpdatedRows > 0n ? { kind: 'mine', firstAt: there.first_at } : { kind: 'busy' };
      }),
    finish: async (key, holder, outcome) => {
      await group.write((transaction) =>
        transaction
          .updateTable('repeatables')
          .set({ outcome })
          .where('key', '=', key)
          .where('holder', '=', holder)
          .execute(),
      );
    },
    release: async (key, holder) => {
      await group.write((transaction) =>
        transaction
          .deleteFrom('repeatables')
          .where('key', '=', key)
          .where('holder', '=', holder)
          .where('outcome', 'is', null)
          .execute(),
      );
    },
    forget: (now) => forgetOld(group, { table: 'repeatables', key: 'key', column: 'until', before: now + 1 }),
  };
}
