import { addDuration, formatInstant, instantOf } from './date-time.ts';
import { Draft } from './draft.ts';
import { GradebridgeError } from './errors.ts';
import {
  equal,
  escapeToken,
  type Issue,
  isEmpty,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  own,
} from './json.ts';
import { at, type Opened, open, type Place } from './places.ts';
import type { Plan } from './plan.ts';
import type { Fallback, GivenRow, PairRow } from './rows.ts';
import { toInstant } from './sameness.ts';
import {
  LEFT_IN_STASH,
  leftover,
  type Original,
  originalOf,
  readStash,
  type Stash,
  sameStash,
  withStashed,
  writeStash,
} from './stash.ts';
import type { Note, Translation, WriteOptions } from './translation.ts';
import { stashedOf, told } from './view.ts';

type After = Extract<Fallback, { readonly kind: 'after' }>;

/** Everything that the rows of one write share. */
interface Writing {
  readonly pairs: readonly PairRow[];
  readonly source: Opened;
  readonly base: Opened;
  readonly draft: Draft;
  readonly stash: Stash;
  /** The originals that are remembered after this write. */
  readonly originals: MutableJsonObject;
  /** Values that stay in the stash, because the codecs of their rows do not take them. */
  readonly stashed: (readonly [PairRow, Json])[];
  readonly notes: Note[];
  readonly issues: Issue[];
  readonly options: WriteOptions;
}

/**
 * The OneRoster document for a tool's document.
 *
 * @throws GradebridgeError UNMAPPABLE with every problem of the document
 * @example write(plan, { label: 'Quiz' }, { now: Date.now() }).document // { title: 'Quiz', status: 'active' }
 */
export function write(plan: Plan, source: JsonObject, options: WriteOptions): Translation {
  const base = open(options.base ?? {}, plan.holders);
  const writing: Writing = {
    pairs: plan.pairs,
    source: open(source, plan.agsHolders),
    base,
    draft: new Draft(base, plan.holders),
    stash: readStash(plan.stash && at(base, plan.stash)),
    originals: {},
    stashed: [],
    notes: [],
    issues: [],
    options,
  };
  for (const pair of plan.pairs) {
    if (options.kept?.includes(pair.oneroster)) keepPair(pair, writing);
    else writePair(pair, writing);
  }
  for (const given of plan.givens) writeGiven(given, writing);
  if (plan.stash !== undefined) stashRest(plan, plan.stash, writing);
  if (writing.issues.length > 0) throw new GradebridgeError('UNMAPPABLE', { issues: writing.issues });
  return { document: writing.draft.finish(), notes: writing.notes };
}

function keepPair(pair: PairRow, writing: Writing): void {
  const original = originalOf(writing.stash.originals, pair.ags);
  if (original !== undefined) writing.originals[pair.ags] = original as JsonObject;
  writing.notes.push(pair.notes.kept);
}

function writePair(pair: PairRow, writing: Writing): void {
  const incoming = at(writing.source, pair.agsPlace);
  const original = originalOf(writing.stash.originals, pair.ags);
  const current = at(writing.base, pair.place);
  const standing = told(pair, current, original);
  const { members } = writing.stash;
  const isOpen = members !== undefined && isEmpty(standing);
  const stashed = isOpen ? stashedOf(pair, original, members) : undefined;
  const isStashed = stashed !== undefined;
  const unchanged = !isStashed && equal(incoming, standing);
  if (unchanged && original !== undefined) writing.originals[pair.ags] = original as JsonObject;
  if (isEmpty(incoming)) {
    if (pair.fallback !== undefined) writeFallback(pair, incoming, writing);
    else if (!unchanged) writeNothing(pair, incoming, writing);
  } else if (!unchanged) {
    const stays = isStashed && equal(incoming, stashed) && isEmpty(pair.codec.encode(incoming));
    if (stays) leaveInStash(pair, incoming, writing);
    else writeValue(pair, incoming, writing);
  } else if (original !== undefined) {
    writing.notes.push(pair.notes.inexact);
  }
}

