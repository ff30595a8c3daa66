import { withQuery } from '../api.ts';
import type { AuditItem, List } from '../contract.ts';
import { JsonText } from '../json-text.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { queryHref } from '../place.ts';
import { Head } from '../shell.tsx';
import { Pages, Table } from '../table.tsx';
import { When } from '../when.tsx';

/** Who has changed what, when and why. */
export function Audit({ query }: { readonly query: URLSearchParams }) {
  const list = useLoad<List<AuditItem>>(withQuery('/audit', { after: query.get('after') ?? '', limit: 50 }));
  return (
    <>
      <Head
        title="Audit"
        lead="Who has changed or revealed what, when and why. Nothing here can be changed."
      />
      <Loaded of={list} what="the audit">
        {({ items, next }) => (
          <>
            <Table
              caption="Audit"
              rows={items}
              keyOf={({ at, who, what, subject }) => [at, who, what, subject].join(' ')}
              empty="Nobody has changed anything yet."
              columns={[
                { name: 'When', cell: ({ at }) => <When at={at} isExact /> },
                { name: 'Who', cell: ({ who }) => <span class="strong">{who}</span> },
                {
                  name: 'What',
                  cell: ({ what, subject }) => (
                    <>
                      {what} <code class="block">{subject}</code>
                    </>
                  ),
                },
                { name: 'Why', cell: ({ why }) => why ?? <span class="muted">–</span> },
                { name: 'Change', cell: (item) => <Change item={item} /> },
              ]}
            />
            <Pages
              isFirst={!query.has('after')}
              newestHref={queryHref({ after: undefined })}
              olderHref={next === undefined ? undefined : queryHref({ after: next })}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

function Change({ item: { before, after, at } }: { readonly item: AuditItem }) {
  if (before === undefined && after === undefined) return <span class="muted">–</span>;
  return (
    <details>
      <summary>
        Before and after <span class="sr-only">of {at}</span>
      </summary>
      <div class="side-by-side">
        {before !== undefined && <JsonText value={before} label="Before" />}
        {after !== undefined && <JsonText value={after} label="After" />}
      </div>
    </details>
  );
}
