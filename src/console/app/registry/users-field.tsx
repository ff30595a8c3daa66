import { useState } from 'preact/hooks';
import type { Finding, Json, JsonObject } from '../contract.ts';
import { Group, SelectField, TextLine } from './fields.tsx';

interface UsersFieldProps {
  readonly value: Json | undefined;
  readonly change: (value: JsonObject | undefined) => void;
  readonly findings: readonly Finding[];
  /** What holds when nothing is said. */
  readonly otherwise: string;
}

const WAYS = [
  ['sourcedId', 'they are the same as the ids of OneRoster'],
  ['template', 'by a template'],
  ['table', 'by a table'],
  ['lookup', 'looked up in a field of OneRoster'],
] as const;

const FIELDS = ['identifier', 'email', 'userMasterIdentifier', 'userIds'] as const;

/** How the users of a tool are found among the students of OneRoster. */
export function UsersField({ value, change, findings, otherwise }: UsersFieldProps) {
  const users = isRecord(value) ? value : {};
  const by = String(users['by'] ?? '');
  const set = (member: string, text: string): void => {
    const { [member]: _, ...rest } = users;
    change(text === '' ? rest : { ...rest, [member]: text });
  };
  const choose = (way: string): void => {
    const more = { table: { users: {} }, lookup: { field: 'identifier' } }[way];
    change(way === '' ? undefined : { by: way, ...more });
  };
  return (
    <Group label="Users" findings={findings}>
      <SelectField
        label="User ids of the tool become students"
        value={by}
        options={[['', otherwise], ...WAYS]}
        change={choose}
      />
      {by === 'template' && (
        <TextLine
          label="Template"
          value={String(users['template'] ?? '')}
          change={(text) => set('template', text)}
          hint="A text with {userId} in it once, such as student-{userId}."
        />
      )}
      {by === 'table' && (
        <TableOfUsers users={users['users']} change={(table) => change({ by, users: table })} />
      )}
      {by === 'lookup' && (
        <>
          <SelectField
            label="Field"
            value={String(users['field'] ?? '')}
            options={FIELDS.map((field) => [field, field])}
            change={(field) => set('field', field)}
          />
          {users['field'] === 'userIds' && (
            <TextLine
              label="Type of user id"
              value={String(users['type'] ?? '')}
              change={(type) => set('type', type)}
              hint="The type that counts; every type when it is empty."
            />
          )}
        </>
      )}
    </Group>
  );
}

interface TableOfUsersProps {
  readonly users: Json | undefined;
  readonly change: (table: JsonObject) => void;
}

/** One user a line, so that two columns of a spreadsheet can be pasted. */
function TableOfUsers({ users, change }: TableOfUsersProps) {
  const [text, setText] = useState(() =>
    Object.entries(isRecord(users) ? users : {})
      .map(([user, student]) => `${user}\t${student}`)
      .join('\n'),
  );
  const write = (now: string): void => {
    setText(now);
    const rows = now.split('\n').flatMap((line) => {
      const [user = '', student = ''] = line.split(/\t| = /).map((part) => part.trim());
      return user === '' ? [] : [[user, student] as const];
    });
    change(Object.fromEntries(rows));
  };
  return (
    <TextLine
      label="Table of users"
      value={text}
      change={write}
      rows={6}
      hint="One a line: the user id of the tool, a tab or =, the sourcedId of the student. Two columns of a spreadsheet can be pasted."
    />
  );
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
