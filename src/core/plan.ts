import { type Codec, makeCodec } from './codecs.ts';
import { parseDuration } from './date-time.ts';
import { MARKS } from './identity.ts';
import { isEmpty, isObject, type Json, own } from './json.ts';
import type { Mapping, MappingRow } from './mapping.ts';
import { digestOfRows } from './marks.ts';
import { type Holder, type Place, Places } from './places.ts';
import { formatPointer, parsePointer, pointerTooLarge } from './pointer.ts';
import { type Fallback, type GivenRow, givenNotes, type PairRow, pairNotes } from './rows.ts';
import type { PlaceTree } from './stash.ts';

/** What is wrong with a mapping, and in which row (counted from 0) when it is one row's fault. */
export interface MappingProblem {
  readonly row?: number;
  readonly message: string;
}

/** A mapping whose rows are known to be sound. */
export interface Plan {
  readonly mapping: Mapping;
  readonly pairs: readonly PairRow[];
  readonly givens: readonly GivenRow[];
  readonly agsHolders: readonly Holder[];
  readonly agsPlaces: PlaceTree;
  readonly holders: readonly Holder[];
  readonly places: PlaceTree;
  readonly stash?: Place;
  /** Names the rows in what they have written ({@link digestOfRows}). */
  readonly digest: string;
  /** Versions whose documents may still stand, by digest, newest first ({@link ./migrate.ts}). */
  readonly earlier: ReadonlyMap<string, Plan>;
}

/** Members that are addresses, not data: dialects make them, so they are neither mapped nor stashed. */
const IDENTITY = { ags: 'id', oneroster: 'sourcedId' } as const;
const FROM = /^\$context\.([A-Za-z]\w*)$/;

/** Collects the places and the problems of one mapping while its rows are read. */
class Findings {
  readonly problems: MappingProblem[] = [];
  readonly ags = new Places();
  readonly oneroster = new Places();
  readonly #claimed = { ags: [] as Place[], oneroster: [] as Place[] };

  add(message: string, row?: number): undefined {
    this.problems.push({ message, ...(row !== undefined && { row }) });
    return undefined;
  }

  /** The place of a pointer, claimed for one row: two rows that write one place would undo each other. */
  claim(side: 'ags' | 'oneroster', pointer: string, row?: number): Place | undefined {
    const tooLarge = pointerTooLarge(pointer);
    if (tooLarge !== undefined)
      return this.add(`the pointer ${pointer.slice(0, 40)}… of "${side}" ${tooLarge}`, row);
    const tokens = parsePointer(pointer);
    if (tokens === undefined) return this.add(`"${pointer}" is no JSON Pointer to a member (RFC 6901)`, row);
    if (tokens[0] === IDENTITY[side]) {
      return this.add(`${pointer} is identity: ids are made by the gateway, never by rows`, row);
    }
    const other = this.#claimed[side].find((place) => overlap(place.tokens, tokens));
    if (other !== undefined) {
      return this.add(`${pointer} overlaps ${formatPointer(other.tokens)}, which another row writes`, row);
    }
    const isRow = row !== undefined;
    if (side === 'oneroster' && MARKS.some((mark) => (isRow ? overlap(mark, tokens) : isIn(mark, tokens)))) {
      return this.add(`${pointer} is where the gateway keeps its marks: no row may write it`, row);
    }
    const place = this[side].add(tokens);
    this.#claimed[side].push(place);
    return place;
  }
}

/** A stash may lie around the marks: what else stands in it stays. */
function isIn(mark: readonly string[], tokens: readonly string[]): boolean {
  return mark.every((token, index) => token === tokens[index]);
}

function overlap(left: readonly string[], right: readonly string[]): boolean {
  const shorter = Math.min(left.length, right.length);
  return left.slice(0, shorter).every((token, index) => token === right[index]);
}

/**
 * Checks what a schema cannot say and prepares the rows to run.
 *
 * @returns the plan, or every problem that was found, each naming its row
 */
export function planMapping(
  mapping: Mapping,
): { readonly plan: Plan } | { readonly problems: MappingProblem[] } {
  const findings = new Findings();
  const stash = mapping.stash && findings.claim('oneroster', mapping.stash.oneroster);
  const rows: Rows = { pairs: [], givens: [], findings };
  for (const [index, row] of mapping.fields.entries()) planRow(row, index, rows);
  if (findings.problems.length > 0) return { problems: findings.problems };
  const { pairs, givens } = rows;
  const owned = [...pairs, ...givens, ...(stash ? [{ place: stash }] : [])];
  return {
    plan: {
      mapping,
      pairs,
      givens,
      agsHolders: findings.ags.holders,
      agsPlaces: treeOf([[IDENTITY.ags], ...pairs.map((pair) => pair.agsPlace.tokens)]),
      holders: findings.oneroster.holders,
      places: treeOf(owned.map((row) => row.place.tokens)),
      ...(stash && { stash }),
      digest: digestOfRows(mapping),
      earlier: new Map(),
    },
  };
}

