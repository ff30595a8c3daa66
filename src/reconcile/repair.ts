import type { Call } from '../core/call.ts';
import type { Json } from '../core/json.ts';
import type { ComparisonParts } from './compare.ts';
import { type Finding, stateOf } from './finding.ts';
import { type Mender, menderOf, type TurnOf } from './menders.ts';
import { planRepair, type RepairPlan, type RepairRequest } from './plan.ts';

/** Writes down what is done, before it is done, and when it is. */
export type AuditedRepair = (
  change: {
    readonly what: string;
    readonly subject: string;
    readonly before: Json;
    readonly after: Json;
    readonly why?: string;
  },
  work: () => Promise<void>,
) => Promise<void>;

export interface Mending extends ComparisonParts {
  readonly audited: AuditedRepair;
  readonly why: string;
}

/**
 * Plans a repair anew and does it. What the finding rests on is read once more in the turns of all objects that it is about, right before
 * the one write; what was written is read back.
 *
 * @throws GradebridgeError NO_LONGER_SO, NOT_REPAIRABLE, OBJECT_BUSY, STORE_UNAVAILABLE, UPSTREAM_…
 */
export async function mend(request: RepairRequest, parts: Mending): Promise<RepairPlan> {
  const plan = await planRepair(request, parts);
  const { finding, steps } = plan;
  const { kind, id, lineItem, context, beside } = finding;
  const subject = finding.result ?? lineItem;
  const mender = request.repair === 'leave' ? leaving(finding, parts) : menderOf(plan, parts);
  const call = parts.callOf();
  const change = {
    what: `reconcile.${request.repair}`,
    subject,
    before: {
      finding: id,
      kind,
      context,
      lineItem,
      ...(beside !== undefined && { beside }),
      ...evidence(finding),
    },
    after: steps as unknown as Json,
    why: parts.why,
  };
  await parts.audited(change, () => inTurns(mender.turns, call, mender.run));
  return plan;
}

/** Nothing is written but the decision: no writer need wait. */
function leaving(finding: Finding, { decisions }: Mending): Mender {
  return { turns: [], run: () => decisions.write(finding.id, stateOf(finding)) };
}

function evidence({ evidence: found }: Finding): { readonly evidence: Json } {
  return { evidence: JSON.parse(JSON.stringify(found)) as Json };
}

/** Takes turns one after the other, in the order in which everybody takes them. */
async function inTurns(
  turns: readonly TurnOf[],
  call: Call,
  work: (call: Call) => Promise<void>,
): Promise<void> {
  const run = (at: number): Promise<void> => {
    const turn = turns[at];
    return turn === undefined ? work(call) : turn.objects.alone(turn.sourcedId, call, () => run(at + 1));
  };
  return run(0);
}