function leaveInStash(pair: PairRow, value: Json, { stashed, originals }: Writing): void {
  stashed.push([pair, value]);
  originals[pair.ags] = LEFT_IN_STASH;
}

function writeValue(pair: PairRow, incoming: Json, writing: Writing): void {
  const encoded = asHeld(pair, incoming, writing.options);
  if (encoded === undefined) {
    const message = `Must be ${pair.codec.takes} (row ${pair.index} of the mapping).`;
    writing.issues.push({ pointer: pair.ags, code: 'type', message });
    return;
  }
  const current = at(writing.base, pair.place);
  const stands = !isEmpty(current) && pair.codec.same(current, encoded);
  const wrote = stands ? current : encoded;
  if (!stands) put(pair, encoded, writing);
  const isExact = equal(pair.codec.decode(wrote), incoming);
  // A service may keep the day alone of a time, and nobody knows before.
  if (isExact && pair.codec.isWhole(wrote)) return;
  remember(pair, { was: incoming, wrote }, writing);
  if (!isExact) writing.notes.push(pair.notes.inexact);
}

/** What goes to OneRoster: of a time, where only a day is held, the day that the tool has written, and not that of UTC. */
function asHeld(pair: PairRow, incoming: Json, { days }: WriteOptions): Json | undefined {
  const encoded = pair.codec.encode(incoming);
  const isDay = days?.has(pair.oneroster.slice(1)) && pair.codec.oneroster === 'dateTime';
  return isDay && typeof encoded === 'string' ? String(incoming).slice(0, 10) : encoded;
}

function writeNothing(pair: PairRow, incoming: null | undefined, writing: Writing): void {
  writing.draft.remove(pair.place);
  if (incoming === null) writing.originals[pair.ags] = { was: null };
}

/**
 * OneRoster requires a value that the tool does not give. A value that stands there is taken as it is, so that no PUT of
 * a tool without dates moves a date that a teacher has set, and no retry moves a default.
 */
function writeFallback(pair: PairRow, incoming: null | undefined, writing: Writing): void {
  const value = settle(pair, writing);
  if (!equal(value, at(writing.base, pair.place))) put(pair, value, writing);
  remember(pair, incoming === null ? { was: null, wrote: value } : { wrote: value }, writing);
  writing.notes.push(pair.notes.defaulted);
}

/** What is remembered already stays as it is spelled, though the upstream may since have respelled the value itself. */
function remember(pair: PairRow, original: Original & { readonly wrote: Json }, writing: Writing): void {
  const before = originalOf(writing.stash.originals, pair.ags);
  const isKnown = equal(before?.was, original.was) && !isEmpty(before?.wrote);
  const stays = isKnown && pair.codec.same(before.wrote, original.wrote);
  writing.originals[pair.ags] = (stays ? before : original) as JsonObject;
}

/** The value for a row that has a default: a new one only where none stands, or where it must follow another place. */
function settle(pair: PairRow, writing: Writing): Json {
  const current = at(writing.base, pair.place);
  const { fallback } = pair;
  if (fallback?.kind === 'after') return follow(pair, fallback, writing);
  const latest = fallback?.kind === 'now' ? latestOf(pair, writing) : Number.POSITIVE_INFINITY;
  const isPossible = !(typeof current === 'string' && (toInstant(current) ?? 0) > latest);
  if (!isEmpty(current) && isPossible) return current;
  return fallback?.kind === 'value' ? fallback.value : timeFor(pair, Math.min(writing.options.now, latest));
}

/** Nothing begins after its end: where the tool moves what is to follow a place, that place must not be after it. */
function latestOf(pair: PairRow, { pairs, source, base, stash }: Writing): number {
  const follower = pairs.find(({ fallback }) => fallback?.kind === 'after' && fallback.start === pair.place);
  if (follower === undefined) return Number.POSITIVE_INFINITY;
  const said = at(source, follower.agsPlace);
  const standing = told(follower, at(base, follower.place), originalOf(stash.originals, follower.ags));
  return (equal(said, standing) ? undefined : instantAt(said)) ?? Number.POSITIVE_INFINITY;
}

