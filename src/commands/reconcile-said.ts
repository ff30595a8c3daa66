import { ERRORS, type ErrorCode } from '../core/errors.ts';
import type { Finding, Offer, Repair } from '../reconcile/finding.ts';
import type { Wish } from './reconcile-wish.ts';

/** A context that could not be compared. */
export interface TroubleWith {
  readonly context: string;
  readonly code: string;
}

/** A repair of a finding that is to be made. */
export interface Chosen {
  readonly finding: Finding;
  readonly repair: Repair;
  /** Whether it was named by its id. */
  readonly isOwnDecision: boolean;
}

/** What came of it. */
export interface Done extends Chosen {
  readonly outcome: 'planned' | 'mended' | 'noLongerSo' | 'failed';
  readonly code?: string;
}

/** The repairs that are meant: what needs a decision of its own has to be named by its id. */
export function choose(found: readonly Finding[], { repairs, ids }: Wish): readonly Chosen[] {
  return found.flatMap((finding) => {
    const isNamed = ids.includes(finding.id);
    const offer = finding.repairs.find(
      ({ repair, isOwnDecision }) => repairs.has(repair) && (isNamed || !isOwnDecision),
    );
    return offer === undefined ? [] : [{ finding, repair: offer.repair, isOwnDecision: isNamed }];
  });
}

const WIDTH = 7;
const INDENT = ' '.repeat(WIDTH);

/** Findings for people, those that are wrong first. */
export function foundLines(found: readonly Finding[]): readonly string[] {
  const sorted = found.toSorted((left, right) => weightOf(left) - weightOf(right));
  return sorted.flatMap((finding) => {
    const { id, kind, weight, isLeft, context, lineItem, tool, says, advice, repairs } = finding;
    const mark = weight === 'wrong' ? 'WRONG' : isLeft ? 'left' : 'note';
    const owner = tool === undefined ? '' : `  (${tool})`;
    const under = [
      says,
      ...detailsOf(finding),
      ...repairs
        .filter(isMending)
        .map(
          ({ repair, does, isOwnDecision }) => `→ ${repair}: ${does}${isOwnDecision ? ' Needs --id.' : ''}`,
        ),
      ...(advice === undefined ? [] : [`→ ${advice}`]),
    ];
    return [
      `${mark.padEnd(WIDTH)}${id}  ${kind}  ${context}  ${lineItem}${owner}`,
      ...under.map((line) => INDENT + line),
    ];
  });
}

/** To leave something is offered of each, and said once for all. */
function isMending({ repair }: Offer): boolean {
  return repair !== 'leave';
}

function weightOf({ weight }: Finding): number {
  return weight === 'wrong' ? 0 : 1;
}

const NAMED = ['result', 'student', 'delivery', 'beside'] as const;

function detailsOf(finding: Finding): readonly string[] {
  const ids = NAMED.flatMap((name) => (finding[name] === undefined ? [] : [`${name} ${finding[name]}`]));
  const counts = Object.entries(finding.evidence)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, count]) => `${name} ${count}`);
  return [ids, counts].filter(({ length }) => length > 0).map((parts) => parts.join('  '));
}

export interface Summary {
  readonly done: readonly Done[];
  readonly left: readonly Finding[];
  readonly unknown: readonly string[];
  readonly troubles: readonly TroubleWith[];
  readonly wish: Wish;
}

/** The same for programs. */
export function membersOf({ done, left, unknown, troubles }: Summary): object {
  const repairs = done.map(({ finding: { id }, repair, outcome, code }) => ({
    ...{ finding: id, repair, outcome, code },
  }));
  return { findings: left, repairs, unknown, troubles };
}

/** What was done, what is left and what to do, for people. */
export function remarksOf({ done, left, unknown, troubles, wish }: Summary): readonly string[] {
  const remarks = [
    ...troubles.map(({ context, code }) => {
      const { title, remedy } = ERRORS[code as ErrorCode];
      return `${context} could not be compared: ${title} [${code}]\n  → ${remedy}`;
    }),
    ...unknown.map((id) => `There is no finding ${id}, or none any more.`),
    ...done.map(({ finding, repair, outcome, code }) => sentenceOf(finding.id, { repair, outcome, code })),
  ];
  const wrong = left.filter(({ weight }) => weight === 'wrong').length;
  const notes = left.length - wrong;
  if (left.length === 0 && troubles.length === 0) remarks.push('OneRoster holds what tools were told.');
  else if (left.length > 0) remarks.push(`\n${wrong} wrong, ${notes} ${notes === 1 ? 'note' : 'notes'}.`);
  return [...remarks, ...nextSteps({ done, left, wish })];
}

function nextSteps({ done, left, wish }: Pick<Summary, 'done' | 'left' | 'wish'>): readonly string[] {
  const offered = left.filter(({ repairs }) => repairs.some(({ isOwnDecision }) => !isOwnDecision)).length;
  const own = left.filter(({ repairs }) =>
    repairs.filter(isMending).some(({ isOwnDecision }) => isOwnDecision),
  ).length;
  const isPlanned = done.some(({ outcome }) => outcome === 'planned');
  const steps: readonly (readonly [isMeant: boolean, step: string])[] = [
    [isPlanned, '--yes --why TEXT does it.'],
    [
      !isPlanned && wish.repairs.size === 0 && offered > 0,
      `${offered} can be mended: --repair all shows how, --repair all --yes --why TEXT does it.`,
    ],
    [left.some(({ weight }) => weight === 'wrong'), 'What is meant as it is: --id FINDING --repair leave.'],
    [own > 0, `${own} can be mended by a decision of their own: --id FINDING --repair KIND.`],
  ];
  return steps.flatMap(([isMeant, step]) => (isMeant ? [step] : []));
}

function sentenceOf(
  id: string,
  { repair, outcome, code }: Pick<Done, 'repair' | 'outcome'> & { readonly code: string | undefined },
): string {
  if (outcome === 'planned') return `${id} would be mended: ${repair}.`;
  if (outcome === 'mended') return `${id} is mended: ${repair}.`;
  if (outcome === 'noLongerSo') return `${id} was no longer so; nothing was done.`;
  return `${id} could not be mended: ${ERRORS[code as ErrorCode].title} [${code}]`;
}
