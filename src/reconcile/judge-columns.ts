import { editsOf } from '../core/edits.ts';
import { type Column, looksSame } from './columns.ts';
import { type Evidence, type Finding, findingOf, type Offer } from './finding.ts';
import { restoreOf } from './judge-results.ts';
import { knowledgeOf } from './known.ts';
import type { ComparedContext, Heard } from './ports.ts';

/** What is known of one line item when it is judged. */
export interface ColumnCase {
  readonly column: Column;
  /** Its active results. */
  readonly results: number;
  /** Of several for one thing, the one that stays; undefined when there is only one, or this is it. */
  readonly keeper: (Column & { readonly results: number }) | undefined;
  /** The one that its tool has made for the same thing since this one was deleted. */
  readonly successor: string | undefined;
  readonly heard: Heard;
}

/**
 * What is otherwise with a line item. Pure: all that it goes by has been read.
 *
 * @example judgeColumn({ column, results: 3, keeper: undefined, successor: undefined, heard: NOTHING_HEARD }, context)
 */
export function judgeColumn(asked: ColumnCase, context: ComparedContext): readonly Finding[] {
  if (asked.column.stands !== 'active') return gone(asked, context);
  return [...orphaned(asked, context), ...doubled(asked, context), ...changed(asked, context)];
}

function common({ column: { id, owner } }: ColumnCase, { key }: ComparedContext) {
  return { context: key, lineItem: id, ...(owner !== undefined && { tool: owner }) };
}

function evidenceOf({ column: { stands, told }, results }: ColumnCase): Evidence {
  const counts = Object.entries({ ...told, results }).filter(
    ([, count]) => typeof count === 'number' && count > 0,
  );
  return { stands, ...(Object.fromEntries(counts) as Omit<Evidence, 'places' | 'stands'>) };
}

function gone(asked: ColumnCase, context: ComparedContext): readonly Finding[] {
  const { column, results, heard, successor } = asked;
  const { told, owner, stands } = column;
  const isAwaited = told.waiting + told.failed > 0;
  const deleter = stands === 'deleted' ? heard.deleter(column.id) : undefined;
  // Whoever has deleted it may well look whether it is gone.
  const missed = deleter === undefined ? heard.missed(column.id) : 0;
  // Where tools may use the school's own line items, what was promised for one is known by its receipts alone.
  if (owner === undefined && told.keys.length === 0) return [];
  if (!isAwaited && told.acknowledged + results + missed === 0) return [];
  // Its tool has said so itself; only what was promised since would be odd.
  const isMeant = deleter !== undefined && !isAwaited;
  return [
    findingOf({
      kind: 'lineItemGone',
      ...common(asked, context),
      ...(successor !== undefined && { beside: successor }),
      evidence: { ...evidenceOf(asked), ...(missed > 0 && { missed }) },
      weight: isMeant ? 'note' : 'wrong',
      says: isMeant
        ? `Its tool ${deleter} has deleted this line item; results are left under it.`
        : GONE[stands],
      repairs: stands === 'deleted' ? [reviveOf(isAwaited && successor === undefined)] : [],
      advice: adviceFor(column, { isAwaited, successor }),
    }),
  ];
}

const GONE: Readonly<Record<Column['stands'], string>> = {
  active: '',
  deleted:
    'This line item is deleted in OneRoster, and its tool still counts on it, or results are left under it.',
  absent: 'There is no such line item in OneRoster, and scores were promised for it.',
  elsewhere: 'This line item has another class in OneRoster, and scores were promised for it here.',
};

function reviveOf(isAwaited: boolean): Offer {
  return {
    repair: 'revive',
    does: 'Writes the line item again as it lies in OneRoster, and active.',
    // When nothing waits for it, its tool itself may have deleted it.
    isOwnDecision: !isAwaited,
  };
}

interface Chances {
  readonly isAwaited: boolean;
  readonly successor: string | undefined;
}

function adviceFor({ stands, told, url }: Column, { isAwaited, successor }: Chances): string {
  const then = told.failed > 0 ? ' Then have its failed deliveries tried again.' : '';
  if (successor !== undefined)
    return 'Its tool has made another one for the same thing since. Revive this one only if its grades are wanted: there are two then, and grades are moved by nobody.';
  if (stands === 'deleted')
    return isAwaited
      ? `If it is wanted: revive it.${then} If not: discard what waits for it.`
      : 'If its tool has deleted it, all is well. If somebody did so in OneRoster by mistake, revive it.';
  if (stands === 'elsewhere') return `Give it the class of this context again in OneRoster.${then}`;
  const put = url === undefined ? 'make a new one' : 'PUT it again under the same URL';
  return `It cannot be read any more, so its tool must ${put}.${then} If it never was there: discard what waits for it.`;
}

