import type { JsonObject } from '../core/json.ts';
import type { Difference } from '../core/laws.ts';
import type { Lens, Note, Translation } from '../core/lens.ts';
import { currentForm } from '../core/migrate.ts';
import { differencesBetween } from './differences.ts';
import { type DocumentProblem, type Judged, judge, standIns, unmappable } from './judge.ts';
import { type RowStory, storiesOf } from './stories.ts';

/** What a text is tried on. */
export interface TryRequest {
  /** Which side the document is mapped to. */
  readonly direction: 'oneroster' | 'ags';
  readonly document: JsonObject;
  /** The OneRoster document as it stands, for a write. */
  readonly base?: JsonObject;
  /** What `$context.NAME` stands for; when there is none, or nothing in it, each name stands for itself. */
  readonly context?: JsonObject;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the mapping must be called. */
  readonly name?: string;
  /** Texts that were in force, the newest first. */
  readonly earlier?: readonly string[];
}

/** What became of a document, there and back. */
export interface Explained {
  /** Why the documents do not fit the mapping; there is nothing to show then. */
  readonly documentProblems: readonly DocumentProblem[];
  /** The document on the other side. */
  readonly document?: JsonObject;
  /** That one, mapped back: what the tool reads, or what OneRoster holds after it was written back. */
  readonly back?: JsonObject;
  readonly notes: readonly Note[];
  /** Row by row, what it did and why. */
  readonly rows: readonly RowStory[];
  /** Where what came back is not what was given. */
  readonly differences: readonly Difference[];
}

/** The same, and what was found of the mapping itself. */
export type Tried = Judged & Explained;

export interface TryBounds {
  /** For the laws, about. */
  readonly milliseconds: number;
  readonly runs: number;
  readonly clock: () => number;
}

/**
 * Tries the text of a mapping on a document, and the laws on the mapping. Pure but for the clock that bounds it.
 *
 * @returns plain data; what is wrong with the text is in `problems`, with the documents in `documentProblems`
 * @example tryMapping(text, { direction: 'oneroster', document: { label: 'Quiz', scoreMaximum: 1 }, now: 0 }, bounds).back
 */
export function tryMapping(text: string, request: TryRequest, bounds: TryBounds): Tried {
  const { name, earlier = [] } = request;
  const { judged, lens } = judge(text, { ...bounds, earlier, ...(name !== undefined && { name }) });
  return { ...judged, ...(lens === undefined ? NOTHING : explainMapping(lens, request)) };
}

const NOTHING: Explained = { documentProblems: [], notes: [], rows: [], differences: [] };

/**
 * Maps a document there and back, and says row by row what happened.
 *
 * @example explainMapping(lens, { direction: 'ags', document: lineItem, now: 0 }).rows[0]?.why
 */
export function explainMapping(lens: Lens, request: TryRequest): Explained {
  const way = translateBothWays(lens, request);
  if ('documentProblems' in way) return { ...NOTHING, ...way };
  const { there, back, stood } = way;
  // Rows are told of documents as they would have written them, whichever version did.
  const current = (document: JsonObject): JsonObject => currentForm(lens.plan, document);
  const document = request.direction === 'ags' ? current(request.document) : request.document;
  return {
    documentProblems: [],
    document: there.document,
    back,
    notes: there.notes,
    rows: storiesOf(lens, { ...request, document, base: current(stood), translation: there }),
    differences: differencesBetween(request.document, back),
  };
}

interface BothWays {
  readonly there: Translation;
  readonly back: JsonObject;
  readonly stood: JsonObject;
}

function translateBothWays(
  lens: Lens,
  { direction, document, base = {}, context: given = {}, now }: TryRequest,
): BothWays | Pick<Explained, 'documentProblems'> {
  const context = Object.keys(given).length === 0 ? standIns(lens) : given;
  try {
    if (direction === 'oneroster') {
      const there = lens.toOneRoster(document, { base, context, now });
      return { there, back: lens.toAgs(there.document).document, stood: base };
    }
    const there = lens.toAgs(document);
    const back = lens.toOneRoster(there.document, { base: document, context, now }).document;
    return { there, back, stood: document };
  } catch (error) {
    return { documentProblems: unmappable(error) };
  }
}
