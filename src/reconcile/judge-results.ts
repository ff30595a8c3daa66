import { isDate } from '../core/date-time.ts';
import { compareTimestamps } from '../core/result.ts';
import type { ToldScore } from '../core/told.ts';
import type { Column } from './columns.ts';
import { type Finding, findingOf, type Offer } from './finding.ts';
import type { ComparedContext } from './ports.ts';
import type { ResultFact } from './results.ts';

/** What is known of one line item when its results are judged. */
export interface ResultCase {
  readonly column: Column;
  readonly facts: readonly ResultFact[];
  /** The newest receipts for the line item. */
  readonly told: readonly ToldScore[];
  /** Students of its results who are no longer in the class. */
  readonly gone: ReadonlySet<string>;
}

type Context = Pick<ComparedContext, 'key' | 'edits'>;

/**
 * What is otherwise with the results of a line item that stands. Pure: all that it goes by has been read.
 *
 * @example judgeResults({ column, facts: [], told: [receipt], gone: new Set() }, context)[0].kind // 'resultMissing'
 */
export function judgeResults(asked: ResultCase, context: Context): readonly Finding[] {
  const byReceipt = missingByReceipt(asked, context);
  const told = new Set(byReceipt.map(({ id }) => id));
  return [
    ...byReceipt,
    ...deleted(asked, context).filter(({ id }) => !told.has(id)),
    ...changed(asked, context),
    ...doubled(asked, context),
    ...orphaned(asked, context),
  ];
}

function common({ column }: ResultCase, { key }: Context, fact?: ResultFact) {
  const tool = fact?.tool ?? column.owner;
  return {
    context: key,
    lineItem: column.id,
    ...(tool !== undefined && { tool }),
    ...(fact !== undefined && { result: fact.id, student: fact.student }),
  };
}

const SEND_AGAIN = 'Have the tool send the score again; the same score again is taken once.';

const REVIVE: Offer = {
  repair: 'revive',
  does: 'Writes the result again as it lies in OneRoster, and active.',
  isOwnDecision: false,
};

/** Without a person having looked, nothing may stand in its place, and its deletion may not be the last word. */
function reviveOf(fact: ResultFact, { facts }: ResultCase, { edits }: Context): Offer {
  const hasOther = facts.some(
    ({ id, student, isActive }) => isActive && student === fact.student && id !== fact.id,
  );
  return { ...REVIVE, isOwnDecision: hasOther || edits !== 'toolWins' };
}

function missingByReceipt(asked: ResultCase, context: Context): readonly Finding[] {
  return asked.told.flatMap((receipt): readonly Finding[] => {
    const matches = asked.facts.filter(({ target }) => target === receipt.target);
    const active = matches.filter((fact) => fact.isActive);
    const isThere = active.some(
      ({ timestamp }) => timestamp === undefined || isNotBefore(timestamp, receipt.timestamp),
    );
    if (isThere) return [];
    const [fact] = [...active, ...matches];
    const lost = { ...asked, receipt };
    if (fact === undefined) return [absent(lost, context)];
    return [fact.isActive ? setBack(lost, context, fact) : deletedAfter(lost, context, fact)];
  });
}

type Lost = ResultCase & { readonly receipt: ToldScore };

function absent(lost: Lost, context: Context): Finding {
  const isUnsure = lost.facts.some((fact) => fact.isActive && fact.isOurs && !fact.isTargetSure);
  return findingOf({
    kind: 'resultMissing',
    weight: isUnsure ? 'note' : 'wrong',
    ...common(lost, context),
    delivery: lost.receipt.id,
    says: 'A receipt says that OneRoster has taken a score, and OneRoster has no such result.',
    evidence: { stands: 'absent' },
    repairs: [],
    advice: isUnsure
      ? 'It may be one of the results that no longer say whose they are. Look at the results of this line item in OneRoster; otherwise have the tool send the score again.'
      : `The result is not there at all. ${SEND_AGAIN}`,
  });
}

function setBack(lost: Lost, context: Context, fact: ResultFact): Finding {
  return findingOf({
    kind: 'resultMissing',
    weight: 'wrong',
    ...common(lost, context, fact),
    delivery: lost.receipt.id,
    says: 'OneRoster holds an older score of this student than the one that it had taken: it may have been set back.',
    evidence: { stands: 'active' },
    repairs: [],
    advice: `What was sent is not kept. ${SEND_AGAIN}`,
  });
}

function deletedAfter(lost: Lost, context: Context, fact: ResultFact): Finding {
  const isSame = fact.fingerprint === lost.receipt.fingerprint;
  return findingOf({
    kind: 'resultMissing',
    weight: 'wrong',
    ...common(lost, context, fact),
    delivery: lost.receipt.id,
    says: 'A receipt says that OneRoster has taken a score, and its result is deleted there.',
    evidence: { stands: 'deleted' },
    repairs: isSame ? [reviveOf(fact, lost, context)] : [],
    ...(!isSame && { advice: `What lies there is not the score of the receipt. ${SEND_AGAIN}` }),
  });
}

