import { useState } from 'preact/hooks';
import { asFailure, call, type Failure } from '../api.ts';
import { AskReason } from '../dialog.tsx';
import { Icon } from '../icon.tsx';
import { brief } from '../json-lines.ts';
import { Waiting } from '../load.tsx';
import type { WhatIf as WhatIfAnswer } from '../mapping-contract.ts';
import { href } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Trouble } from '../trouble.tsx';
import { When } from '../when.tsx';

/** How many recorded requests are looked at. */
const LAST = 100;

/** What the mapping in the editor would have done otherwise with requests that came in. */
export function WhatIf({ name, text }: { readonly name: string; readonly text: string }) {
  const [answer, setAnswer] = useState<WhatIfAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const ask = (reason?: string): Promise<WhatIfAnswer> =>
    call('POST', `/mappings/${encodeURIComponent(name)}/what-if`, {
      body: { text, last: LAST, ...(reason !== undefined && { reason }) },
    });
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      setAnswer(await ask());
    } catch (cause) {
      setFailure(asFailure(cause));
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="what-if">
      <div class="head">
        <div>
          <h2 id="what-if">What if it had been active?</h2>
          <p class="lead">
            Goes through the last {LAST} recorded requests with the mapping in the editor, and shows where
            OneRoster would hold something else. Nothing is sent.
          </p>
        </div>
        <div class="actions">
          <button type="button" class="primary" disabled={isBusy} onClick={() => void run()}>
            {isBusy ? 'Trying …' : 'Try recorded requests'}
          </button>
          <ForOperator>
            {answer && answer.items.length > 0 && (
              <button type="button" onClick={() => setAsking(true)}>
                Reveal the values …
              </button>
            )}
          </ForOperator>
        </div>
      </div>
      {isBusy && <Waiting what="the recorded requests" />}
      {failure && <Trouble failure={failure} retry={() => void run()} />}
      {answer && !isBusy && <Outcome answer={answer} />}
      {isAsking && (
        <AskReason
          title="Reveal the values"
          verb="Reveal"
          close={() => setAsking(false)}
          act={async (reason) => setAnswer(await ask(reason))}
        />
      )}
    </section>
  );
}

function Outcome({ answer: { tried, items } }: { readonly answer: WhatIfAnswer }) {
  if (tried === 0)
    return <p class="empty">No request has been recorded yet that this mapping would have been used for.</p>;
  if (items.length === 0)
    return (
      <p class="notice green" role="status">
        <Icon name="ok" /> {tried} recorded requests tried: OneRoster would hold the same for every one.
      </p>
    );
  return (
    <>
      <p role="status">
        <strong>
          {items.length} of {tried}
        </strong>{' '}
        recorded requests would have ended differently.
      </p>
      <ul class="what-if">
        {items.map(({ id, at, tool, context, differences, refused }) => (
          <li key={id}>
            <p>
              <a class="strong" href={href('traffic', id)}>
                {tool} in {context}
              </a>{' '}
              <span class="muted">
                <When at={at} isExact />
              </span>
            </p>
            <Refusals refused={refused} />
            <ul>
              {differences.map(({ pointer, before, after }) => (
                <li key={pointer}>
                  <code>{pointer}</code> <del>− {brief(before)}</del> <ins>+ {brief(after)}</ins>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}

type Refused = WhatIfAnswer['items'][number]['refused'];

/** Where the one mapping takes what the other does not. */
function Refusals({ refused }: { readonly refused: Refused }) {
  if (refused === undefined) return null;
  const issues = refused.after ?? refused.before ?? [];
  return (
    <p>
      {refused.after ? 'It would have been refused' : 'It was refused, and would have been taken'}
      {issues.length > 0 && ': '}
      {issues.map(({ pointer, message }) => (
        <span key={pointer + message}>
          <code>{pointer || '/'}</code> {message}{' '}
        </span>
      ))}
    </p>
  );
}
