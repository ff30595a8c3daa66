import { isEmpty, type Json, type JsonObject, type MutableJsonObject, own } from './json.ts';
import { agree, markFor, marksOf, NOT_OURS, NOTHING, ROWS, takesMarks, withMarks } from './marks.ts';
import { currentForm } from './migrate.ts';
import { at, open } from './places.ts';
import type { Plan } from './plan.ts';
import { valueAt } from './pointer.ts';
import type { PairRow } from './rows.ts';

/**
 * What somebody has changed in OneRoster since the gateway wrote it. The memory of the last write travels in the object itself,
 * as a mark beside those of its identity: `metadata.ltiWrote`, by the OneRoster place of each row, a short digest of what was
 * written there. A digest is of what a value means, so that a service may spell it in its own way ({@link Codec.gist}).
 */

/** What a tool's write does to an edit: overwrites it, leaves it, or waits for a person. */
export type EditsPolicy = 'toolWins' | 'gradebookWins' | 'hold';

/** When a score was given, and who is named in it, is no part of the grade: services set the date of a result by themselves. */
const BESIDE_THE_GRADE = ['/timestamp', '/userId', '/scoringUserId'];

/** Those of the edits of a result that change the grade: `ofTheGrade(editsOf(plan, result))`. */
export function ofTheGrade(edits: readonly PairRow[]): readonly PairRow[] {
  return edits.filter(({ ags }) => !BESIDE_THE_GRADE.includes(ags));
}

/** How a result reads that nobody has begun to grade. */
const UNTOUCHED = 'Initialized NotReady';

/**
 * The rows at which a result that the gateway has never written holds a grade. Nobody has graded what has no score, no comment and the
 * status of something not begun: systems make such results for every student beforehand.
 *
 * @example gradeOf(resultLens.plan, { score: 7, scoreStatus: 'fully graded' }).map(({ oneroster }) => oneroster) // ['/scoreStatus', '/score']
 */
export function gradeOf({ pairs, holders }: Plan, document: JsonObject): readonly PairRow[] {
  const opened = open(document, holders);
  const held = ofTheGrade(pairs).filter(({ place }) => !isEmpty(at(opened, place)));
  const isGraded = held.some(
    ({ ags, place, codec }) => ags !== '/progress' || codec.decode(at(opened, place) as Json) !== UNTOUCHED,
  );
  return isGraded ? held : [];
}

/** Whether the gateway has written a document last: whether it has the mark of that. */
export function isMarked(document: JsonObject): boolean {
  return marksOf(document) !== undefined;
}

/**
 * The rows whose place in a OneRoster document no longer holds what the gateway wrote there. A document without a mark is older
 * than marks, or somebody else's, or its metadata was cleared: it counts as not edited, and so does a place without one.
 *
 * @example editsOf(plan, { ...written, title: 'Renamed' }).map(({ oneroster }) => oneroster) // ['/title']
 */
export function editsOf(plan: Plan, standing: JsonObject): readonly PairRow[] {
  const document = currentForm(plan, standing);
  const marks = marksOf(document);
  if (marks === undefined) return [];
  const opened = open(document, plan.holders);
  return plan.pairs.filter((pair) => {
    const mark = own(marks, pair.oneroster);
    return typeof mark === 'string' && !agree(mark, markFor(pair, at(opened, pair.place)));
  });
}

/**
 * Whether a value is the very one that the gateway wrote at a place last, as far as its digest tells. A place that held nothing
 * has a mark as well: `isWhatWasWritten(document, row, undefined)`.
 */
export function isWhatWasWritten(document: JsonObject, pair: PairRow, value: Json | undefined): boolean {
  const mark = own(marksOf(document) ?? {}, pair.oneroster);
  return typeof mark === 'string' && mark === markFor(pair, value);
}

/** A write over a document that stands. */
export interface Overwriting {
  readonly standing: JsonObject;
  readonly document: JsonObject;
}

/** Those of some edits that a write would change: it takes nothing from a place that it leaves as it is. */
export function changedBy(
  edits: readonly PairRow[],
  { standing, document }: Overwriting,
): readonly PairRow[] {
  return edits.filter(({ place, codec }) => {
    const [now, then] = [valueAt(standing, place.tokens), valueAt(document, place.tokens)];
    if (isEmpty(now) || isEmpty(then)) return isEmpty(now) !== isEmpty(then);
    return !codec.same(now, then);
  });
}

/**
 * A document that is about to be written over another one, with its mark. Edits that this write leaves alone keep the mark of
 * our last write, so that they go on being edits.
 *
 * @param edits the rows at which what stands is not ours; none when the write settles them
 * @example stamped(plan, { title: 'Quiz' }).metadata // { ltiWrote: { '/title': '40SRh0', … } }
 */
export function stamped(
  { pairs, holders, digest }: Plan,
  document: JsonObject,
  edits: readonly PairRow[] = [],
): JsonObject {
  if (!takesMarks(document)) return document;
  const before = marksOf(document) ?? {};
  const opened = open(document, holders);
  const after: MutableJsonObject = {};
  let isSame = own(before, ROWS) === digest;
  let known = 0;
  for (const pair of pairs) {
    const [standing, mark] = [own(before, pair.oneroster), markFor(pair, at(opened, pair.place))];
    if (standing !== undefined) known++;
    // The finer one stays: a service that has kept only the day is not to make the gateway forget the time.
    const stays = typeof standing === 'string' && (standing.startsWith(mark) || edits.includes(pair));
    after[pair.oneroster] = stays ? standing : mark;
    if (!stays) isSame = false;
  }
  if (Object.keys(before).length > known + 1) isSame = keepOthers(before, after) && isSame;
  after[ROWS] = digest;
  return isSame ? document : withMarks(document, after);
}

/**
 * The mark of a place that a row of an earlier version has left stays: a service whose PUT merges still holds the value there, and a
 * version that has the row again must not take that for somebody's.
 *
 * @returns whether all of them stay
 */
function keepOthers(before: JsonObject, after: MutableJsonObject): boolean {
  let isWhole = true;
  for (const place of Object.keys(before)) {
    if (place === ROWS || Object.hasOwn(after, place)) continue;
    const mark = before[place];
    if (typeof mark === 'string' && mark !== NOTHING) after[place] = mark;
    else isWhole = false;
  }
  return isWhole;
}

/**
 * The same for a result that goes to another scale with its line item: nobody has said anything new of it, so what was edited
 * stays edited, and what has no mark gets none.
 */
export function stampedOnNewScale(plan: Plan, change: Overwriting): JsonObject {
  const { document } = change;
  const standing = currentForm(plan, change.standing);
  if (marksOf(standing) === undefined) return document;
  const edits = editsOf(plan, standing);
  const after = stamped(plan, document, edits);
  const rescaled = changedBy(edits, { standing, document });
  if (rescaled.length === 0) return after;
  const marks = rescaled.map(({ oneroster }) => [oneroster, NOT_OURS] as const);
  return withMarks(after, { ...marksOf(after), ...Object.fromEntries(marks) });
}
