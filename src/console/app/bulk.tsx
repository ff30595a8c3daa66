import { useEffect, useId, useState } from 'preact/hooks';
import { announce } from './announce.tsx';
import { asFailure, call, type Failure } from './api.ts';
import { DeliveryBadge } from './badge.tsx';
import type { DeliveryPlan, Job } from './contract.ts';
import { Dialog } from './dialog.tsx';
import { Waiting } from './load.tsx';
import { Table } from './table.tsx';
import { Trouble } from './trouble.tsx';

export interface BulkRequest {
  readonly verb: 'retry' | 'discard';
  readonly filter: Readonly<Record<string, string | readonly string[]>>;
}

interface BulkProps {
  readonly request: BulkRequest;
  readonly close: () => void;
}

const VERBS = { retry: 'Resend', discard: 'Discard' } as const;

/** Something for many deliveries: first which, then it is done, and can be stopped on the way. */
export function Bulk({ request, close }: BulkProps) {
  const { verb, filter } = request;
  const [reason, setReason] = useState<string>();
  const [plan, setPlan] = useState<DeliveryPlan>();
  const [job, setJob] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const isReady = verb === 'retry' || reason !== undefined;
  useEffect(() => {
    if (!isReady) return;
    const body = { verb, filter, ...(reason !== undefined && { reason }) };
    call<DeliveryPlan>('POST', '/deliveries/plans', { body }).then(setPlan, (cause) =>
      setFailure(asFailure(cause)),
    );
  }, [isReady, verb, filter, reason]);
  const run = (id: string): void => {
    setFailure(undefined);
    call<{ readonly job: string }>('POST', `/deliveries/plans/${encodeURIComponent(id)}/run`).then(
      (answer) => setJob(answer.job),
      (cause) => setFailure(asFailure(cause)),
    );
  };
  return (
    <Dialog title={`${VERBS[verb]} several deliveries`} close={close} isWide>
      {!isReady && <Reason close={close} said={setReason} />}
      {isReady && plan === undefined && failure === undefined && (
        <Waiting what="which deliveries these are" />
      )}
      {plan && job === undefined && <Plan plan={plan} verb={VERBS[verb]} close={close} run={run} />}
      {job !== undefined && <Progress job={job} close={close} />}
      {failure && <Trouble failure={failure} />}
      {failure && plan === undefined && (
        <div class="actions">
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Reason({ close, said }: { readonly close: () => void; readonly said: (reason: string) => void }) {
  const field = useId();
  const submit = (event: Event): void => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim();
    if (reason !== '') said(reason);
  };
  return (
    <form onSubmit={submit}>
      <label for={field}>Why are they given up?</label>
      <textarea id={field} name="reason" rows={3} required maxLength={500} autofocus />
      <p class="hint">
        Tools read it on the receipts, and it stands in the audit. You will see which they are next.
      </p>
      <div class="actions">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Show which
        </button>
      </div>
    </form>
  );
}

interface PlanProps {
  readonly plan: DeliveryPlan;
  readonly verb: string;
  readonly close: () => void;
  readonly run: (plan: string) => void;
}

function Plan({ plan, verb, close, run }: PlanProps) {
  const { count, items } = plan;
  const noun = count === 1 ? 'delivery' : 'deliveries';
  return (
    <>
      <p>
        <strong>
          {count} {noun}
        </strong>{' '}
        would change. {count > items.length && `These are the first ${items.length}.`}
      </p>
      <div class="scroll">
        <Table
          caption="Deliveries that would change"
          rows={items}
          keyOf={({ id }) => id}
          empty="None is in a state for that; nothing would happen."
          columns={[
            { name: 'State', cell: ({ state }) => <DeliveryBadge state={state} /> },
            { name: 'Tool', cell: ({ tool, context }) => `${tool} in ${context}` },
            { name: 'Line item', cell: ({ lineItem }) => <code>{lineItem}</code> },
            { name: 'Delivery', cell: ({ id }) => <code>{id}</code> },
          ]}
        />
      </div>
      <div class="actions">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={count === 0} onClick={() => run(plan.plan)}>
          {verb} {count} {noun}
        </button>
      </div>
    </>
  );
}

const ENDS: Readonly<Record<Job['state'], string>> = {
  planned: '',
  running: '',
  done: 'Done.',
  cancelled: 'Stopped. What was done before stays done.',
  stopped:
    'It ended early: the gateway that worked on it has stopped. What was done stays done; plan it anew for the rest.',
};

function isUnderWay({ state }: Job): boolean {
  return state === 'planned' || state === 'running';
}

function Progress({ job, close }: { readonly job: string; readonly close: () => void }) {
  const [state, setState] = useState<Job>();
  const [failure, setFailure] = useState<Failure>();
  const path = `/jobs/${encodeURIComponent(job)}`;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = async (): Promise<void> => {
      try {
        const now = await call<Job>('GET', path);
        setState(now);
        if (isUnderWay(now)) timer = setTimeout(() => void look(), 300);
        else announce(`${ENDS[now.state]} ${now.done} changed.`);
      } catch (cause) {
        setFailure(asFailure(cause));
      }
    };
    void look();
    return () => clearTimeout(timer);
  }, [path]);
  if (failure)
    return <Trouble failure={failure} title="How far it is could not be read; it goes on by itself." />;
  if (state === undefined) return <Waiting what="how far it is" />;
  const isRunning = isUnderWay(state);
  return (
    <>
      <label>
        {state.done + state.failed} of {state.total}
        <progress max={state.total} value={state.done + state.failed} />
      </label>
      <p>
        {ENDS[state.state]}{' '}
        {state.failed > 0 && `${state.failed} were left as they are: they had moved on meanwhile.`}
      </p>
      <div class="actions">
        {isRunning ? (
          <button
            type="button"
            onClick={() => void call('DELETE', path).catch((cause) => setFailure(asFailure(cause)))}
          >
            Stop
          </button>
        ) : (
          <button type="button" class="primary" onClick={close}>
            Close
          </button>
        )}
      </div>
    </>
  );
}
