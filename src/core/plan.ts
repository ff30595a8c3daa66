import { type Codec, makeCodec } from './codecs.ts';
import { type Duration, parseDuration } from './date-time.ts';
import { isObject, type Json, own } from './json.ts';
import type { Mapping, MappingRow } from './mapping.ts';
import { parsePointer } from './pointer.ts';
import type { PlaceTree } from './stash.ts';

/** What is wrong with a mapping, and in which row (counted from 0) when it is one row's fault. */
export interface MappingProblem {
  readonly row?: number;
  readonly message: string;
}

/** How OneRoster gets a value that it requires and the tool did not give. */
export type Fallback =
  | { readonly kind: 'now' }
  | { readonly kind: 'after'; readonly tokens: readonly string[]; readonly duration: Duration }
  | { readonly kind: 'value'; readonly value: Json };

/** A row with a place on both sides, ready to run. */
export interface PairRow {
  readonly index: number;
  readonly ags: string;
  readonly agsTokens: readonly string[];
  readonly oneroster: string;
  readonly tokens: readonly string[];
  readonly codec: Codec;
  readonly fallback?: Fallback;
  readonly shown?: Json;
  readonly lossy: boolean;
}

/** A row that the gateway fills: a constant, or a value of the context. */
export interface GivenRow {
  readonly index: number;
  readonly oneroster: string;
  readonly tokens: readonly string[];
  readonly codec: Codec;
  readonly constant?: Json;
  readonly from?: string;
  readonly keep: boolean;
}

/** A mapping whose rows are known to be sound. */
export interface Plan {
  readonly mapping: Mapping;
  readonly pairs: readonly PairRow[];
  readonly givens: readonly GivenRow[];
  readonly agsPlaces: PlaceTree;
  readonly stash?: readonly string[];
}

/** Members that are addresses, not data: dialects make them, so they are neither mapped nor stashed. */
const IDENTITY = { ags: 'id', oneroster: 'sourcedId' } as const;
const FROM = /^\$context\.([A-Za-z]\w*)$/;

/** Collects the problems of one mapping while its rows are read. */
class Findings {
  readonly problems: MappingProblem[] = [];
  readonly #places = { ags: [] as string[][], oneroster: [] as string[][] };

  add(message: string, row?: number): undefined {
    this.problems.push({ message, ...(row !== undefined && { row }) });
    return undefined;
  }

  /** A pointer as tokens, claimed for one row: two rows that write one place would undo each other. */
  claim(side: 'ags' | 'oneroster', pointer: string, row?: number): readonly string[] | undefined {
    const tokens = parsePointer(pointer);
    if (tokens === undefined) return this.add(`"${pointer}" is no JSON Pointer to a member (RFC 6901)`, row);
    if (tokens[0] === IDENTITY[side]) {
      return this.add(`${pointer} is identity: ids are made by the gateway, never by rows`, row);
    }
    const other = this.#places[side].find((place) => overlap(place, tokens));
    if (other !== undefined) {
      return this.add(`${pointer} overlaps /${other.join('/')}, which another row writes`, row);
    }
    this.#places[side].push([...tokens]);
    return tokens;
  }
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
  const agsPlaces = treeOf([[IDENTITY.ags], ...pairs.map((pair) => pair.agsTokens)]);
  return { plan: { mapping, pairs, givens, agsPlaces, ...(stash && { stash }) } };
}

interface Rows {
  readonly pairs: PairRow[];
  readonly givens: GivenRow[];
  readonly findings: Findings;
}

function planRow(row: MappingRow, index: number, { pairs, givens, findings }: Rows): void {
  const { ags, oneroster } = row;
  const codec = codecOf(row, index, findings);
  if (oneroster === undefined) {
    findings.add('a row needs "oneroster", the place it writes', index);
    return;
  }
  const tokens = findings.claim('oneroster', oneroster, index);
  const agsTokens = ags === undefined ? undefined : findings.claim('ags', ags, index);
  if (codec === undefined || tokens === undefined) return;
  if (ags === undefined) {
    givens.push({ index, oneroster, tokens, codec, ...given(row, index, findings) });
  } else if (agsTokens !== undefined) {
    const options = pairOptions(row, index, { codec, pairs, findings });
    pairs.push({ index, ags, agsTokens, oneroster, tokens, codec, ...options });
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

function given(
  row: MappingRow,
  index: number,
  findings: Findings,
): Pick<GivenRow, 'constant' | 'from' | 'keep'> {
  const keep = row.keep ?? false;
  if (row.default !== undefined) findings.add('"default" belongs to a row with "ags"', index);
  if (row.constant !== undefined && row.from === undefined) return { constant: row.constant, keep };
  const from = row.constant === undefined ? FROM.exec(row.from ?? '')?.[1] : undefined;
  if (from !== undefined) return { from, keep };
  findings.add('a row without "ags" needs either "constant", or "from" of the form $context.NAME', index);
  return { keep };
}

interface PairSetting {
  readonly codec: Codec;
  readonly pairs: readonly PairRow[];
  readonly findings: Findings;
}

function pairOptions(
  row: MappingRow,
  index: number,
  { codec, pairs, findings }: PairSetting,
): Pick<PairRow, 'fallback' | 'shown' | 'lossy'> {
  for (const word of ['constant', 'from', 'keep'] as const) {
    if (row[word] !== undefined) findings.add(`"${word}" belongs to a row without "ags"`, index);
  }
  const fallback =
    row.default?.oneroster === undefined ? undefined : readFallback(row.default.oneroster, pairs);
  if (typeof fallback === 'string') findings.add(fallback, index);
  const usable = typeof fallback === 'string' ? undefined : fallback;
  const dated = usable?.kind === 'now' || usable?.kind === 'after';
  if (dated && codec.decode('2026-01-01T00:00:00Z') === undefined) {
    findings.add('this default is a time, which the codec of the row does not read', index);
  }
  const shown = row.default?.ags;
  return {
    lossy: row.lossy !== undefined,
    ...(usable !== undefined && { fallback: usable }),
    ...(shown !== undefined && { shown }),
  };
}

function readFallback(rule: Json, pairs: readonly PairRow[]): Fallback | string {
  if (rule === '$now') return { kind: 'now' };
  if (!isObject(rule) || own(rule, 'after') === undefined) return { kind: 'value', value: rule };
  const { after, duration } = rule;
  const length = typeof duration === 'string' ? parseDuration(duration) : undefined;
  if (length === undefined) return '"duration" is an ISO 8601 duration, such as P14D';
  const reference = pairs.find((pair) => pair.oneroster === after);
  if (reference === undefined) return `"after" names ${String(after)}, which no earlier row writes`;
  return { kind: 'after', tokens: reference.tokens, duration: length };
}

function treeOf(places: readonly (readonly string[])[]): PlaceTree {
  const tree = new Map<string, PlaceTree | null>();
  for (const [first, ...rest] of places) {
    if (first === undefined) continue;
    const inside = places.filter((place) => place[0] === first).map((place) => place.slice(1));
    tree.set(first, rest.length === 0 ? null : treeOf(inside));
  }
  return tree;
}
