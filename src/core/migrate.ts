import { canonical } from './identity.ts';
import { equal, isEmpty, type Json, type JsonObject, type MutableJsonObject, own } from './json.ts';
import { agree, markFor, marksOf, NOT_OURS, ROWS, withMarks } from './marks.ts';
import type { Plan } from './plan.ts';
import { valueAt, withValue } from './pointer.ts';
import type { PairRow } from './rows.ts';
import {
  LEFT_IN_STASH,
  leftover,
  originalOf,
  readStash,
  type Stash,
  withStashed,
  writeStash,
} from './stash.ts';
import { told, view } from './view.ts';

/**
 * Documents of one version of a mapping under another one. A document says in its mark which rows wrote it. Where those are other rows
 * than the ones of now, and are known, they say what stands where; it is laid out for the rows of now before these see it. So a row
 * that is new takes over what stood in the stash, one that goes gives back, and one that moved finds its value. OneRoster's document
 * changes with the next write.
 */

/** Which document of OneRoster was laid out for which plan: several functions look at one document, one after the other. */
const LAID_OUT = new WeakMap<JsonObject, readonly [Plan, JsonObject]>();

/**
 * A OneRoster document as the rows of a plan would have written it. One that they wrote, or of which nothing is known, is the document
 * itself.
 *
 * @example currentForm(plan, writtenByTheVersionBefore)
 */
export function currentForm(plan: Plan, document: JsonObject): JsonObject {
  if (plan.earlier.size === 0) return document;
  const marks = marksOf(document);
  if (marks === undefined || own(marks, ROWS) === plan.digest) return document;
  const known = LAID_OUT.get(document);
  if (known?.[0] === plan) return known[1];
  const writer = writerOf(plan, marks);
  const current = writer === undefined ? document : laidOut(plan, writer, document);
  LAID_OUT.set(document, [plan, current]);
  return current;
}

/** The earlier version that wrote a document; marks that name no rows are of the version whose places they are. */
function writerOf(plan: Plan, marks: JsonObject): Plan | undefined {
  const digest = own(marks, ROWS);
  if (typeof digest === 'string') return plan.earlier.get(digest);
  const isOf = ({ pairs }: Plan): boolean =>
    Object.keys(marks).length === pairs.length && pairs.every((pair) => Object.hasOwn(marks, pair.oneroster));
  return isOf(plan) ? undefined : [...plan.earlier.values()].find(isOf);
}

/** What is done with the documents of an earlier version, row by row; the same for each of them. */
interface Change {
  /** Rows of the earlier version that the plan has as well. */
  readonly same: readonly PairRow[];
  /** Those that it has not, or otherwise. */
  readonly gone: readonly PairRow[];
  /** Rows of the plan that the earlier version has not, or otherwise. */
  readonly come: readonly PairRow[];
}

function changeBetween(earlier: Plan, plan: Plan): Change {
  const nameOf = ({ mapping }: Plan, { index, ags, oneroster }: PairRow): string =>
    canonical([ags, oneroster, (mapping.fields[index]?.codec ?? 'json') as Json]);
  const [before, after] = [earlier, plan].map((of) => new Set(of.pairs.map((row) => nameOf(of, row))));
  return {
    same: earlier.pairs.filter((row) => after?.has(nameOf(earlier, row))),
    gone: earlier.pairs.filter((row) => !after?.has(nameOf(earlier, row))),
    come: plan.pairs.filter((row) => !before?.has(nameOf(plan, row))),
  };
}

/** One document on its way from the rows of an earlier version to those of a plan. */
interface Move {
  readonly plan: Plan;
  readonly earlier: Plan;
  readonly source: JsonObject;
  readonly before: Stash;
  /** What the tool reads of the source under the earlier version. */
  readonly said: JsonObject;
  readonly originals: MutableJsonObject;
  readonly stashed: (readonly [PairRow, Json])[];
  readonly marks: { [place: string]: Json };
  document: JsonObject;
}

function laidOut(plan: Plan, earlier: Plan, source: JsonObject): JsonObject {
  const change = changeBetween(earlier, plan);
  const before = readStash(earlier.stash && valueAt(source, earlier.stash.tokens));
  const said = view(earlier, source, { isShown: false }).document;
  const marks = { ...marksOf(source), [ROWS]: plan.digest };
  const move: Move = {
    plan,
    earlier,
    source,
    before,
    said,
    originals: {},
    stashed: [],
    marks,
    document: source,
  };
  for (const { ags } of change.same) {
    const original = originalOf(before.originals, ags);
    if (original !== undefined) move.originals[ags] = original as JsonObject;
  }
  for (const row of change.gone) clear(row, move);
  clearStash(move);
  for (const row of change.come) place(row, move);
  writeStashOf(move);
  return withMarks(move.document, marks);
}

/** Whether a table reads a value: a status goes on standing though the word that it was made of is gone. */
function isWord({ codec }: PairRow, stood: Json): boolean {
  return typeof codec.oneroster === 'object' && codec.decode(stood) !== undefined;
}

