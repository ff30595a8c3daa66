import { useState } from 'preact/hooks';
import { asFailure, call, type Failure } from '../api.ts';
import { Dialog } from '../dialog.tsx';
import { entryPath } from '../registry-contract.ts';
import { Trouble } from '../trouble.tsx';
import { Values } from '../values.tsx';
import { SelectField } from './fields.tsx';

export interface NewKeys {
  readonly apiKey?: string;
  readonly serviceKey?: string;
}

interface ShownOnceProps {
  readonly tool: { readonly name: string; readonly contexts: readonly string[] };
  readonly made: NewKeys;
  readonly close: () => void;
}

/** Keys that nobody can be shown again, with the header in which a tool sends them. */
export function ShownOnce({ tool, made, close }: ShownOnceProps) {
  const [keys, setKeys] = useState(made);
  const { apiKey, serviceKey } = keys;
  const header = `SERVICE-AUTH-V1 ${apiKey ?? 'API_KEY'}:${serviceKey ?? 'SERVICE_KEY'}`;
  const values = [
    ...(apiKey === undefined ? [] : [{ label: 'API key', value: apiKey }]),
    ...(serviceKey === undefined ? [] : [{ label: 'Service key', value: serviceKey }]),
    ...(serviceKey === undefined ? [] : [{ label: 'Authorization header', value: header }]),
  ];
  return (
    <Dialog title={`Keys of ${tool.name}`} close={close} isWide>
      <div class="stack">
        <p>Copy it now: it is kept nowhere, and cannot be shown again.</p>
        <Values values={values} />
        {serviceKey !== undefined && apiKey === undefined && (
          <p class="hint">In the header, put the API key of the tool in the place of API_KEY.</p>
        )}
        {serviceKey === undefined && (
          <IssueToo tool={tool} issued={(more) => setKeys({ ...keys, ...more })} />
        )}
      </div>
      <div class="actions">
        <button type="button" class="primary" onClick={close}>
          I have copied it
        </button>
      </div>
    </Dialog>
  );
}

interface IssueTooProps extends Pick<ShownOnceProps, 'tool'> {
  readonly issued: (keys: NewKeys) => void;
}

/** A new API key is of use with a service key alone: it can be had on the spot. */
function IssueToo({ tool: { name, contexts }, issued }: IssueTooProps) {
  const [context, setContext] = useState(contexts[0] ?? '');
  const [failure, setFailure] = useState<Failure>();
  const issue = (): void => {
    setFailure(undefined);
    const body = { context, why: 'For the new API key' };
    call<NewKeys>('POST', `${entryPath('tool', name)}/service-keys`, { body }).then(issued, (cause) =>
      setFailure(asFailure(cause)),
    );
  };
  return (
    <>
      <p class="hint">A tool sends it together with a service key for a context.</p>
      <SelectField
        label="Context"
        value={context}
        options={contexts.map((one) => [one, one])}
        change={setContext}
      />
      <p>
        <button type="button" onClick={issue}>
          Issue a service key too
        </button>
      </p>
      {failure && <Trouble failure={failure} />}
    </>
  );
}
