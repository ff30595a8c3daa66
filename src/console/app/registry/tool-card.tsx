import { Facts } from '../facts.tsx';
import { href } from '../place.ts';
import type { ApiKey, ToolItem } from '../registry-contract.ts';
import { Values } from '../values.tsx';
import { When } from '../when.tsx';
import { Actions } from './actions.tsx';
import { Connection } from './connection.tsx';
import { KeyActions } from './key-actions.tsx';
import { KeySetState } from './key-set.tsx';
import { History, originOf, StateBadge } from './origin.tsx';

const SHOWN_BY: Readonly<Record<string, string>> = {
  apiKey: 'API key',
  jwksUrl: 'key set at an address',
  jwks: 'key set that was pasted',
};

interface ToolCardProps {
  readonly tool: ToolItem;
  readonly changed: () => void;
}

export function ToolCard({ tool, changed }: ToolCardProps) {
  const { name, clientId, contexts, scopes, keys = [], apiKeys = [], values = [] } = tool;
  return (
    <article class="card" aria-labelledby={`tool-${name}`}>
      <h3 id={`tool-${name}`}>
        {name} <StateBadge {...tool} />
      </h3>
      <Facts
        rows={[
          ['Client id', <code key="id">{clientId}</code>],
          ['Contexts', contexts.join(', ')],
          ['May', scopes?.join(', ')],
          ['Shows who it is by', keys.map((key) => SHOWN_BY[key] ?? key).join(', ')],
          ['API keys', <Endings key="keys" apiKeys={apiKeys} />],
          ['Comes from', originOf(tool)],
        ]}
      />
      <Values values={values} />
      <p>
        <a href={href('traffic', undefined, { tool: name })}>Its traffic</a>
      </p>
      {(keys.includes('jwksUrl') || keys.includes('jwks')) && <KeySetState name={name} />}
      <History item={tool} />
      <Actions kind="tool" item={tool} changed={changed} />
      <KeyActions tool={tool} changed={changed} />
      <Connection path={`/tools/${encodeURIComponent(name)}/test`} />
    </article>
  );
}

/** Until when older API keys are good. */
function Endings({ apiKeys }: { readonly apiKeys: readonly ApiKey[] }) {
  const ending = apiKeys.flatMap(({ until }) => until ?? []);
  if (apiKeys.length === 0) return <span class="muted">none</span>;
  return (
    <>
      {apiKeys.length === 1 ? 'one' : String(apiKeys.length)}
      {ending.map((until) => (
        <span key={until} class="block">
          an older one ends <When at={until} isExact />
        </span>
      ))}
    </>
  );
}
