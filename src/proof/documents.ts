import fc from 'fast-check';
import { isEmpty, type Json, type JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import type { Plan } from '../core/plan.ts';
import { valueAt, withValue } from '../core/pointer.ts';
import type { GivenRow, PairRow } from '../core/rows.ts';
import { json, readable, sayable } from './values.ts';

/** Documents that a mapping may meet: made from its rows, and from what people and other programs put beside them. */

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
export const ABSENT = { nil: undefined, freq: 3 };

/** A tool's document. A member that must be shown in any case (a row's `default.ags`) is one that AGS requires. */
export function toolDocument({ plan: { pairs, agsHolders } }: Lens): fc.Arbitrary<JsonObject> {
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
export function standing(row: PairRow): fc.Arbitrary<Json | undefined> {
  const value = readable(row.codec);
  if (row.shown !== undefined || row.fallback !== undefined) return value;
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 2, arbitrary: fc.constantFrom(undefined, null) },
    { weight: 1, arbitrary: json },
  );
}

/** A document that somebody made in OneRoster, but for what the context says. */
export function foreignDocument(lens: Lens): fc.Arbitrary<JsonObject> {
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
export function inContext(lens: Lens, document: JsonObject, context: JsonObject): JsonObject {
  return lens.plan.givens.reduce((whole, { from, constant, codec, keep, place }) => {
    if (keep && !isEmpty(valueAt(whole, place.tokens))) return whole;
    const value = from === undefined ? constant : codec.encode(context[from] as Json);
    return withValue(whole, place.tokens, value);
  }, document);
}

/** The earlier versions of a mapping; another mapping of the same resource is none of them. */
export function versionsOf({ earlier, mapping }: Plan): readonly Plan[] {
  return [...earlier.values()].filter((version) => version.mapping.name === mapping.name);
}

/** What a mapping, and the versions before it, ask of a context. */
export function contextOf({ plan }: Lens): fc.Arbitrary<JsonObject> {
  const givens = [plan, ...versionsOf(plan)].flatMap((version) => version.givens);
  const names = givens.flatMap(({ from }) => from ?? []);
  return fc.record(Object.fromEntries(names.map((name) => [name, valueFor(givens, name)])));
}

/** What a context says under a name is a string; where a table reads it, it is one of the words that it knows. */
function valueFor(givens: readonly GivenRow[], name: string): fc.Arbitrary<string> {
  const codecs = givens.filter(({ from }) => from === name).map(({ codec }) => codec);
  const words = codecs.flatMap(({ ags }) => (typeof ags === 'object' ? ags.oneOf.map(String) : []));
  const known = words.filter((word) => codecs.every((codec) => codec.accepts(word)));
  return known.length > 0 ? fc.constantFrom(...known) : fc.string({ minLength: 1 });
}
