import { formatInstant, instantOf, isDate, normalDateTime } from './date-time.ts';
import { scaleExactly } from './decimal.ts';
import { equal, isObject, type Json, type JsonObject, own } from './json.ts';

/** What a side of a codec holds, so that the laws can be tried on generated documents. */
export type Domain =
  | 'json'
  | 'string'
  | 'number'
  | 'boolean'
  | 'dateTime'
  | 'date'
  | 'reference'
  | { readonly oneOf: readonly Json[] };

/**
 * A named pair of functions between the two sides of a row. They see present values only, never absent or null, and
 * answer undefined for a value that they do not take. They need not be inverse: the lens remembers what cannot return.
 */
export interface Codec {
  readonly encode: (ags: Json) => Json | undefined;
  readonly decode: (oneroster: Json) => Json | undefined;
  /** Whether two OneRoster values mean the same: an upstream may answer `…00.000Z` for the `…00Z` that it was sent. */
  readonly same: (left: Json, right: Json) => boolean;
  /** What `encode` takes, for the sentence "must be …". */
  readonly takes: string;
  readonly ags: Domain;
  readonly oneroster: Domain;
}

/** Makes a codec of the options in a row, or says in one sentence what is wrong with them. */
type CodecMaker = (options: JsonObject) => Codec | string;

function plain(domain: 'string' | 'number' | 'boolean', takes: string): CodecMaker {
  const pass = (value: Json): Json | undefined => (IS[domain](value) ? value : undefined);
  return () => ({ encode: pass, decode: pass, same: equal, takes, ags: domain, oneroster: domain });
}

/** JSON text such as 1e400 parses to Infinity, which no JSON can say again. */
const IS = {
  string: (value: Json) => typeof value === 'string',
  number: (value: Json) => Number.isFinite(value),
  boolean: (value: Json) => typeof value === 'boolean',
} as const;

const identity = (value: Json): Json => value;

function sameInstant(left: Json, right: Json): boolean {
  return left === right || (isText(left) && isText(right) && toDateTime(left) === toDateTime(right));
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

/** OneRoster servers are seen to answer a bare date where a date-time belongs: it means midnight UTC. */
function toDateTime(text: string): string | undefined {
  return isDate(text) ? `${text}T00:00:00Z` : normalDateTime(text);
}

function dayOf(text: string): string | undefined {
  const instant = instantOf(text);
  return instant === undefined ? undefined : formatInstant(instant)?.slice(0, 10);
}

const DATE_TIME = 'a date-time with a zone, such as 2026-03-06T20:05:02Z';

const MAKERS: Readonly<Record<string, CodecMaker>> = {
  json: () => ({
    encode: identity,
    decode: identity,
    same: equal,
    takes: 'any JSON value',
    ags: 'json',
    oneroster: 'json',
  }),
  string: plain('string', 'a string'),
  number: plain('number', 'a number'),
  boolean: plain('boolean', 'true or false'),
  dateTime: () => ({
    encode: (value) => (isText(value) ? normalDateTime(value) : undefined),
    decode: (value) => (isText(value) ? toDateTime(value) : undefined),
    same: sameInstant,
    takes: DATE_TIME,
    ags: 'dateTime',
    oneroster: 'dateTime',
  }),
  date: () => ({
    encode: (value) => (isText(value) ? dayOf(value) : undefined),
    decode: (value) => (isText(value) ? toDateTime(value) : undefined),
    same: sameInstant,
    takes: DATE_TIME,
    ags: 'dateTime',
    oneroster: 'date',
  }),
  scale: ({ by }) => {
    if (typeof by !== 'number' || by === 0) return 'scale needs "by", a number other than 0';
    return {
      encode: (value) => (typeof value === 'number' ? finite(scaleExactly(value, by)) : undefined),
      decode: (value) => (typeof value === 'number' ? finite(scaleExactly(value, 1, by)) : undefined),
      same: equal,
      takes: 'a number',
      ags: 'number',
      oneroster: 'number',
    };
  },
  affix: ({ prefix = '', suffix = '' }) => {
    if (!isText(prefix) || !isText(suffix)) return 'affix takes "prefix" and "suffix", which are strings';
    return {
      encode: (value) => (isText(value) ? prefix + value + suffix : undefined),
      decode: (value) => (isText(value) ? withoutAffix(value, prefix, suffix) : undefined),
      same: equal,
      takes: 'a string',
      ags: 'string',
      oneroster: 'string',
    };
  },
  table: makeTable,
  reference: () => ({
    encode: (value) => (isText(value) && value !== '' ? { sourcedId: value } : undefined),
    decode: (value) => (isObject(value) ? own(value, 'sourcedId') : undefined),
    same: sameReference,
    takes: 'the sourcedId of an object',
    ags: 'string',
    oneroster: 'reference',
  }),
};

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function withoutAffix(value: string, prefix: string, suffix: string): string | undefined {
  if (value.length < prefix.length + suffix.length) return undefined;
  if (!value.startsWith(prefix) || !value.endsWith(suffix)) return undefined;
  return value.slice(prefix.length, value.length - suffix.length);
}

function sameReference(left: Json, right: Json): boolean {
  return isObject(left) && isObject(right) && equal(own(left, 'sourcedId'), own(right, 'sourcedId'));
}

function makeTable({ values, back = {} }: JsonObject): Codec | string {
  if (!isObject(values) || !isObject(back))
    return 'table needs "values", an object of AGS word: OneRoster value';
  const there = new Map(Object.entries(values));
  const andBack = new Map<Json, string>();
  for (const [word, value] of there) {
    if (typeof value === 'object') return 'the values of a table are strings, numbers or booleans';
    const preferred = own(back, String(value));
    if (andBack.has(value) && preferred === undefined) {
      return `several words become ${String(value)}: "back" must say which of them it is on the way back`;
    }
    andBack.set(value, isText(preferred ?? null) ? (preferred as string) : word);
  }
  const astray = Object.entries(back).find(([value, word]) => String(there.get(String(word))) !== value);
  if (astray !== undefined) return `"back" says ${astray[0]} is ${String(astray[1])}, but "values" does not`;
  return {
    encode: (value) => (isText(value) ? there.get(value) : undefined),
    decode: (value) => andBack.get(value),
    same: equal,
    takes: `one of ${[...there.keys()].join(', ')}`,
    ags: { oneOf: [...there.keys()] },
    oneroster: { oneOf: [...andBack.keys()] },
  };
}

/** The names that a row's `codec` may have, in the order of the documentation. */
export const CODEC_NAMES: readonly string[] = Object.keys(MAKERS);

/**
 * Makes the codec that a row asks for by name, with its options.
 *
 * @returns the codec, or one sentence about what is wrong
 * @example makeCodec('affix', { prefix: 'lti-' })
 */
export function makeCodec(name: string, options: JsonObject): Codec | string {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  return make === undefined
    ? `there is no codec ${name}; there are ${CODEC_NAMES.join(', ')}`
    : make(options);
}
