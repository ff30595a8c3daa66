import { GradebridgeError } from '../core/errors.ts';
import { canonical, digestOf } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { type ComparisonParts, compare } from './compare.ts';
import type { Finding, Offer, Repair } from './finding.ts';
import { MAXIMUM } from './judge-columns.ts';

/** What a repair would do, as data: nothing of it is done yet. */
export interface RepairPlan {
  /** The same as long as the same would be done. */
  readonly plan: string;
  readonly finding: Finding;
  readonly offer: Offer;
  readonly steps: readonly {
    readonly method: 'PUT' | 'DELETE';
    readonly object: 'lineItem' | 'result';
    readonly sourcedId: string;
    /** The OneRoster places that it changes; all others stay. */
    readonly places: readonly string[];
    /** How many results follow to another maximum first, each by a write of its own at most. */
    readonly rescales?: number;
  }[];
}

export interface RepairRequest {
  readonly lineItem: string;
  /** The id of the finding. */
  readonly finding: string;
  readonly repair: Repair;
  /** What a person has agreed to: when something else would be done by now, nothing is. */
  readonly plan?: string | undefined;
  /** Whether a person has decided on this very finding; when nobody has, and somebody has to by now, nothing is done. */
  readonly isOwnDecision?: boolean | undefined;
}

/**
 * Finds out what a repair would do, from what OneRoster holds now.
 *
 * @throws GradebridgeError NO_LONGER_SO when there is no such finding (any more), NOT_REPAIRABLE when it does not offer that
 */
export async function planRepair(request: RepairRequest, parts: ComparisonParts): Promise<RepairPlan> {
  const comparison = await compare(parts);
  const looked = await comparison.look(request.lineItem);
  const finding = looked?.findings.find(({ id }) => id === request.finding);
  if (finding === undefined) throw new GradebridgeError('NO_LONGER_SO');
  const offer = finding.repairs.find(({ repair }) => repair === request.repair);
  if (offer === undefined) throw new GradebridgeError('NOT_REPAIRABLE');
  if (offer.isOwnDecision && request.isOwnDecision === false) throw new GradebridgeError('NO_LONGER_SO');
  const steps = offer.repair === 'leave' ? [] : [stepOf(finding, offer.repair)];
  const plan = digestOf(canonical([finding.id, offer.repair, offer.isOwnDecision, steps] as unknown as Json));
  if (request.plan !== undefined && request.plan !== plan) throw new GradebridgeError('NO_LONGER_SO');
  return { plan, finding, offer, steps };
}

function stepOf(finding: Finding, repair: Repair): RepairPlan['steps'][number] {
  const { result, lineItem, evidence } = finding;
  const known = evidence.places?.filter(({ isKnown }) => isKnown) ?? [];
  const { results: rescales = 0 } = evidence;
  const isRescaled = repair === 'restore' && rescales > 0 && known.some(({ ags }) => ags === MAXIMUM);
  return {
    method: repair === 'remove' ? 'DELETE' : 'PUT',
    object: result === undefined ? 'lineItem' : 'result',
    sourcedId: result ?? lineItem,
    places: repair === 'restore' ? known.map(({ oneroster }) => oneroster) : ['/status'],
    ...(isRescaled && { rescales }),
  };
}
