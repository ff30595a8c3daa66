import type { Kysely, Transaction } from 'kysely';
import { type Group, readStore } from './group.ts';
import type { MappingChangeRow, MappingRowsRow, MappingVersionRow, Schema } from './schema.ts';

/** A text of a mapping, and who has put it there. Times are milliseconds since 1970. */
export type MappingVersion = Readonly<MappingVersionRow>;
/** What was made active when, by whom and why. */
export type MappingChange = Readonly<MappingChangeRow>;

/** A mapping that was in force, by the digest of its rows. */
export type MappingRows = Readonly<MappingRowsRow>;

/** A change, and what its author has seen: the revision of the last change of that name, 0 when there was none. */
export interface NewMappingChange extends Omit<MappingChange, 'revision'> {
  readonly after: number;
}

/**
 * Versions of mappings. Texts are only added, and so are changes: which version is active is what the last change of its name
 * says, for every replica alike.
 */
export interface Mappings {
  /** The versions of a name, or of all, oldest first. */
  versions(name?: string): Promise<readonly MappingVersion[]>;
  /** The changes of a name, or of all, oldest first. */
  changes(name?: string): Promise<readonly MappingChange[]>;
  find(name: string, version: number): Promise<MappingVersion | undefined>;
  /** Adds a text. @returns the number of its version */
  add(text: Omit<MappingVersion, 'version'>): Promise<number>;
  /** Makes a version active. @returns the revision, undefined when somebody else has changed that name since */
  change(change: NewMappingChange): Promise<number | undefined>;
  /** Notes mappings that come into force; those that are known stay as they are. */
  remember(mappings: readonly MappingRows[]): Promise<void>;
  /** Those that were ever in force, the newest first. */
  remembered(): Promise<readonly MappingRows[]>;
  /** The number of the last change, 0 before the first: it costs one look into an index. */
  revision(): Promise<number>;
}

/** @example const mappings = createMappings(db, group); await mappings.revision() */
export function createMappings(db: Kysely<Schema>, group: Group): Mappings {
  return {
    versions: (name) =>
      readStore(() => {
        const all = db.selectFrom('mapping_versions').selectAll().orderBy('name').orderBy('version');
        return (name === undefined ? all : all.where('name', '=', name)).execute();
      }),
    changes: (name) =>
      readStore(() => {
        const all = db.selectFrom('mapping_changes').selectAll().orderBy('revision');
        return (name === undefined ? all : all.where('name', '=', name)).execute();
      }),
    find: (name, version) =>
      readStore(() =>
        db
          .selectFrom('mapping_versions')
          .selectAll()
          .where('name', '=', name)
          .where('version', '=', version)
          .executeTakeFirst(),
      ),
    // Of two at once, one finds its number taken, and is done again.
    add: (text) =>
      group.write(async (transaction) => {
        const { last } = await transaction
          .selectFrom('mapping_versions')
          .select((of) => of.fn.max('version').as('last'))
          .where('name', '=', text.name)
          .executeTakeFirstOrThrow();
        const version = (last ?? 0) + 1;
        await transaction
          .insertInto('mapping_versions')
          .values({ ...text, version })
          .execute();
        return version;
      }),
    change: ({ after, ...change }) =>
      group.write(async (transaction) => {
        if ((await lastRevision(transaction, change.name)) !== after) return undefined;
        const revision = (await lastRevision(transaction)) + 1;
        await transaction
          .insertInto('mapping_changes')
          .values({ ...change, revision })
          .execute();
        return revision;
      }),
    remember: async (mappings) => {
      const known = await readStore(() => db.selectFrom('mapping_rows').select('digest').execute());
      const digests = new Set(known.map(({ digest }) => digest));
      const unknown = mappings.filter(({ digest }) => !digests.has(digest));
      if (unknown.length === 0) return;
      await group.write((transaction) =>
        transaction
          .insertInto('mapping_rows')
          .values([...unknown])
          .onConflict((of) => of.column('digest').doNothing())
          .execute(),
      );
    },
    remembered: () =>
      readStore(() =>
        db.selectFrom('mapping_rows').selectAll().orderBy('at', 'desc').orderBy('digest').execute(),
      ),
    revision: () => readStore(() => lastRevision(db)),
  };
}

async function lastRevision(db: Kysely<Schema> | Transaction<Schema>, name?: string): Promise<number> {
  const all = db.selectFrom('mapping_changes').select((of) => of.fn.max('revision').as('last'));
  const { last } = await (name === undefined ? all : all.where('name', '=', name)).executeTakeFirstOrThrow();
  return last ?? 0;
}
