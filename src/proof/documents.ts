import fc from 'fast-check';
import type { Domain } from '../core/codecs.ts';
import { formatInstant } from '../core/date-time.ts';
import { Draft } from '../core/draft.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Sample } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import type { PairRow } from '../core/plan.ts';
import { valueAt } from '../core/pointer.ts';

/** Documents that a mapping may meet: made from its rows, and from what people and other programs put beside them. */

const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => value !== null)
  .map((value) => value as Json);

const START = Date.UTC(2000, 0, 1);
const END = Date.UTC(2100, 0, 1);
const instant = fc.integer({ min: START, max: END });
const second = fc.integer({ min: START / 1000, max: END / 1000 }).map((value) => value * 1000);

/** The spellings that AGS allows: UTC or an offset, with or without a fraction. */
const dateTime = fc
  .record({
    at: fc.oneof(second, instant),
    offset: fc.constantFrom('Z', 'Z', '+00:00', '+02:00', '-03:30', '+0530', '+01'),
    digits: fc.constantFrom('', '.0', '.000', '.123456'),
  })
  .map(({ at, offset, digits }): Json => {
    const text = (formatInstant(at) as string).slice(0, 19);
    return `${text}${digits}${offset}`;
  });

const reference = fc
  .record(
    { sourcedId: fc.string({ minLength: 1 }), type: fc.string(), href: fc.webUrl() },
    { requiredKeys: ['sourcedId'] },
  )
  .map((value): Json => value);

function valuesOf(domain: Domain): fc.Arbitrary<Json> {
  if (typeof domain === 'object') return fc.constantFrom(...domain.oneOf);
  const arbitraries: Record<Exclude<Domain, object>, fc.Arbitrary<Json>> = {
    json,
    string: fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })),
    number: fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 0.1, 100),
    ),
    boolean: fc.boolean(),
    dateTime,
    date: second.map((at): Json => (formatInstant(at) as string).slice(0, 10)),
    reference,
  };
  return arbitraries[domain];
}

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

/** A tool's document. A member that must be shown in any case (a row's `default.ags`) is one that AGS requires. */
function toolDocument(lens: Lens): fc.Arbitrary<JsonObject> {
  const { pairs } = lens.plan;
  const values = pairs.map((pair) => {
    const value = valuesOf(pair.codec.ags);
    return pair.shown === undefined
      ? fc.option(fc.oneof(value, fc.constant(null)), { nil: undefined })
      : value;
  });
  return fc.tuple(strangers, ...values).map(([rest, ...row]) => {
    const taken = new Set(pairs.map((pair) => pair.agsTokens[0]));
    const draft = new Draft(Object.fromEntries(Object.entries(rest).filter(([name]) => !taken.has(name))));
    for (const [index, pair] of pairs.entries()) set(draft, pair.agsTokens, row[index]);
    return draft.document;
  });
}

function set(draft: Draft, tokens: readonly string[], value: Json | undefined): void {
  if (value !== undefined) draft.set(tokens, value);
}

/** What OneRoster holds at a row: a value of the kind, none, or (where nothing requires one) something unreadable. */
function standing(pair: PairRow): fc.Arbitrary<Json | undefined> {
  const value = valuesOf(pair.codec.oneroster).filter(
    (candidate) => pair.codec.decode(candidate) !== undefined,
  );
  if (pair.shown !== undefined || pair.fallback !== undefined) return value;
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 2, arbitrary: fc.constantFrom(undefined, null) },
    { weight: 1, arbitrary: json },
  );
}

