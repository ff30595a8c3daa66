import { instantOf, isDate, normalDateTime } from './date-time.ts';
import { scaleExactly } from './decimal.ts';
import { isObject, type Json, type JsonObject, own } from './json.ts';
import { numberIn } from './numbers.ts';
import { dayOf, INSTANT, LITERAL, NUMERIC, type Sameness, textOf } from './sameness.ts';
import { isPlain, withoutControls } from './texts.ts';

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
export interface Codec extends Sameness {
  readonly encode: (ags: Json) => Json | undefined;
  readonly decode: (oneroster: Json) => Json | undefined;
  /** Whether `encode` takes a value, found without encoding it. */
  readonly accepts: (ags: Json) => boolean;
  /** What `encode` takes, for the sentence "must be …". */
  readonly takes: string;
  readonly ags: Domain;
  readonly oneroster: Domain;
}

/** Makes a codec of the options in a row, or says in one sentence what is wrong with them. */
type CodecMaker = (options: JsonObject) => Codec | string;

function plain(takes: string, domain: Domain, accepts: (value: Json) => boolean): CodecMaker {
  const pass = (value: Json): Json | undefined => (accepts(value) ? value : undefined);
  return () => ({ encode: pass, decode: pass, accepts, ...LITERAL, takes, ags: domain, oneroster: domain });
}

/** Numbers of a tool are numbers, as AGS has them; those of OneRoster may be texts. */
function numeric(takes: string, accepts: (value: Json | undefined) => value is number): CodecMaker {
  const pass = (value: Json | undefined): number | undefined => (accepts(value) ? value : undefined);
  return () => ({
    encode: pass,
    decode: (value) => pass(numberIn(value)),
    accepts,
    ...NUMERIC,
    takes,
    ags: 'number',
    oneroster: 'number',
  });
}

function isTitle(value: Json): value is string {
  return isText(value) && value.trim() !== '' && isPlain(value);
}

/** A tool that writes back what it has read must be let: what no tool may say of a title, it does not read. */
function titleIn(value: Json): string | undefined {
  const title = isText(value) ? withoutControls(value) : '';
  return isTitle(title) ? title : undefined;
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

/** OneRoster servers are seen to answer a bare date where a date-time belongs: it means midnight UTC. */
function toDateTime(text: string): string | undefined {
  return isDate(text) ? `${text}T00:00:00Z` : normalDateTime(text);
}

function isInstant(value: Json): boolean {
  return isText(value) && instantOf(value) !== undefined;
}

function isNumber(value: Json | undefined): value is number {
  return Number.isFinite(value);
}

const DATE_TIME = 'a date-time with a zone, such as 2026-03-06T20:05:02Z';

const MAKERS: Readonly<Record<string, CodecMaker>> = {
  json: plain('any JSON value', 'json', () => true),
  string: plain('a string', 'string', isText),
  text: () => ({
    encode: (value) => (isTitle(value) ? value : undefined),
    decode: (value) => titleIn(value),
    accepts: isTitle,
    ...LITERAL,
    takes: 'a string that is not blank and has no control characters',
    ags: 'string',
    oneroster: 'string',
  }),
  // JSON text such as 1e400 parses to Infinity, which no JSON can say again.
  number: numeric('a number', isNumber),
  positive: numeric('a number above 0', (value): value is number => isNumber(value) && value > 0),
  boolean: plain('true or false', 'boolean', (value) => typeof value === 'boolean'),
  dateTime: () => ({
    encode: (value) => (isText(value) ? normalDateTime(value) : undefined),
    decode: (value) => (isText(value) ? toDateTime(value) : undefined),
    accepts: isInstant,
    ...INSTANT,
    takes: DATE_TIME,
    ags: 'dateTime',
    oneroster: 'dateTime',
  }),
  date: () => ({
    encode: (value) => (isText(value) ? dayOf(value) : undefined),
    decode: (value) => (isText(value) ? toDateTime(value) : undefined),
    accepts: isInstant,
    ...INSTANT,
    takes: DATE_TIME,
    ags: 'dateTime',
    oneroster: 'date',
  }),
  scale: ({ by }) => {
    if (by === undefined || !isNumber(by) || by === 0) return 'scale needs "by", a number other than 0';
    return {
      encode: (value) => (isNumber(value) ? finite(scaleExactly(value, by)) : undefined),
      decode: (value) => {
        const read = numberIn(value);
        return read === undefined ? undefined : finite(scaleExactly(read, 1, by));
      },
      accepts: isNumber,
      ...NUMERIC,
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
      accepts: isText,
      ...LITERAL,
      takes: 'a string',
      ags: 'string',
      oneroster: 'string',
    };
  },
  table: makeTable,
  reference: () => ({
    encode: (value) => (isId(value) ? { sourcedId: value } : undefined),
    decode: idOf,
    accepts: isId,
    same: sameReference,
    gist: (value) => [idOf(value) ?? textOf(value)],
    isWhole: () => true,
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

function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function idOf(reference: Json): string | undefined {
  const id = isObject(reference) ? own(reference, 'sourcedId') : undefined;
  return isId(id) ? id : undefined;
}

function sameReference(left: Json, right: Json): boolean {
  const id = idOf(left);
  return id !== undefined && id === idOf(right);
}

function makeTable({ values, back = {} }: JsonObject): Codec | string {
  if (!isObject(values) || !isObject(back))
    return 'table needs "values", an object of AGS word: OneRoster value';
  const there = new Map(Object.entries(values));
  const andBack = new Map<Json, string>();
  for (const [word, value] of there) {
    // Null says that a document with this word is not to be written at all, which is for its writer to heed.
    if (value === null) continue;
    if (typeof value === 'object') return 'the values of a table are strings, numbers, booleans or null';
    const preferred = own(back, String(value));
    if (andBack.has(value) && preferred === undefined) {
      return `several words become ${String(value)}: "back" must say which of them it is on the way back`;
    }
    andBack.set(value, isText(preferred ?? null) ? (preferred as string) : word);
  }
  if (andBack.size === 0) return 'table needs a word whose value is not null';
  const astray = Object.entries(back).find(([value, word]) => String(there.get(String(word))) !== value);
  if (astray !== undefined) return `"back" says ${astray[0]} is ${String(astray[1])}, but "values" does not`;
  return {
    encode: (value) => (isText(value) ? there.get(value) : undefined),
    decode: (value) => andBack.get(value),
    accepts: (value) => isText(value) && there.has(value),
    ...LITERAL,
    takes: `one of ${namedIn([...there.keys()])}`,
    ags: { oneOf: [...there.keys()] },
    oneroster: { oneOf: [...andBack.keys()] },
  };
}

/** The sentence goes into each refusal: a person reads so many words, and a table may have thousands. */
const MOST_NAMED = 50;

function namedIn(words: readonly string[]): string {
  const named = words.slice(0, MOST_NAMED).join(', ');
  return words.length > MOST_NAMED ? `${named} and ${words.length - MOST_NAMED} more` : named;
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
