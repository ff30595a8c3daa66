import { canonical, digestOf, nameBasedId } from '../core/identity.ts';

/** What can be otherwise in OneRoster than tools were told. */
export const FINDING_KINDS = [
  'lineItemGone',
  'lineItemDoubled',
  'lineItemOrphaned',
  'lineItemChanged',
  'resultMissing',
  'resultChanged',
  'resultDoubled',
  'resultOrphaned',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/**
 * What can be done by a machine:
 *
 * - revive: what was deleted softly is written again as it lies there, and is active
 * - remove: what is one too many, and holds nothing that is needed, is deleted softly
 * - restore: what the gateway wrote last is put back where that is known for certain
 * - leave: a person says that it is meant as it is; nothing is written to OneRoster, and it is a note until it changes
 */
export const REPAIRS = ['revive', 'remove', 'restore', 'leave'] as const;
export type Repair = (typeof REPAIRS)[number];

/** A repair that a finding offers. */
export interface Offer {
  readonly repair: Repair;
  /** What would be done, in one sentence. */
  readonly does: string;
  /** Whether a person has to decide on this very finding: it is left out where "all" are asked for. */
  readonly isOwnDecision: boolean;
}

/** A place that is otherwise than it was written, by its names on both sides. */
export interface FoundPlace {
  readonly ags: string;
  readonly oneroster: string;
  /** Whether it is known for certain what stood there. */
  readonly isKnown: boolean;
}

/** What a finding rests on: numbers, states and places, never what a student was given. */
export interface Evidence {
  /** How the line item or the result stands in OneRoster. */
  readonly stands?: 'active' | 'deleted' | 'absent' | 'elsewhere';
  /** Deliveries for the line item that wait, or are held. */
  readonly waiting?: number;
  readonly failed?: number;
  /** Receipts that say that OneRoster has taken a score for it. */
  readonly acknowledged?: number;
  /** How often tools have asked for it lately, and were told that there is none. */
  readonly missed?: number;
  /** Active results of the line item. */
  readonly results?: number;
  readonly places?: readonly FoundPlace[];
}

export interface Finding {
  /** The same whenever the same is found. */
  readonly id: string;
  readonly kind: FindingKind;
  /** A note is to be known, and nothing is wrong because of it. */
  readonly weight: 'wrong' | 'note';
  readonly context: string;
  readonly tool?: string | undefined;
  /** Its sourcedId, and those of what else the finding is about. */
  readonly lineItem: string;
  readonly result?: string | undefined;
  readonly student?: string | undefined;
  readonly delivery?: string | undefined;
  /** What it is one too many beside. */
  readonly beside?: string | undefined;
  /** Whether a person has said that it is meant as it is. */
  readonly isLeft?: boolean;
  readonly says: string;
  readonly evidence: Evidence;
  readonly repairs: readonly Offer[];
  /** What a person should do, where no repair does it all. */
  readonly advice?: string | undefined;
}

/** @example findingOf({ kind: 'lineItemGone', … }).id // '3f0c9a…' */
export function findingOf(found: Omit<Finding, 'id'>): Finding {
  const { kind, context, lineItem, result, delivery } = found;
  const name = nameBasedId('finding', context, kind, lineItem, result ?? '', result ? '' : (delivery ?? ''));
  return { id: name.replaceAll('-', '').slice(0, 16), ...found };
}

const LEAVE: Offer = {
  repair: 'leave',
  does: 'Leaves it as it is: it is only a note from now on, until it is otherwise again.',
  isOwnDecision: true,
};

/** What makes another matter of a finding when it comes to it; less of it does not. */
const GRAVE = ['waiting', 'failed', 'missed'] as const satisfies readonly (keyof Evidence)[];

/** How a finding is, as far as that matters to whoever leaves it: what it is, and what grave there is about it. */
export function stateOf({ kind, beside, evidence }: Finding): string {
  const { stands = null, places = [] } = evidence;
  const what = digestOf(canonical([kind, beside ?? null, stands, places.map(({ oneroster }) => oneroster)]));
  return [what, ...GRAVE.filter((name) => (evidence[name] ?? 0) > 0)].join(' ');
}

/** What one process has not heard of, or what has been settled since, is no reason to ask once more. */
function isCovered(state: string, left: string | undefined): boolean {
  const [known, ...grave] = (left ?? '').split(' ');
  const [now, ...found] = state.split(' ');
  return now === known && found.every((name) => grave.includes(name));
}

/**
 * Findings after what people have decided of them: what is left as it is, is a note that only they take up again; all others can
 * be left.
 *
 * @param left how findings were when they were left, by their ids
 */
export function decided(findings: readonly Finding[], left: ReadonlyMap<string, string>): readonly Finding[] {
  return findings.map((finding) => {
    if (finding.weight === 'note') return finding;
    if (!isCovered(stateOf(finding), left.get(finding.id)))
      return { ...finding, repairs: [...finding.repairs, LEAVE] };
    const repairs = finding.repairs.map((offer) => ({ ...offer, isOwnDecision: true }));
    return { ...finding, weight: 'note', isLeft: true, repairs };
  });
}
