import { Draft } from './draft.ts';
import { isEmpty, type Json, type JsonObject, type MutableJsonObject } from './json.ts';
import { at, open } from './places.ts';
import type { Plan } from './plan.ts';
import { valueAt } from './pointer.ts';
import type { PairRow } from './rows.ts';
import { type Original, originalOf, readStash, restore, type Stash } from './stash.ts';
import type { Note, Translation } from './translation.ts';

/** What a tool reads at a row, before any value that is shown in place of none. */
export function told(
  pair: PairRow,
  current: Json | undefined,
  original: Original | undefined,
): Json | undefined {
  if (original !== undefined && counts(pair, original, current)) return original.was;
  return isEmpty(current) ? current : pair.codec.decode(current);
}

/** True while OneRoster still holds what was written for an original, unless somebody put there what no tool can have said. */
function counts({ codec }: PairRow, { was, wrote }: Original, current: Json | undefined): boolean {
  if (!isEmpty(was) && !codec.accepts(was)) return false;
  if (isEmpty(wrote) || isEmpty(current)) return isEmpty(wrote) && isEmpty(current);
  return codec.same(wrote, current);
}

/**
 * The same where the place holds nothing, and nothing is remembered of it: what the stash holds of the row's member. So a row that is
 * new finds what was said before it came, also when no earlier version is known. What its codec does not take counts only where the
 * gateway has noted that it left it there.
 */
export function toldOrStashed(
  pair: PairRow,
  current: Json | undefined,
  { members, originals }: Stash,
): Json | undefined {
  const original = originalOf(originals, pair.ags);
  const value = told(pair, current, original);
  if (members === undefined || !isEmpty(value)) return value;
  const stashed = stashedOf(pair, original, members);
  return stashed === undefined ? value : stashed;
}

/** What the stash holds of the member of a row whose place holds nothing, when that counts. */
export function stashedOf(
  { agsPlace: { tokens }, codec }: PairRow,
  original: Original | undefined,
  members: JsonObject,
): Json | undefined {
  if (!Object.hasOwn(members, tokens[0] as string)) return undefined;
  const stashed = valueAt(members, tokens);
  if (stashed === undefined || stashed === null) return original === undefined ? stashed : undefined;
  const isLeft = original === undefined ? codec.accepts(stashed) : original.stashed === true;
  return isLeft ? stashed : undefined;
}

/**
 * The tool's document for a OneRoster document: `view(plan, { title: 'Quiz' }).document` is `{ label: 'Quiz' }`. Without `isShown`, only
 * what the tool, or somebody in OneRoster, has said: no value that is shown in place of none.
 */
export function view(plan: Plan, source: JsonObject, { isShown } = { isShown: true }): Translation {
  const opened = open(source, plan.holders);
  const stash = readStash(plan.stash && at(opened, plan.stash));
  const draft = new Draft(open({}, plan.agsHolders), plan.agsHolders);
  const notes: Note[] = [];
  for (const pair of plan.pairs) {
    const current = at(opened, pair.place);
    const value = toldOrStashed(pair, current, stash);
    if (value === undefined && !isEmpty(current) && pair.codec.decode(current) === undefined) {
      notes.push(pair.notes.unreadable);
    }
    if (isShown && isEmpty(value) && pair.shown !== undefined) {
      draft.set(pair.agsPlace, pair.shown);
      notes.push(pair.notes.defaulted);
    } else if (value !== undefined) {
      draft.set(pair.agsPlace, value);
    }
  }
  const document = draft.finish();
  const { members } = stash;
  if (members !== undefined) restore(document as MutableJsonObject, members, plan.agsPlaces);
  return { document, notes };
}

/** What {@link view} would show at one row: `readRow(plan, lineItem, tagRow)`. */
export function readRow(plan: Plan, document: JsonObject, row: PairRow): Json | undefined {
  const value = saidAt(plan, document, row);
  return isEmpty(value) ? (row.shown ?? value) : value;
}

/** The same without what is shown in place of none: `saidAt(plan, lineItem, maximumRow)`. */
export function saidAt(plan: Plan, document: JsonObject, row: PairRow): Json | undefined {
  const stash = readStash(plan.stash && valueAt(document, plan.stash.tokens));
  return toldOrStashed(row, valueAt(document, row.place.tokens), stash);
}

/** What {@link view} would show at a place that no row names: `readMember(plan, lineItem, ['https://a.example/x'])`. */
export function readMember(
  plan: Plan,
  document: JsonObject,
  tokens: readonly string[] | undefined,
): Json | undefined {
  const { members } = readStash(plan.stash && valueAt(document, plan.stash.tokens));
  return members && tokens && valueAt(members, tokens);
}
