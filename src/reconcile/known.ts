import { isWhatWasWritten } from '../core/edits.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { valueAt, withValue } from '../core/pointer.ts';
import type { PairRow } from '../core/rows.ts';
import { originalOf, readStash } from '../core/stash.ts';
import type { FoundPlace } from './finding.ts';

/** What is known of a place: the value that the gateway wrote there, which may be none. */
export interface Known {
  readonly row: PairRow;
  readonly value: Json | undefined;
}

/** Of the edits of a document, those of which it is known what stood there. */
export interface Knowledge {
  readonly known: readonly Known[];
  readonly places: readonly FoundPlace[];
}

export interface Question {
  readonly lens: Lens;
  readonly document: JsonObject;
  readonly edits: readonly PairRow[];
  /** Documents that are known to have been sent for the object. */
  readonly heard: readonly JsonObject[];
}

/**
 * Finds what stood at places that somebody has edited. Only a digest of it was kept, so a value is proposed and held against that:
 * none at all, each of those that the place can hold when they are few, what the stash remembers, what was heard.
 *
 * @example knowledgeOf({ lens, document, edits: editsOf(lens.plan, document), heard: [] }).known
 */
export function knowledgeOf({ lens, document, edits, heard }: Question): Knowledge {
  const found = edits.map((row) => ({
    row,
    // A candidate that is none is a candidate as well.
    match: candidatesFor(row, { lens, document, heard }).find((candidate) =>
      isWhatWasWritten(document, row, candidate.value),
    ),
  }));
  return {
    known: found.flatMap(({ row, match }) => (match === undefined ? [] : [{ row, value: match.value }])),
    places: found.map(({ row: { ags, oneroster }, match }) => ({
      ags,
      oneroster,
      isKnown: match !== undefined,
    })),
  };
}

type Candidate = { readonly value: Json | undefined };

function candidatesFor(
  row: PairRow,
  { lens, document, heard }: Omit<Question, 'edits'>,
): readonly Candidate[] {
  const { stash } = lens.plan;
  const original = originalOf(readStash(stash && valueAt(document, stash.tokens)).originals, row.ags);
  const values = [
    undefined,
    original?.wrote,
    ...valuesOf(row),
    scoreOf(row, lens.read(document, '/bookkeeping')),
    ...heard.map((sent) => valueAt(sent, row.place.tokens)),
  ];
  return values.map((value) => ({ value }));
}

function valuesOf({ codec: { oneroster } }: PairRow): readonly Json[] {
  if (oneroster === 'boolean') return [true, false];
  return typeof oneroster === 'object' ? oneroster.oneOf : [];
}

/** The score that the gateway notes beside each one that it writes. */
function scoreOf({ ags }: PairRow, bookkeeping: Json | undefined): Json | undefined {
  const scaled = isObject(bookkeeping) ? own(bookkeeping, 'scaled') : undefined;
  return ags === '/resultScore' && isObject(scaled) ? own(scaled, 'of') : undefined;
}

/** A document with what is known put back, and nothing else changed. */
export function putBack(document: JsonObject, known: readonly Known[]): JsonObject {
  return known.reduce((after, { row, value }) => withValue(after, row.place.tokens, value), document);
}
