/** What the admin API answers about mappings. */

import type { Json, JsonObject, Note } from './contract.ts';

export interface MappingItem {
  readonly name: string;
  /** Absent when its text cannot be read. */
  readonly resource?: string;
  readonly source: 'shipped' | 'folder' | 'console';
  readonly active: string | number | null;
  readonly usedBy: readonly string[];
  readonly versions: number;
}

export interface MappingVersion {
  readonly version: string | number;
  readonly state: 'draft' | 'active' | 'retired';
  readonly who?: string;
  readonly when?: string;
  readonly why?: string;
  readonly text: string;
}

export interface MappingDetail {
  readonly name: string;
  /** Of the file; absent when there is none. */
  readonly text?: string;
  /** The version that is used; null for the file. */
  readonly active?: number | null;
  readonly schema: JsonObject;
  readonly versions: readonly MappingVersion[];
}

export interface Difference {
  readonly pointer: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

/** Something wrong with the text of a mapping: line and column from 1, the row from 0. */
export interface Problem {
  readonly place: string;
  readonly line?: number;
  readonly column?: number;
  readonly row?: number;
  readonly message: string;
  readonly remedy?: string;
}

/** Why a document does not fit the mapping. */
export interface DocumentProblem {
  readonly in?: 'document' | 'base' | 'context';
  readonly pointer: string;
  readonly message: string;
  readonly remedy?: string;
}

/** The documents of a counter-example, as they are laid into the panes. */
export interface PaneDocuments {
  readonly direction: Direction;
  readonly document: JsonObject;
  readonly base?: JsonObject;
  readonly context: JsonObject;
  readonly now: string;
}

/** What one row did to a document; a member that no row names has no row. */
export interface RowStory {
  readonly row?: number;
  readonly ags?: string;
  readonly oneroster?: string;
  readonly read?: Json;
  readonly wrote?: Json;
  readonly deed: string;
  readonly why: string;
}

export interface Sample {
  readonly base?: JsonObject;
  readonly first: JsonObject;
  readonly second?: JsonObject;
  readonly context?: JsonObject;
  readonly now?: number;
  /** A write under an earlier version: of the law `migrate`. */
  readonly earlier?: { readonly document: JsonObject };
}

export interface LawResult {
  readonly law: string;
  /** False also when there was no time to try it; then there is no counter-example. */
  readonly holds: boolean;
  readonly sentence?: string;
  readonly counterExample?: {
    readonly sample: Sample;
    readonly difference: Difference;
    readonly panes: PaneDocuments;
    readonly seed?: number;
  };
}

export type Direction = 'oneroster' | 'ags';

export interface TryResult {
  readonly problems: readonly Problem[];
  readonly documentProblems?: readonly DocumentProblem[];
  readonly document?: JsonObject;
  readonly back?: JsonObject;
  readonly notes: readonly Note[];
  readonly differences: readonly Difference[];
  readonly laws: readonly LawResult[];
  readonly rows?: readonly RowStory[];
  readonly examples?: readonly {
    readonly title: string;
    readonly holds: boolean;
    readonly differences: readonly Difference[];
  }[];
}

export interface Issue {
  readonly pointer: string;
  readonly message: string;
}

export interface WhatIf {
  readonly tried: number;
  /** Recorded requests that this mapping has nothing to do with. */
  readonly skipped?: number;
  readonly items: readonly {
    readonly id: string;
    readonly at: string;
    readonly tool: string;
    readonly context: string;
    readonly differences: readonly {
      readonly pointer: string;
      readonly before?: Json;
      readonly after?: Json;
    }[];
    /** Where one of the two refuses what the other takes. */
    readonly refused?: { readonly before?: readonly Issue[]; readonly after?: readonly Issue[] };
  }[];
}
