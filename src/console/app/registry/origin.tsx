import { Badge } from '../badge.tsx';
import type { EntryItem } from '../registry-contract.ts';
import { When } from '../when.tsx';

/** What was done, as a person says it. */
const VERBS: Readonly<Record<string, string>> = {
  registered: 'registered it',
  edited: 'edited it',
  disabled: 'disabled it',
  enabled: 'enabled it',
  keyRotated: 'gave it another API key',
  keysEnded: 'ended its service keys',
  forgotten: 'took it out of the store',
};

export function originOf({ source, isInFile }: EntryItem): string {
  if (source !== 'console') return 'the configuration file';
  return isInFile ? 'the console, in place of the file' : 'the console';
}

export function StateBadge({ isDisabled }: EntryItem) {
  return isDisabled ? (
    <Badge tone="amber" icon="held">
      disabled
    </Badge>
  ) : null;
}

/** Who has changed it when, and why. */
export function History({ item: { name, history = [] } }: { readonly item: EntryItem }) {
  if (history.length === 0) return null;
  return (
    <details>
      <summary>History of {name}</summary>
      <ul class="notes">
        {history.map(({ revision, verb, who, when, why }) => (
          <li key={revision}>
            <When at={when} isExact /> <span class="strong">{who}</span> {VERBS[verb] ?? verb}: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
