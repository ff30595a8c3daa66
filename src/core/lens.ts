import { addDuration, formatInstant, instantOf } from './date-time.ts';
import { Draft } from './draft.ts';
import { GradebridgeError } from './errors.ts';
import {
  equal,
  type Issue,
  isEmpty,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';
import type { Mapping } from './mapping.ts';
import { type GivenRow, type MappingProblem, type PairRow, type Plan, planMapping } from './plan.ts';
import { formatPointer, parsePointer, valueAt } from './pointer.ts';
import {
  leftover,
  type Original,
  originalOf,
  readStash,
  restore,
  type Stash,
  sameStash,
  writeStash,
} from './stash.ts';

/** What happened to a field that a person should be able to see. */
export interface Note {
  readonly kind: 'defaulted' | 'stashed' | 'inexact' | 'context' | 'constant' | 'kept' | 'unreadable';
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
}

/** A compiled mapping: two pure functions, and the plan that they run. */
export interface Lens {
  readonly plan: Plan;
  /**
   * The OneRoster document for a tool's document, written over the base.
   *
   * @throws GradebridgeError UNMAPPABLE with every problem of the document
   */
  toOneRoster(document: JsonObject, options: WriteOptions): Translation;
  /** The tool's document for a OneRoster document. Never throws: a value that cannot be read is left out, with a note. */
  toAgs(document: JsonObject): Translation;
  /** The one member that a pointer names in the tool's document, without making the whole of it. */
  read(document: JsonObject, agsPointer: string): Json | undefined;
}

/**
 * Compiles a mapping into a lens.
 *
 * @returns the lens, or every problem of the mapping
 * @example const compiled = compile(mapping); if ('lens' in compiled) compiled.lens.toAgs(lineItem).document.label
 */
export function compile(
  mapping: Mapping,
): { readonly lens: Lens } | { readonly problems: readonly MappingProblem[] } {
  const planned = planMapping(mapping);
  if ('problems' in planned) return planned;
  const { plan } = planned;
  const rowOf = new Map(plan.pairs.map((pair) => [pair.ags, pair]));
  return {
    lens: {
      plan,
      toOneRoster: (document, options) => write(plan, document, options),
      toAgs: (document) => view(plan, document),
      read: (document, pointer) => readOne(plan, document, rowOf.get(pointer) ?? pointer),
    },
  };
}

function stashOf(plan: Plan, document: JsonObject | undefined): Stash {
  if (plan.stash === undefined || document === undefined) return {};
  return readStash(valueAt(document, plan.stash));
}

/** True while OneRoster still holds what was written for the original. */
function counts(pair: PairRow, original: Original, current: Json | undefined): boolean {
  const { wrote } = original;
  if (isEmpty(wrote) || isEmpty(current)) return isEmpty(wrote) && isEmpty(current);
  return pair.codec.same(wrote, current);
}

/** What the tool reads at a row, before any value that is shown in place of none. */
function told(pair: PairRow, current: Json | undefined, original: Original | undefined): Json | undefined {
  if (original !== undefined && counts(pair, original, current)) return original.was;
  return isEmpty(current) ? current : pair.codec.decode(current);
}

// ---- OneRoster → AGS

function readOne(plan: Plan, document: JsonObject, row: PairRow | string): Json | undefined {
  const stash = stashOf(plan, document);
  if (typeof row === 'string') return valueAt(stash.members ?? {}, parsePointer(row) ?? []);
  const value = told(row, valueAt(document, row.tokens), originalOf(stash, row.ags));
  return isEmpty(value) ? (row.shown ?? value) : value;
}

function view(plan: Plan, source: JsonObject): Translation {
  const stash = stashOf(plan, source);
  const document: MutableJsonObject = {};
  const notes: Note[] = [];
  for (const pair of plan.pairs) {
    const current = valueAt(source, pair.tokens);
    let value = told(pair, current, originalOf(stash, pair.ags));
    if (value === undefined && !isEmpty(current) && pair.codec.decode(current) === undefined) {
      notes.push({ kind: 'unreadable', ags: pair.ags, oneroster: pair.oneroster });
    }
    if (isEmpty(value) && pair.shown !== undefined) {
      value = pair.shown;
      notes.push({ kind: 'defaulted', ags: pair.ags, oneroster: pair.oneroster });
    }
    if (value !== undefined) place(document, pair.agsTokens, value);
  }
  if (stash.members !== undefined) restore(document, stash.members, plan.agsPlaces);
  return { document, notes };
}

function place(document: MutableJsonObject, tokens: readonly string[], value: Json): void {
  let node = document;
  for (let index = 0; index < tokens.length - 1; index++) {
    const token = tokens[index] as string;
    node[token] ??= {};
    node = node[token] as MutableJsonObject;
  }
  node[tokens[tokens.length - 1] as string] = value;
}

// ---- AGS → OneRoster

/** Everything that the rows of one write share. */
interface Writing {
  readonly source: JsonObject;
  readonly base: JsonObject;
  readonly draft: Draft;
  readonly stash: Stash;
  readonly originals: MutableJsonObject;
  readonly notes: Note[];
  readonly issues: Issue[];
  readonly options: WriteOptions;
}

function write(plan: Plan, source: JsonObject, options: WriteOptions): Translation {
  const base = options.base ?? {};
  const writing: Writing = {
    source,
    base,
    draft: new Draft(base),
    stash: stashOf(plan, base),
    originals: {},
    notes: [],
    issues: [],
    options,
  };
  for (const pair of plan.pairs) writePair(pair, writing);
  for (const given of plan.givens) writeGiven(given, writing);
  if (plan.stash !== undefined) stashRest(plan, plan.stash, writing);
  if (writing.issues.length > 0) throw new GradebridgeError('UNMAPPABLE', { issues: writing.issues });
  return { document: writing.draft.document, notes: writing.notes };
}

function writePair(pair: PairRow, writing: Writing): void {
  const incoming = valueAt(writing.source, pair.agsTokens);
  const current = valueAt(writing.base, pair.tokens);
  const original = originalOf(writing.stash, pair.ags);
  const unchanged = equal(incoming, told(pair, current, original));
  if (unchanged && original !== undefined) writing.originals[pair.ags] = original as JsonObject;
  if (isEmpty(incoming)) {
    if (pair.fallback !== undefined) writeFallback(pair, incoming, writing);
    else if (!unchanged) writeNothing(pair, incoming, writing);
  } else if (!unchanged) {
    writeValue(pair, incoming, writing);
  } else if (original !== undefined) {
    writing.notes.push({ kind: 'inexact', ags: pair.ags, oneroster: pair.oneroster });
  }
}

function writeValue(pair: PairRow, incoming: Json, writing: Writing): void {
  const encoded = pair.codec.encode(incoming);
  if (encoded === undefined) {
    const message = `Must be ${pair.codec.takes} (row ${pair.index} of the mapping).`;
    writing.issues.push({ pointer: pair.ags, code: 'type', message });
    return;
  }
  const current = valueAt(writing.base, pair.tokens);
  const stands = !isEmpty(current) && pair.codec.same(current, encoded);
  const wrote = stands ? current : encoded;
  if (!stands) put(pair, encoded, writing);
  if (equal(pair.codec.decode(wrote), incoming)) return;
  writing.originals[pair.ags] = { was: incoming, wrote };
  writing.notes.push({ kind: 'inexact', ags: pair.ags, oneroster: pair.oneroster });
}

function writeNothing(pair: PairRow, incoming: null | undefined, writing: Writing): void {
  writing.draft.remove(pair.tokens);
  if (incoming === null) writing.originals[pair.ags] = { was: null };
}

/**
 * OneRoster requires a value that the tool does not give. A value that stands there is taken as it is, so that no PUT of
 * a tool without dates moves a date that a teacher has set, and no retry moves a default.
 */
function writeFallback(pair: PairRow, incoming: null | undefined, writing: Writing): void {
  const value = settle(pair, writing);
  if (!equal(value, valueAt(writing.base, pair.tokens))) put(pair, value, writing);
  writing.originals[pair.ags] = incoming === null ? { was: null, wrote: value } : { wrote: value };
  writing.notes.push({ kind: 'defaulted', ags: pair.ags, oneroster: pair.oneroster });
}

function settle(pair: PairRow, { base, draft, options }: Writing): Json {
  const current = valueAt(base, pair.tokens);
  const { fallback } = pair;
  if (fallback?.kind !== 'after') {
    if (!isEmpty(current)) return current;
    return fallback?.kind === 'value' ? fallback.value : timeFor(pair, options.now);
  }
  const later = (from: Json | undefined): Json | undefined => {
    const start = typeof from === 'string' ? instantOf(from) : undefined;
    return start === undefined ? undefined : timeFor(pair, addDuration(start, fallback.duration));
  };
  const start = draft.get(fallback.tokens);
  const computed = later(start) ?? timeFor(pair, addDuration(options.now, fallback.duration));
  if (isEmpty(current)) return computed;
  const standingStart = valueAt(base, fallback.tokens);
  if (equal(start, standingStart)) return current;
  const before = later(standingStart);
  const followed = before !== undefined && pair.codec.same(before, current);
  return followed || isEarlier(current, start) ? keepSpelling(pair, computed, current) : current;
}

function keepSpelling(pair: PairRow, value: Json, current: Json): Json {
  return pair.codec.same(value, current) ? current : value;
}

function isEarlier(left: Json, right: Json | undefined): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  const [one, other] = [instantOf(left), instantOf(right)];
  return one !== undefined && other !== undefined && one < other;
}

