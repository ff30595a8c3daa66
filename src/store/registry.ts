import type { Kysely, Transaction } from 'kysely';
import { type Group, readStore } from './group.ts';
import type { RegistryChangeRow, Schema } from './schema.ts';

/** What was made of a tool or a context, and who has done it. Times are milliseconds since 1970. */
export type RegistryChange = Readonly<RegistryChangeRow>;
/** The same without the entry, of which it says whether there is one since then. */
export type RegistryLine = Omit<RegistryChange, 'document'> & { readonly isStored: boolean };
export type RegistryName = Pick<RegistryChange, 'kind' | 'name'>;

/** A change, and what its author has seen. */
export interface NewRegistryChange extends Omit<RegistryChange, 'revision'> {
  /** The revision of the last change of that name, 0 when there was none. */
  readonly after: number;
  /** The revision of the last change of all, with which it was checked. */
  readonly seen: number;
}

/** What came of a change: its revision, or whether its own name, or another one, has changed since. */
export type RegistryChanged = { readonly revision: number } | 'changed' | 'outdated';

/**
 * Tools and contexts that were registered, edited or disabled at run time. Changes are only added: what the last one of a name
 * says counts, for every replica alike.
 */
export interface RegistryStore {
  /** The last change of each name. */
  latest(): Promise<readonly RegistryChange[]>;
  /** The changes of a kind, oldest first, without the entries themselves. */
  changes(kind: RegistryName['kind']): Promise<readonly RegistryLine[]>;
  change(change: NewRegistryChange): Promise<RegistryChanged>;
  /** The number of the last change, 0 before the first: it costs one look into an index. */
  revision(): Promise<number>;
}

/** @example const registry = createRegistryStore(db, group); await registry.revision() */
export function createRegistryStore(db: Kysely<Schema>, group: Group): RegistryStore {
  return {
    latest: () =>
      readStore(() =>
        db
          .selectFrom('registry_changes')
          .selectAll()
          .where('revision', 'in', (all) =>
            all
              .selectFrom('registry_changes as one')
              .select((of) => of.fn.max('one.revision').as('last'))
              .groupBy(['one.kind', 'one.name']),
          )
          .orderBy('revision')
          .execute(),
      ),
    changes: (kind) =>
      readStore(async () => {
        const rows = await db
          .selectFrom('registry_changes')
          .select(['revision', 'kind', 'name', 'verb', 'who', 'at', 'why'])
          .select((row) => row('document', 'is not', null).as('is_stored'))
          .where('kind', '=', kind)
          .orderBy('revision')
          .execute();
        // SQLite has numbers for truth values.
        return rows.map(({ is_stored: is, ...row }) => ({ ...row, isStored: Boolean(is) }));
      }),
    // Of two at once, one finds its number taken, and is done again.
    change: ({ after, seen, ...change }) =>
      group.write(async (transaction): Promise<RegistryChanged> => {
        if ((await lastRevision(transaction, change)) !== after) return 'changed';
        const last = await lastRevision(transaction);
        if (last !== seen) return 'outdated';
        const revision = last + 1;
        await transaction
          .insertInto('registry_changes')
          .values({ ...change, revision })
          .execute();
        return { revision };
      }),
    revision: () => readStore(() => lastRevision(db)),
  };
}

async function lastRevision(db: Kysely<Schema> | Transaction<Schema>, of?: RegistryName): Promise<number> {
  const all = db.selectFrom('registry_changes').select((row) => row.fn.max('revision').as('last'));
  const those = of === undefined ? all : all.where('kind', '=', of.kind).where('name', '=', of.name);
  const { last } = await those.executeTakeFirstOrThrow();
  return last ?? 0;
}
