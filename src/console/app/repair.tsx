import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce.tsx';
import { asFailure, call, type Failure } from './api.ts';
import { AskReason, Dialog } from './dialog.tsx';
import { Waiting } from './load.tsx';
import {
  REPAIR_NAMES,
  type ReconcileFinding,
  type RepairKind,
  type RepairPlan,
} from './reconcile-contract.ts';
import { Trouble } from './trouble.tsx';

export interface RepairRequest {
  readonly finding: ReconcileFinding;
  readonly repair: RepairKind;
}

const DONE: Readonly<Partial<Record<RepairKind, string>>> = { leave: 'It is left as it is.' };

interface RepairProps {
  readonly request: RepairRequest;
  readonly close: () => void;
  /** It was done, or is no longer needed: what is shown is not as it is any more. */
  readonly done: () => void;
}

/** A repair: first what would be done, then why, then it is done. */
export function Repair({ request: { finding, repair }, close, done }: RepairProps) {
  const [plan, setPlan] = useState<RepairPlan>();
  const [failure, setFailure] = useState<Failure>();
  const path = `/line-items/${encodeURIComponent(finding.lineItem)}/repairs`;
  const asked = { context: finding.context, finding: finding.id, repair };
  useEffect(() => {
    call<RepairPlan>('POST', `${path}/plan`, { body: asked }).then(setPlan, (cause) =>
      setFailure(asFailure(cause)),
    );
  }, [path, finding.id, repair]);
  const verb = REPAIR_NAMES[repair];
  const title = `${verb} this ${finding.result === undefined ? 'line item' : 'result'}`;
  const leave = failure?.code === 'NO_LONGER_SO' ? done : close;
  if (plan === undefined) return <NoPlan title={title} failure={failure} leave={leave} />;
  return (
    <AskReason
      title={title}
      verb={verb}
      isDangerous={plan.isOwnDecision && repair !== 'leave'}
      close={close}
      act={async (why) => {
        await call('POST', path, { body: { ...asked, plan: plan.plan, why } });
        announce(DONE[repair] ?? 'It is mended, and was read back from OneRoster.');
        done();
      }}
    >
      <p>{plan.does}</p>
      {plan.isOwnDecision && finding.advice && <p class="strong">{finding.advice}</p>}
      <Steps plan={plan} />
    </AskReason>
  );
}

interface NoPlanProps {
  readonly title: string;
  readonly failure: Failure | undefined;
  readonly leave: () => void;
}

/** Before the plan is there, and when there is none. */
function NoPlan({ title, failure, leave }: NoPlanProps) {
  return (
    <Dialog title={title} close={leave}>
      {failure ? <Trouble failure={failure} /> : <Waiting what="what would be done" />}
      <div class="actions">
        <button type="button" onClick={leave}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Steps({ plan: { steps } }: { readonly plan: RepairPlan }) {
  return (
    <ul class="steps">
      {steps.map(({ method, object, sourcedId, places, rescales }) => (
        <li key={sourcedId}>
          {method === 'DELETE' ? 'Delete' : 'Write'} the {object === 'result' ? 'result' : 'line item'}{' '}
          <code class="path">{sourcedId}</code> in OneRoster. It changes <code>{places.join(', ')}</code> and
          nothing else.{rescales !== undefined && ` Its ${rescales} results follow to that maximum.`}
        </li>
      ))}
    </ul>
  );
}
