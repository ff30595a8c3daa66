import { type Difference, difference, shown } from './difference.ts';
import { isEmpty, isObject, type Json, type JsonObject, type MutableJsonObject } from './json.ts';
import type { Lens } from './lens.ts';
import { type Earlier, tryMigration } from './migration-law.ts';
import type { Plan } from './plan.ts';
import { valueAt, withValue } from './pointer.ts';
import type { PlaceTree } from './stash.ts';

export { type Difference, difference } from './difference.ts';

/** Everything that a law is tried on. Times are milliseconds since 1970. */
export interface Sample {
  /** The OneRoster document as it stands; absent for a line item that is new. */
  readonly base?: JsonObject;
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly context: JsonObject;
  readonly now: number;
  readonly later: number;
  /** A write of an earlier version, when one is known. */
  readonly earlier?: Earlier;
}

export type LawName = 'put-get' | 'get-put' | 'put-put' | 'keep' | 'retry' | 'migrate';

/** What each law says, for people. */
export const LAW_SENTENCES: Readonly<Record<LawName, string>> = {
  'put-get': 'What a tool wrote is what it reads.',
  'get-put': 'Writing back what was read changes nothing.',
  'put-put': 'The last write alone decides.',
  keep: 'Members of OneRoster that no row owns are untouched.',
  retry: 'The same write again, at another time, leaves the same document.',
  migrate: 'What was written under an earlier version is read under this one, and back.',
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
    const [readOnce, readTwice] = [lens.toAgs(once).document, lens.toAgs(twice).document];
    return (
      difference(ofTool(lens.plan, readOnce), ofTool(lens.plan, readTwice)) ??
      difference(unowned(once, lens.plan.places), unowned(twice, lens.plan.places)) ??
      differentMeaning(lens, once, twice)
    );
  },
  keep: (lens, sample) => {
    const written = put(lens, sample.first, sample);
    const { places } = lens.plan;
    return difference(unowned(sample.base ?? {}, places), unowned(written, places));
  },
  retry: (lens, sample) => {
    const once = put(lens, sample.first, sample);
    return difference(once, put(lens, sample.first, { ...sample, base: once, now: sample.later }));
  },
  migrate: tryMigration,
};

/** The names of all laws, in the order in which they are tried. */
export const LAWS = Object.keys(CHECKS) as readonly LawName[];

function put(lens: Lens, document: JsonObject, { base, context, now }: Sample): JsonObject {
  return lens.toOneRoster(document, { context, now, ...(base && { base }) }).document;
}

/** A tool's document without what the mapping declares as lost. */
function ofTool(plan: Plan, document: JsonObject): JsonObject {
  let kept = plan.mapping.lossy === undefined ? document : {};
  for (const { agsPlace, lossy } of plan.pairs) {
    kept = withValue(kept, agsPlace.tokens, lossy ? undefined : valueAt(document, agsPlace.tokens));
  }
  return kept;
}

function withoutLossy(plan: Plan, document: JsonObject): JsonObject {
  const lossy = plan.pairs.filter((pair) => pair.lossy);
  return lossy.reduce((rest, pair) => withValue(rest, pair.place.tokens, undefined), document);
}

/** What is left of a OneRoster document without the places that the mapping writes. */
function unowned(document: JsonObject, places: PlaceTree): JsonObject {
  const rest: MutableJsonObject = {};
  for (const member of Object.keys(document)) {
    const place = places.get(member);
    if (place === null) continue;
    const value = document[member] as Json;
    const kept = place !== undefined && isObject(value) ? unowned(value, place) : value;
    // An object that holds nothing but places of ours comes and goes with them.
    const isOurs =
      place !== undefined && (kept === null || (isObject(kept) && Object.keys(kept).length === 0));
    if (!isOurs) rest[member] = kept;
  }
  return rest;
}

/**
 * OneRoster values that differ in meaning. Two spellings of one instant are the same, and so are two defaults: the moment
 * at which a default was first written stays with the document, or a retry would move it.
 */
function differentMeaning(lens: Lens, left: JsonObject, right: JsonObject): Difference | undefined {
  const exact = lens.plan.pairs.filter((pair) => !pair.lossy);
  for (const row of [...exact, ...lens.plan.givens]) {
    const [expected, actual] = [valueAt(left, row.place.tokens), valueAt(right, row.place.tokens)];
    const hasNone = isEmpty(expected) || isEmpty(actual);
    const isSame = hasNone ? isEmpty(expected) && isEmpty(actual) : row.codec.same(expected, actual);
    const isDefault = 'ags' in row && isEmpty(lens.read(left, row.ags));
    if (!isSame && !isDefault) return { pointer: row.oneroster, ...shown(expected, actual) };
  }
  return undefined;
}
