import { withQuery } from '../api.ts';
import { Badge } from '../badge.tsx';
import type { Json, LineItemRow, List } from '../contract.ts';
import { Copy } from '../copy.tsx';
import { Filters } from '../filters.tsx';
import { Findings } from '../findings.tsx';
import { brief, isObject } from '../json-lines.ts';
import { JsonText } from '../json-text.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { useNames } from '../names.ts';
import { href, queryHref } from '../place.ts';
import { KIND_NAMES } from '../reconcile-contract.ts';
import { Head } from '../shell.tsx';
import { type Column, Pages, Table } from '../table.tsx';
import { Compare } from './compare.tsx';

/** What a flag means, and where it is mended. */
const FLAGS: Readonly<Record<string, readonly [text: string, means: string]>> = {
  duplicate: ['look-alike', 'Its tool has another line item with the same link, resource and tag.'],
  orphan: ['gone', 'It is deleted in OneRoster, and its tool counts on it or results are left under it.'],
  unowned: ['without its tool', 'Its tool may not use this context any more, so nobody can reach it.'],
  edited: ['edited', 'Somebody has changed it in OneRoster since its tool wrote it.'],
  results: ['results', 'Something is otherwise with its results: compare them with OneRoster.'],
};

const VIEWS: readonly (readonly [view: string | undefined, name: string])[] = [
  [undefined, 'List'],
  ['compare', 'Compare with OneRoster'],
];

/** The line items of a context, as both sides know them, and what is otherwise than tools were told. */
export function LineItems({ query }: { readonly query: URLSearchParams }) {
  const { contexts } = useNames();
  const context = query.get('context') ?? contexts[0];
  const view = query.get('view') ?? undefined;
  const isCompared = view === 'compare';
  const kinds = { name: 'kind', label: 'Kind', options: Object.keys(KIND_NAMES), names: KIND_NAMES };
  const filter = {
    name: 'context',
    label: 'Context',
    options: contexts,
    ...(context !== undefined && { fallback: context }),
  };
  return (
    <>
      <Head title="Line items" lead="Gradebook columns, as the tool and as OneRoster know them." />
      <nav aria-label="Parts of line items" class="tabs">
        {VIEWS.map(([value, name]) => (
          <a
            key={name}
            href={queryHref({ view: value, after: undefined, item: undefined, kind: undefined })}
            aria-current={view === value ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <Filters label="Choose a context" query={query} filters={isCompared ? [filter, kinds] : [filter]} />
      {isCompared && context !== undefined ? (
        <Compare key={context} context={context} kind={query.get('kind') ?? undefined} />
      ) : (
        <ListOfItems context={context} query={query} />
      )}
    </>
  );
}

interface ListProps {
  readonly context: string | undefined;
  readonly query: URLSearchParams;
}

function ListOfItems({ context, query }: ListProps) {
  const chosen = query.get('item');
  const path =
    context === undefined
      ? undefined
      : withQuery('/line-items', { context, after: query.get('after') ?? '', limit: 25 });
  const list = useLoad<List<LineItemRow>>(path);
  return (
    <Loaded of={list} what="the line items">
      {({ items, next }) => (
        <>
          <Table
            caption={`Line items of ${context ?? 'a context'}`}
            rows={items}
            keyOf={({ sourcedId }) => sourcedId}
            isChosen={({ sourcedId }) => sourcedId === chosen}
            empty={
              next === undefined
                ? 'There are no line items in this context yet.'
                : 'Those on this page are deleted, and nobody counts on them.'
            }
            columns={columnsOf(chosen)}
          />
          <Pages
            isFirst={!query.has('after')}
            newestHref={queryHref({ after: undefined })}
            olderHref={next === undefined ? undefined : queryHref({ after: next })}
          />
          <Chosen item={items.find(({ sourcedId }) => sourcedId === chosen)} mended={list.reload} />
        </>
      )}
    </Loaded>
  );
}

function columnsOf(chosen: string | null): readonly Column<LineItemRow>[] {
  return [
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
  ];
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

interface ChosenProps {
  readonly item: LineItemRow | undefined;
  readonly mended: () => void;
}

function Chosen({ item, mended }: ChosenProps) {
  if (item === undefined) return null;
  return (
    <section aria-labelledby="chosen">
      <h2 id="chosen">{textAt(item.ags, 'label') ?? item.sourcedId}</h2>
      {item.flags.map((flag) => (
        <p key={flag}>
          <Flag flag={flag} /> {FLAGS[flag]?.[1]}{' '}
          {flag === 'results' && (
            <a href={queryHref({ view: 'compare', item: undefined, after: undefined })}>Compare</a>
          )}
        </p>
      ))}
      {item.findings.length > 0 && <Findings findings={item.findings} mended={mended} />}
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
