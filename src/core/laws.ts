import { Draft } from './draft.ts';
import { equal, escapeToken, isEmpty, isObject, type Json, type JsonObject } from './json.ts';
import type { Lens } from './lens.ts';
import type { Plan } from './plan.ts';
import { valueAt } from './pointer.ts';

/** Everything that a law is tried on. Times are milliseconds since 1970. */
export interface Sample {
  /** The OneRoster document as it stands; absent for a line item that is new. */
  readonly base?: JsonObject;
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly context: JsonObject;
  readonly now: number;
  readonly later: number;
}

/** Where two documents that a law wants alike differ. */
export interface Difference {
  readonly pointer: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

export type LawName = 'put-get' | 'get-put' | 'put-put' | 'keep' | 'retry';

/** What each law says, for people. */
export const LAW_SENTENCES: Readonly<Record<LawName, string>> = {
  'put-get': 'What a tool wrote is what it reads.',
  'get-put': 'Writing back what was read changes nothing.',
  'put-put': 'The last write alone decides.',
  keep: 'Members of OneRoster that no row owns are untouched.',
  retry: 'The same write again, at another time, leaves the same document.',
};

/**
 * Tries one law on one sample.
 *
 * @returns the first difference, undefined when the law holds
 * @throws GradebridgeError UNMAPPABLE when the sample does not fit the mapping
 * @example tryLaw('put-get', lens, { first: { label: 'Quiz' }, second: {}, context: {}, now: 0, later: 1 })
 */
export function tryLaw(law: LawName, lens: Lens, sample: Sample): Difference | undefined {
  return CHECKS[law](lens, sample);
}

type Check = (lens: Lens, sample: Sample) => Difference | undefined;

const CHECKS: Readonly<Record<LawName, Check>> = {
  'put-get': (lens, sample) => {
    const written = put(lens, sample.first, sample);
    return difference(ofTool(lens.plan, sample.first), ofTool(lens.plan, lens.toAgs(written).document));
  },
  'get-put': (lens, sample) => {
    const { base } = sample;
    if (base === undefined) return undefined;
    const written = put(lens, lens.toAgs(base).document, sample);
    return difference(withoutLossy(lens.plan, base), withoutLossy(lens.plan, written));
  },
  'put-put': (lens, sample) => {
    const once = put(lens, sample.second, sample);
    const twice = put(lens, sample.second, { ...sample, base: put(lens, sample.first, sample) });
    return (
      difference(lens.toAgs(once).document, lens.toAgs(twice).document) ??
      difference(unowned(lens.plan, once), unowned(lens.plan, twice)) ??
      differentMeaning(lens, once, twice)
    );
  },
  keep: (lens, sample) => {
    const written = put(lens, sample.first, sample);
    return difference(unowned(lens.plan, sample.base ?? {}), unowned(lens.plan, written));
  },
  retry: (lens, sample) => {
    const once = put(lens, sample.first, sample);
    return difference(once, put(lens, sample.first, { ...sample, base: once, now: sample.later }));
  },
};

/** The names of all laws, in the order in which they are tried. */
export const LAWS = Object.keys(CHECKS) as readonly LawName[];

function put(lens: Lens, document: JsonObject, { base, context, now }: Sample): JsonObject {
  return lens.toOneRoster(document, { context, now, ...(base && { base }) }).document;
}

/** A tool's document without what the mapping declares as lost. */
function ofTool(plan: Plan, document: JsonObject): JsonObject {
  const kept = new Draft(plan.mapping.lossy === undefined ? document : {});
  for (const pair of plan.pairs) {
    const value = valueAt(document, pair.agsTokens);
    if (pair.lossy) kept.remove(pair.agsTokens);
    else if (value !== undefined) kept.set(pair.agsTokens, value);
  }
  return kept.document;
}

function withoutLossy(plan: Plan, document: JsonObject): JsonObject {
  const kept = new Draft(document);
  for (const pair of plan.pairs) if (pair.lossy) kept.remove(pair.tokens);
  return kept.document;
}

/** What is left of a OneRoster document without the places that the mapping writes. */
function unowned(plan: Plan, document: JsonObject): JsonObject {
  const rest = new Draft(document);
  const owned = [...plan.pairs, ...plan.givens].map((row) => row.tokens);
  for (const tokens of plan.stash ? [...owned, plan.stash] : owned) {
    rest.remove(tokens);
    // An object that holds nothing but places of ours comes and goes with them.
    for (let length = tokens.length - 1; length > 0; length--) {
      const holder = rest.get(tokens.slice(0, length));
      if (holder === null || (isObject(holder) && Object.keys(holder).length === 0))
        rest.remove(tokens.slice(0, length));
    }
  }
  return rest.document;
}

/**
 * OneRoster values that differ in meaning. Two spellings of one instant are the same, and so are two defaults: the moment
 * at which a default was first written stays with the document, or a retry would move it.
 */
function differentMeaning(lens: Lens, left: JsonObject, right: JsonObject): Difference | undefined {
  for (const row of [...lens.plan.pairs, ...lens.plan.givens]) {
    const [expected, actual] = [valueAt(left, row.tokens), valueAt(right, row.tokens)];
    if (isEmpty(expected) || isEmpty(actual)) {
      if (isEmpty(expected) && isEmpty(actual)) continue;
      if ('ags' in row && isEmpty(lens.read(left, row.ags))) continue;
    } else if (row.codec.same(expected, actual) || ('ags' in row && isEmpty(lens.read(left, row.ags))))
      continue;
    return { pointer: row.oneroster, ...shown(expected, actual) };
  }
  return undefined;
}

function shown(expected: Json | undefined, actual: Json | undefined): Omit<Difference, 'pointer'> {
  return { ...(expected !== undefined && { expected }), ...(actual !== undefined && { actual }) };
}

/** The first place at which two values differ: `difference({ a: 1 }, {})` is `{ pointer: '/a', expected: 1 }`. */
export function difference(
  expected: Json | undefined,
  actual: Json | undefined,
  pointer = '',
): Difference | undefined {
  if (equal(expected, actual)) return undefined;
  if (!isObject(expected) || !isObject(actual)) return { pointer, ...shown(expected, actual) };
  for (const member of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const left = Object.hasOwn(expected, member) ? expected[member] : undefined;
    const right = Object.hasOwn(actual, member) ? actual[member] : undefined;
    const found = difference(left, right, `${pointer}/${escapeToken(member)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
