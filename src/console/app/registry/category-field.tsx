import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../contract.ts';
import type { Form } from './entry-form.tsx';
import { Check, SelectField, TextLine } from './fields.tsx';

/** The category of new line items: none, one by its id, or one that is looked up by its title. */
export function CategoryField({ form }: { readonly form: Form }) {
  const { category } = form.entry;
  const lookup = isRecord(category) && isRecord(category['lookup']) ? category['lookup'] : undefined;
  const [way, setWay] = useState(category === undefined ? 'none' : lookup === undefined ? 'id' : 'title');
  const choose = (wanted: string): void => {
    setWay(wanted);
    form.set('category', wanted === 'title' ? { lookup: {} } : undefined);
  };
  const write = (members: JsonObject): void => form.set('category', { lookup: { ...lookup, ...members } });
  const said = way === 'none' ? form.at('/category') : [];
  return (
    <>
      <SelectField
        label="Category of new line items"
        value={way}
        options={[
          ['none', 'none, which the family assessmentLineItems allows'],
          ['id', 'by its sourcedId'],
          ['title', 'by its title'],
        ]}
        change={choose}
        findings={said}
      />
      {way === 'id' && (
        <TextLine
          label="Category"
          value={form.text('category')}
          change={(text) => form.set('category', text)}
          findings={form.at('/category')}
          isNeeded
          hint="Its sourcedId."
        />
      )}
      {way === 'title' && (
        <>
          <TextLine
            label="Title of the category"
            value={String(lookup?.['title'] ?? '')}
            change={(title) => write({ title })}
            findings={form.at('/category')}
            isNeeded
          />
          <Check
            label="Make it when there is none"
            isOn={lookup?.['create'] === true}
            change={(create) => write({ create })}
          />
        </>
      )}
    </>
  );
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
