import { useEffect } from 'preact/hooks';
import type { Json, JsonObject, List, Overview } from '../contract.ts';
import { Loaded, useLoad } from '../load.tsx';
import { CategoryField } from './category-field.tsx';
import { ClassPicker } from './class-picker.tsx';
import { EntryEditor, type Form } from './entry-form.tsx';
import { Group, SelectField, TextLine } from './fields.tsx';
import { LinesField } from './lines-field.tsx';
import { UsersField } from './users-field.tsx';

const PLACES = [
  '/upstream',
  '/class',
  '/school',
  '/category',
  '/family',
  '/ownership',
  '/duplicates',
  '/edits',
  '/resourceLinks',
  '/mappings/lineItem',
  '/mappings/result',
  '/users',
];

interface Mapping {
  readonly name: string;
  readonly resource?: string;
}

/** A context in a form. */
export function ContextEditor({ name }: { readonly name: string | undefined }) {
  const overview = useLoad<Overview>('/overview');
  const mappings = useLoad<List<Mapping>>('/mappings');
  return (
    <EntryEditor
      kind="context"
      name={name}
      fresh={{}}
      places={PLACES}
      nameHint="Lower-case letters, digits and hyphens. It stands in the addresses of line items, so it cannot be changed later."
    >
      {(form) => (
        <>
          <Loaded of={overview} what="the OneRoster services">
            {({ upstreams }) => <PlaceFields form={form} upstreams={upstreams.map((one) => one.name)} />}
          </Loaded>
          <RuleFields form={form} />
          <Loaded of={mappings} what="the mappings">
            {({ items }) => <MappingFields form={form} mappings={items} />}
          </Loaded>
          <UsersField
            value={form.entry['users']}
            change={(users) => form.set('users', users)}
            findings={form.at('/users')}
            otherwise="as usual: they are the same"
          />
        </>
      )}
    </EntryEditor>
  );
}

interface PlaceFieldsProps {
  readonly form: Form;
  readonly upstreams: readonly string[];
}

/** Where its line items are in OneRoster. */
function PlaceFields({ form, upstreams }: PlaceFieldsProps) {
  const [only = '', ...others] = upstreams;
  // Where there is one service, nobody has to choose it.
  useEffect(() => {
    if (others.length === 0 && form.text('upstream') === '') form.set('upstream', only);
  }, [only]);
  return (
    <Group label="In OneRoster">
      <SelectField
        label="OneRoster service"
        value={form.text('upstream')}
        options={upstreams.map((one) => [one, one])}
        change={(upstream) => form.set('upstream', upstream)}
        findings={form.at('/upstream')}
      />
      <ClassPicker
        upstream={form.text('upstream')}
        chosen={form.text('class')}
        choose={({ sourcedId }) => form.set('class', sourcedId)}
      />
      <TextLine
        label="Class"
        value={form.text('class')}
        change={(text) => form.set('class', text)}
        findings={form.at('/class')}
        isNeeded
        hint="Its sourcedId."
      />
      <TextLine
        label="School"
        value={form.text('school')}
        change={(text) => form.set('school', text)}
        findings={form.at('/school')}
        hint="Its sourcedId; empty, it is that of the class."
      />
      <CategoryField form={form} />
    </Group>
  );
}

interface Choice {
  readonly member: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** The first of each is what holds when nothing is said. */
const CHOICES: readonly Choice[] = [
  {
    member: 'family',
    label: 'Family',
    options: [
      ['lineItems', 'lineItems and results'],
      ['assessmentLineItems', 'assessmentLineItems and assessmentResults'],
    ],
  },
  {
    member: 'ownership',
    label: 'A tool sees',
    options: [
      ['tool', 'its own line items'],
      ['class', 'every line item of the class'],
    ],
  },
  {
    member: 'duplicates',
    label: 'The same line item again',
    options: [
      ['notAtOnce', 'is another one, unless both come at once'],
      ['never', 'is the one that is there'],
      ['allowed', 'is always another one'],
    ],
  },
  {
    member: 'edits',
    label: 'What somebody has edited in OneRoster',
    options: [
      ['toolWins', 'is written over by the tool'],
      ['gradebookWins', 'stays'],
      ['hold', 'holds the write for a person'],
    ],
  },
];

function RuleFields({ form }: { readonly form: Form }) {
  return (
    <Group label="Rules">
      {CHOICES.map(({ member, label, options }) => (
        <SelectField
          key={member}
          label={label}
          value={form.text(member) || (options[0]?.[0] ?? '')}
          options={options}
          change={(value) => form.set(member, value)}
          findings={form.at(`/${member}`)}
        />
      ))}
      <LinesField
        label="Resource links"
        value={form.entry['resourceLinks']}
        change={(lines) => form.set('resourceLinks', lines)}
        findings={form.at('/resourceLinks')}
        hint="One id a line; empty, any may be used."
      />
    </Group>
  );
}

interface MappingFieldsProps {
  readonly form: Form;
  readonly mappings: readonly Mapping[];
}

const MAPPED = [
  ['lineItem', 'Mapping of line items', /lineItem$/i],
  ['result', 'Mapping of results', /result$/i],
] as const;

function MappingFields({ form, mappings }: MappingFieldsProps) {
  const chosen = isRecord(form.entry['mappings']) ? form.entry['mappings'] : {};
  const set = (kind: string, name: string): void => {
    const { [kind]: _, ...rest } = chosen;
    form.set('mappings', name === '' ? rest : { ...rest, [kind]: name });
  };
  return (
    <Group label="Mappings">
      {MAPPED.map(([kind, label, fits]) => (
        <SelectField
          key={kind}
          label={label}
          value={String(chosen[kind] ?? '')}
          options={[
            ['', 'the usual one of the family'],
            ...mappings.flatMap(({ name, resource = '' }) =>
              fits.test(resource) ? [[name, name] as const] : [],
            ),
          ]}
          change={(name) => set(kind, name)}
          findings={form.at(`/mappings/${kind}`)}
        />
      ))}
    </Group>
  );
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
