import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call } from '../api.ts';
import { AskReason } from '../dialog.tsx';
import { type Changed, entryPath, type ToolItem } from '../registry-contract.ts';
import { ForOperator } from '../session.tsx';
import { SelectField, TextLine } from './fields.tsx';
import { type NewKeys, ShownOnce } from './shown-once.tsx';

interface KeyActionsProps {
  readonly tool: ToolItem;
  readonly changed: () => void;
}

type Asked = 'api-key' | 'service-keys' | 'end-keys';

/** For how long the older API keys of a tool stay good, in hours. */
const GRACES: readonly (readonly [value: string, text: string])[] = [
  ['24', '24 hours'],
  ['168', 'a week'],
  ['720', '30 days'],
  ['1', 'an hour'],
  ['0', 'not at all: they end at once'],
];

/** Another API key, a service key, the end of all service keys. What is made is shown once. */
export function KeyActions({ tool, changed }: KeyActionsProps) {
  const { name, contexts, apiKeys = [] } = tool;
  const [asked, setAsked] = useState<Asked>();
  const [made, setMade] = useState<NewKeys>();
  const [grace, setGrace] = useState('24');
  const [context, setContext] = useState(contexts[0] ?? '');
  const [link, setLink] = useState('');
  const close = (): void => setAsked(undefined);
  const path = entryPath('tool', name);
  const rotate = async (why: string): Promise<void> => {
    const body = { why, grace: Number(grace) };
    const { apiKey } = await call<Changed>('POST', `${path}/api-key`, { body });
    setMade({ ...(apiKey !== undefined && { apiKey }) });
    changed();
  };
  const issue = async (why: string): Promise<void> => {
    const body = { why, context, ...(link !== '' && { resourceLinkId: link }) };
    setMade(await call<NewKeys>('POST', `${path}/service-keys`, { body }));
  };
  const end = async (why: string): Promise<void> => {
    await call('POST', `${path}/end-keys`, { body: { why } });
    announce(`All earlier service keys of ${name} are over.`);
    changed();
  };
  return (
    <ForOperator>
      <div class="actions">
        <button type="button" onClick={() => setAsked('api-key')} aria-label={`New API key for ${name} …`}>
          New API key …
        </button>
        {apiKeys.length > 0 && (
          <>
            <button
              type="button"
              onClick={() => setAsked('service-keys')}
              aria-label={`Issue a service key for ${name} …`}
            >
              Issue a service key …
            </button>
            <button
              type="button"
              onClick={() => setAsked('end-keys')}
              aria-label={`End earlier service keys of ${name} …`}
            >
              End earlier service keys …
            </button>
          </>
        )}
      </div>
      {asked === 'api-key' && (
        <AskReason
          title={`New API key for ${name}`}
          verb="Make a new key"
          hint="It is shown once. Who has made it, and why, stands in the audit; the key does not."
          close={close}
          act={rotate}
        >
          {apiKeys.length > 0 && (
            <SelectField label="Older keys stay good for" value={grace} options={GRACES} change={setGrace} />
          )}
        </AskReason>
      )}
      {asked === 'service-keys' && (
        <AskReason
          title={`Service key for ${name}`}
          verb="Issue"
          hint="It is shown once, and does not end by itself. Who has issued it, and why, stands in the audit; the key does not."
          close={close}
          act={issue}
        >
          <SelectField
            label="Context"
            value={context}
            options={contexts.map((one) => [one, one])}
            change={setContext}
          />
          <TextLine
            label="Resource link id"
            value={link}
            change={setLink}
            hint="Only where the key stands for one link in the course."
          />
        </AskReason>
      )}
      {asked === 'end-keys' && (
        <AskReason
          title={`End all earlier service keys of ${name}`}
          verb="End them"
          hint="Every service key and ltik that was issued until now is refused; issue new ones then."
          isDangerous
          close={close}
          act={end}
        />
      )}
      {made && !asked && <ShownOnce tool={tool} made={made} close={() => setMade(undefined)} />}
    </ForOperator>
  );
}