/** A document that somebody made in OneRoster, in the context that the sample is about. */
function foreignDocument(lens: Lens, context: JsonObject): fc.Arbitrary<JsonObject> {
  const { pairs, givens, stash } = lens.plan;
  return fc.tuple(strangers, strangers, ...pairs.map(standing)).map(([rest, inside, ...values]) => {
    const owned = [...pairs, ...givens].map((row) => row.tokens);
    const outer = new Set(owned.map((tokens) => tokens[0]));
    const draft = new Draft(Object.fromEntries(Object.entries(rest).filter(([name]) => !outer.has(name))));
    const holder = stash?.slice(0, -1);
    const theirs = new Set(owned.filter((tokens) => tokens.length > 1).map((tokens) => tokens.at(-1)));
    for (const [name, value] of Object.entries(inside)) {
      if (holder?.length && !theirs.has(name) && name !== stash?.at(-1)) draft.set([...holder, name], value);
    }
    for (const [index, pair] of pairs.entries()) set(draft, pair.tokens, values[index]);
    for (const given of givens) {
      const value =
        given.from === undefined ? given.constant : given.codec.encode(context[given.from] as Json);
      set(draft, given.tokens, value);
    }
    return draft.document;
  });
}

function contextOf(lens: Lens): fc.Arbitrary<JsonObject> {
  const names = lens.plan.givens.flatMap((given) => given.from ?? []);
  return fc.record(Object.fromEntries(names.map((name) => [name, fc.string({ minLength: 1 })])));
}

/**
 * Samples for the laws of one mapping: new documents, documents of others, and documents that a tool has written and
 * others have edited since; written over by documents of any kind and by documents close to what stands there.
 *
 * @example fc.assert(fc.property(samples(lens), (sample) => tryLaw('keep', lens, sample) === undefined))
 */
export function samples(lens: Lens): fc.Arbitrary<Sample> {
  const tool = toolDocument(lens);
  return contextOf(lens).chain((context) => {
    const foreign = foreignDocument(lens, context);
    return fc
      .record({
        origin: fc.constantFrom<Origin>('new', 'foreign', 'lived', 'lived'),
        foreign,
        earlier: tool,
        edits: foreign,
        edited: fc.array(fc.nat(Math.max(0, lens.plan.pairs.length - 1)), { maxLength: 2 }),
        first: tool,
        second: tool,
        near: fc.array(fc.nat(Math.max(0, lens.plan.pairs.length - 1)), { maxLength: 2 }),
        isNear: fc.boolean(),
        now: instant,
        later: instant,
      })
      .map((seed) => sampleOf(lens, context, seed));
  });
}

type Origin = 'new' | 'foreign' | 'lived';

interface Seed {
  readonly origin: Origin;
  readonly foreign: JsonObject;
  readonly earlier: JsonObject;
  readonly edits: JsonObject;
  readonly edited: readonly number[];
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly near: readonly number[];
  readonly isNear: boolean;
  readonly now: number;
  readonly later: number;
}

function sampleOf(lens: Lens, context: JsonObject, seed: Seed): Sample {
  const { now, later, second } = seed;
  const base = baseOf(lens, context, seed);
  const first = base && seed.isNear ? nearTo(lens, lens.toAgs(base).document, seed) : seed.first;
  return { first, second, context, now, later, ...(base && { base }) };
}

function baseOf(lens: Lens, context: JsonObject, seed: Seed): JsonObject | undefined {
  if (seed.origin === 'new') return undefined;
  if (seed.origin === 'foreign') return seed.foreign;
  const options = { base: seed.foreign, context, now: seed.now - 86_400_000 };
  const draft = new Draft(lens.toOneRoster(seed.earlier, options).document);
  for (const index of seed.edited) edit(draft, lens.plan.pairs[index], seed.edits);
  return draft.document;
}

/** Somebody changes one value in OneRoster after the tool wrote it. */
function edit(draft: Draft, pair: PairRow | undefined, edits: JsonObject): void {
  const value = pair && valueAt(edits, pair.tokens);
  if (pair && value !== undefined) draft.set(pair.tokens, value);
}

/** What the tool would read, with one or two members changed: the commonest PUT there is. */
function nearTo(lens: Lens, read: JsonObject, { near, first }: Seed): JsonObject {
  const draft = new Draft(read);
  for (const index of near) {
    const pair = lens.plan.pairs[index];
    if (pair === undefined) continue;
    const value = valueAt(first, pair.agsTokens);
    if (value === undefined) draft.remove(pair.agsTokens);
    else draft.set(pair.agsTokens, value);
  }
  return draft.document;
}
