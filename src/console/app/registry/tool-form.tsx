import { useState } from 'preact/hooks';
import type { Json, JsonObject, List } from '../contract.ts';
import { Loaded, useLoad } from '../load.tsx';
import { go, href } from '../place.ts';
import type { Changed, ContextItem, EntryDetail } from '../registry-contract.ts';
import { EntryEditor, type Form } from './entry-form.tsx';
import { Check, Checks, Group, TextLine } from './fields.tsx';
import { LinesField } from './lines-field.tsx';
import { ShownOnce } from './shown-once.tsx';
import { UsersField } from './users-field.tsx';

const SCOPES = [
  ['lineitem', 'write line items (lineitem)'],
  ['lineitem.readonly', 'read line items (lineitem.readonly)'],
  ['score', 'send scores (score)'],
  ['result.readonly', 'read results (result.readonly)'],
] as const;

const FRESH: JsonObject = { contexts: [], scopes: SCOPES.map(([scope]) => scope) };
const PLACES = [
  '/clientId',
  '/contexts',
  '/scopes',
  '/apiKey',
  '/apiKeys',
  '/jwksUrl',
  '/jwks',
  '/audiences',
  '/users',
];

interface Made {
  readonly changed: Changed;
  readonly contexts: readonly string[];
}

/** A tool in a form. */
export function ToolEditor({ name }: { readonly name: string | undefined }) {
  const contexts = useLoad<List<ContextItem>>('/contexts');
  const [wantsKey, setWantsKey] = useState<boolean>();
  const [made, setMade] = useState<Made>();
  const hasKey = (detail: EntryDetail | undefined): boolean => (detail?.apiKeys ?? []).length > 0;
  // A new tool gets a key unless somebody says that it needs none.
  const isKeyWanted = (detail: EntryDetail | undefined): boolean =>
    wantsKey ?? (detail === undefined || hasKey(detail));
  const more = (detail: EntryDetail | undefined): JsonObject => {
    if (!isKeyWanted(detail)) return { apiKey: 'none' };
    return { apiKey: hasKey(detail) ? 'keep' : 'new' };
  };
  const saved = (changed: Changed, entry: JsonObject): void => {
    if (changed.apiKey === undefined) go(href('tools'));
    else setMade({ changed, contexts: textsIn(entry['contexts']) });
  };
  return (
    <>
      <EntryEditor
        kind="tool"
        name={name}
        fresh={FRESH}
        places={PLACES}
        nameHint="Letters, digits, dots, hyphens and underscores. Its line items are found again by it, so it cannot be changed later."
        more={more}
        saved={saved}
      >
        {(form, detail) => (
          <Loaded of={contexts} what="the contexts">
            {({ items }) => (
              <ToolFields
                form={form}
                contexts={items.map((one) => one.name)}
                isKeyWanted={isKeyWanted(detail)}
                wantKey={setWantsKey}
              />
            )}
          </Loaded>
        )}
      </EntryEditor>
      {made && (
        <ShownOnce
          tool={{ name: made.changed.name, contexts: made.contexts }}
          made={{ ...(made.changed.apiKey !== undefined && { apiKey: made.changed.apiKey }) }}
          close={() => go(href('tools'))}
        />
      )}
    </>
  );
}

interface ToolFieldsProps {
  readonly form: Form;
  readonly contexts: readonly string[];
  readonly isKeyWanted: boolean;
  readonly wantKey: (isWanted: boolean) => void;
}

function ToolFields({ form, contexts, isKeyWanted, wantKey }: ToolFieldsProps) {
  return (
    <>
      <TextLine
        label="Client id"
        value={form.text('clientId')}
        change={(text) => form.set('clientId', text)}
        findings={form.at('/clientId')}
        isNeeded
        hint="Its LTI client id; each tool has its own."
      />
      <Checks
        label="Contexts"
        options={contexts.map((one) => [one, one])}
        chosen={textsIn(form.entry['contexts'])}
        change={(chosen) => form.set('contexts', chosen)}
        findings={form.at('/contexts')}
        hint="The courses in which it may be used."
      />
      <Checks
        label="It may"
        options={SCOPES}
        chosen={textsIn(form.entry['scopes'])}
        change={(chosen) => form.set('scopes', chosen)}
        findings={form.at('/scopes')}
      />
      <Group
        label="How it shows who it is"
        findings={[...form.at('/apiKey'), ...form.at('/apiKeys')]}
        hint="A tool of LTIAAS has an API key; one that speaks LTI AGS has a key set, at an address or pasted here."
      >
        <Check label="With an API key" isOn={isKeyWanted} change={wantKey} />
        <TextLine
          label="Address of its key set"
          value={form.text('jwksUrl')}
          change={(text) => form.set('jwksUrl', text)}
          findings={form.at('/jwksUrl')}
        />
        <KeySetField form={form} />
        <LinesField
          label="Further audiences"
          value={form.entry['audiences']}
          change={(lines) => form.set('audiences', lines)}
          findings={form.at('/audiences')}
          hint="One a line: what it writes into aud, where that is neither the token URL nor the issuer."
        />
      </Group>
      <UsersField
        value={form.entry['users']}
        change={(users) => form.set('users', users)}
        findings={form.at('/users')}
        otherwise="as its contexts say"
      />
    </>
  );
}

/** A key set as text; what is no JSON is sent as it is, and refused with its place. */
function KeySetField({ form }: { readonly form: Form }) {
  const { jwks } = form.entry;
  const [text, setText] = useState(jwks === undefined ? '' : JSON.stringify(jwks, null, 2));
  const write = (now: string): void => {
    setText(now);
    try {
      form.set('jwks', now.trim() === '' ? undefined : (JSON.parse(now) as Json));
    } catch {
      form.set('jwks', now);
    }
  };
  return (
    <TextLine
      label="Key set, pasted"
      value={text}
      change={write}
      findings={form.at('/jwks')}
      rows={text === '' ? 3 : 10}
      hint='Public keys alone: { "keys": [ … ] } (RFC 7517).'
    />
  );
}

function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
