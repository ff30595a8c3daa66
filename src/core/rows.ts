import type { Codec } from './codecs.ts';
import type { Duration } from './date-time.ts';
import type { Json } from './json.ts';
import type { Place } from './places.ts';
import type { Note } from './translation.ts';

/** How OneRoster gets a value that it requires and the tool did not give. */
export type Fallback =
  | { readonly kind: 'now' }
  | { readonly kind: 'after'; readonly start: Place; readonly duration: Duration }
  | { readonly kind: 'value'; readonly value: Json };

/** A row with a place on both sides, ready to run. */
export interface PairRow {
  readonly index: number;
  readonly ags: string;
  readonly agsPlace: Place;
  readonly oneroster: string;
  readonly place: Place;
  readonly codec: Codec;
  readonly fallback: Fallback | undefined;
  readonly shown: Json | undefined;
  readonly lossy: boolean;
  readonly notes: Readonly<Record<'defaulted' | 'inexact' | 'unreadable' | 'kept' | 'edited', Note>>;
}

/** A row that the gateway fills: a constant, or a value of the context. */
export interface GivenRow {
  readonly index: number;
  readonly oneroster: string;
  readonly place: Place;
  readonly codec: Codec;
  /** The value to write, already encoded, unless it is `from` the context. */
  readonly constant: Json | undefined;
  readonly from: string | undefined;
  readonly keep: boolean;
  readonly notes: { readonly given: Note; readonly kept: Note };
}

/** Notes are the same at every run, so a run only points at them: `pairNotes('/label', '/title').inexact`. */
export function pairNotes(ags: string, oneroster: string): PairRow['notes'] {
  const note = (kind: Note['kind']): Note => Object.freeze({ kind, ags, oneroster });
  return {
    defaulted: note('defaulted'),
    inexact: note('inexact'),
    unreadable: note('unreadable'),
    kept: note('kept'),
    edited: note('edited'),
  };
}

/** The notes of a row that the gateway fills: `givenNotes('/status', 'constant').given`. */
export function givenNotes(oneroster: string, kind: 'constant' | 'context'): GivenRow['notes'] {
  return { given: Object.freeze({ kind, oneroster }), kept: Object.freeze({ kind: 'kept', oneroster }) };
}
