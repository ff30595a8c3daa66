import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { asFailure, call, type Failure } from '../api.ts';
import { DELIVERY_LOOKS, DeliveryBadge } from '../badge.tsx';
import type { DeliveryDetail } from '../contract.ts';
import { AskReason } from '../dialog.tsx';
import { Facts } from '../facts.tsx';
import { Icon, type IconName } from '../icon.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { titleOf } from '../operations.ts';
import { href } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { Trouble } from '../trouble.tsx';
import { When } from '../when.tsx';
import { CHANGEABLE } from './deliveries.tsx';

/** One delivery: what happened to it, and what can be done. */
export function Delivery({ id }: { readonly id: string }) {
  const path = `/deliveries/${encodeURIComponent(id)}`;
  const delivery = useLoad<DeliveryDetail>(path, 5000);
  const [isAsking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const resend = async (): Promise<void> => {
    setFailure(undefined);
    try {
      await call('POST', `${path}/retry`);
      announce('It will be tried again now.');
    } catch (cause) {
      setFailure(asFailure(cause));
    }
    delivery.reload();
  };
  return (
    <>
      <Head title={`Delivery ${id.slice(0, 8)}`} above={['Deliveries', href('deliveries')]}>
        <ForOperator>
          {delivery.value && CHANGEABLE.has(delivery.value.state) && (
            <>
              <button type="button" class="primary" onClick={() => void resend()}>
                Resend now
              </button>
              <button type="button" onClick={() => setAsking(true)}>
                Discard …
              </button>
            </>
          )}
        </ForOperator>
      </Head>
      {failure && <Trouble failure={failure} title="It was not resent." />}
      <Loaded of={delivery} what="this delivery">
        {(value) => <Details delivery={value} />}
      </Loaded>
      {isAsking && (
        <AskReason
          title="Discard this delivery"
          verb="Discard"
          isDangerous
          hint="The tool reads it on the receipt, and it stands in the audit. The score itself is cleared: this cannot be undone."
          close={() => setAsking(false)}
          act={async (reason) => {
            await call('POST', `${path}/discard`, { body: { reason } });
            announce('It was discarded.');
            delivery.reload();
          }}
        />
      )}
    </>
  );
}

function Details({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { state, error, tool, context, upstream, lineItem, timestamp, attempts, fingerprint } = delivery;
  return (
    <>
      <p>
        <DeliveryBadge state={state} /> {DELIVERY_LOOKS[state].means}
      </p>
      {error && (
        <div class={`notice ${state === 'failed' ? 'red' : 'amber'}`}>
          <Icon name={state === 'failed' ? 'wrong' : 'warning'} />
          <div>
            <p class="strong">{error.title}</p>
            <p>
              {error.remedy} <code>{error.code}</code>
            </p>
          </div>
        </div>
      )}
      <Way delivery={delivery} />
      <Facts
        rows={[
          ['Id', <code key="id">{delivery.id}</code>],
          ['What', titleOf({ operation: delivery.kind, method: '', route: '' })],
          ['Tool', tool],
          ['Context', context],
          ['OneRoster service', upstream],
          [
            'Line item',
            <a key="line" href={href('traffic', undefined, { search: lineItem })}>
              {lineItem}
            </a>,
          ],
          ['Scored at', <When key="when" at={timestamp} isExact />],
          ['Attempts', attempts],
          ['Reason given', delivery.reason],
          [
            'Replaced by',
            delivery.supersededBy && (
              <a href={href('deliveries', delivery.supersededBy)}>{delivery.supersededBy}</a>
            ),
          ],
          ['Fingerprint', fingerprint && <code class="path">{fingerprint}</code>],
        ]}
      />
    </>
  );
}

/** What happened when, as far as it went. */
function Way({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { acceptedAt, sentAt, acknowledgedAt, verifiedAt, nextAttemptAt, attempts, errorCode } = delivery;
  const steps: readonly (readonly [text: string, at: string | undefined, icon?: IconName])[] = [
    ['Promised to the tool', acceptedAt],
    [
      attempts > 1 ? `Last of ${attempts} attempts` : 'First attempt',
      sentAt,
      errorCode === undefined ? 'ok' : 'warning',
    ],
    ['Taken by OneRoster', acknowledgedAt],
    ['Read back', verifiedAt],
  ];
  return (
    <section aria-labelledby="way">
      <h2 id="way">Its way</h2>
      <ol class="stages">
        {steps.flatMap(([text, at, icon = 'ok']) =>
          at === undefined
            ? []
            : [
                <li key={text} class={icon}>
                  <Icon name={icon} />
                  <span>{text}</span>
                  <When at={at} isExact />
                </li>,
              ],
        )}
        {nextAttemptAt && (
          <li class="to-come">
            <Icon name="waiting" />
            <span>Next try</span>
            <span>
              <When at={nextAttemptAt} /> (<When at={nextAttemptAt} isExact />)
            </span>
          </li>
        )}
      </ol>
    </section>
  );
}
