import { useState } from 'preact/hooks';
import { call } from '../api.ts';
import { Badge, StatusBadge } from '../badge.tsx';
import type { ExchangeDetail, Json, UpstreamCall } from '../contract.ts';
import { Copy } from '../copy.tsx';
import { AskReason } from '../dialog.tsx';
import { Facts } from '../facts.tsx';
import { Icon } from '../icon.tsx';
import { isObject } from '../json-lines.ts';
import { JsonText } from '../json-text.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { marksOfNotes, NoteList } from '../notes.tsx';
import { titleOf } from '../operations.ts';
import { href } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { When } from '../when.tsx';

const STAGES: Readonly<Record<string, string>> = {
  received: 'Received from the tool',
  validated: 'Checked: who, and whether it is valid',
  mapped: 'Mapped to OneRoster',
  sent: 'Sent to OneRoster',
  answered: 'Answered by OneRoster',
  returned: 'Returned to the tool',
};

/** The way of one request. */
export function Exchange({ id }: { readonly id: string }) {
  const exchange = useLoad<ExchangeDetail>(`/traffic/${encodeURIComponent(id)}`);
  const [revealed, setRevealed] = useState<ExchangeDetail>();
  const [isAsking, setAsking] = useState(false);
  return (
    <Loaded of={exchange} what="this request">
      {(redacted) => {
        const shown = revealed ?? redacted;
        return (
          <>
            <Head title={titleOf(shown)} above={['Traffic', href('traffic')]}>
              {shown.curl !== undefined && (
                <Copy text={shown.curl} what="request as curl" label="Copy as curl" />
              )}
              <ForOperator>
                {revealed ? (
                  <button type="button" onClick={() => setRevealed(undefined)}>
                    Hide again
                  </button>
                ) : (
                  <button type="button" onClick={() => setAsking(true)}>
                    Reveal what is hidden …
                  </button>
                )}
              </ForOperator>
            </Head>
            <Summary exchange={shown} />
            <p class={revealed ? 'notice amber' : 'hint'}>
              {revealed
                ? 'You see data of students. That you do stands in the audit.'
                : 'Values of students and texts are hidden: •••'}
            </p>
            <Stages stages={shown.stages} />
            <BothDocuments exchange={shown} />
            <Calls calls={shown.calls} />
            {isAsking && (
              <AskReason
                title="Reveal the data of this request"
                verb="Reveal"
                close={() => setAsking(false)}
                act={async (reason) =>
                  setRevealed(
                    await call('POST', `/traffic/${encodeURIComponent(id)}/reveal`, { body: { reason } }),
                  )
                }
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Summary({ exchange }: { readonly exchange: ExchangeDetail }) {
  const { id, at, method, route, tool, context, status, code, milliseconds } = exchange;
  return (
    <Facts
      rows={[
        [
          'Answer',
          <span key="status">
            <StatusBadge status={status} /> {code && <code>{code}</code>}
          </span>,
        ],
        ['When', <When key="when" at={at} isExact />],
        ['Took', `${Math.round(milliseconds)} ms`],
        ['Request', `${method} ${route}`],
        ['Tool', tool],
        ['Context', context],
        ['Request id', <code key="id">{id}</code>],
      ]}
    />
  );
}

function Stages({ stages }: Pick<ExchangeDetail, 'stages'>) {
  return (
    <section aria-labelledby="way">
      <h2 id="way">Its way</h2>
      <ol class="stages">
        {stages.map(({ stage, at }, index) => (
          <li key={stage}>
            <Icon name="ok" />
            <span>{STAGES[stage] ?? stage}</span>
            <span class="muted number">{index === 0 ? 'start' : `+${Math.round(at)} ms`}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The document of the tool and that of OneRoster, as they went over the wire. */
function BothDocuments({ exchange }: { readonly exchange: ExchangeDetail }) {
  const { request, response, calls, notes, stages } = exchange;
  const write = calls.findLast(({ method }) => method !== 'GET');
  const read = calls.findLast(({ status = 0 }) => status < 300)?.response;
  const oneroster = write?.request ?? read;
  const isMapped = notes.length > 0 || stages.some(({ stage }) => stage === 'mapped');
  return (
    <section aria-labelledby="documents">
      <h2 id="documents">Both documents</h2>
      <div class="side-by-side">
        <Document title="From the tool (LTI)" value={request} marks={marksOfNotes(notes, 'ags')} />
        <Document
          title="In OneRoster"
          value={oneroster}
          marks={marksOfNotes(notes, 'oneroster', envelopeOf(oneroster))}
        />
        <Document title="Returned to the tool" value={response} />
        <div>
          <h3>What the mapping noted</h3>
          {isMapped ? <NoteList notes={notes} /> : <p class="empty">It did not come to mapping.</p>}
        </div>
      </div>
    </section>
  );
}

/** OneRoster wraps what it is sent: `envelopeOf({ result: { score: 7 } }) === '/result'`. */
function envelopeOf(document: Json | undefined): string {
  const [[name, inner] = [], ...others] = isObject(document) ? Object.entries(document) : [];
  return others.length === 0 && isObject(inner) ? `/${name}` : '';
}

interface DocumentProps {
  readonly title: string;
  readonly value: Json | undefined;
  readonly marks?: ReturnType<typeof marksOfNotes>;
}

function Document({ title, value, marks = [] }: DocumentProps) {
  return (
    <div>
      <h3>{title}</h3>
      {value === undefined ? (
        <p class="empty">There is none.</p>
      ) : (
        <JsonText value={value} label={title} marks={marks} />
      )}
    </div>
  );
}

function Calls({ calls }: { readonly calls: readonly UpstreamCall[] }) {
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">Calls to OneRoster</h2>
      {calls.length === 0 && <p class="empty">OneRoster was not asked.</p>}
      {calls.map(({ method, path, status, fault, milliseconds, request, response }, index) => (
        // calls are in order and have no id
        <details key={index} class="call">
          <summary>
            <span class="strong">{method}</span> <code class="path">{path}</code>{' '}
            {status === undefined ? (
              <Badge tone="red" icon="wrong">
                {fault ?? 'no answer'}
              </Badge>
            ) : (
              <StatusBadge status={status} />
            )}{' '}
            <span class="muted number">{Math.round(milliseconds)} ms</span>
          </summary>
          <div class="side-by-side">
            <Document title="Sent" value={request} />
            <Document title="Answered" value={response} />
          </div>
        </details>
      ))}
    </section>
  );
}
