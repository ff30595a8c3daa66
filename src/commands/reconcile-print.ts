import { ERRORS, type ErrorCode } from '../core/errors.ts';
import type { Finding, Offer, Repair } from '../reconcile/finding.ts';
import type { Io } from './command.ts';
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
export function printFound(found: readonly Finding[], io: Io): void {
  const sorted = found.toSorted((left, right) => weightOf(left) - weightOf(right));
  for (const finding of sorted) {
    const { id, kind, weight, isLeft, context, lineItem, tool, says, advice, repairs } = finding;
    const mark = weight === 'wrong' ? 'WRONG' : isLeft ? 'left' : 'note';
    const owner = tool === undefined ? '' : `  (${tool})`;
    io.out(`${mark.padEnd(WIDTH)}${id}  ${kind}  ${context}  ${lineItem}${owner}`);
    io.out(`${INDENT}${says}`);
    for (const line of detailsOf(finding)) io.out(`${INDENT}${line}`);
    for (const { repair, does, isOwnDecision } of repairs.filter(isMending))
      io.out(`${INDENT}→ ${repair}: ${does}${isOwnDecision ? ' Needs --id.' : ''}`);
    if (advice !== undefined) io.out(`${INDENT}→ ${advice}`);
  }
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
export function documentOf({ done, left, unknown, troubles }: Summary, ok: boolean): object {
  const repairs = done.map(({ finding: { id }, repair, outcome, code }) => ({
    ...{ finding: id, repair, outcome, code },
  }));
  return { version: 1, command: 'reconcile', ok, findings: left, repairs, unknown, troubles };
}

/** What was done, what is left and what to do, for people. */
export function printRepairs({ done, left, unknown, troubles, wish }: Summary, io: Io): void {
  for (const { context, code } of troubles) {
    const { title, remedy } = ERRORS[code as ErrorCode];
    io.error(`${context} could not be compared: ${title} [${code}]\n  → ${remedy}`);
  }
  for (const id of unknown) io.error(`There is no finding ${id}, or none any more.`);
  for (const { finding, repair, outcome, code } of done)
    io.error(sentenceOf(finding.id, { repair, outcome, code }));
  const wrong = left.filter(({ weight }) => weight === 'wrong').length;
  const notes = left.length - wrong;
  if (left.length === 0 && troubles.length === 0) io.error('OneRoster holds what tools were told.');
  else if (left.length > 0) io.error(`\n${wrong} wrong, ${notes} ${notes === 1 ? 'note' : 'notes'}.`);
  const offered = left.filter(({ repairs }) => repairs.some(({ isOwnDecision }) => !isOwnDecision)).length;
  if (done.some(({ outcome }) => outcome === 'planned')) io.error('--yes --why TEXT does it.');
  else if (wish.repairs.size === 0 && offered > 0)
    io.error(`${offered} can be mended: --repair all shows how, --repair all --yes --why TEXT does it.`);
  const own = left.filter(({ repairs }) =>
    repairs.filter(isMending).some(({ isOwnDecision }) => isOwnDecision),
  ).length;
  if (wrong > 0) io.error('What is meant as it is: --id FINDING --repair leave.');
  if (own > 0) io.error(`${own} can be mended by a decision of their own: --id FINDING --repair KIND.`);
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
