import {
  changedBy,
  type EditsPolicy,
  editsOf,
  gradeOf,
  isMarked,
  ofTheGrade,
  stamped,
} from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { sourcedIdOf } from '../core/identity.ts';
import type { Issue, JsonObject } from '../core/json.ts';
import type { Lens, Note } from '../core/lens.ts';
import { currentForm } from '../core/migrate.ts';
import { keepMapping } from '../core/recording.ts';
import type { PairRow } from '../core/rows.ts';
import type { At, MetEdit } from './ports.ts';

/** What becomes of an edit that a write of a tool meets. A score is one thing: no part of a grade is kept. */
const OUTCOMES = {
  lineItem: { toolWins: 'overwritten', gradebookWins: 'kept', hold: 'refused' },
  score: { toolWins: 'overwritten', gradebookWins: 'refused', hold: 'refused' },
  deletion: { toolWins: 'overwritten', gradebookWins: 'overwritten', hold: 'refused' },
} as const satisfies Readonly<Record<MetEdit['thing'], Record<EditsPolicy, MetEdit['outcome']>>>;

export interface ToolWrite {
  readonly thing: 'lineItem' | 'score';
  readonly lens: Lens;
  /** What the tool says. */
  readonly said: JsonObject;
  readonly base: JsonObject;
  /** What stands; absent for what is new, or comes to life again. */
  readonly standing: JsonObject | undefined;
  readonly context: JsonObject;
  /** Whether the tool has seen what stands, so that its write has its way. */
  readonly isSeen?: boolean;
  /** Of a score: whether somebody else has made the result. Until the gateway has written it, all of its grade is theirs. */
  readonly isForeign?: boolean;
  /** Of a score: its line item in AGS words. */
  readonly lineItem?: JsonObject;
}

/**
 * The OneRoster document for what a tool says, over what stands, by the policy of the context for what somebody has changed
 * there since the last write. It is stamped, and ready to be written.
 *
 * @throws GradebridgeError UNMAPPABLE, GRADEBOOK_EDITED
 */
export function writeOver(write: ToolWrite, at: At): JsonObject {
  const { thing, lens, said, base, context, isSeen = false } = write;
  // Edits are seen in the form that the rows of now write, whichever version wrote what stands.
  const standing = write.standing && currentForm(lens.plan, write.standing);
  const options = { base, context, now: at.ports.clock(), days: at.context.days };
  const { recording } = at.call;
  if (recording !== undefined)
    keepMapping(recording, { base, values: context, now: options.now, lineItem: write.lineItem });
  const plain = lens.toOneRoster(said, options);
  const edits = standing === undefined ? [] : editsThatCount(write, standing);
  const outcome = outcomeOf(thing, isSeen, at);
  const lasting = outcome === 'overwritten' ? [] : edits;
  const met = standing === undefined ? [] : changedBy(edits, { standing, document: plain.document });
  if (met.length === 0) {
    observe(plain.notes, at);
    return stamped(lens.plan, plain.document, lasting);
  }
  meet({ thing, outcome, sourcedId: sourcedIdOf(base) ?? '', places: met }, at);
  const kept = met.map(({ oneroster }) => oneroster);
  const { document, notes } = outcome === 'kept' ? lens.toOneRoster(said, { ...options, kept }) : plain;
  observe([...notes, ...met.map((row) => row.notes.edited)], at);
  return stamped(lens.plan, document, lasting);
}

function editsThatCount({ thing, lens, isForeign }: ToolWrite, standing: JsonObject): readonly PairRow[] {
  if (isForeign && !isMarked(standing)) return gradeOf(lens.plan, standing);
  const edits = editsOf(lens.plan, standing);
  return thing === 'score' ? ofTheGrade(edits) : edits;
}

/**
 * Lets a tool delete a line item, or not, when somebody has changed it.
 *
 * @throws GradebridgeError GRADEBOOK_EDITED
 */
export function meetDeletion(standing: JsonObject, isSeen: boolean, at: At): void {
  const places = editsOf(at.context.lens.plan, standing);
  if (places.length === 0) return;
  const outcome = outcomeOf('deletion', isSeen, at);
  meet({ thing: 'deletion', outcome, sourcedId: sourcedIdOf(standing) ?? '', places }, at);
}

/**
 * Lets a new score bring back a result that somebody has deleted in OneRoster, or not.
 *
 * @throws GradebridgeError GRADEBOOK_EDITED
 */
export function meetDeletedResult(sourcedId: string, at: At): void {
  const outcome = outcomeOf('score', false, at);
  meet({ thing: 'score', outcome, sourcedId, places: [{ ags: '', oneroster: '/status' }] }, at);
}

function outcomeOf(thing: MetEdit['thing'], isSeen: boolean, at: At): MetEdit['outcome'] {
  return isSeen || at.delivery?.isDecided ? 'overwritten' : OUTCOMES[thing][at.context.edits];
}

function meet(edit: MetEdit, { ports, caller, call }: At): void {
  ports.metEdit?.(edit, caller, call);
  if (edit.outcome !== 'refused') return;
  throw new GradebridgeError('GRADEBOOK_EDITED', { issues: edit.places.map(issueOf) });
}

function issueOf({ ags, oneroster }: Pick<PairRow, 'ags' | 'oneroster'>): Issue {
  // The whole is no place that can be changed.
  if (ags === '') return { pointer: '', code: 'deleted', message: 'This result was deleted in OneRoster.' };
  return { pointer: ags, code: 'edited', message: `Somebody has changed ${oneroster} in OneRoster.` };
}

function observe(notes: readonly Note[], { ports, caller, call }: At): void {
  ports.observe?.(caller, call, notes);
}
