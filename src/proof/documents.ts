import fc from 'fast-check';
import { isEmpty, isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Sample } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import { valueAt, withValue } from '../core/pointer.ts';
import type { PairRow } from '../core/rows.ts';
import { instant, json, readable, sayable } from './values.ts';

/** Documents that a mapping may meet: made from its rows, and from what people and other programs put beside them. */

const DAY = 86_400_000;

/** Names that a careless implementation trips over, beside ordinary ones. */
const memberName = fc.oneof(
  fc.constantFrom(
    'https://tool.example/ags/x',
    'a/b',
    '~',
    '',
    'toString',
    'hasOwnProperty',
    'members',
    'lti',
  ),
  fc.string({ maxLength: 8 }),
);
const strangers = fc
  .dictionary(
    memberName.filter((name) => name !== 'id' && !/^(__proto__|constructor|prototype)$/.test(name)),
    json,
    {
      maxKeys: 3,
    },
  )
  .map((members) => members as JsonObject);

/** Of three members one is absent, so that objects with none of the members that rows name are met, too. */
const ABSENT = { nil: undefined, freq: 3 };

/** A tool's document. A member that must be shown in any case (a row's `default.ags`) is one that AGS requires. */
function toolDocument({ plan: { pairs, agsHolders } }: Lens): fc.Arbitrary<JsonObject> {
  const values = pairs.map((pair) => {
    const value = sayable(pair.codec);
    return pair.shown === undefined
      ? fc.option(
          fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }),
          ABSENT,
        )
      : value;
  });
  const taken = new Set(pairs.map((pair) => pair.agsPlace.tokens[0]));
  const outer = agsHolders.filter((holder) => holder.parent === 0).map((holder) => holder.name);
  const inside = fc.tuple(...outer.map(() => fc.option(strangers, ABSENT)));
  return fc.tuple(strangers, inside, ...values).map(([rest, held, ...row]) => {
    let document = without(rest, (name) => taken.has(name));
    for (const [index, name] of outer.entries()) document = withValue(document, [name], held[index]);
    return pairs.reduce((whole, pair, index) => withValue(whole, pair.agsPlace.tokens, row[index]), document);
  });
}

function without(members: JsonObject, isTaken: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !isTaken(name)));
}

/** What OneRoster holds at a row: a value of the kind, none, or (where nothing requires one) something unreadable. */
function standing(row: PairRow): fc.Arbitrary<Json | undefined> {
  const value = readable(row.codec);
  if (row.shown !== undefined || row.fallback !== undefined) return value;
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 2, arbitrary: fc.constantFrom(undefined, null) },
    { weight: 1, arbitrary: json },
  );
}

/** A document that somebody made in OneRoster, but for what the context says. */
function foreignDocument(lens: Lens): fc.Arbitrary<JsonObject> {
  const { pairs, givens, stash } = lens.plan;
  const owned = [...pairs, ...givens, ...(stash ? [{ place: stash }] : [])].map((row) => row.place);
  const outer = new Set(owned.map((place) => place.tokens[0]));
  const holder = stash?.tokens.slice(0, -1) ?? [];
  const inner = new Set(owned.filter((place) => place.holder > 0).map((place) => place.name));
  const kept = fc.tuple(
    ...givens.map((given) => (given.keep ? fc.option(readable(given.codec)) : fc.constant(null))),
  );
  return fc
    .tuple(strangers, strangers, kept, ...pairs.map(standing))
    .map(([rest, inside, ours, ...values]) => {
      let document = without(rest, (name) => outer.has(name));
      for (const [name, value] of Object.entries(holder.length > 0 ? inside : {})) {
        if (!inner.has(name)) document = withValue(document, [...holder, name], value);
      }
      for (const [index, { place }] of pairs.entries()) {
        document = withValue(document, place.tokens, values[index]);
      }
      for (const [index, { place }] of givens.entries()) {
        document = withValue(document, place.tokens, ours[index] ?? undefined);
      }
      return document;
    });
}

/** The same document in the context that the sample is about. */
function inContext(lens: Lens, document: JsonObject, context: JsonObject): JsonObject {
  return lens.plan.givens.reduce((whole, { from, constant, codec, keep, place }) => {
    if (keep && !isEmpty(valueAt(whole, place.tokens))) return whole;
    const value = from === undefined ? constant : codec.encode(context[from] as Json);
    return withValue(whole, place.tokens, value);
  }, document);
}

