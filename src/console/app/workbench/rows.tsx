import type { Json, JsonObject } from '../contract.ts';
import { brief, isObject } from '../json-lines.ts';
import type { Problem } from '../mapping-contract.ts';
import { Table } from '../table.tsx';
import { TextField } from '../text-field.tsx';
import { parsed, pretty } from './draft.ts';

interface RowsProps {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly change: (text: string) => void;
}

interface Row {
  readonly index: number;
  readonly members: JsonObject;
}

const CODECS = [
  '',
  'json',
  'string',
  'text',
  'number',
  'positive',
  'boolean',
  'dateTime',
  'date',
  'reference',
];

/** The mapping as the two-column table that it is. What a cell cannot hold is changed in the JSON. */
export function Rows({ text, problems, change }: RowsProps) {
  const mapping = parsed(text);
  const fields = mapping?.['fields'];
  if (mapping === undefined || !Array.isArray(fields))
    return <p class="empty">The JSON cannot be read yet; mend it there first.</p>;
  const put = (rows: readonly Json[]): void => change(pretty({ ...mapping, fields: rows }));
  const edit = ({ index, members }: Row, member: string, value: string): void => {
    const { [member]: _, ...others } = members;
    const edited = value === '' ? others : { ...members, [member]: value };
    put(fields.map((row: Json, at: number) => (at === index ? edited : row)));
  };
  const rows = fields.flatMap((members: Json, index: number): readonly Row[] =>
    isObject(members) ? [{ index, members }] : [],
  );
  const cell = (row: Row, member: 'ags' | 'oneroster', side: string) => (
    <TextField
      value={String(row.members[member] ?? '')}
      name={`${side} place of row ${row.index + 1}`}
      placeholder={member === 'ags' ? 'the gateway fills it' : ''}
      commit={(text) => edit(row, member, text)}
    />
  );
  return (
    <div class="rows">
      <Table
        caption="Rows of the mapping"
        rows={rows}
        keyOf={({ index }) => String(index)}
        isChosen={({ index }) => problemsOf(problems, index).length > 0}
        empty="The mapping has no rows yet."
        columns={[
          { name: 'LTI', cell: (row) => cell(row, 'ags', 'LTI') },
          { name: 'OneRoster', cell: (row) => cell(row, 'oneroster', 'OneRoster') },
          { name: 'Codec', cell: (row) => <Codec row={row} edit={(value) => edit(row, 'codec', value)} /> },
          {
            name: 'More',
            cell: ({ index, members }) => (
              <>
                <More members={members} />
                {problemsOf(problems, index).map(({ place, message }) => (
                  <p key={place + message} class="problem">
                    ! {message}
                  </p>
                ))}
              </>
            ),
          },
          {
            name: 'Remove',
            isNameHidden: true,
            cell: ({ index }) => (
              <button
                type="button"
                class="quiet"
                aria-label={`Remove row ${index + 1}`}
                onClick={() => put(fields.filter((_: Json, at: number) => at !== index))}
              >
                Remove
              </button>
            ),
          },
        ]}
      />
      <button
        type="button"
        onClick={() => put([...fields, { ags: '/new', oneroster: '/metadata/new', codec: 'string' }])}
      >
        Add a row
      </button>
    </div>
  );
}

function problemsOf(problems: readonly Problem[], index: number): readonly Problem[] {
  return problems.filter(({ row }) => row === index);
}

function Codec({ row, edit }: { readonly row: Row; readonly edit: (value: string) => void }) {
  const { codec } = row.members;
  if (codec !== undefined && typeof codec !== 'string') return <code>{brief(codec)}</code>;
  return (
    <select
      value={codec ?? ''}
      aria-label={`Codec of row ${row.index + 1}`}
      onChange={(event) => edit(event.currentTarget.value)}
    >
      {CODECS.map((name) => (
        <option key={name} value={name}>
          {name === '' ? 'as it is' : name}
        </option>
      ))}
    </select>
  );
}

/** The rest of a row, in words. */
const WORDS: Readonly<Record<string, (value: Json) => string>> = {
  default: (value) => `otherwise ${brief(value)}`,
  constant: (value) => `always ${brief(value)}`,
  from: (value) => `from ${String(value)}`,
  keep: () => 'what stands there stays',
  lossy: (value) => `loses something: ${String(value)}`,
  note: (value) => String(value),
};

function More({ members }: { readonly members: JsonObject }) {
  const words = Object.entries(members).flatMap(([name, value]) =>
    Object.hasOwn(WORDS, name) ? [WORDS[name]?.(value) ?? ''] : [],
  );
  return <span class="muted">{words.join(' · ')}</span>;
}
