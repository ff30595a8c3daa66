import {
  equal,
  isForbidden,
  isObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';
import type { Place } from './places.ts';
import { withValue } from './pointer.ts';

/**
 * The stash is a member of the OneRoster document, `/metadata/lti` in the shipped mappings, that keeps what OneRoster has
 * no place for:
 *
 * - `members`: what the tool's document holds and no row names, AGS extensions under URL keys above all (AGS §3.1.2)
 * - `originals`: by a row's AGS pointer, what the tool said (`was`, absent when it said nothing) beside what OneRoster
 *   got for it (`wrote`). The original counts only while OneRoster still holds what was written. With `stashed`, the value of the row
 *   is among the members.
 */
export interface Stash {
  readonly members: JsonObject | undefined;
  readonly originals: JsonObject | undefined;
}

const NOTHING: Stash = { members: undefined, originals: undefined };

/** The names of a side's places as a tree; a leaf (`null`) is a place that a row, or the protocol, reads itself. */
export type PlaceTree = ReadonlyMap<string, PlaceTree | null>;

/** Reads a stash, leaving out whatever is not of its form: somebody may have edited it in OneRoster. */
export function readStash(value: Json | undefined): Stash {
  if (!isObject(value)) return NOTHING;
  const members = own(value, 'members');
  const originals = own(value, 'originals');
  return {
    members: isObject(members) ? members : undefined,
    originals: isObject(originals) ? originals : undefined,
  };
}

/** The value of the stash member after a write: what else stands in it stays, undefined when nothing is left. */
export function writeStash(before: Json | undefined, { members, originals }: Stash): JsonObject | undefined {
  const after: MutableJsonObject = {};
  for (const member of isObject(before) ? Object.keys(before) : []) {
    if (member !== 'members' && member !== 'originals')
      after[member] = (before as JsonObject)[member] as Json;
  }
  if (members !== undefined) after['members'] = members;
  if (originals !== undefined) after['originals'] = originals;
  return Object.keys(after).length === 0 ? undefined : after;
}

/**
 * The part of a document that no place names, in the document's own structure.
 *
 * @param standing the part that is stashed already
 * @returns undefined when every member is named
 * @example leftover({ label: 'Quiz', 'https://a.example/x': 1 }, new Map([['label', null]])) // { 'https://a.example/x': 1 }
 */
export function leftover(
  document: JsonObject,
  places: PlaceTree,
  standing?: JsonObject,
): JsonObject | undefined {
  let rest: MutableJsonObject | undefined;
  for (const member of Object.keys(document)) {
    const place = places.get(member);
    if (place === null || isForbidden(member)) continue;
    const value = document[member] as Json;
    const isHolder = place !== undefined && isObject(value);
    const kept = isHolder ? leftoverInside(value, place, standing && own(standing, member)) : value;
    if (kept === undefined) continue;
    rest ??= {};
    rest[member] = kept;
  }
  return rest;
}

/**
 * An object that holds no named value must be remembered even when it is empty, or it would not come back. One that is
 * remembered stays so when somebody gives it a value in OneRoster: reading and writing back changes nothing.
 */
function leftoverInside(
  value: JsonObject,
  place: PlaceTree,
  standing: Json | undefined,
): JsonObject | undefined {
  const before = isObject(standing) ? standing : undefined;
  const rest = leftover(value, place, before);
  if (rest !== undefined) return rest;
  const isRemembered = before !== undefined && Object.keys(before).length === 0;
  return isRemembered || !holdsNamed(value, place) ? {} : undefined;
}

function holdsNamed(value: JsonObject, places: PlaceTree): boolean {
  return Object.keys(value).some((member) => {
    const place = places.get(member);
    const item = value[member] as Json;
    return place === null || (place !== undefined && isObject(item) && holdsNamed(item, place));
  });
}

/** Puts stashed members back into a document, which is changed; a place that a row reads is the row's, not the stash's. */
export function restore(document: MutableJsonObject, members: JsonObject, places: PlaceTree): void {
  for (const member of Object.keys(members)) {
    const place = places.get(member);
    if (place === null || isForbidden(member)) continue;
    const value = members[member] as Json;
    const standing = own(document, member);
    if (place === undefined || !isObject(value) || standing === undefined) {
      if (standing === undefined) document[member] = withoutNamed(value, place);
    } else if (isObject(standing)) {
      restore(standing as MutableJsonObject, value, place);
    }
  }
}

function withoutNamed(value: Json, place: PlaceTree | undefined): Json {
  return place !== undefined && isObject(value) ? (leftover(value, place) ?? {}) : value;
}

/** Stashed members, and beside them values that belong to rows whose codecs do not take them. */
export function withStashed(
  members: JsonObject | undefined,
  stashed: readonly (readonly [{ readonly agsPlace: Place }, Json])[],
): JsonObject | undefined {
  if (stashed.length === 0) return members;
  return stashed.reduce(
    (rest, [{ agsPlace }, value]) => withValue(rest, agsPlace.tokens, value),
    members ?? {},
  );
}

/** What is remembered of one row. */
export interface Original {
  readonly was?: Json;
  readonly wrote?: Json;
  /** True of a value that stays among the members, because the row's codec does not take it. */
  readonly stashed?: Json;
}

/** The memory of a row whose codec does not take what the tool said. */
export const LEFT_IN_STASH: JsonObject = { stashed: true };

/** The memory of a row among the originals of a stash, when there is a well-formed one. */
export function originalOf(originals: JsonObject | undefined, pointer: string): Original | undefined {
  const original = originals === undefined ? undefined : own(originals, pointer);
  return isObject(original) ? original : undefined;
}

/** True when two stashes hold the same. */
export function sameStash(left: Stash, right: Stash): boolean {
  return equal(left.members, right.members) && equal(left.originals, right.originals);
}