function contextOf(lens: Lens): fc.Arbitrary<JsonObject> {
  const names = lens.plan.givens.flatMap((given) => given.from ?? []);
  return fc.record(Object.fromEntries(names.map((name) => [name, valueFor(lens, name)])));
}

/** What a context says under a name is a string; where a table reads it, it is one of the words that it knows. */
function valueFor({ plan }: Lens, name: string): fc.Arbitrary<string> {
  const codecs = plan.givens.filter(({ from }) => from === name).map(({ codec }) => codec);
  const words = codecs.flatMap(({ ags }) => (typeof ags === 'object' ? ags.oneOf.map(String) : []));
  const known = words.filter((word) => codecs.every((codec) => codec.accepts(word)));
  return known.length > 0 ? fc.constantFrom(...known) : fc.string({ minLength: 1 });
}

/**
 * Samples for the laws of one mapping: new documents, documents of others, and documents that a tool has written and
 * others have edited since; written over by documents of any kind and by documents close to what stands there.
 *
 * @example fc.assert(fc.property(samples(lens), (sample) => tryLaw('keep', lens, sample) === undefined))
 */
export function samples(lens: Lens): fc.Arbitrary<Sample> {
  const { pairs } = lens.plan;
  const tool = toolDocument(lens);
  const rows = fc.array(fc.nat(Math.max(0, pairs.length - 1)), { maxLength: 2 });
  return fc
    .record({
      context: contextOf(lens),
      origin: fc.constantFrom<Origin>('new', 'foreign', 'lived', 'lived'),
      foreign: foreignDocument(lens),
      earlier: tool,
      edits: fc.tuple(...pairs.map(standing)),
      edited: rows,
      isRespelled: fc.boolean(),
      first: tool,
      second: tool,
      near: rows,
      isNear: fc.boolean(),
      now: instant,
      later: instant,
    })
    .map((seed) => sampleOf(lens, seed));
}

type Origin = 'new' | 'foreign' | 'lived';

interface Seed {
  readonly context: JsonObject;
  readonly origin: Origin;
  readonly foreign: JsonObject;
  readonly earlier: JsonObject;
  /** By row, what somebody writes in OneRoster after the tool. */
  readonly edits: readonly (Json | undefined)[];
  readonly edited: readonly number[];
  readonly isRespelled: boolean;
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly near: readonly number[];
  readonly isNear: boolean;
  readonly now: number;
  readonly later: number;
}

function sampleOf(lens: Lens, seed: Seed): Sample {
  const { context, now, later, second } = seed;
  const base = baseOf(lens, seed);
  const first = base && seed.isNear ? nearTo(lens, lens.toAgs(base).document, seed) : seed.first;
  return { first, second, context, now, later, ...(base && { base }) };
}

function baseOf(lens: Lens, seed: Seed): JsonObject | undefined {
  if (seed.origin === 'new') return undefined;
  const { context, edits } = seed;
  const base = inContext(lens, seed.foreign, context);
  if (seed.origin === 'foreign') return base;
  const { document } = lens.toOneRoster(seed.earlier, { base, context, now: seed.now - DAY });
  const standing = seed.isRespelled ? respelled(lens, document) : document;
  return seed.edited.reduce((whole, index) => {
    const value = edits[index];
    const pair = lens.plan.pairs[index];
    return pair === undefined || value === undefined ? whole : withValue(whole, pair.place.tokens, value);
  }, standing);
}

/** The document as an upstream gives it back that has its own way to write what means the same. */
function respelled(lens: Lens, document: JsonObject): JsonObject {
  let after = document;
  for (const { codec, place } of [...lens.plan.pairs, ...lens.plan.givens]) {
    const value = valueAt(document, place.tokens);
    const other = typeof value === 'string' ? value.replace(/(:\d\d)Z$/, '$1.000Z') : withType(value);
    if (!isEmpty(value) && !isEmpty(other) && codec.same(value, other)) {
      after = withValue(after, place.tokens, other);
    }
  }
  return after;
}

function withType(value: Json | undefined): Json | undefined {
  return isObject(value) ? { ...value, type: 'respelled' } : value;
}

/** What the tool would read, with one or two members changed: the commonest PUT there is. */
function nearTo(lens: Lens, read: JsonObject, { near, first }: Seed): JsonObject {
  let document = read;
  for (const index of near) {
    const tokens = lens.plan.pairs[index]?.agsPlace.tokens ?? [];
    document = withValue(document, tokens, valueAt(first, tokens));
  }
  return document;
}