function timeFor(pair: PairRow, instant: number): Json {
  const time = formatInstant(instant) ?? '9999-12-31T23:59:59Z';
  return pair.codec.encode(time) ?? time;
}

function writeGiven(given: GivenRow, writing: Writing): void {
  const { codec, from, oneroster } = given;
  const current = valueAt(writing.base, given.tokens);
  const raw = from === undefined ? (given.constant as Json) : own(writing.options.context ?? {}, from);
  const value = isEmpty(raw) ? raw : codec.encode(raw);
  if (isEmpty(current) || !given.keep) {
    if (value === undefined) {
      const message = `The context has no usable ${from ?? 'value'} (row ${given.index} of the mapping).`;
      writing.issues.push({ pointer: '', code: 'context', message });
    } else if (isEmpty(current) || value === null || !codec.same(current, value)) {
      put(given, value, writing);
    }
    writing.notes.push({ kind: from === undefined ? 'constant' : 'context', oneroster });
  } else if (isEmpty(value) || !codec.same(current, value)) {
    writing.notes.push({ kind: 'kept', oneroster });
  }
}

function put(row: PairRow | GivenRow, value: Json, writing: Writing): void {
  if (writing.draft.set(row.tokens, value)) return;
  const message = `${row.oneroster} cannot be written: a step on the way holds something that is no object (row ${row.index} of the mapping).`;
  writing.issues.push({ pointer: '', code: 'blocked', message });
}

function stashRest(plan: Plan, tokens: readonly string[], writing: Writing): void {
  const members = leftover(writing.source, plan.agsPlaces);
  const { originals, stash, draft } = writing;
  for (const member of Object.keys(members ?? {})) {
    writing.notes.push({
      kind: 'stashed',
      ags: formatPointer([member]),
      oneroster: plan.mapping.stash?.oneroster ?? '',
    });
  }
  const after: Stash = {
    ...(members && { members }),
    ...(Object.keys(originals).length > 0 && { originals }),
  };
  if (sameStash(stash, after)) return;
  const value = writeStash(valueAt(writing.base, tokens), after);
  if (value === undefined) draft.remove(tokens);
  else if (!draft.set(tokens, value)) {
    const message = `${plan.mapping.stash?.oneroster} cannot be written: a step on the way is no object.`;
    writing.issues.push({ pointer: '', code: 'blocked', message });
  }
}