const REMOVE: Offer = {
  repair: 'remove',
  does: 'Deletes this line item softly in OneRoster; it has no results.',
  isOwnDecision: false,
};

function isEmpty({ column: { told }, results }: ColumnCase): boolean {
  return results === 0 && told.waiting + told.failed + told.acknowledged === 0;
}

function orphaned(asked: ColumnCase, context: ComparedContext): readonly Finding[] {
  const { owner } = asked.column;
  if (owner === undefined || context.isUsing(owner)) return [];
  const isFree = isEmpty(asked);
  return [
    findingOf({
      kind: 'lineItemOrphaned',
      weight: 'wrong',
      ...common(asked, context),
      says: `Its tool ${owner} may not use this context, so nobody can reach this line item any more.`,
      evidence: evidenceOf(asked),
      repairs: isFree ? [REMOVE] : [],
      advice: isFree
        ? 'Or let the tool in again: its entry in "tools" names its contexts.'
        : 'It holds results, or scores were promised for it: let the tool in again, or keep it in OneRoster as it is.',
    }),
  ];
}

function doubled(asked: ColumnCase, context: ComparedContext): readonly Finding[] {
  const { column, keeper } = asked;
  if (keeper?.document === undefined || column.document === undefined) return [];
  const isSame = looksSame(column.document, keeper.document, context.lens);
  const isFree = isEmpty(asked);
  return [
    findingOf({
      kind: 'lineItemDoubled',
      // Another label may well be another column for the same resource (decision 025).
      weight: context.allowsTwins || !isSame ? 'note' : 'wrong',
      ...common(asked, context),
      beside: keeper.id,
      says: 'Its tool has another line item with the same resource link, resource and tag.',
      evidence: evidenceOf(asked),
      repairs: isFree ? [{ ...REMOVE, isOwnDecision: context.allowsTwins || !isSame }] : [],
      advice: isFree
        ? 'Ask whoever runs the tool first if its label is another one: it may be meant.'
        : 'Both are in use, and grades are moved by nobody: have the tool send the scores to one of them, then delete the other one in OneRoster.',
    }),
  ];
}

function changed(asked: ColumnCase, context: ComparedContext): readonly Finding[] {
  const { column, results, heard } = asked;
  const { lens } = context;
  const edits = column.document === undefined ? [] : editsOf(lens.plan, column.document);
  if (column.document === undefined || edits.length === 0) return [];
  const question = { lens, document: column.document, edits, heard: heard.written(column.id) };
  const { known, places } = knowledgeOf(question);
  const rescales = results > 0 && known.some(({ row }) => row.ags === MAXIMUM);
  const offer = restoreOf(context);
  const unknown = places.filter(({ isKnown }) => !isKnown).map(({ oneroster }) => oneroster);
  const advice = [
    ...(rescales ? [FOLLOW] : []),
    ...(unknown.length > 0
      ? [`What the tool had written at ${unknown.join(', ')} is not known. ${LEAVE_IT}`]
      : []),
  ];
  return [
    findingOf({
      kind: 'lineItemChanged',
      weight: context.edits === 'gradebookWins' ? 'note' : 'wrong',
      ...common(asked, context),
      says: `Somebody has changed ${places.map(({ oneroster }) => oneroster).join(', ')} in OneRoster since the tool wrote it.`,
      evidence: { ...evidenceOf(asked), places },
      repairs: known.length > 0 ? [{ ...offer, isOwnDecision: offer.isOwnDecision || rescales }] : [],
      ...(advice.length > 0 && { advice: advice.join(' ') }),
    }),
  ];
}

/** Where AGS says what a line item is graded out of. */
export const MAXIMUM = '/scoreMaximum';
const FOLLOW =
  'When its maximum is put back, its results follow: those that the gateway wrote exactly, and those that somebody else has graded in proportion. Look at these first.';
const LEAVE_IT = 'Leave it, or have the tool write the line item again.';