interface Rows {
  readonly pairs: PairRow[];
  readonly givens: GivenRow[];
  readonly findings: Findings;
}

function planRow(row: MappingRow, index: number, { pairs, givens, findings }: Rows): void {
  const { ags, oneroster } = row;
  checkWords(row, index, findings);
  const codec = codecOf(row, index, findings);
  if (oneroster === undefined) {
    findings.add('a row needs "oneroster", the place it writes', index);
    return;
  }
  const place = findings.claim('oneroster', oneroster, index);
  const agsPlace = ags === undefined ? undefined : findings.claim('ags', ags, index);
  if (codec === undefined || place === undefined) return;
  if (ags === undefined) {
    const notes = givenNotes(oneroster, row.from === undefined ? 'constant' : 'context');
    const value = given(row, index, { codec, findings });
    givens.push({ index, oneroster, place, codec, notes, ...value, keep: row.keep ?? false });
  } else if (agsPlace !== undefined) {
    const fallback = fallbackOf(row, index, { codec, pairs, findings });
    const shown = row.default?.ags;
    if (shown !== undefined && !codec.accepts(shown)) {
      findings.add(`the default that the tool is shown must be ${codec.takes}`, index);
    }
    const rest = { fallback, shown, lossy: row.lossy !== undefined };
    pairs.push({ index, ags, agsPlace, oneroster, place, codec, notes: pairNotes(ags, oneroster), ...rest });
  }
}

/** The members that belong to the other kind of row. */
function checkWords(row: MappingRow, index: number, findings: Findings): void {
  if (row.ags === undefined) {
    if (row.default !== undefined) findings.add('"default" belongs to a row with "ags"', index);
    return;
  }
  for (const word of ['constant', 'from', 'keep'] as const) {
    if (row[word] !== undefined) findings.add(`"${word}" belongs to a row without "ags"`, index);
  }
}

function codecOf(row: MappingRow, index: number, findings: Findings): Codec | undefined {
  const [name, options] =
    row.codec === undefined || typeof row.codec === 'string'
      ? [row.codec ?? 'json', {}]
      : (Object.entries(row.codec)[0] ?? ['', {}]);
  const codec = makeCodec(name, options);
  return typeof codec === 'string' ? findings.add(codec, index) : codec;
}

interface Setting {
  readonly codec: Codec;
  readonly findings: Findings;
}

function given(
  row: MappingRow,
  index: number,
  { codec, findings }: Setting,
): Pick<GivenRow, 'constant' | 'from'> {
  const { constant } = row;
  if (constant !== undefined && row.from === undefined) {
    const encoded = isEmpty(constant) ? constant : codec.encode(constant);
    if (encoded === undefined) findings.add(`the constant must be ${codec.takes}`, index);
    return { constant: encoded, from: undefined };
  }
  const from = constant === undefined ? FROM.exec(row.from ?? '')?.[1] : undefined;
  if (from === undefined) {
    findings.add('a row without "ags" needs either "constant", or "from" of the form $context.NAME', index);
  }
  return { constant: undefined, from };
}

function fallbackOf(
  row: MappingRow,
  index: number,
  { codec, pairs, findings }: Setting & { readonly pairs: readonly PairRow[] },
): Fallback | undefined {
  if (row.default?.oneroster === undefined) return undefined;
  const fallback = readFallback(row.default.oneroster, pairs);
  if (typeof fallback === 'string') return findings.add(fallback, index);
  if (fallback.kind !== 'value' && codec.decode('2026-01-01T00:00:00Z') === undefined) {
    findings.add('this default is a time, which the codec of the row does not read', index);
  }
  return fallback;
}

function readFallback(rule: Json, pairs: readonly PairRow[]): Fallback | string {
  if (rule === '$now') return { kind: 'now' };
  if (!isObject(rule) || own(rule, 'after') === undefined) return { kind: 'value', value: rule };
  const { after, duration } = rule;
  const length = typeof duration === 'string' ? parseDuration(duration) : undefined;
  if (length === undefined) return '"duration" is an ISO 8601 duration, such as P14D';
  const reference = pairs.find((pair) => pair.oneroster === after);
  if (reference === undefined) return `"after" names ${String(after)}, which no earlier row writes`;
  return { kind: 'after', start: reference.place, duration: length };
}

function treeOf(places: readonly (readonly string[])[]): PlaceTree {
  const tree = new Map<string, PlaceTree | null>();
  for (const tokens of places) {
    let above = tree;
    for (const [step, token] of tokens.entries()) {
      if (step === tokens.length - 1) {
        above.set(token, null);
        break;
      }
      const known = above.get(token) as Map<string, PlaceTree | null> | undefined;
      const inside = known ?? new Map<string, PlaceTree | null>();
      if (known === undefined) above.set(token, inside);
      above = inside;
    }
  }
  return tree;
}