/** Takes away what stands for the tool; what nobody can read there is somebody else's. */
function clear(row: PairRow, move: Move): void {
  const current = valueAt(move.source, row.place.tokens);
  const original = originalOf(move.before.originals, row.ags);
  const isTold = original !== undefined || told(row, current, original) !== undefined;
  if (isTold) move.document = withValue(move.document, row.place.tokens, undefined);
}

function clearStash(move: Move): void {
  const { stash } = move.earlier;
  if (stash === undefined) return;
  const rest = writeStash(valueAt(move.document, stash.tokens), NO_STASH);
  move.document = withValue(move.document, stash.tokens, rest);
}

const NO_STASH: Stash = { members: undefined, originals: undefined };

/** Puts what the tool has said to the place of a row that is new, or other than it was. */
function place(row: PairRow, move: Move): void {
  const value = valueAt(move.said, row.agsPlace.tokens);
  const before = move.earlier.pairs.find(({ ags }) => ags === row.ags);
  if (meetsOthers(row, value, move)) return;
  const stood = before?.oneroster === row.oneroster ? valueAt(move.source, row.place.tokens) : undefined;
  const encoded = isEmpty(value) ? undefined : row.codec.encode(value);
  if (!isEmpty(value) && !isEmpty(encoded)) {
    const wrote = !isEmpty(stood) && row.codec.same(stood, encoded) ? stood : encoded;
    if (!put(row, wrote, move)) leave(row, value, move);
    else if (!row.codec.isWhole(wrote) || !equal(row.codec.decode(wrote), value))
      move.originals[row.ags] = { was: value, wrote };
  } else if (!isEmpty(stood) && (isEmpty(value) || isWord(row, stood))) {
    // A default that was written, or a word that the table has no more: what OneRoster holds goes on standing.
    const original = originalOf(move.before.originals, row.ags);
    if (original !== undefined) move.originals[row.ags] = original as JsonObject;
    put(row, stood, move);
  } else if (!isEmpty(value)) {
    leave(row, value, move);
  } else if (value === null) {
    move.originals[row.ags] = { was: null };
  }
  mark(row, before, move);
}

/** What the codec does not take, or what cannot be written, stays in the stash and is read from there. */
function leave(row: PairRow, value: Json, { stashed, originals }: Move): void {
  stashed.push([row, value]);
  originals[row.ags] = LEFT_IN_STASH;
}

/**
 * What somebody else holds at the place of a row that is new goes before what is remembered, as everywhere; what was ours there and
 * stands only because a service merges what it is sent does not.
 */
function meetsOthers(row: PairRow, value: Json | undefined, move: Move): boolean {
  const current = valueAt(move.document, row.place.tokens);
  if (isEmpty(current)) return false;
  if (isOurs(row, current, move)) {
    move.document = withValue(move.document, row.place.tokens, undefined);
    return false;
  }
  if (value === undefined) return true;
  if (row.codec.decode(current) === undefined && !isEmpty(value)) leave(row, value, move);
  move.marks[row.oneroster] = NOT_OURS;
  return true;
}

/** What our last write left there, or what a row without a tool's side has filled in. */
function isOurs(row: PairRow, current: Json, { marks, earlier }: Move): boolean {
  const last = own(marks, row.oneroster);
  if (typeof last === 'string') return agree(last, markFor(row, current));
  const given = earlier.givens.find(({ oneroster }) => oneroster === row.oneroster);
  return given !== undefined && !isEmpty(given.constant) && given.codec.same(given.constant, current);
}

function put({ place: { tokens } }: PairRow, value: Json, move: Move): boolean {
  const after = withValue(move.document, tokens, value);
  if (!equal(valueAt(after, tokens), value)) return false;
  move.document = after;
  return true;
}

/** What somebody has edited goes on being an edit at the place to which it moves. */
function mark(row: PairRow, before: PairRow | undefined, { source, document, marks }: Move): void {
  const last = before && own(marksOf(source) ?? {}, before.oneroster);
  if (before === undefined || typeof last !== 'string') {
    delete marks[row.oneroster];
    const current = valueAt(document, row.place.tokens);
    if (!isEmpty(current)) marks[row.oneroster] = markFor(row, current);
    return;
  }
  const isEdited = !agree(last, markFor(before, valueAt(source, before.place.tokens)));
  marks[row.oneroster] = isEdited ? NOT_OURS : markFor(row, valueAt(document, row.place.tokens));
}

function writeStashOf(move: Move): void {
  const { plan, said, before, originals, stashed } = move;
  if (plan.stash === undefined) return;
  const members = withStashed(leftover(said, plan.agsPlaces, before.members), stashed);
  const { tokens } = plan.stash;
  const after = { members, originals: Object.keys(originals).length > 0 ? originals : undefined };
  move.document = withValue(move.document, tokens, writeStash(valueAt(move.document, tokens), after));
}