/** A time after another place moves with it, unless somebody has set it to a time of their own that is still possible. */
function follow(pair: PairRow, { start, duration }: After, { base, draft, options }: Writing): Json {
  const current = at(base, pair.place);
  const later = (from: Json | undefined): Json | undefined => {
    const instant = instantAt(from);
    return instant === undefined ? undefined : timeFor(pair, addDuration(instant, duration));
  };
  const [before, now] = [at(base, start), draft.get(start)];
  if (!isEmpty(current)) {
    if (equal(now, before)) return current;
    const followed = later(before);
    const isOurs = followed !== undefined && pair.codec.same(followed, current);
    if (!isOurs && !isEarlier(current, now)) return current;
  }
  const computed = later(now) ?? timeFor(pair, addDuration(options.now, duration));
  return !isEmpty(current) && pair.codec.same(computed, current) ? current : computed;
}

function isEarlier(left: Json, right: Json | undefined): boolean {
  const [one, other] = [instantAt(left), instantAt(right)];
  return one !== undefined && other !== undefined && one < other;
}

function instantAt(value: Json | undefined): number | undefined {
  return typeof value === 'string' ? instantOf(value) : undefined;
}

function timeFor(pair: PairRow, instant: number): Json {
  const time = formatInstant(instant) ?? '9999-12-31T23:59:59Z';
  return pair.codec.encode(time) ?? time;
}

function writeGiven(given: GivenRow, writing: Writing): void {
  const { codec, notes, place } = given;
  const current = at(writing.base, place);
  const value = givenValue(given, writing.options.context);
  if (given.keep && !isEmpty(current)) {
    if (isEmpty(value) || !codec.same(current, value)) writing.notes.push(notes.kept);
    return;
  }
  if (value === undefined) {
    const message = `The context has no usable ${given.from ?? 'value'} (row ${given.index} of the mapping).`;
    writing.issues.push({ pointer: '', code: 'context', message });
  } else if (isEmpty(current) || value === null || !codec.same(current, value)) {
    put(given, value, writing);
  }
  writing.notes.push(notes.given);
}

function givenValue(given: GivenRow, context: JsonObject | undefined): Json | undefined {
  if (given.from === undefined) return given.constant;
  const raw = context === undefined ? undefined : own(context, given.from);
  return isEmpty(raw) ? raw : given.codec.encode(raw);
}

function put(row: PairRow | GivenRow, value: Json, writing: Writing): void {
  if (writing.draft.set(row.place, value)) return;
  const message = `${row.oneroster} cannot be written: a step on the way holds something that is no object (row ${row.index} of the mapping).`;
  writing.issues.push({ pointer: '', code: 'blocked', message });
}

function stashRest(plan: Plan, place: Place, writing: Writing): void {
  const { source, base, draft } = writing;
  const pointer = plan.mapping.stash?.oneroster as string;
  const rest = leftover(source[0] as JsonObject, plan.agsPlaces, writing.stash.members);
  const members = withStashed(rest, writing.stashed);
  if (members !== undefined) {
    for (const member of Object.keys(members)) {
      writing.notes.push({ kind: 'stashed', ags: `/${escapeToken(member)}`, oneroster: pointer });
    }
  }
  const originals = Object.keys(writing.originals).length > 0 ? writing.originals : undefined;
  const after: Stash = { members, originals };
  if (sameStash(writing.stash, after)) return;
  const value = writeStash(at(base, place), after);
  if (value === undefined) draft.remove(place);
  else if (!draft.set(place, value)) {
    const message = `${pointer} cannot be written: a step on the way is no object.`;
    writing.issues.push({ pointer: '', code: 'blocked', message });
  }
}
