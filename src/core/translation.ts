import type { JsonObject } from './json.ts';

/** What happened to a field that a person should be able to see. */
export interface Note {
  readonly kind:
    | 'defaulted'
    | 'stashed'
    | 'inexact'
    | 'context'
    | 'constant'
    | 'kept'
    | 'unreadable'
    | 'edited';
  readonly ags?: string;
  readonly oneroster?: string;
}

/** A document of the other side, and what is to be said about it. */
export interface Translation {
  readonly document: JsonObject;
  readonly notes: readonly Note[];
}

/** What a write into OneRoster needs besides the tool's document. */
export interface WriteOptions {
  /** The OneRoster document as it stands now; absent for a new one. */
  readonly base?: JsonObject;
  /** What `$context.NAME` stands for. */
  readonly context?: JsonObject;
  /** Milliseconds since 1970, for `$now`. */
  readonly now: number;
  /** OneRoster pointers of rows that this write leaves as they stand, whatever the tool says. */
  readonly kept?: readonly string[];
  /** Members of the OneRoster object in which the service holds a day and no time. */
  readonly days?: ReadonlySet<string>;
}
