import type { EntryName } from '../config/registered.ts';

/** What may be done to an entry, as its history has it. */
export const ENTRY_VERBS = [
  'registered',
  'edited',
  'disabled',
  'enabled',
  'keyRotated',
  'keysEnded',
  'forgotten',
] as const;
export type EntryVerb = (typeof ENTRY_VERBS)[number];

/** A change of an entry in the store. */
export interface EntryChange extends EntryName {
  /** From 1, over all names. */
  readonly revision: number;
  readonly verb: string;
  /** The whole entry as it is since then, as JSON; null: there is none. */
  readonly document: string | null;
  readonly who: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
}

/** Where entries are kept, the same for every replica. */
export interface RegistryStore {
  /** The last change of each name. */
  latest(): Promise<readonly EntryChange[]>;
  /** The changes of a kind, oldest first, each saying whether the store has an entry since then. */
  changes(
    kind: EntryName['kind'],
  ): Promise<readonly (Omit<EntryChange, 'document'> & { readonly isStored: boolean })[]>;
  /**
   * @param change.after the revision of the last change of that name that its author knows, 0 for none
   * @param change.seen the revision of all with which it was checked
   */
  change(
    change: Omit<EntryChange, 'revision'> & { readonly after: number; readonly seen: number },
  ): Promise<{ readonly revision: number } | 'changed' | 'outdated'>;
}

/** Somebody who changes an entry, and why. */
export interface EntryAuthor {
  readonly who: string;
  readonly why: string;
  /** The revision that they have seen; whoever does not say it means the present one. */
  readonly revision?: number | undefined;
  /** Whether there is to be none yet. */
  readonly isNew?: boolean;
}
