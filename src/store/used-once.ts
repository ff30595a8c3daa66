import { createHash } from 'node:crypto';
import { forgetOld } from './forget.ts';
import type { Group } from './group.ts';

/** Identifiers that may be used once, whichever replica meets them. */
export interface UsedOnce {
  /**
   * Takes an identifier until a time; false when it is taken.
   *
   * @param until milliseconds since 1970
   */
  claim(identifier: string, until: number): Promise<boolean>;
  /** Forgets what nobody could use any more. */
  forget(now: number): Promise<void>;
}

/** @example const jtis = createUsedOnce(group, Date.now); await jtis.claim('jti-1', Date.now() + 60_000) */
export function createUsedOnce(group: Group, clock: () => number): UsedOnce {
  return {
    claim: (identifier, until) => {
      const key = digest(identifier);
      return group.write(async (transaction) => {
        const taken = await transaction
          .insertInto('used_once')
          .values({ key, until })
          .onConflict((conflict) =>
            conflict.column('key').doUpdateSet({ until }).where('used_once.until', '<=', clock()),
          )
          .returning('key')
          .execute();
        return taken.length > 0;
      });
    },
    forget: (now) => forgetOld(group, { table: 'used_once', key: 'key', column: 'until', before: now + 1 }),
  };
}

/** Tools choose these texts, and PostgreSQL has an index for short ones without a NUL only. */
function digest(identifier: string): string {
  return createHash('sha256').update(identifier).digest('base64url');
}
