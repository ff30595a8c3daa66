import type { Admin, AdminRoute } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { isoOf, json, type Loose } from './answers.ts';
import { cursorOf, cut, partOf } from './lists.ts';
import type { AuditStore } from './ports.ts';

/** What is to be done: `what` is a word that stays the same, `subject` an id or a name. */
export interface Change {
  readonly what: string;
  readonly subject: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly why?: string | undefined;
}

/** Writes down who does what, and then has it done. */
export type Audited = <Result>(admin: Admin, change: Change, work: () => Promise<Result>) => Promise<Result>;

export interface AuditorParts {
  readonly store: AuditStore;
  readonly clock: () => number;
  readonly newId: () => string;
}

/**
 * Nothing is changed that is not written down: the entry is durable before the work begins. When the work then comes to
 * nothing, a second entry says so.
 *
 * @example await createAuditor(parts)(admin, { what: 'delivery.retry', subject: id }, () => store.retry(id, clock()))
 */
export function createAuditor({ store, clock, newId }: AuditorParts): Audited {
  const write = (admin: Admin, change: Change): Promise<void> =>
    store.write({ id: newId(), at: clock(), who: admin.name, ...change });
  return async (admin, change, work) => {
    await write(admin, change);
    try {
      return await work();
    } catch (error) {
      const code = error instanceof GradebridgeError ? error.code : 'INTERNAL';
      const { subject, what } = change;
      await write(admin, { what: `${what}.failed`, subject, why: code }).catch(() => undefined);
      throw error;
    }
  };
}

const PARTS = { usual: 50, most: 200, cursor: ['number', 'string'] } as const;

/** What was changed, the newest first. */
export function auditRoutes({ store }: Pick<AuditorParts, 'store'>): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/audit',
      role: 'viewer',
      answer: async ({ query }) => {
        const { limit, after } = partOf(query, PARTS);
        const [at, id] = (after ?? []) as [number, string];
        const found = await store.list(limit + 1, after && { at, id });
        const { items, ...rest } = cut(found, limit, (last) => cursorOf(last.at, last.id));
        const shown = items.map((entry): Loose => {
          const { id: _id, ...said } = entry;
          return { ...said, at: isoOf(entry.at) };
        });
        return json({ items: shown, ...rest });
      },
    },
  ];
}
