import { useState } from 'preact/hooks';
import { Badge } from '../badge.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { entryPath, type KeySet } from '../registry-contract.ts';
import { When } from '../when.tsx';

/** The public keys of a tool, as the gateway finds them. They are looked at when somebody wants to see them. */
export function KeySetState({ name }: { readonly name: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Key set of {name}</summary>
      {isOpen && <KeySetNow name={name} />}
    </details>
  );
}

function KeySetNow({ name }: { readonly name: string }) {
  const keySet = useLoad<KeySet>(`${entryPath('tool', name)}/key-set`);
  return (
    <Loaded of={keySet} what={`the key set of ${name}`}>
      {({ at, host, keys = [], problem, remedy, lookedAt }) => (
        <>
          <p>
            {problem === undefined ? (
              <Badge tone="green" icon="ok">
                {keys.length === 1 ? '1 key' : `${keys.length} keys`}
              </Badge>
            ) : (
              <Badge tone="red" icon="wrong">
                cannot be had
              </Badge>
            )}{' '}
            {at === 'address' ? `from ${host}, looked at` : 'as it was pasted, looked at'}{' '}
            <When at={lookedAt} isExact />{' '}
            <button type="button" class="quiet" onClick={keySet.reload}>
              Look again
            </button>
          </p>
          {problem && (
            <p>
              {problem} <span class="block">→ {remedy}</span>
            </p>
          )}
          <ul class="notes">
            {keys.map(({ kid, kty, alg, crv }, index) => (
              <li key={kid ?? index}>
                <code>{kid ?? 'without a kid'}</code>{' '}
                <span class="muted">{[kty, alg, crv].filter(Boolean).join(', ')}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}
