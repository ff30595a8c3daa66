import fc from 'fast-check';
import type { Codec, Domain } from '../core/codecs.ts';
import { formatInstant } from '../core/date-time.ts';
import type { Json } from '../core/json.ts';

const leaf = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean(), fc.constantFrom(null, 0.1));

/** Any JSON but null, which is no value but one of the three states of a member. */
export const json: fc.Arbitrary<Json> = fc.oneof(
  leaf.map((value) => value ?? 0),
  fc.array(leaf, { maxLength: 2 }),
  fc.dictionary(fc.string({ maxLength: 4 }), fc.oneof(leaf, fc.constantFrom([], [{}], { a: {} })), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
);

const START = Date.UTC(2000, 0, 1);
const END = Date.UTC(2100, 0, 1);
/** Milliseconds since 1970, in this century. */
export const instant = fc.integer({ min: START, max: END });
const second = fc.integer({ min: START / 1000, max: END / 1000 }).map((value) => value * 1000);

function textOf(at: number): string {
  return formatInstant(at) as string;
}

/** The spellings that AGS allows: UTC or an offset, with or without a fraction. */
const ENDINGS = ['Z', '.000Z', '.123456Z', '+00:00', '+02:00', '.0-03:30', '+0530', '+01'];
const dateTime = fc
  .tuple(second, fc.constantFrom(...ENDINGS))
  .map(([at, ending]): Json => `${textOf(at).slice(0, 19)}${ending}`);

const reference = fc
  .record(
    { sourcedId: fc.string({ minLength: 1 }), type: fc.string(), href: fc.constant('https://or.example/x') },
    { requiredKeys: ['sourcedId'] },
  )
  .map((value): Json => value);

const VALUES: Readonly<Record<Exclude<Domain, object>, fc.Arbitrary<Json>>> = {
  json,
  string: fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })),
  number: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 0.1, 100),
  ),
  boolean: fc.boolean(),
  dateTime,
  date: second.map((at): Json => textOf(at).slice(0, 10)),
  reference,
};

function valuesOf(domain: Domain): fc.Arbitrary<Json> {
  return typeof domain === 'object' ? fc.constantFrom(...domain.oneOf) : VALUES[domain];
}

/** What a tool may say at a row: `sayable(codec)`, the easily mistaken values included. */
export function sayable(codec: Codec): fc.Arbitrary<Json> {
  return valuesOf(codec.ags).filter((value) => codec.encode(value) !== undefined);
}

/** What a codec can read: `readable(codec)`. Where few values of the kind are (an affix), one that it has written. */
export function readable(codec: Codec): fc.Arbitrary<Json> {
  const { encode, decode } = codec;
  return fc
    .tuple(valuesOf(codec.oneroster), sayable(codec))
    .map(([value, said]) => (decode(value) === undefined ? (encode(said) as Json) : value))
    .filter((value) => decode(value) !== undefined);
}
