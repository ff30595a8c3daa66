import { equal, escapeToken, isEmpty, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { Lens, Note, Translation } from '../core/lens.ts';
import type { Plan } from '../core/plan.ts';
import { valueAt } from '../core/pointer.ts';
import type { GivenRow, PairRow } from '../core/rows.ts';
import { originalOf, readStash } from '../core/stash.ts';

/** What a row did, and what that means, for people. */
export const DEEDS = {
  copied: 'the value as it is',
  converted: 'the value in the form of the other side',
  inexact: 'in another form; what the tool said is remembered in the stash',
  unchanged: 'OneRoster holds this already',
  removed: 'the tool has no value, so none stays in OneRoster',
  defaulted: 'nothing is given, so a default stands in its place',
  constant: 'is always written',
  context: 'comes from the context',
  kept: 'stands in OneRoster and stays',
  stashed: 'no row names it; it travels in the stash',
  remembered: 'what the tool said, from the stash, because OneRoster still holds what was written for it',
  hidden: 'OneRoster holds a default that the tool did not say, so it reads nothing',
  restored: 'no row names it; it comes from the stash',
  unreadable: 'OneRoster holds something that the codec cannot read; it is left out',
  unseen: 'is filled by the gateway, and tools do not see it',
  lost: 'no row names it, and there is no stash: it is lost',
  nothing: 'neither side has a value',
} as const;
export type Deed = keyof typeof DEEDS;

/** One row of a mapping, and what it did to one document. A member that no row names has none. */
export interface RowStory {
  /** From 0; absent for a member that no row names. */
  readonly row?: number;
  readonly ags?: string;
  readonly oneroster?: string;
  /** What it found on the side that the document comes from. */
  readonly read?: Json;
  /** What stands on the other side afterwards. */
  readonly wrote?: Json;
  readonly deed: Deed;
  readonly why: string;
}

export interface Told {
  readonly direction: 'oneroster' | 'ags';
  readonly document: JsonObject;
  /** The OneRoster document before the write. */
  readonly base: JsonObject;
  readonly translation: Translation;
}

/**
 * What each row did, in the order of the mapping, and then what happened to members without a row.
 *
 * @example storiesOf(lens, { direction: 'ags', document, base: document, translation: lens.toAgs(document) })[0]?.deed // 'copied'
 */
export function storiesOf({ plan }: Lens, told: Told): readonly RowStory[] {
  const rows = [...plan.pairs, ...plan.givens].sort((left, right) => left.index - right.index);
  const tell = told.direction === 'oneroster' ? storyOfWrite : storyOfRead;
  return [...rows.map((row) => tell(row, plan, told)), ...storiesOfMembers(plan, told)];
}

function story(row: PairRow | GivenRow, deed: Deed, values: Pick<RowStory, 'read' | 'wrote'>): RowStory {
  const ags = 'ags' in row ? { ags: row.ags } : {};
  return { row: row.index, ...ags, oneroster: row.oneroster, ...values, deed, why: DEEDS[deed] };
}

function valuesOf(read: Json | undefined, wrote: Json | undefined): Pick<RowStory, 'read' | 'wrote'> {
  return { ...(read !== undefined && { read }), ...(wrote !== undefined && { wrote }) };
}

function noteOf(row: PairRow | GivenRow, notes: readonly Note[]): Note['kind'] | undefined {
  return notes.find((note) => (Object.values(row.notes) as readonly Note[]).includes(note))?.kind;
}

function storyOfWrite(row: PairRow | GivenRow, _plan: Plan, { document, base, translation }: Told): RowStory {
  const isPair = 'ags' in row;
  const read = isPair ? valueAt(document, row.agsPlace.tokens) : undefined;
  const [stood, wrote] = [valueAt(base, row.place.tokens), valueAt(translation.document, row.place.tokens)];
  const values = valuesOf(read, wrote);
  const noted = noteOf(row, translation.notes);
  if (noted !== undefined) return story(row, noted === 'edited' ? 'kept' : noted, values);
  if (!isPair) return story(row, 'kept', values);
  if (isEmpty(wrote)) return story(row, isEmpty(stood) ? 'nothing' : 'removed', values);
  if (equal(stood, wrote)) return story(row, 'unchanged', values);
  return story(row, equal(read, wrote) ? 'copied' : 'converted', values);
}

function storyOfRead(row: PairRow | GivenRow, plan: Plan, { document, translation }: Told): RowStory {
  const read = valueAt(document, row.place.tokens);
  if (!('ags' in row)) return story(row, 'unseen', valuesOf(read, undefined));
  const wrote = valueAt(translation.document, row.agsPlace.tokens);
  const values = valuesOf(read, wrote);
  const noted = noteOf(row, translation.notes);
  if (noted === 'defaulted' || noted === 'unreadable') return story(row, noted, values);
  const { originals } = readStash(plan.stash && valueAt(document, plan.stash.tokens));
  const isPlain = equal(wrote, isEmpty(read) ? read : row.codec.decode(read));
  if (originalOf(originals, row.ags) !== undefined && !isPlain)
    return story(row, isEmpty(wrote) ? 'hidden' : 'remembered', values);
  if (isEmpty(wrote)) return story(row, 'nothing', values);
  return story(row, equal(read, wrote) ? 'copied' : 'converted', values);
}

function storiesOfMembers(plan: Plan, { direction, document, translation }: Told): readonly RowStory[] {
  const holder = direction === 'oneroster' ? translation.document : document;
  const { members } = readStash(plan.stash && valueAt(holder, plan.stash.tokens));
  const stash = plan.mapping.stash?.oneroster;
  const told = (member: string, value: Json, deed: Deed): RowStory => ({
    ags: `/${escapeToken(member)}`,
    ...(stash !== undefined && { oneroster: stash }),
    read: value,
    ...(deed !== 'lost' && { wrote: value }),
    deed,
    why: DEEDS[deed],
  });
  if (stash === undefined && direction === 'oneroster') {
    const lost = Object.keys(document).filter((member) => !plan.agsPlaces.has(member));
    return lost.map((member) => told(member, document[member] as Json, 'lost'));
  }
  const deed = direction === 'oneroster' ? 'stashed' : 'restored';
  const known = isObject(members) ? members : {};
  return Object.keys(known).map((member) => told(member, own(known, member) as Json, deed));
}
