import { brief } from '../json-lines.ts';
import type { RowStory, TryResult } from '../mapping-contract.ts';
import { NoteList } from '../notes.tsx';
import { Table } from '../table.tsx';

/** A sign for what is worth a look; everything else went over as it should. */
const SIGNS: Readonly<Record<string, string>> = {
  inexact: '≈',
  removed: '−',
  defaulted: '+',
  kept: '=',
  unchanged: '=',
  stashed: '•',
  unreadable: '!',
  lost: '!',
};

/** What each row did to the document in the panes. */
export function Stories({ result: { rows = [], notes } }: { readonly result: TryResult }) {
  const told = rows.filter(({ deed }) => deed !== 'nothing');
  if (told.length === 0) return <NoteList notes={notes} />;
  return (
    <div class="stories">
      <Table
        caption="What each row did"
        rows={told}
        keyOf={({ ags, oneroster, row }) => [row, ags, oneroster].join(' ')}
        isChosen={({ deed }) => SIGNS[deed] === '!'}
        empty=""
        columns={[
          {
            name: 'LTI',
            cell: ({ ags }) => (ags === undefined ? <span class="muted">–</span> : <code>{ags}</code>),
          },
          {
            name: 'OneRoster',
            cell: ({ oneroster }) =>
              oneroster === undefined ? <span class="muted">–</span> : <code>{oneroster}</code>,
          },
          { name: 'Went in', cell: ({ read }) => <Value value={read} /> },
          { name: 'Came out', cell: ({ wrote }) => <Value value={wrote} /> },
          { name: 'Why', cell: (story) => <Why story={story} /> },
        ]}
      />
    </div>
  );
}

function Value({ value }: { readonly value: RowStory['read'] }) {
  return value === undefined ? <span class="muted">–</span> : <code class="value">{brief(value)}</code>;
}

function Why({ story: { deed, why } }: { readonly story: RowStory }) {
  return (
    <span>
      <span class="sign">{SIGNS[deed] ?? ''}</span> {why}
    </span>
  );
}