/** A service may keep only the day. */
function isNotBefore(held: string, told: string): boolean {
  return isDate(held) ? held >= told.slice(0, held.length) : compareTimestamps(held, told) >= 0;
}

/**
 * The gateway takes no result away: what is deleted at its own place was deleted by somebody else. One that a tool has scored at
 * another place may have been one of two, of which a repair has taken one away: then the other one stands.
 */
function deleted(asked: ResultCase, context: Context): readonly Finding[] {
  const { facts } = asked;
  const stands = new Set(facts.flatMap(({ isActive, student }) => (isActive ? (student ?? []) : [])));
  return facts
    .filter((fact) => !fact.isActive && fact.tool !== undefined && fact.fingerprint !== undefined)
    .filter((fact) => fact.isOurs || (fact.student !== undefined && !stands.has(fact.student)))
    .map((fact) =>
      findingOf({
        kind: 'resultMissing',
        weight: 'wrong',
        ...common(asked, context, fact),
        says: 'A tool has written this result, and somebody has deleted it in OneRoster.',
        evidence: { stands: 'deleted' },
        repairs: [reviveOf(fact, asked, context)],
      }),
    );
}

function changed(asked: ResultCase, context: Context): readonly Finding[] {
  return asked.facts
    .filter(({ places }) => places.length > 0)
    .map((fact) => {
      const { places } = fact;
      const names = places.map(({ oneroster }) => oneroster).join(', ');
      const hasScore = places.some(({ ags, isKnown }) => ags === '/resultScore' && !isKnown);
      const isKnown = !hasScore && places.some((place) => place.isKnown);
      const unknown = places.filter((place) => !place.isKnown).map(({ oneroster }) => oneroster);
      return findingOf({
        kind: 'resultChanged',
        weight: context.edits === 'gradebookWins' ? 'note' : 'wrong',
        ...common(asked, context, fact),
        says: `Somebody has changed ${names} of this result in OneRoster since the tool wrote it.`,
        evidence: { stands: 'active', places },
        // A grade that somebody has given is not overwritten together with others.
        repairs: isKnown ? [{ ...restoreOf(context), isOwnDecision: true }] : [],
        ...(unknown.length > 0 && {
          advice: `What the tool had written at ${unknown.join(', ')} is not known. Leave it, or have the tool send the score again.`,
        }),
      });
    });
}

/** @returns the offer to put back what is known; over a person's word only where a person wants that */
export function restoreOf({ edits }: Context): Offer {
  return {
    repair: 'restore',
    does: 'Puts back what the tool had written, where that is known for certain; everything else stays.',
    isOwnDecision: edits !== 'toolWins',
  };
}

function doubled(asked: ResultCase, context: Context): readonly Finding[] {
  const byStudent = new Map<string, ResultFact[]>();
  for (const fact of asked.facts)
    if (fact.isActive && fact.student !== undefined)
      byStudent.set(fact.student, [...(byStudent.get(fact.student) ?? []), fact]);
  return [...byStudent.values()]
    .filter(({ length }) => length > 1)
    .flatMap((facts) => {
      const ours = facts.find(({ isOurs }) => isOurs);
      return facts
        .filter((fact) => fact !== (ours ?? facts[0]))
        .map((fact) =>
          findingOf({
            kind: 'resultDoubled',
            weight: 'wrong',
            ...common(asked, context, fact),
            beside: (ours ?? facts[0])?.id,
            says: 'A student has more than one active result in this line item; a tool reads the one that was scored last.',
            evidence: { stands: 'active' },
            repairs: ours === undefined ? [] : [removeOf(fact)],
            advice:
              ours === undefined
                ? 'None of them is where the gateway keeps its own, so nobody can say which one is too many. Decide in OneRoster.'
                : 'Compare both in OneRoster first: what is removed is no longer shown.',
          }),
        );
    });
}

function removeOf({ isGraded }: ResultFact): Offer {
  return {
    repair: 'remove',
    does: 'Deletes this result softly; that of the gateway stays.',
    isOwnDecision: isGraded,
  };
}

/** One note for all of them: students leave, and their grades stay. */
function orphaned(asked: ResultCase, context: Context): readonly Finding[] {
  const { facts, gone } = asked;
  const left = facts.filter(
    ({ isActive, student, tool }) => isActive && tool !== undefined && gone.has(student ?? ''),
  );
  if (left.length === 0) return [];
  const [only, ...others] = left;
  return [
    findingOf({
      kind: 'resultOrphaned',
      weight: 'note',
      ...common(asked, context, others.length === 0 ? only : undefined),
      says: `${left.length} of its results ${others.length === 0 ? 'is' : 'are'} of students who are no longer in the class.`,
      evidence: { stands: 'active', results: left.length },
      repairs: [],
      advice:
        'These grades stay as they are. Nothing is to be done, unless somebody should still be in the class.',
    }),
  ];
}
