import { withQuery } from '../api.ts';
import { Badge } from '../badge.tsx';
import type { Json, LineItemRow, List } from '../contract.ts';
import { Copy } from '../copy.tsx';
import { Filters } from '../filters.tsx';
import { brief, isObject } from '../json-lines.ts';
import { JsonText } from '../json-text.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { useNames } from '../names.ts';
import { href, queryHref } from '../place.ts';
import { Head } from '../shell.tsx';
import { Pages, Table } from '../table.tsx';

/** What a flag means, and what can be done. */
const FLAGS: Readonly<Record<string, readonly [text: string, means: string]>> = {
  duplicate: [
    'look-alike',
    'Another line item has the same title or the same link. See which one has the results.',
  ],
  orphan: ['gone', 'A tool still sends scores for it, and OneRoster no longer has it.'],
};

/** The line items of a context, as both sides know them. */
export function LineItems({ query }: { readonly query: URLSearchParams }) {
  const { contexts } = useNames();
  const context = query.get('context') ?? contexts[0];
  const chosen = query.get('item');
  const path =
    context === undefined
      ? undefined
      : withQuery('/line-items', { context, after: query.get('after') ?? '', limit: 25 });
  const list = useLoad<List<LineItemRow>>(path);
  return (
    <>
      <Head title="Line items" lead="Gradebook columns, as the tool and as OneRoster know them." />
      <Filters
        label="Choose a context"
        query={query}
        filters={[
          {
            name: 'context',
            label: 'Context',
            options: contexts,
            ...(context !== undefined && { fallback: context }),
          },
        ]}
      />
      <Loaded of={list} what="the line items">
        {({ items, next }) => (
          <>
            <Table
              caption={`Line items of ${context ?? 'a context'}`}
              rows={items}
              keyOf={({ sourcedId }) => sourcedId}
              isChosen={({ sourcedId }) => sourcedId === chosen}
              empty="There are no line items in this context yet."
              columns={[
                {
                  name: 'Line item',
                  cell: (item) => (
                    <a
                      href={queryHref({ item: item.sourcedId === chosen ? undefined : item.sourcedId })}
                      aria-expanded={item.sourcedId === chosen}
                    >
                      <span class="strong">{textAt(item.ags, 'label') ?? 'Untitled'}</span>
                      <code class="block muted">{item.sourcedId}</code>
                    </a>
                  ),
                },
                { name: 'Title in OneRoster', cell: ({ oneroster }) => textAt(oneroster, 'title') ?? '–' },
                {
                  name: 'Maximum',
                  isNumber: true,
                  cell: ({ ags, oneroster }) => (
                    <Maximum ags={ags['scoreMaximum']} oneroster={oneroster['resultValueMax']} />
                  ),
                },
                { name: 'Owner', cell: ({ owner }) => owner ?? <span class="muted">the school</span> },
                { name: 'Results', isNumber: true, cell: ({ results }) => results },
                { name: 'Flags', cell: ({ flags }) => flags.map((flag) => <Flag key={flag} flag={flag} />) },
              ]}
            />
            <Pages
              isFirst={!query.has('after')}
              newestHref={queryHref({ after: undefined })}
              olderHref={next === undefined ? undefined : queryHref({ after: next })}
            />
            <Chosen item={items.find(({ sourcedId }) => sourcedId === chosen)} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Maximum({
  ags,
  oneroster,
}: {
  readonly ags: Json | undefined;
  readonly oneroster: Json | undefined;
}) {
  if (ags === oneroster) return <>{brief(ags)}</>;
  return (
    <>
      {brief(ags)} ≠ {brief(oneroster)}
    </>
  );
}

function Flag({ flag }: { readonly flag: string }) {
  const [text, means] = FLAGS[flag] ?? [flag, ''];
  return (
    <span title={means}>
      <Badge tone="amber" icon="warning">
        {text}
      </Badge>
    </span>
  );
}

function Chosen({ item }: { readonly item: LineItemRow | undefined }) {
  if (item === undefined) return null;
  return (
    <section aria-labelledby="chosen">
      <h2 id="chosen">{textAt(item.ags, 'label') ?? item.sourcedId}</h2>
      {item.flags.map((flag) => (
        <p key={flag}>
          <Flag flag={flag} /> {FLAGS[flag]?.[1]}
        </p>
      ))}
      {item.url && (
        <p>
          <code class="path">{item.url}</code> <Copy text={item.url} what="line item's URL" />
        </p>
      )}
      <p>
        <a href={href('traffic', undefined, { search: item.sourcedId })}>Its traffic</a>
      </p>
      <div class="side-by-side">
        <div>
          <h3>As the tool reads it (LTI)</h3>
          <JsonText value={item.ags} label="As the tool reads it" />
        </div>
        <div>
          <h3>In OneRoster</h3>
          <JsonText value={item.oneroster} label="In OneRoster" />
        </div>
      </div>
    </section>
  );
}

function textAt(document: Json, member: string): string | undefined {
  const value = isObject(document) ? document[member] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
