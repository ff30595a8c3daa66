import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { WROTE_MARK } from '../core/identity.ts';
import { isEmpty, isObject, type JsonObject, own } from '../core/json.ts';
import { formatPointer, valueAt } from '../core/pointer.ts';
import type { Whole } from './shelving.ts';

/**
 * OneRoster's PUT replaces an object (OneRoster 1.2, Gradebook): what it leaves out is gone. Some services merge instead, and what was to
 * be taken away stays: a score that a tool has cleared, a comment, a tag. So a write that takes something away is looked at until the
 * service was seen to do it; a service that merges is sent null; and when that does not help either, the write is taken back and refused.
 */

export interface ClearingParts {
  /** Writes an object as the upstream is to see it, each null as null. */
  readonly nullify: (document: JsonObject, call: Call) => Promise<JsonObject | undefined>;
  /** Members that this upstream clears by null alone: writes send them as null. */
  readonly asNull: Set<string>;
  readonly now: () => number;
}

type Clearing = ClearingParts & { readonly whole: Whole; readonly known: Known };

/** A place in a document, by its tokens. */
type Place = readonly string[];

/** What was seen of an upstream's objects. */
interface Known {
  /** Members that were gone when they had been left out; what is in metadata counts as one. */
  readonly replaced: Set<string>;
  /** Places that stayed whatever was sent, and since when that is known. */
  readonly kept: Map<string, number>;
}

/** For how long a place that could not be cleared is not tried again. Milliseconds: a service may be mended. */
const FORGET = 600_000;

/**
 * The same objects; a write takes away what it leaves out, or throws.
 *
 * @example const { write } = clearing(whole, parts); await write(withoutScore, call) // UPSTREAM_NOT_CLEARED when the score stays
 */
export function clearing(whole: Whole, parts: ClearingParts): Whole {
  const known: Known = { replaced: new Set(), kept: new Map() };
  const standing = new WeakMap<Call, Map<string, JsonObject>>();
  const read: Whole['read'] = async (sourcedId, call) => {
    const document = await whole.read(sourcedId, call);
    const ofCall = standing.get(call) ?? new Map<string, JsonObject>();
    if (document !== undefined) standing.set(call, ofCall.set(sourcedId, document));
    return document;
  };
  return {
    ...whole,
    read,
    write: async (document, call) => {
      const sourcedId = String(document['sourcedId']);
      const before = standing.get(call)?.get(sourcedId);
      standing.get(call)?.delete(sourcedId);
      const gone = before === undefined ? [] : removed(before, document);
      if (before === undefined || gone.length === 0) return whole.write(document, call);
      return takeAway({ document, before, gone, call }, { ...parts, whole, known });
    },
  };
}

interface Taking {
  readonly document: JsonObject;
  readonly before: JsonObject;
  /** What stood and is to go. */
  readonly gone: readonly Place[];
  readonly call: Call;
}

/** @throws GradebridgeError UPSTREAM_NOT_CLEARED, and what stood before stands again as far as the service lets it */
async function takeAway(taking: Taking, parts: Clearing): Promise<JsonObject | undefined> {
  const { document, gone, call } = taking;
  const { whole, known, asNull, now } = parts;
  const since = gone.map((place) => known.kept.get(formatPointer(place)) ?? Number.NEGATIVE_INFINITY);
  if (since.some((at) => now() - at < FORGET)) throw notCleared(gone);
  const asked = withNulls(
    document,
    gone.filter(([member = '']) => asNull.has(member)),
  );
  const answered = await whole.write(asked, call);
  const isKnown = gone.every((place) => known.replaced.has(kindOf(place)) || asNull.has(kindOf(place)));
  if (isKnown && standingOf(gone, answered).length === 0) return answered;
  // An answer may be no more than an echo.
  const held = await whole.read(String(document['sourcedId']), call);
  const left = standingOf(gone, held);
  if (left.length > 0) return clear({ ...taking, document: asked, gone: left }, parts);
  for (const place of gone) if (!asNull.has(kindOf(place))) known.replaced.add(kindOf(place));
  return answered;
}

/** Sends null for what has stayed. In metadata, where null is a value, what holds a rest is taken away as a whole and written again. */
async function clear(taking: Taking, parts: Clearing): Promise<JsonObject | undefined> {
  const { document, before, gone, call } = taking;
  const { whole, known, nullify, asNull, now } = parts;
  for (const place of gone) known.replaced.delete(kindOf(place));
  try {
    await nullify(withNulls(document, gone), call);
    const flat = gone.filter((place) => place.length <= 2);
    if (flat.length < gone.length) await nullify(withNulls(document, flat), call);
  } catch (error) {
    if (!(error instanceof GradebridgeError) || error.code !== 'UPSTREAM_REJECTED') throw error;
  }
  const held = await whole.read(String(document['sourcedId']), call);
  const left = standingOf(gone, held);
  if (left.length === 0) {
    for (const [member = '', ...inside] of gone) if (inside.length === 0) asNull.add(member);
    return held;
  }
  for (const place of left) known.kept.set(formatPointer(place), now());
  // Half of it must not pass for the whole: the same write again would be taken for one that was done.
  await whole.write(before, call).catch(() => undefined);
  throw notCleared(left);
}

function notCleared(places: readonly Place[]): GradebridgeError {
  const issues = places.map((place) => ({
    pointer: formatPointer(place.slice(0, 2)),
    code: 'stays',
    message: 'Stays in OneRoster although it was to be taken away.',
  }));
  return new GradebridgeError('UPSTREAM_NOT_CLEARED', { issues });
}

const kindOf = ([member = '']: Place): string => member;

/** The service's own, whatever is written. */
const NOT_OURS: ReadonlySet<string> = new Set(['sourcedId', 'status', 'dateLastModified']);

/** The places at which something stands that a write leaves out. */
function removed(before: JsonObject, document: JsonObject): readonly Place[] {
  const members = Object.keys(before).filter((name) => name !== 'metadata' && !NOT_OURS.has(name));
  const [stood, stands] = [own(before, 'metadata'), own(document, 'metadata') ?? {}];
  return [
    ...members
      .filter((name) => !isEmpty(own(before, name)) && isEmpty(own(document, name)))
      .map((name) => [name]),
    ...(isObject(stood) && isObject(stands) ? removedInside(['metadata'], stood, stands) : []),
  ];
}

function removedInside(place: Place, before: JsonObject, document: JsonObject): readonly Place[] {
  return Object.keys(before).flatMap((name): readonly Place[] => {
    const inside = [...place, name];
    const [stood, stands] = [own(before, name), own(document, name)];
    if (inside.length === 2 && name === WROTE_MARK[1]) return [];
    if (stands === undefined) return inside.length === 2 && isEmpty(stood) ? [] : [inside];
    return isObject(stood) && isObject(stands) ? removedInside(inside, stood, stands) : [];
  });
}

/** Those of some places that hold something in a document. */
function standingOf(places: readonly Place[], document: JsonObject | undefined): readonly Place[] {
  if (document === undefined) return [];
  return places.filter((place) => {
    const value = valueAt(document, place);
    return place.length > 2 ? value !== undefined : !isEmpty(value);
  });
}

function withNulls(document: JsonObject, places: readonly Place[]): JsonObject {
  const metadata = own(document, 'metadata');
  const inside = places.flatMap(([, name]) => (name === undefined ? [] : [[name, null] as const]));
  return {
    ...document,
    ...Object.fromEntries(places.filter(({ length }) => length === 1).map(([name = '']) => [name, null])),
    ...(inside.length > 0 && {
      metadata: { ...(isObject(metadata) && metadata), ...Object.fromEntries(inside) },
    }),
  };
}
